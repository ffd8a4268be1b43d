import NeuroCore
import Testing

/// Populations of more neurons than 16 bits number, whose spikes are listed in runs of 65,536.
@Suite struct ManyNeuronsTests {
  /// Neurons at both ends of runs, and some others.
  static func neurons(of count: Int, _ random: inout SplitMix64) -> [Int] {
    let ends = [0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, count - 1]
    let others = (0..<60).map { _ in random.integer(0...count - 1) }
    return Set((ends + others).filter { $0 < count && random.chance(70) }).sorted()
  }

  /// Inputs, neurons one to one from them, and a read-out of both that learns by dense rows.
  static func network(_ random: inout SplitMix64, count: Int) -> NetworkDescription {
    var network = NetworkDescription(seed: 11)
    network.add(.input, count) {
      $0.gain = 60_000
      $0.preTrace = Trace(step: 900, decay: 300)
    }
    network.add(.leaky, count) {
      $0.threshold = 60
      $0.decays[0].membrane = 500
      $0.postTrace = Trace(step: 500, decay: 100, viewShift: 2)
    }
    network.add(.leaky, 1) { $0.hasThreshold = false }
    network.connect(0, 1, (0..<count).map { _ in random.integer(40...127) }) {
      $0.connectivity = .oneToOne
      $0.compartment = .membrane
    }
    for source in [0, 1] {
      network.connect(source, 2, (0..<count).map { _ in random.integer(-128...127) }) {
        $0.storage = source == 0 ? .int8 : .int16Master
        $0.delayTicks = UInt8(source + 1)
        $0.learning = true
        $0.rule.termCount = 1
        $0.rule.terms[0].mantissa = 77
        $0.rule.terms[0].shift = 6
      }
    }
    return network
  }

  static func scenario(_ random: inout SplitMix64, count: Int) -> [ScenarioTick] {
    (0..<4).map { tick in
      if tick % 3 == 2 {
        var intensities = [Int](repeating: 0, count: count)
        for neuron in neurons(of: count, &random) { intensities[neuron] = 255 }
        return ScenarioTick(
          steps: [.drawSpikes(population: 0, intensities: intensities)], count: UInt64(tick))
      }
      return ScenarioTick(
        steps: [.fire(population: 0, neurons: neurons(of: count, &random))], count: UInt64(tick))
    }
  }

  @Test("They fire and learn as the law has it", arguments: [65_536, 65_600])
  func manyNeuronsAgree(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let network = Self.network(&random, count: count)
    let scenario = Self.scenario(&random, count: count)
    #expect(Comparison(network, scenario, comparesState: false).firstDisagreement() == nil)
  }

  @Test("So do groups of them, and sparse rows onto them with rules of either side")
  func manyTargetsAgree() {
    let count = 65_700
    var random = SplitMix64(seed: 5)
    var network = NetworkDescription(seed: 12)
    network.add(.input, 40) { $0.preTrace = Trace(step: 900, decay: 300) }
    network.add(.leaky, count) {
      $0.threshold = 20
      $0.groupSize = 4
      $0.decays[0].membrane = 200
      $0.postTrace = Trace(step: 500, decay: 100, viewShift: 2)
    }
    var rowStarts = [0]
    var targets: [Int] = []
    for _ in 0..<40 {
      targets += Self.neurons(of: count, &random)
      rowStarts.append(targets.count)
    }
    for kind in 0..<4 {
      let projection = network.connect(0, 1, targets.map { _ in random.integer(10...90) }) {
        $0.compartment = .membrane
        $0.storage = kind % 2 == 0 ? .int8 : .int16Master
        $0.shift = kind % 2 == 0 ? 0 : 4
        $0.learning = true
        $0.rule.termCount = 1
        $0.rule.terms[0].mantissa = kind < 2 ? 90 : -60
        $0.rule.terms[0].shift = 5
        if kind >= 2 {
          $0.rule.terms[0].trigger = .postsynaptic
          $0.rule.terms[0].factorA = .preTrace
        } else {
          $0.rule.terms[0].factorA = .postTrace
        }
      }
      network.makeSparse(projection, rowStarts: rowStarts, targets: targets)
    }
    let scenario = (0..<4).map { tick in
      ScenarioTick(
        steps: [.fire(population: 0, neurons: (0..<40).filter { _ in random.chance(60) })],
        count: UInt64(tick))
    }
    let core = Implementation.core.make(network)
    for tick in scenario { tick.run(on: core) }
    #expect(core.spikes(population: 1).contains { $0 > 65_536 }, "both runs have spikes")
    #expect(Comparison(network, scenario, comparesState: false).firstDisagreement() == nil)
  }

  @Test("Their history is written as it is read")
  func historyIsKept() {
    let count = 131_100
    var random = SplitMix64(seed: 3)
    let network = Self.network(&random, count: count)
    let first = FabricUnderTest(network)
    for tick in Self.scenario(&random, count: count).prefix(3) { tick.run(on: first) }
    let second = FabricUnderTest(network)
    for population in [0, 1] {
      let history = first.history(population: population)
      #expect(history.contains(1))
      second.setHistory(population: population, history)
      #expect(second.history(population: population) == history)
    }
  }
}
