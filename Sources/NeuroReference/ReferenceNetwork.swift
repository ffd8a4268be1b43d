import NeuroCore

/// The numeric law, docs/numerics.md, in its plainest form: what every other implementation is held
/// against. Read it beside the law; `ReferenceTick` is section 2, `ReferenceRule` section 4,
/// `ReferenceDraws` section 5, `ReferencePresentation` section 6.
///
/// It knows no placement, and trusts its caller: a network that the law refuses may trap.
public struct ReferenceNetwork: Sendable {
  public let seed: UInt64
  public var populations: [ReferencePopulation]
  public var projections: [ReferenceProjection]
  /// Ticks that learning runs, and frozen runs, have had: the counts of streams 0 and 1. Section 3.
  public var learningTickCount: UInt64 = 0
  public var frozenTickCount: UInt64 = 0

  public init(
    seed: UInt64, populations: [ReferencePopulation], projections: [ReferenceProjection]
  ) {
    self.seed = seed
    self.populations = populations
    self.projections = projections
  }

  /// Makes a neuron of an input population fire in the next tick; ascending in a population.
  public mutating func fire(population: Int, neuron: Int) {
    precondition(populations[population].description.kind == .input, "the host fires inputs")
    precondition(neuron < populations[population].neuronCount, "no such neuron")
    populations[population].inputSpikes.append(neuron)
  }

  /// Sets held values of an analogue population, from the next tick on.
  public mutating func setValues(population: Int, first: Int = 0, _ values: [Int]) {
    precondition(
      populations[population].description.kind == .analogue, "only analogue values are set")
    for (offset, value) in values.enumerated() {
      populations[population].values[first + offset] = value
    }
  }

  /// Draws the spikes of an input population in the next tick from intensities z. Section 6.
  public mutating func drawSpikes(population: Int, intensities z: [Int], draws: ReferenceDraws) {
    let gain = Int(populations[population].description.gain)
    let floor = Int(populations[population].description.floor)
    for i in 0..<populations[population].neuronCount where z[i] > floor {
      if draws.input(population: population, neuron: i) < (z[i] * gain) >> 8 {
        populations[population].inputSpikes.append(i)
      }
    }
  }

  /// Section 3, "Clear": weights, bits, rates and counts stay.
  public mutating func clear() {
    for index in populations.indices { populations[index].clear() }
  }
}
