import NeuroCore
import WireProtocol

extension Firmware {
  /// The network once it is committed.
  @inline(never)
  func committed() throws(BoardError) -> UnsafeMutablePointer<LoadedNetwork> {
    guard let network, network.pointee.stage != .describing else { throw .state }
    return network
  }

  /// The network once it runs.
  @inline(never)
  func running() throws(BoardError) -> (
    UnsafeMutablePointer<LoadedNetwork>, UnsafeMutablePointer<Fabric>
  ) {
    guard let network, network.pointee.stage == .running, let fabric = network.pointee.fabric else {
      throw .state
    }
    return (network, fabric)
  }

  /// A piece of an array: kind (1), zero (1), object (2), first (8), count (4), elements.
  mutating func write(_ reader: inout PayloadReader) throws(BoardError) {
    let place = reader.readPlace()
    let network = try committed()
    guard !reader.failed, let fabric = network.pointee.fabric else { throw .malformed }
    let array = try network.pointee.array(place)
    guard reader.remaining == place.count * array.elementBytes else { throw .malformed }
    if place.kind == ArrayKind.weights {
      // Most of what is ever written: by rows, and not by elements.
      guard let bytes = reader.readBytes(reader.remaining).baseAddress else { return }
      guard fabric.pointee.mayStore(projection: place.object, bytes, count: place.count)
      else { throw .law }
      fabric.pointee.setWeights(
        projection: place.object, first: place.first, count: place.count, from: bytes)
      return
    }
    var looked = reader
    for _ in 0..<place.count {
      let value = looked.readSigned(bytes: array.elementBytes)
      guard value >= array.low, value <= array.high else { throw .law }
    }
    for index in place.first..<(place.first + place.count) {
      let value = reader.readSigned(bytes: array.elementBytes)
      fabric.pointee.write(value, kind: place.kind, object: place.object, index: index)
    }
  }

  /// As `write` without elements; the reply is the elements.
  func read(_ reader: inout PayloadReader, _ writer: inout PayloadWriter) throws(BoardError) {
    let place = reader.readPlace()
    let network = try committed()
    guard reader.isComplete, place.count <= WireLimit.readElements,
      let fabric = network.pointee.fabric
    else {
      throw .malformed
    }
    if place.kind == ArrayKind.weights {
      try network.pointee.check(place, limit: try network.pointee.weightCount(place.object))
      let byteCount = place.count * fabric.pointee.weightBytes(projection: place.object)
      guard let bytes = writer.putRoom(byteCount) else { return }
      fabric.pointee.copyWeights(
        projection: place.object, first: place.first, count: place.count, to: bytes)
      return
    }
    if place.kind == ArrayKind.history {
      _ = try network.pointee.history(place)
      for index in place.first..<(place.first + place.count) {
        writer.put(fabric.pointee.history(population: place.object, index))
      }
      return
    }
    let variable = try network.pointee.variable(place)
    guard let room = writer.putRoom(4 * place.count) else { return }
    fabric.pointee.copyState(
      population: place.object, variable, first: place.first, into: room, count: place.count)
  }
}

/// An array that the host may write: its elements' width and range.
private struct WritableArray {
  var elementBytes = 4
  var low = Int(Int32.min)
  var high = Int(Int32.max)
}

extension Fabric {
  /// Writes one element of an array; its place and value have been checked.
  fileprivate mutating func write(_ value: Int, kind: UInt8, object: Int, index: Int) {
    switch kind {
    case ArrayKind.rowStarts:
      setRowStart(projection: object, row: index, to: UInt32(truncatingIfNeeded: value))
    case ArrayKind.targets:
      setTarget(projection: object, synapse: index, to: UInt32(truncatingIfNeeded: value))
    case ArrayKind.values:
      setValue(population: object, neuron: index, to: Int16(truncatingIfNeeded: value))
    case ArrayKind.history:
      setHistory(population: object, index, to: Int16(truncatingIfNeeded: value))
    case ArrayKind.state...:
      guard let variable = StateVariable(rawValue: kind - ArrayKind.state) else { return }
      setState(
        population: object, variable, neuron: index, to: Int32(truncatingIfNeeded: value))
    default:
      guard let parameter = NeuronParameter(rawValue: kind) else { return }
      setParameter(
        population: object, parameter, neuron: index, to: Int32(truncatingIfNeeded: value))
    }
  }
}

extension LoadedNetwork {
  /// The array that a `write` is about, once its place is known to lie within it.
  fileprivate func array(_ place: Place) throws(BoardError) -> WritableArray {
    switch place.kind {
    case ArrayKind.weights: return try weights(place)
    case ArrayKind.rowStarts, ArrayKind.targets: return try synapses(place)
    case ArrayKind.values: return try values(place)
    case ArrayKind.history:
      guard stage == .running else { throw .state }
      return try history(place)
    case ArrayKind.state...:
      guard stage == .running else { throw .state }
      let variable = try variable(place)
      let range = populations[place.object].range(of: variable)
      return WritableArray(low: Int(range.low), high: Int(range.high))
    default:
      guard let parameter = NeuronParameter(rawValue: place.kind) else { throw .malformed }
      return try parameters(place, parameter)
    }
  }

  private func weights(_ place: Place) throws(BoardError) -> WritableArray {
    try check(place, limit: try weightCount(place.object))
    guard let fabric else { throw .state }
    return WritableArray(elementBytes: fabric.pointee.weightBytes(projection: place.object))
  }

  private func synapses(_ place: Place) throws(BoardError) -> WritableArray {
    guard stage == .committed else { throw .state }
    guard place.object < projectionCount,
      projections[place.object].connectivity == .sparse
    else { throw .index }
    let source = Int(projections[place.object].source)
    let rows = Int(populations[source].neuronCount) + 1
    let synapses = Int(projections[place.object].synapseCount)
    try check(place, limit: place.kind == ArrayKind.rowStarts ? rows : synapses)
    return WritableArray()
  }

  private func parameters(
    _ place: Place, _ parameter: NeuronParameter
  ) throws(BoardError) -> WritableArray {
    guard stage == .committed else { throw .state }
    guard place.object < populationCount, populations[place.object].kind.hasMembrane,
      populations[place.object].hasArray(parameter)
    else { throw .index }
    try check(place, limit: Int(populations[place.object].neuronCount))
    guard parameter != .decayIndex else {
      return WritableArray(low: 0, high: Int(populations[place.object].decaySetCount) - 1)
    }
    return WritableArray(low: Int(Law.stateMinimum), high: Int(Law.stateLimit))
  }

  private func values(_ place: Place) throws(BoardError) -> WritableArray {
    guard stage == .running else { throw .state }
    guard place.object < populationCount, populations[place.object].kind == .analogue else {
      throw .index
    }
    try check(place, limit: Int(populations[place.object].neuronCount))
    let limit = Int(populations[place.object].valueLimit)
    return WritableArray(elementBytes: 2, low: -limit, high: limit)
  }

  fileprivate func history(_ place: Place) throws(BoardError) -> WritableArray {
    guard place.object < populationCount, let fabric else { throw .index }
    let rows = fabric.pointee.historyRows(population: place.object)
    let population = populations[place.object]
    try check(place, limit: rows * Int(population.neuronCount))
    guard population.kind == .analogue else {
      return WritableArray(elementBytes: 2, low: 0, high: 1)
    }
    let limit = Int(population.valueLimit)
    return WritableArray(elementBytes: 2, low: -limit, high: limit)
  }

  func weightCount(_ projection: Int) throws(BoardError) -> Int {
    guard projection < projectionCount, let fabric else { throw .index }
    return fabric.pointee.weightCount(projection: projection)
  }

  func check(_ place: Place, limit: Int) throws(BoardError) {
    guard place.first >= 0, place.first <= limit, place.count <= limit - place.first else {
      throw .index
    }
  }

  /// The variable that a place in an array of state is of.
  fileprivate func variable(_ place: Place) throws(BoardError) -> StateVariable {
    guard place.kind >= ArrayKind.state,
      let variable = StateVariable(rawValue: place.kind - ArrayKind.state)
    else { throw .malformed }
    guard place.object < populationCount, populations[place.object].has(variable) else {
      throw .index
    }
    try check(place, limit: Int(populations[place.object].neuronCount))
    return variable
  }

  func checkState(_ population: Int, first: Int, count: Int) throws(BoardError) {
    guard population < populationCount, populations[population].kind.hasMembrane else {
      throw .index
    }
    let neurons = Int(populations[population].neuronCount)
    guard first >= 0, first <= neurons, count <= neurons - first else { throw .index }
  }
}
