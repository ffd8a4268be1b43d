import Fault
import Memory
import NeuroCore

extension Model {
  /// Adds a projection. Dense and one-to-one weights are zero; a sparse projection has no synapses yet.
  ///
  /// - Parameter name: 1 .. 63 bytes, unique among the projections.
  /// - Returns: its number.
  /// - Throws: `SPK_ERROR_MODEL` if a name or field breaks the law, `SPK_ERROR_UNSUPPORTED` if it is reserved,
  ///   `SPK_ERROR_NO_MEMORY`; the model is then as it was.
  public mutating func addProjection(name: Name, _ projection: Projection) throws(Fault) -> Int {
    var entry = try describe(name: name, projection)
    do throws(Fault) {
      try projections.reserve(projectionCount + 1)
      try entry.allocateWeights(shape(entry.projection))
      try projections.append(entry)
      dropSnapshot()
    } catch {
      throw error.at("projection \"\(name)\"")
    }
    return projectionCount - 1
  }

  /// Checks a projection that may be added; its entry has no arrays yet.
  func describe(name: Name, _ projection: Projection) throws(Fault) -> ProjectionEntry {
    try name.check("projection")
    guard name.count > 0 else {
      throw Fault(.SPK_ERROR_MODEL, "a projection has an empty name, expected 1 .. 63 bytes")
    }
    do throws(Fault) {
      guard projectionCount < Law.projectionCountLimit else {
        throw Fault(.SPK_ERROR_MODEL, "one more than \(Law.projectionCountLimit) projections")
      }
      for index in 0..<projectionCount where projectionPointer(index).pointee.name == name {
        throw Fault(.SPK_ERROR_MODEL, "projection \(index) has this name; names must differ")
      }
      try checkEnds(projection)
      try projection.check()
      try checkRule(projection)
    } catch {
      throw error.at("projection \"\(name)\"")
    }
    return ProjectionEntry(name: name, projection: projection.canonical)
  }

  private func checkEnds(_ projection: Projection) throws(Fault) {
    try checkEnd("source", projection.source)
    try checkEnd("target", projection.target)
    let source = populationPointer(Int(projection.source))
    let target = populationPointer(Int(projection.target))
    guard target.pointee.population.kind.hasMembrane else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "target \"\(target.pointee.name)\" is of kind \(target.pointee.population.kind.word), expected leaky or quadratic"
      )
    }
    let sources = source.pointee.population.neuronCount
    let targets = target.pointee.population.neuronCount
    guard projection.connectivity != .oneToOne || sources == targets else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "one_to_one from \(sources) neurons to \(targets), expected as many of both")
    }
  }

  /// Checks that the ends of a projection have what its rule asks for.
  private func checkRule(_ projection: Projection) throws(Fault) {
    guard projection.hasRule else { return }
    let rule = projection.rule
    guard !rule.skipsDiagonal || projection.source == projection.target else {
      throw Fault(
        .SPK_ERROR_MODEL, "skip_diagonal is for projections from a population to itself")
    }
    let source = populationPointer(Int(projection.source))
    let target = populationPointer(Int(projection.target))
    let isAnalogue = source.pointee.population.kind == .analogue
    guard !isAnalogue || !rule.has(.presynaptic) else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "its source \"\(source.pointee.name)\" is analogue; the trigger pre needs a source that spikes"
      )
    }
    guard !rule.uses(.preTrace) || isAnalogue || source.pointee.population.preTrace.isThere else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "its rule uses pre_trace, and its source \"\(source.pointee.name)\" has none; set its pre_trace_step"
      )
    }
    guard !rule.uses(.postTrace) || target.pointee.population.postTrace.isThere else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "its rule uses post_trace, and its target \"\(target.pointee.name)\" has none; set its post_trace_step"
      )
    }
    guard !rule.uses(.meanDendrite) || target.pointee.population.meanTicks > 0 else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "its rule uses mean_dendrite, and its target \"\(target.pointee.name)\" has none; set its mean_ticks"
      )
    }
  }

  private func checkEnd(_ key: StaticString, _ number: Int32) throws(Fault) {
    guard number >= 0, Int(number) < populationCount else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "\(key) is population \(number), the model has \(populationCount); add populations first")
    }
  }

  /// Neurons of the source and the target of a projection.
  func shape(_ projection: Projection) -> (sources: Int, targets: Int) {
    let source = populationPointer(Int(projection.source))
    let target = populationPointer(Int(projection.target))
    return (
      Int(source.pointee.population.neuronCount), Int(target.pointee.population.neuronCount)
    )
  }

  /// The entry in place. - Precondition: `index` is below `projectionCount`.
  func projectionPointer(_ index: Int) -> UnsafeMutablePointer<ProjectionEntry> {
    precondition(index >= 0 && index < projections.count)
    return projections.elements.baseAddress.unsafelyUnwrapped + index
  }
}

extension ProjectionEntry {
  /// Makes the zero weights, or the empty rows of a sparse projection; on failure nothing changes.
  mutating func allocateWeights(_ shape: (sources: Int, targets: Int)) throws(Fault) {
    switch projection.connectivity {
    case .dense: try allocateWeights(count: shape.sources * shape.targets)
    case .oneToOne: try allocateWeights(count: shape.sources)
    case .sparse, .sharedKernel:
      rowStarts = try allocateZeros(UInt32.self, count: shape.sources + 1)
    }
  }

  private mutating func allocateWeights(count: Int) throws(Fault) {
    switch projection.storage {
    case .int8: weights8 = try allocateZeros(Int8.self, count: count)
    case .int16Master: weights16 = try allocateZeros(Int16.self, count: count)
    }
    weightCount = count
  }
}
