import NeuroCore
import Testing

/// Steps 1 and 3 of a tick, docs/numerics.md 2, and what clear forgets.
@Suite struct ArrivalTests {
  /// A read-out that shows what arrives at V in each tick.
  static func network(
    source: PopulationKind = .input, _ weights: [Int],
    _ change: (inout Projection) -> Void = { _ in }
  ) -> NetworkDescription {
    var network = NetworkDescription()
    network.add(source, weights.count)
    network.add(.leaky, 1) { $0.hasThreshold = false }
    network.connect(0, 1, weights) {
      $0.compartment = .membrane
      change(&$0)
    }
    return network
  }

  @Test(
    "A spike is heard once, after the delay", arguments: Implementation.allCases, [1, 2, 7, 63])
  func delay(implementation: Implementation, delay: Int) {
    let run = implementation.make(Self.network([5]) { $0.delayTicks = UInt8(delay) })
    var heard: [Int] = []
    for count in 0..<140 {
      if count == 3 || count == 4 { run.fire(population: 0, neuron: 0) }
      run.tick(count)
      if run.membrane(1) == [5] { heard.append(count) }
    }
    #expect(heard == [3 + delay, 4 + delay])
  }

  @Test(
    "An analogue value is heard in every tick that it was held", arguments: Implementation.allCases)
  func analogueIsHeld(implementation: Implementation) {
    let run = implementation.make(
      Self.network(source: .analogue, [3, -2]) {
        $0.delayTicks = 2
        $0.shift = 1
      })
    var heard: [Int] = []
    for count in 0..<8 {
      if count == 1 { run.setValues(population: 0, first: 0, [10, 1]) }
      if count == 3 { run.setValues(population: 0, first: 1, [-5]) }
      if count == 6 { run.clear() }
      run.tick(count)
      heard += run.membrane(1)
    }
    #expect(heard == [0, 0, 0, 56, 56, 80, 0, 0])
  }

  @Test(
    "What columns beyond the last neuron come to is not heard by the next population",
    arguments: Implementation.allCases)
  func columnsBeyond(implementation: Implementation) {
    var network = NetworkDescription()
    network.add(.input, 1)
    network.add(.leaky, 3) { $0.hasThreshold = false }
    network.set(.decayIndex, of: 1, [0, 0, 0])
    network.add(.leaky, 40) { $0.hasThreshold = false }
    network.connect(0, 1, [1, 1, 1]) {
      $0.compartment = .membrane
      $0.learning = true
      $0.rule.termCount = 1
      $0.rule.terms[0].mantissa = 4
    }
    let run = implementation.make(network)
    for count in 0..<3 {
      run.fire(population: 0, neuron: 0)
      run.tick(count)
    }
    #expect(run.membrane(1).allSatisfy { $0 != 0 })
    #expect(run.membrane(2) == [Int](repeating: 0, count: 40))
  }

  @Test(
    "Clear forgets state and what is under way, and keeps weights",
    arguments: Implementation.allCases)
  func clear(implementation: Implementation) {
    var description = Self.network([5]) { $0.delayTicks = 2 }
    description.populations[1].parameters.decays[0] = DecaySet(membrane: 0)
    let run = implementation.make(description)
    for count in 0..<3 {
      run.fire(population: 0, neuron: 0)
      run.tick(count)
    }
    #expect(run.membrane(1) == [5])
    run.clear()
    #expect(run.membrane(1) == [0])
    for count in 3..<9 { run.tick(count) }
    #expect(run.membrane(1) == [0])
    #expect(run.weights(projection: 0) == [5])
  }

  @Test(
    "A label-gated projection acts while a label is presented", arguments: Implementation.allCases)
  func labelGate(implementation: Implementation) {
    let run = implementation.make(Self.network([5]) { $0.labelGated = true })
    var heard: [Int] = []
    for (count, labelled) in [true, false, true, false, true].enumerated() {
      if count != 3 { run.fire(population: 0, neuron: 0) }
      run.tick(count, labelled: labelled)
      heard += run.membrane(1)
    }
    #expect(heard == [0, 0, 5, 0, 0])
  }

  @Test(
    "Enabled is asked when rows arrive, not when neurons fire", arguments: Implementation.allCases)
  func enabledOnArrival(implementation: Implementation) {
    let run = implementation.make(Self.network([5]) { $0.enabled = false })
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    run.setEnabled(projection: 0, true)
    run.fire(population: 0, neuron: 0)
    run.tick(1)
    #expect(run.membrane(1) == [5])
    run.setEnabled(projection: 0, false)
    run.tick(2)
    #expect(run.membrane(1) == [0])
  }

  @Test("Of an int16 master the top byte acts", arguments: Implementation.allCases)
  func masterActs(implementation: Implementation) {
    for (weight, acting) in [(-1, -1), (255, 0), (256, 1), (-256, -1), (-257, -2), (32767, 127)] {
      let run = implementation.make(Self.network([weight]) { $0.storage = .int16Master })
      run.fire(population: 0, neuron: 0)
      run.tick(0)
      run.tick(1)
      #expect(run.membrane(1) == [acting])
    }
  }

  @Test(
    "Hundreds of extreme rows in one tick sum exactly", arguments: Implementation.allCases,
    [false, true])
  func manyRows(implementation: Implementation, learning: Bool) {
    for rows in [255, 256, 257, 700] {
      for (storage, weight, acting) in [
        (WeightStorage.int8, -128, -128), (.int8, 127, 127), (.int16Master, -32768, -128),
        (.int16Master, 32767, 127),
      ] {
        let description = Self.network([Int](repeating: weight, count: rows)) {
          $0.storage = storage
          $0.shift = 3
          $0.learning = learning
          $0.rule.termCount = 1
          $0.rule.terms[0].mantissa = weight < 0 ? -128 : 127
        }
        let run = implementation.make(description)
        for row in 0..<rows { run.fire(population: 0, neuron: row) }
        run.tick(0)
        run.tick(1)
        #expect(run.membrane(1) == [max(-8_388_608, rows * acting * 8)])
      }
    }
  }

  @Test("Blank-out drops synapses with its probability", arguments: Implementation.allCases)
  func blankOut(implementation: Implementation) {
    var network = NetworkDescription(seed: 11)
    network.add(.input, 32)
    network.add(.leaky, 64) { $0.hasThreshold = false }
    network.connect(0, 1, [Int](repeating: 1, count: 32 * 64)) {
      $0.compartment = .membrane
      $0.blankOut = 64
    }
    let run = implementation.make(network)
    for row in 0..<32 { run.fire(population: 0, neuron: row) }
    run.tick(0)
    run.tick(1)
    let arrived = run.membrane(1).reduce(0, +)
    #expect(abs(arrived - 1536) < 5 * 20, "of 2048 synapses 3/4 are expected")
  }
}
