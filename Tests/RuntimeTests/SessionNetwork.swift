import Fault
import Memory
import Model
import NeuroCore
import NeuroReference

extension Name {
  init(text: String) {
    let bytes = Array(text.utf8)
    self = bytes.withUnsafeBufferPointer { Name($0)! }
  }
}

private func copy<Element: FixedWidthInteger & BitwiseCopyable>(
  _ values: [Int], _ type: Element.Type
) throws(Fault) -> Buffer<Element> {
  let buffer = try Buffer<Element>(count: values.count, repeating: 0)
  for (index, value) in values.enumerated() { buffer[index] = Element(value) }
  return buffer
}

/// A network as a test writes it down, for the runtime and for the reference.
struct SessionNetwork {
  struct PopulationPart {
    var role: Role
    var parameters: Population
    var arrays: [(parameter: NeuronParameter, values: [Int])] = []
  }

  struct ProjectionPart {
    var parameters: Projection
    /// Model order.
    var weights: [Int]
    /// Sparse projections: the targets of each row.
    var rows: [[Int]] = []
  }

  var seed: UInt64 = 1
  var populations: [PopulationPart] = []
  var projections: [ProjectionPart] = []

  func neuronCount(_ population: Int) -> Int { Int(populations[population].parameters.neuronCount) }

  func population(_ role: Role) -> Int { populations.firstIndex { $0.role == role }! }

  @discardableResult
  mutating func add(
    _ kind: PopulationKind, _ neuronCount: Int, role: Role = .none,
    _ change: (inout Population) -> Void = { _ in }
  ) -> Int {
    var parameters = Population(kind: kind, neuronCount: Int32(neuronCount))
    change(&parameters)
    populations.append(PopulationPart(role: role, parameters: parameters))
    return populations.count - 1
  }

  /// Adds a dense or one-to-one projection, or with `rows` a sparse one; weights are 0 unless given.
  @discardableResult
  mutating func connect(
    _ source: Int, _ target: Int, weights: [Int]? = nil, rows: [[Int]]? = nil,
    _ change: (inout Projection) -> Void = { _ in }
  ) -> Int {
    var parameters = Projection(source: Int32(source), target: Int32(target))
    change(&parameters)
    if let rows {
      parameters.connectivity = .sparse
      parameters.synapseCount = Int64(rows.reduce(0) { $0 + $1.count })
    }
    let count =
      switch parameters.connectivity {
      case .sparse: Int(parameters.synapseCount)
      case .oneToOne, .sharedKernel: neuronCount(target)
      case .dense: neuronCount(source) * neuronCount(target)
      }
    projections.append(
      ProjectionPart(
        parameters: parameters, weights: weights ?? [Int](repeating: 0, count: count),
        rows: rows ?? []))
    return projections.count - 1
  }

  func model() throws(Fault) -> Model {
    var model = try Model(name: Name("test"))
    for (index, part) in populations.enumerated() {
      _ = try model.addPopulation(
        name: Name(text: "population \(index)"), role: part.role, part.parameters)
      for array in part.arrays {
        let values = try copy(array.values, Int32.self)
        try model.setParameters(
          population: index, array.parameter, UnsafeBufferPointer(values.elements))
      }
    }
    for (index, part) in projections.enumerated() {
      _ = try model.addProjection(name: Name(text: "projection \(index)"), part.parameters)
      let weights = try copy(part.weights, Int16.self)
      guard part.parameters.connectivity == .sparse else {
        try model.setWeights(projection: index, UnsafeBufferPointer(weights.elements))
        continue
      }
      let starts = try copy(rowStarts(part), UInt32.self)
      let targets = try copy(part.rows.flatMap { $0 }, UInt32.self)
      try model.setSynapses(
        projection: index, rowStarts: UnsafeBufferPointer(starts.elements),
        targets: UnsafeBufferPointer(targets.elements),
        weights: UnsafeBufferPointer(weights.elements))
    }
    return model
  }

  func reference() -> ReferenceNetwork {
    ReferenceNetwork(
      seed: seed,
      populations: populations.map { part in
        var population = ReferencePopulation(part.parameters)
        for array in part.arrays { population.setParameter(array.parameter, array.values) }
        return population
      },
      projections: projections.map { part in
        ReferenceProjection(
          part.parameters, sourceCount: neuronCount(Int(part.parameters.source)),
          targetCount: neuronCount(Int(part.parameters.target)), weights: part.weights,
          rowStarts: rowStarts(part), targets: part.rows.flatMap { $0 })
      })
  }

  private func rowStarts(_ part: ProjectionPart) -> [Int] {
    part.rows.reduce(into: [0]) { $0.append($0.last! + $1.count) }
  }
}
