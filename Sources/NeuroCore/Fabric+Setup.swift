extension Fabric {
  /// Sets one value of a parameter array; the population says that it has one.
  public mutating func setParameter(
    population: Int, _ parameter: NeuronParameter, neuron: Int, to value: Int32
  ) {
    populations[population].parameters[Int(parameter.rawValue)][neuron] = value
  }

  /// Weights of a projection, in the order of the model: dense [sources][targets], one-to-one [neurons], sparse
  /// [synapses].
  public func weightCount(projection: Int) -> Int { projections[projection].weightCount }

  /// What the stored weights of a projection may be.
  public func weightLimits(projection: Int) -> ClosedRange<Int32> {
    projections[projection].lowLimit...projections[projection].highLimit
  }

  /// Sets a stored weight, within the projection's limits.
  public mutating func setWeight(projection: Int, _ index: Int, to weight: Int32) {
    projections[projection].store(weight, at: projections[projection].position(index))
  }

  /// A stored weight.
  public func weight(projection: Int, _ index: Int) -> Int32 {
    projections[projection].stored(projections[projection].position(index))
  }

  /// Sets where a row of a sparse projection begins, or, for the row after the last, where it ends.
  public mutating func setRowStart(projection: Int, row: Int, to start: UInt32) {
    projections[projection].rowStarts[row] = start
  }

  public mutating func setTarget(projection: Int, synapse: Int, to target: UInt32) {
    projections[projection].setTarget(synapse, to: target)
  }

  /// Whether the rows of a sparse projection run from 0 to its synapses, with ascending targets that exist.
  public func synapsesAreValid(projection: Int) -> Bool {
    let memory = projections[projection]
    guard memory.rowStarts[0] == 0, memory.rowStarts[memory.sourceCount] == memory.weightCount
    else { return false }
    for row in 0..<memory.sourceCount {
      let start = Int(memory.rowStarts[row])
      let end = Int(memory.rowStarts[row + 1])
      guard start <= end, end <= memory.weightCount else { return false }
      for synapse in start..<end {
        let target = memory.target(synapse)
        if target >= memory.targetCount { return false }
        if synapse > start, target <= memory.target(synapse - 1) { return false }
      }
    }
    return true
  }

  public mutating func setEnabled(projection: Int, _ on: Bool) {
    projections[projection].projection.enabled = on
  }

  public mutating func setLearning(projection: Int, _ on: Bool) {
    projections[projection].projection.learning = on
  }

  /// - Parameters:
  ///   - rate: 0 .. 256, in 1/256.
  public mutating func setRate(projection: Int, _ rate: Int) {
    projections[projection].projection.rate = UInt16(rate)
  }
}

extension Fabric {
  /// Synapses of a sparse projection whose targets lie in a slice; once they are valid.
  public func synapseCount(projection: Int, slice: Slice) -> Int {
    let memory = projections[projection]
    var count = 0
    for row in 0..<memory.sourceCount {
      count +=
        memory.synapse(from: Int(slice.first + slice.count), row: row)
        - memory.synapse(from: Int(slice.first), row: row)
    }
    return count
  }
}

extension ProjectionMemory {
  /// The first synapse of a row whose target is not below `target`, or the row's end.
  func synapse(from target: Int, row: Int) -> Int {
    var low = Int(rowStarts[row])
    var high = Int(rowStarts[row + 1])
    while low < high {
      let middle = (low + high) / 2
      if self.target(middle) < target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
