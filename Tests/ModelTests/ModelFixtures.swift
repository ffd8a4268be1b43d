import Fault
import Memory
import Model
import NeuroCore

/// Bytes in, text out: what tests say to a model and read from it.
extension Sentence {
  var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

extension Name {
  init(text: String) {
    let bytes = Array(text.utf8)
    self = bytes.withUnsafeBufferPointer { Name($0)! }
  }

  var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

/// The fault that `body` throws; nil if it throws none.
func fault(_ body: () throws(Fault) -> Void) -> Fault? {
  do throws(Fault) {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Model {
  func bytes() throws(Fault) -> [UInt8] {
    let buffer = try encode()
    return Array(buffer.elements)
  }

  static func decode(_ bytes: [UInt8], source: Sentence = "") throws(Fault) -> Model {
    let buffer = try copy(bytes)
    return try decode(UnsafeBufferPointer(buffer.elements), source: source)
  }

  mutating func set(population: Int, _ parameter: NeuronParameter, _ values: [Int32]) throws(Fault)
  {
    let buffer = try copy(values)
    try setParameters(
      population: population, parameter, UnsafeBufferPointer(buffer.elements))
  }

  mutating func set(projection: Int, weights: [Int16]) throws(Fault) {
    let buffer = try copy(weights)
    try setWeights(projection: projection, UnsafeBufferPointer(buffer.elements))
  }

  mutating func set(
    projection: Int, rowStarts: [UInt32], targets: [UInt32], weights: [Int16]
  ) throws(Fault) {
    let rowStarts = try copy(rowStarts)
    let targets = try copy(targets)
    let weights = try copy(weights)
    try setSynapses(
      projection: projection, rowStarts: UnsafeBufferPointer(rowStarts.elements),
      targets: UnsafeBufferPointer(targets.elements),
      weights: UnsafeBufferPointer(weights.elements))
  }

  func weights(_ projection: Int) -> [Int16] {
    [Int16](unsafeUninitializedCapacity: self.projection(projection).weightCount) { values, count in
      count = self.projection(projection).weightCount
      getWeights(
        projection: projection, into: UnsafeMutableBufferPointer(rebasing: values[0..<count]))
    }
  }
}

private func copy<Element: BitwiseCopyable & FixedWidthInteger>(_ values: [Element]) throws(Fault)
  -> Buffer<Element>
{
  let buffer = try Buffer<Element>(count: values.count, repeating: 0)
  for (index, value) in values.enumerated() { buffer[index] = value }
  return buffer
}

/// A leaky population of `count` neurons, changed by `change`.
func leaky(_ count: Int32, _ change: (inout Population) -> Void = { _ in }) -> Population {
  var population = Population(kind: .leaky, neuronCount: count)
  change(&population)
  return population
}

func projection(
  _ source: Int32, _ target: Int32, _ change: (inout Projection) -> Void = { _ in }
) -> Projection {
  var projection = Projection(source: source, target: target)
  change(&projection)
  return projection
}

extension Projection {
  /// Gives the projection a rule of terms of these shifts, changed by `change`.
  mutating func setRule(_ shifts: [UInt8] = [0], _ change: (inout Rule) -> Void = { _ in }) {
    rule.termCount = UInt8(shifts.count)
    for (index, shift) in shifts.enumerated() { rule.terms[index].shift = shift }
    change(&rule)
  }
}

/// A model of three inputs, two leaky neurons and an analogue one, with a projection of each connectivity.
func smallModel() throws(Fault) -> Model {
  var model = try Model(name: Name("small \"model\""))
  _ = try model.addPopulation(
    name: Name("in"), role: .stimulus, Population(kind: .input, neuronCount: 3))
  _ = try model.addPopulation(
    name: Name("out.é"), role: .output,
    leaky(2) {
      $0.threshold = 1000
      $0.decaySetCount = 2
      $0.decays[0] = DecaySet(membrane: 1, current1: 2, current2: 3, dendrite: 4)
    })
  _ = try model.addPopulation(
    name: Name("error+"), role: .none, Population(kind: .analogue, neuronCount: 1))
  try model.set(population: 1, .threshold, [100, -8_388_608])
  try model.set(population: 1, .decayIndex, [0, 1])
  let dense = try model.addProjection(
    name: Name("in-out"),
    projection(0, 1) {
      $0.storage = .int16Master
      $0.setRule([3, 5]) { $0.lowLimit = -3000 }
    })
  try model.set(projection: dense, weights: [-3000, 2, 3, 4, 5, 32767])
  let sparse = try model.addProjection(
    name: Name("sparse"), projection(0, 1) { $0.connectivity = .sparse })
  try model.set(
    projection: sparse, rowStarts: [0, 2, 2, 3], targets: [0, 1, 1], weights: [-128, 127, 7])
  let one = try model.addProjection(
    name: Name("lateral"),
    projection(1, 1) {
      $0.connectivity = .oneToOne
      $0.compartment = .dendrite
    })
  try model.set(projection: one, weights: [-1, 1])
  _ = try model.addProjection(name: Name("feedback"), projection(2, 1) { $0.enabled = false })
  return model
}
