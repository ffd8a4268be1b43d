import NeuroCore
import NeuroReference
import Testing

/// Step 4 of a tick, docs/numerics.md 2, against numbers worked out by hand.
@Suite struct StateTests {
  /// One input neuron with one weight to each neuron of a read-out.
  static func readout(
    _ weights: [Int], into compartment: Compartment,
    _ change: (inout Population) -> Void = { _ in }
  ) -> NetworkDescription {
    var network = NetworkDescription()
    network.add(.input, 1)
    network.add(.leaky, weights.count) {
      $0.hasThreshold = false
      change(&$0)
    }
    network.connect(0, 1, weights) { $0.compartment = compartment }
    return network
  }

  /// V of population 1 at the end of each tick, the input having fired in tick 0.
  static func membranes(
    _ network: NetworkDescription, _ implementation: Implementation, ticks: Int
  ) -> [[Int]] {
    let run = implementation.make(network)
    run.fire(population: 0, neuron: 0)
    return (0..<ticks).map { count in
      run.tick(count)
      return run.membrane(1)
    }
  }

  @Test("Decay treats both signs alike and reaches zero", arguments: Implementation.allCases)
  func decayReachesZero(implementation: Implementation) {
    let network = Self.readout([100, -100], into: .membrane) { $0.decays[0].membrane = 1024 }
    let expected = [0, 100, 75, 56, 42, 31, 23, 17, 12, 9, 6, 4, 3, 2, 1, 0, 0]
    let found = Self.membranes(network, implementation, ticks: expected.count)
    #expect(found == expected.map { [$0, -$0] })
  }

  @Test("Each neuron decays by its own set", arguments: Implementation.allCases)
  func decayByIndex(implementation: Implementation) {
    var network = Self.readout([100, 100, 100], into: .membrane) {
      $0.decaySetCount = 2
      $0.decays[0] = DecaySet(membrane: 2048)
      $0.decays[1] = DecaySet(membrane: 0)
    }
    network.set(.decayIndex, of: 1, [1, 0, 1])
    let found = Self.membranes(network, implementation, ticks: 4)
    #expect(found == [[0, 0, 0], [100, 100, 100], [100, 50, 100], [100, 25, 100]])
  }

  @Test("V takes the new currents, divided and rounded", arguments: Implementation.allCases)
  func currentsAreRounded(implementation: Implementation) {
    for compartment in [Compartment.current1, .current2] {
      let network = Self.readout([5, -5, 6, -6, 7], into: compartment) { $0.currentShift = 2 }
      let found = Self.membranes(network, implementation, ticks: 3)
      #expect(found[1] == [1, -1, 2, -1, 2])
      #expect(found[2] == [0, 0, 0, 0, 0])
    }
  }

  @Test("The dendrite drives nothing", arguments: Implementation.allCases)
  func dendriteIsApart(implementation: Implementation) {
    let network = Self.readout([50], into: .dendrite) { $0.decays[0].dendrite = 0 }
    let run = implementation.make(network)
    run.fire(population: 0, neuron: 0)
    for count in 0..<3 { run.tick(count) }
    #expect(run.state(population: 1, .dendrite) == [50])
    #expect(run.membrane(1) == [0])
  }

  @Test("State saturates at 24 bits", arguments: Implementation.allCases)
  func stateSaturates(implementation: Implementation) {
    var network = Self.readout([0, 0], into: .membrane) { $0.decays[0].membrane = 0 }
    network.set(.bias, of: 1, [8_388_607, -8_388_608])
    let found = Self.membranes(network, implementation, ticks: 3)
    #expect(found == [[Int]](repeating: [8_388_607, -8_388_608], count: 3))
  }

  @Test(
    "The largest arrivals saturate and do not wrap", arguments: Implementation.allCases,
    [false, true])
  func arrivalsDoNotWrap(implementation: Implementation, biasPerNeuron: Bool) {
    var network = NetworkDescription()
    network.add(.analogue, 2)
    for sign in [1, -1] {
      let target = network.add(.leaky, 1) {
        $0.hasThreshold = false
        $0.bias = sign > 0 ? 8_388_607 : -8_388_608
        $0.decays[0] = DecaySet(membrane: 0, current1: 0, current2: 0, dendrite: 0)
      }
      if biasPerNeuron { network.set(.bias, of: target, [sign > 0 ? 8_388_607 : -8_388_608]) }
      for compartment in [Compartment.membrane, .current1, .current2, .dendrite] {
        let weight = sign > 0 ? 127 : -128
        network.connect(0, target, [weight, weight]) {
          $0.compartment = compartment
          $0.shift = 8
        }
      }
    }
    let run = implementation.make(network)
    run.setValues(population: 0, first: 0, [32767, 32767])
    run.tick(0)
    for count in 1..<4 {
      run.tick(count)
      for variable in [StateVariable.membrane, .current1, .current2, .dendrite] {
        #expect(run.state(population: 1, variable) == [8_388_607])
        #expect(run.state(population: 2, variable) == [-8_388_608])
      }
    }
  }

  @Test("V never falls below its lower bound", arguments: Implementation.allCases)
  func lowerBoundHolds(implementation: Implementation) {
    var network = Self.readout([-100, -100, 50], into: .membrane)
    network.set(.lowerBound, of: 1, [-10, -8_388_608, 60])
    let found = Self.membranes(network, implementation, ticks: 2)
    #expect(found == [[0, 0, 60], [-10, -100, 60]])
  }

  @Test("Noise has mean 0 and a standard deviation of 0.577 a", arguments: Implementation.allCases)
  func noiseMoments(implementation: Implementation) {
    var network = NetworkDescription(seed: 7)
    network.add(.leaky, 1024) {
      $0.hasThreshold = false
      $0.noiseAmplitude = 1000
    }
    let run = implementation.make(network)
    var values: [Int] = []
    for count in 0..<16 {
      run.tick(count)
      values += run.membrane(0)
    }
    let mean = Double(values.reduce(0, +)) / Double(values.count)
    let variance = Double(values.reduce(0) { $0 + $1 * $1 }) / Double(values.count)
    #expect(abs(mean) < 5 * 577 / 128)
    #expect(abs(variance.squareRoot() - 577) < 577 * 0.03)
  }

  @Test("What a program writes decays, where nothing arrives, too", arguments: 0..<3)
  func writtenStateDecays(kind: Int) {
    var network = NetworkDescription()
    network.add(.input, 1)
    network.add(kind == 2 ? .quadratic : .leaky, 21) {
      $0.threshold = 3_000
      $0.currentShift = 1
      $0.decays[0] = DecaySet(membrane: 90, current1: 300, current2: 2_000, dendrite: 4_000)
    }
    if kind == 1 { network.set(.decayIndex, of: 1, [Int](repeating: 0, count: 21)) }
    network.connect(0, 1, [Int](repeating: 100, count: 21)) { $0.compartment = .membrane }
    let values = (0..<21).map { 3_000 * ($0 - 10) }
    var scenario = (0..<8).map { ScenarioTick(count: UInt64($0)) }
    scenario[1].steps = [.setState(population: 1, variable: .current1, values: values)]
    scenario[2].steps = [.setState(population: 1, variable: .dendrite, values: values)]
    scenario[3].steps = [
      .setState(population: 1, variable: .current2, values: values.reversed()),
      .setState(population: 1, variable: .refractory, values: (0..<21).map { $0 % 3 }),
      .fire(population: 0, neurons: [0]),
    ]
    #expect(Comparison(network, scenario).firstDisagreement() == nil)
  }
}
