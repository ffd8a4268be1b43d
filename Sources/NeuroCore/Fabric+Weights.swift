import NeuroKernels

extension Fabric {
  /// Whether weights, as the wire has them, keep the limits of a projection.
  public func mayStore(
    projection: Int, words: UnsafeRawPointer, count: Int
  ) -> Bool {
    let limits = weightLimits(projection: projection)
    return lieBetween(
      Int16(clamping: limits.lowerBound), Int16(clamping: limits.upperBound), words: words,
      count: count)
  }

  /// Sets stored weights first .. first + count − 1 of the model's order; they keep the limits.
  ///
  /// - Parameters:
  ///   - words: [count] numbers of 16 bits, little-endian, at any address.
  public mutating func setWeights(
    projection: Int, first: Int, words: UnsafeRawPointer, count: Int
  ) {
    let memory = projections[projection]
    var done = 0
    while done < count {
      let position = memory.position(first + done)
      // Up to the end of the row.
      let length =
        memory.projection.connectivity == .dense
        ? min(count - done, memory.targetCount - (first + done) % memory.targetCount)
        : count - done
      if memory.projection.storage == .int8 {
        store(words: words + 2 * done, in: memory.weights8 + position, count: length)
      } else {
        store(words: words + 2 * done, in: memory.weights16 + position, count: length)
      }
      done += length
    }
  }
}

/// Weights as the wire has them.
public enum WeightWords {
  public static func write(
    _ weights: UnsafePointer<Int8>, to words: UnsafeMutableRawPointer, count: Int
  ) {
    NeuroKernels.write(weights, words: words, count: count)
  }

  public static func write(
    _ weights: UnsafePointer<Int16>, to words: UnsafeMutableRawPointer, count: Int
  ) {
    NeuroKernels.write(weights, words: words, count: count)
  }
}
