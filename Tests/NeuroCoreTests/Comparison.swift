import NeuroCore
import NeuroReference

/// One network and scenario, random ones or not, run by the reference, and by the core with each set of kernels and in parts.
struct Comparison {
  let description: NetworkDescription
  let scenario: [ScenarioTick]
  /// The run ends early after so many synapse visits: a busy network shows as much in fewer ticks.
  let workLimit: Int
  /// Whether state is compared after each tick, or after the last one alone.
  let comparesState: Bool

  init(seed: UInt64, largest: Int, workLimit: Int) {
    var random = SplitMix64(seed: seed)
    description = NetworkDescription.random(&random, largest: largest)
    scenario = description.randomScenario(&random)
    self.workLimit = workLimit
    comparesState = true
  }

  init(_ description: NetworkDescription, _ scenario: [ScenarioTick], comparesState: Bool = true) {
    self.description = description
    self.scenario = scenario
    workLimit = .max
    self.comparesState = comparesState
  }

  /// Where the core first differs from the law, in words; nil if it never does.
  func firstDisagreement() -> String? {
    let reference = Implementation.reference.make(description)
    let kinds = Implementation.allCases.filter { $0 != .reference }
    let cores = kinds.map { $0.make(description) }
    var work = 0
    for (index, tick) in scenario.enumerated() {
      if work > workLimit { break }
      tick.run(on: reference)
      work += visits(of: reference)
      for (kind, core) in zip(kinds, cores) {
        tick.run(on: core)
        let isCompared = comparesState || index + 1 == scenario.count
        if let found = spikeDisagreement(reference, core)
          ?? (isCompared ? stateDisagreement(reference, core) : nil)
        {
          return "\(kind), tick \(index): \(found)"
        }
      }
    }
    for (kind, core) in zip(kinds, cores) {
      for projection in description.projections.indices {
        let expected = reference.weights(projection: projection)
        let found = core.weights(projection: projection)
        if let index = expected.indices.first(where: { expected[$0] != found[$0] }) {
          return "\(kind), end: weight \(index) of projection \(projection) is "
            + "\(found[index]), by the law \(expected[index])"
        }
      }
    }
    return nil
  }

  private func visits(of network: any NetworkUnderTest) -> Int {
    var sum = 0
    for part in description.projections {
      let source = Int(part.parameters.source)
      let isEachRow =
        part.parameters.rule.has(.postsynaptic) || part.parameters.rule.has(.every)
      let rows =
        populations(source).kind == .analogue || isEachRow
        ? description.neuronCount(source) : network.spikes(population: source).count
      sum += rows * part.weights.count / description.neuronCount(source)
    }
    return sum
  }

  private func populations(_ index: Int) -> Population { description.populations[index].parameters }

  private func spikeDisagreement(
    _ reference: any NetworkUnderTest, _ core: any NetworkUnderTest
  ) -> String? {
    for population in description.populations.indices
    where populations(population).kind != .analogue {
      let expected = reference.spikes(population: population)
      let found = core.spikes(population: population)
      if expected != found {
        return "population \(population) fired \(found), by the law \(expected)"
      }
    }
    return nil
  }

  private func stateDisagreement(
    _ reference: any NetworkUnderTest, _ core: any NetworkUnderTest
  ) -> String? {
    for population in description.populations.indices {
      let parameters = populations(population)
      for variable in (0..<UInt8(StateVariable.count)).compactMap(StateVariable.init)
      where parameters.has(variable) {
        let expected = reference.state(population: population, variable)
        let found = core.state(population: population, variable)
        if let neuron = expected.indices.first(where: { expected[$0] != found[$0] }) {
          return "\(variable) of neuron \(neuron) of population \(population) is "
            + "\(found[neuron]), by the law \(expected[neuron])"
        }
      }
    }
    return nil
  }
}
