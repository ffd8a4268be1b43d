import NeuroCore
import Testing

/// Traces, means and the triggers that go with them, against numbers worked out by hand. Sections 2 and 4 of docs/numerics.md.
@Suite struct TraceTests {
  /// An input neuron onto read-outs that keep their dendrite, with one term.
  private func network(
    targets: Int = 1, weights: [Int] = [0], source: Trace = Trace(),
    _ target: (inout Population) -> Void = { _ in }, _ term: (inout Term) -> Void
  ) -> NetworkDescription {
    var network = NetworkDescription(seed: 3)
    network.add(.input, 1) { $0.preTrace = source }
    network.add(.leaky, targets) {
      $0.hasThreshold = false
      $0.decays[0].dendrite = 0
      target(&$0)
    }
    network.connect(0, 1, weights) {
      $0.compartment = .dendrite
      $0.learning = true
      $0.rule.termCount = 1
      $0.rule.rounding = .nearest
      term(&$0.rule.terms[0])
    }
    return network
  }

  @Test("A trace saturates, and rules see 255 of it at most", arguments: Implementation.allCases)
  func saturation(implementation: Implementation) {
    let trace = Trace(step: Law.stateLimit, decay: 2048, viewShift: 0)
    let run = implementation.make(
      network(weights: [0], source: trace) {
        $0.factorA = .preTrace
        $0.mantissa = 127
        $0.shift = 9
      })
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    run.fire(population: 0, neuron: 0)
    run.tick(1)
    #expect(run.state(population: 0, .preTrace) == [8_388_607])
    // 127 · 255 / 2^9 is 63.25.
    #expect(run.weights(projection: 0) == [63])
    run.tick(2)
    #expect(run.state(population: 0, .preTrace) == [4_194_303])
  }

  @Test(
    "Means round half up, towards plus infinity for negative sums too",
    arguments: Implementation.allCases)
  func means(implementation: Implementation) {
    for (dendrite, period, mean) in [(-3, 2, -3), (-1, 4, -1), (3, 2, 3)] {
      let run = implementation.make(
        network(weights: [dendrite], { $0.meanTicks = UInt16(period) }) { $0.mantissa = 0 })
      run.fire(population: 0, neuron: 0)
      // The dendrite is 0 in the first tick, then `dendrite`.
      for count in 0..<(1 + period) { run.tick(count + period - 1, learning: false) }
      #expect(run.state(population: 1, .meanDendrite) == [mean])
      #expect(run.state(population: 1, .dendriteSum) == [0])
    }
    let run = implementation.make(
      network(weights: [-3], { $0.meanTicks = 2 }) { $0.mantissa = 0 })
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    run.tick(1)
    // 0 and −3: −1.5.
    #expect(run.state(population: 1, .meanDendrite) == [-1])
  }

  @Test(
    "Sums stay in their range, and frozen runs leave them alone", arguments: Implementation.allCases
  )
  func sums(implementation: Implementation) {
    var description = network(weights: [127], { $0.meanTicks = 2 }) { $0.mantissa = 0 }
    description.projections[0].parameters.shift = 15
    let run = implementation.make(description)
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    run.tick(2)
    #expect(run.state(population: 1, .dendriteSum) == [32_767])
    run.tick(stream: 1, count: 5, learning: false, labelled: false)
    #expect(run.state(population: 1, .dendriteSum) == [32_767])
    for _ in 0..<3 { run.tick(2) }
    #expect(run.state(population: 1, .dendriteSum) == [65_534])
    run.tick(3)
    #expect(run.state(population: 1, .meanDendrite) == [32_767])
  }

  @Test("A period is counted from 0, in learning ticks only", arguments: Implementation.allCases)
  func periods(implementation: Implementation) {
    let run = implementation.make(
      network {
        $0.trigger = .every
        $0.periodTicks = 3
        $0.mantissa = 1
      })
    run.tick(0)
    #expect(run.weights(projection: 0) == [1])
    run.tick(1)
    run.tick(2)
    run.tick(3, learning: false)
    #expect(run.weights(projection: 0) == [1])
    run.tick(6)
    #expect(run.weights(projection: 0) == [2])
  }

  @Test("Without a row that arrives no synapse is blanked out", arguments: Implementation.allCases)
  func blankOut(implementation: Implementation) {
    var description = network(targets: 60, weights: [Int](repeating: 0, count: 60)) {
      $0.trigger = .every
      $0.periodTicks = 1
      $0.mantissa = 1
    }
    description.projections[0].parameters.blankOut = 128
    let run = implementation.make(description)
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    #expect(run.weights(projection: 0) == [Int](repeating: 1, count: 60))
    run.tick(1)
    let changed = run.weights(projection: 0).filter { $0 == 2 }.count
    #expect(changed > 10 && changed < 50)
  }

  /// Three neurons that all fire in every tick, each heard by some.
  private func recurrent(
    _ change: (inout Projection) -> Void, weights: Int
  ) -> NetworkDescription {
    var network = NetworkDescription(seed: 3)
    network.add(.leaky, 3) {
      $0.threshold = 0
      $0.bias = 5
    }
    network.connect(0, 0, [Int](repeating: 0, count: weights)) {
      $0.compartment = .dendrite
      $0.learning = true
      $0.rule.termCount = 1
      $0.rule.rounding = .nearest
      $0.rule.terms[0].mantissa = 1
      change(&$0)
    }
    return network
  }

  @Test("The diagonal stays, in rows and one to one", arguments: Implementation.allCases)
  func diagonal(implementation: Implementation) {
    let dense = implementation.make(recurrent({ $0.rule.skipsDiagonal = true }, weights: 9))
    let oneToOne = implementation.make(
      recurrent(
        {
          $0.rule.skipsDiagonal = true
          $0.connectivity = .oneToOne
        }, weights: 3))
    for count in 0...1 {
      dense.tick(count)
      oneToOne.tick(count)
    }
    #expect(dense.weights(projection: 0) == [0, 1, 1, 1, 0, 1, 1, 1, 0])
    #expect(oneToOne.weights(projection: 0) == [0, 0, 0])
  }

  @Test(
    "Who fired before a clear is forgotten", arguments: Implementation.allCases)
  func postsynaptic(implementation: Implementation) {
    let description = recurrent({ $0.rule.terms[0].trigger = .postsynaptic }, weights: 9)
    let run = implementation.make(description)
    run.tick(0)
    #expect(run.weights(projection: 0) == [Int](repeating: 0, count: 9))
    run.tick(1)
    #expect(run.weights(projection: 0) == [Int](repeating: 1, count: 9))
    run.clear()
    run.tick(2)
    #expect(run.weights(projection: 0) == [Int](repeating: 1, count: 9))
  }

  @Test(
    "What a kind does not have is nowhere, whatever a description says",
    arguments: Implementation.allCases)
  func strayFields(implementation: Implementation) {
    var network = NetworkDescription(seed: 3)
    for kind in [PopulationKind.analogue, .input] {
      network.add(kind, 5_000) {
        $0.postTrace = Trace(step: 5)
        if kind == .analogue { $0.preTrace = Trace(step: 5) }
        $0.meanTicks = 1
      }
    }
    network.add(.leaky, 1)
    let run = implementation.make(network)
    run.tick(0)
    run.clear()
    run.tick(1)
    #expect(run.spikes(population: 2) == [])
  }
}
