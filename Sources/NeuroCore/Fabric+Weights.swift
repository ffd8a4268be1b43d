import NeuroKernels

#if _endian(big)
  #error("weights are moved to and from the wire as they are stored, which is little-endian there")
#endif

// Weights as the wire has them: as they are stored, in the model's order.
extension Fabric {
  /// Bytes of each stored weight of a projection.
  public func weightBytes(projection: Int) -> Int {
    projections[projection].projection.storage == .int8 ? 1 : 2
  }

  /// Whether weights keep the limits of a projection.
  ///
  /// - Parameters:
  ///   - bytes: [count] weights at any address.
  public func mayStore(projection: Int, _ bytes: UnsafeRawPointer, count: Int) -> Bool {
    let limits = weightLimits(projection: projection)
    return projections[projection].projection.storage == .int8
      ? lieBetween(
        Int8(clamping: limits.lowerBound), Int8(clamping: limits.upperBound), bytes, count: count)
      : lieBetween(
        Int16(clamping: limits.lowerBound), Int16(clamping: limits.upperBound), bytes, count: count)
  }

  /// Sets weights first .. first + count − 1, which keep the limits.
  ///
  /// - Parameters:
  ///   - bytes: [count] weights at any address.
  public mutating func setWeights(
    projection: Int, first: Int, count: Int, from bytes: UnsafeRawPointer
  ) {
    forEachRow(projection, first, count) { row, offset, length in
      row.copyMemory(from: bytes + offset, byteCount: length)
    }
  }

  /// Copies weights first .. first + count − 1.
  public func copyWeights(
    projection: Int, first: Int, count: Int, to bytes: UnsafeMutableRawPointer
  ) {
    forEachRow(projection, first, count) { row, offset, length in
      (bytes + offset).copyMemory(from: row, byteCount: length)
    }
  }

  /// Calls `body` for each stretch of weights that are stored side by side, with its address, and the bytes before it and in it.
  @inline(never)
  private func forEachRow(
    _ projection: Int, _ first: Int, _ count: Int,
    _ body: (UnsafeMutableRawPointer, Int, Int) -> Void
  ) {
    let memory = projections[projection]
    let isNarrow = memory.projection.storage == .int8
    let base =
      isNarrow
      ? UnsafeMutableRawPointer(memory.weights8) : UnsafeMutableRawPointer(memory.weights16)
    let size = isNarrow ? 1 : 2
    var done = 0
    while done < count {
      let stretch = memory.stretch(from: first + done)
      let length = min(count - done, stretch.count)
      body(base + size * stretch.position, size * done, size * length)
      done += length
    }
  }
}

/// Weights of 16 bits as a program has them, for a board that stores 8.
public enum WeightWords {
  public static func narrow(
    _ weights: UnsafePointer<Int16>, to bytes: UnsafeMutableRawPointer, count: Int
  ) {
    NeuroKernels.narrow(weights, to: bytes.assumingMemoryBound(to: Int8.self), count: count)
  }
}
