import NeuroCore
import NeuroReference

/// A network as a test writes it down, from which every implementation is made.
struct NetworkDescription {
  /// Whether populations and rules drawn at random have traces, means, and triggers other than presynaptic spikes.
  var hasTraces = true

  struct PopulationPart {
    var parameters: Population
    var arrays: [(parameter: NeuronParameter, values: [Int])] = []
  }

  struct ProjectionPart {
    var parameters: Projection
    /// Model order.
    var weights: [Int]
    /// Sparse projections.
    var rowStarts: [Int] = []
    var targets: [Int] = []
  }

  var seed: UInt64 = 0
  var populations: [PopulationPart] = []
  var projections: [ProjectionPart] = []

  func neuronCount(_ population: Int) -> Int { Int(populations[population].parameters.neuronCount) }

  /// Adds a population. Returns its number.
  @discardableResult
  mutating func add(
    _ kind: PopulationKind, _ neuronCount: Int, _ change: (inout Population) -> Void = { _ in }
  ) -> Int {
    var parameters = Population(kind: kind, neuronCount: Int32(neuronCount))
    change(&parameters)
    populations.append(PopulationPart(parameters: parameters))
    return populations.count - 1
  }

  /// Gives a population an array of one value a neuron.
  mutating func set(_ parameter: NeuronParameter, of population: Int, _ values: [Int]) {
    populations[population].parameters.perNeuron |= parameter.bit
    populations[population].arrays.append((parameter, values))
  }

  /// Adds a dense projection, or what `change` makes of it. Returns its number.
  @discardableResult
  mutating func connect(
    _ source: Int, _ target: Int, _ weights: [Int], _ change: (inout Projection) -> Void = { _ in }
  ) -> Int {
    var parameters = Projection(source: Int32(source), target: Int32(target))
    change(&parameters)
    projections.append(ProjectionPart(parameters: parameters, weights: weights))
    return projections.count - 1
  }

  /// Makes a projection sparse.
  mutating func makeSparse(_ projection: Int, rowStarts: [Int], targets: [Int]) {
    projections[projection].parameters.connectivity = .sparse
    projections[projection].parameters.synapseCount = Int64(targets.count)
    projections[projection].rowStarts = rowStarts
    projections[projection].targets = targets
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
          rowStarts: part.rowStarts, targets: part.targets)
      })
  }
}
