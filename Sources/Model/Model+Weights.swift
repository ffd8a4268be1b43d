import CPlatform
import Fault
import NeuroCore

extension Model {
  /// Sets all stored weights of a projection.
  ///
  /// - Parameter values: dense [sources][targets]; one-to-one [neurons]; sparse: in the order of its synapses.
  /// - Throws: `SPK_ERROR_ARGUMENT` for a wrong count or projection number, `SPK_ERROR_MODEL` for a weight outside the
  ///   storage or the limits of the rule; the model is then as it was.
  public mutating func setWeights(
    projection index: Int, _ values: UnsafeBufferPointer<Int16>
  ) throws(Fault) {
    let entry = try projectionArgument(index)
    do throws(Fault) {
      try entry.pointee.checkCount(values)
      try entry.pointee.checkRange(values)
    } catch {
      throw error.at("projection \"\(entry.pointee.name)\"")
    }
    entry.pointee.store(values)
    dropSnapshot()
  }

  /// Reads all stored weights of a projection.
  ///
  /// - Precondition: `values` has the projection's `weightCount`.
  public func getWeights(projection index: Int, into values: UnsafeMutableBufferPointer<Int16>) {
    let entry = projection(index)
    precondition(values.count == entry.weightCount)
    if let weights = entry.weights8 {
      for index in 0..<values.count { values[index] = Int16(weights[index]) }
    } else if let weights = entry.weights16, let start = values.baseAddress {
      start.update(from: weights, count: values.count)
    }
  }

  /// Sets the synapses of a sparse projection with their weights.
  ///
  /// - Parameters:
  ///   - rowStarts: [sources + 1] from 0 to the count of synapses, never falling.
  ///   - targets: [synapses] target neurons, strictly ascending within a row.
  ///   - weights: [synapses]
  /// - Throws: `SPK_ERROR_ARGUMENT` for arrays of the wrong size or a projection that is not sparse, `SPK_ERROR_MODEL` for
  ///   rows, targets or weights that break the law, `SPK_ERROR_NO_MEMORY`; the model is then as it was.
  public mutating func setSynapses(
    projection index: Int, rowStarts: UnsafeBufferPointer<UInt32>,
    targets: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<Int16>
  ) throws(Fault) {
    try readSynapses(projection: index, rowStarts: rowStarts, targets: targets, weights: weights)
    dropSnapshot()
  }

  /// The same for the synapses of a file, which may hold a snapshot too.
  mutating func readSynapses(
    projection index: Int, rowStarts: UnsafeBufferPointer<UInt32>,
    targets: UnsafeBufferPointer<UInt32>, weights: UnsafeBufferPointer<Int16>
  ) throws(Fault) {
    let entry = try projectionArgument(index)
    do throws(Fault) {
      let shape = shape(entry.pointee.projection)
      try entry.pointee.checkRows(shape, rowStarts, targets, weights.count)
      try entry.pointee.checkRange(weights)
      try entry.pointee.replaceSynapses(rowStarts, targets)
    } catch {
      throw error.at("projection \"\(entry.pointee.name)\"")
    }
    entry.pointee.store(weights)
  }

  private func projectionArgument(
    _ index: Int
  ) throws(Fault) -> UnsafeMutablePointer<ProjectionEntry> {
    guard index >= 0, index < projectionCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT, "projection \(index) was asked for, the model has \(projectionCount)")
    }
    return projectionPointer(index)
  }
}

extension ProjectionEntry {
  /// - Throws: `SPK_ERROR_MODEL` if one of the weights that are there is outside the storage or the limits of the rule.
  func checkRange() throws(Fault) {
    let (low, high) = projection.weightRange
    guard low > projection.storage.minimum || high < projection.storage.maximum else { return }
    for index in 0..<weightCount { try checkWeight(index, weight(index), low, high) }
  }

  fileprivate func checkCount(_ values: UnsafeBufferPointer<Int16>) throws(Fault) {
    guard values.count == weightCount else {
      throw Fault(.SPK_ERROR_ARGUMENT, "\(values.count) weights were given, it has \(weightCount)")
    }
  }

  fileprivate func checkRange(_ values: UnsafeBufferPointer<Int16>) throws(Fault) {
    let (low, high) = projection.weightRange
    for index in 0..<values.count { try checkWeight(index, values[index], low, high) }
  }

  @inline(__always)
  private func checkWeight(
    _ index: Int, _ value: Int16, _ low: Int32, _ high: Int32
  ) throws(Fault) {
    guard Int32(value) >= low, Int32(value) <= high else {
      throw Fault(.SPK_ERROR_MODEL, "weight \(index) is \(value), expected \(low) .. \(high)")
    }
  }

  fileprivate func checkRows(
    _ shape: (sources: Int, targets: Int), _ rowStarts: UnsafeBufferPointer<UInt32>,
    _ targets: UnsafeBufferPointer<UInt32>, _ weightCount: Int
  ) throws(Fault) {
    guard projection.connectivity == .sparse else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "connectivity is \(projection.connectivity.word); only sparse projections take synapses")
    }
    guard rowStarts.count == shape.sources + 1 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "row_starts has \(rowStarts.count) values, expected \(shape.sources + 1), sources + 1")
    }
    guard targets.count == weightCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT, "\(targets.count) targets and \(weightCount) weights were given")
    }
    guard rowStarts[0] == 0, Int(rowStarts[shape.sources]) == targets.count else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "row_starts goes from \(rowStarts[0]) to \(rowStarts[shape.sources]), expected 0 to \(targets.count)"
      )
    }
    for row in 0..<shape.sources where rowStarts[row] > rowStarts[row + 1] {
      throw Fault(
        .SPK_ERROR_MODEL,
        "row_starts falls from \(rowStarts[row]) to \(rowStarts[row + 1]) at row \(row)")
    }
    for row in 0..<shape.sources {
      var least = 0
      for synapse in Int(rowStarts[row])..<Int(rowStarts[row + 1]) {
        let target = Int(targets[synapse])
        guard target >= least, target < shape.targets else {
          throw Fault(
            .SPK_ERROR_MODEL,
            "synapse \(synapse) of row \(row) has target \(target), expected \(least) .. \(shape.targets - 1), strictly ascending"
          )
        }
        least = target + 1
      }
    }
  }

  /// Takes the rows, and room for their weights, in place of what it had; on failure nothing changes.
  fileprivate mutating func replaceSynapses(
    _ newRowStarts: UnsafeBufferPointer<UInt32>, _ newTargets: UnsafeBufferPointer<UInt32>
  ) throws(Fault) {
    let count = newTargets.count
    var new = ProjectionEntry(name: name, projection: projection)
    if count > 0 {
      do throws(Fault) {
        new.targets = try allocateZeros(UInt32.self, count: count)
        switch projection.storage {
        case .int8: new.weights8 = try allocateZeros(Int8.self, count: count)
        case .int16Master: new.weights16 = try allocateZeros(Int16.self, count: count)
        }
      } catch {
        free(new.targets)
        throw error
      }
      new.targets.unsafelyUnwrapped.update(
        from: newTargets.baseAddress.unsafelyUnwrapped, count: count)
    }
    new.rowStarts = rowStarts
    new.rowStarts.unsafelyUnwrapped.update(
      from: newRowStarts.baseAddress.unsafelyUnwrapped, count: newRowStarts.count)
    new.weightCount = count
    new.projection.synapseCount = Int64(count)
    free(targets)
    free(weights8)
    free(weights16)
    self = new
  }

  fileprivate func store(_ values: UnsafeBufferPointer<Int16>) {
    if let weights8 {
      for index in 0..<values.count { weights8[index] = Int8(truncatingIfNeeded: values[index]) }
    } else if let weights16, let start = values.baseAddress {
      weights16.update(from: start, count: values.count)
    }
  }
}
