import NeuroCore
import NeuroReference
import Testing

/// Section 4 of docs/numerics.md, against numbers worked out by hand.
@Suite struct RuleTests {
  /// Inputs onto neurons that integrate a bias of 1 a tick, with a rule of one term.
  static func network(
    _ weights: [Int], rows: Int = 1, rounding: Rounding = .nearest,
    storage: WeightStorage = .int8, _ term: (inout Term) -> Void
  ) -> NetworkDescription {
    var network = NetworkDescription(seed: 3)
    network.add(.input, rows)
    network.add(.leaky, weights.count / rows) {
      $0.hasThreshold = false
      $0.bias = 1
      $0.decays[0].membrane = 0
    }
    network.connect(0, 1, weights) {
      $0.compartment = .dendrite
      $0.storage = storage
      $0.learning = true
      $0.rule.termCount = 1
      $0.rule.rounding = rounding
      term(&$0.rule.terms[0])
    }
    return network
  }

  /// The weights after every row arrived once, in tick `arrival`.
  static func weights(
    _ network: NetworkDescription, _ implementation: Implementation, arrival: Int = 1
  ) -> [Int] {
    let run = implementation.make(network)
    for count in 0...arrival {
      if count == arrival - 1 {
        for row in 0..<network.neuronCount(0) { run.fire(population: 0, neuron: row) }
      }
      run.tick(count)
    }
    return run.weights(projection: 0)
  }

  @Test("Views divide with rounding and saturate at 16 bits")
  func views() {
    #expect([5, 6, 7, -5, -6, -7].map { view($0, shift: 2) } == [1, 2, 2, -1, -1, -2])
    #expect(view(8_388_607, shift: 0) == 32767)
    #expect(view(-8_388_608, shift: 7) == -32768)
    #expect(view(-8_388_608, shift: 8) == -32768)
    #expect(view(-8_388_608, shift: 9) == -16384)
  }

  @Test("A weight changes before it is transmitted", arguments: Implementation.allCases)
  func updateFirst(implementation: Implementation) {
    let run = implementation.make(
      Self.network([10]) {
        $0.mantissa = 24
        $0.shift = 3
      })
    run.fire(population: 0, neuron: 0)
    run.tick(0)
    run.tick(1)
    #expect(run.weights(projection: 0) == [13])
    #expect(run.state(population: 1, .dendrite) == [13])
  }

  @Test("A rule reads the state of the tick before", arguments: Implementation.allCases)
  func snapshot(implementation: Implementation) {
    // V is 5 at the end of tick 4, and 6 at the end of tick 5, in which the row arrives.
    let network = Self.network([10]) {
      $0.factorA = .membrane
      $0.mantissa = 1
    }
    #expect(Self.weights(network, implementation, arrival: 5) == [15])
  }

  @Test("Gates include both of their ends", arguments: Implementation.allCases)
  func gates(implementation: Implementation) {
    for (low, high, inside) in [
      (5, 5, true), (5, 9, true), (1, 5, true), (6, 9, false), (9, 1, false),
    ] {
      for kind in [GateKind.inside, .outside] {
        let network = Self.network([0]) {
          $0.gate = kind
          $0.gateVariable = .membrane
          $0.gateLow = Int16(low)
          $0.gateHigh = Int16(high)
          $0.mantissa = 1
        }
        let open = inside == (kind == .inside)
        #expect(Self.weights(network, implementation, arrival: 5) == [open ? 1 : 0])
      }
    }
  }

  @Test("Terms of different shifts add up exactly", arguments: Implementation.allCases)
  func terms(implementation: Implementation) {
    // 3 · w / 4 − 5 / 2 + 1: of w = 10 this is 6.
    var network = Self.network([10]) {
      $0.factorB = .weight
      $0.mantissa = 3
      $0.shift = 2
    }
    network.projections[0].parameters.rule.termCount = 3
    network.projections[0].parameters.rule.terms[1].mantissa = -5
    network.projections[0].parameters.rule.terms[1].shift = 1
    network.projections[0].parameters.rule.terms[2].mantissa = 1
    #expect(Self.weights(network, implementation) == [16])
  }

  @Test("The rate scales the change in 1/256", arguments: Implementation.allCases)
  func rate(implementation: Implementation) {
    for (rate, change) in [(0, 0), (64, 2), (128, 4), (256, 8)] {
      var network = Self.network([20]) { $0.mantissa = 8 }
      network.projections[0].parameters.rate = UInt16(rate)
      #expect(Self.weights(network, implementation) == [20 + change])
    }
  }

  @Test("Nearest rounding takes halves upwards", arguments: Implementation.allCases)
  func nearest(implementation: Implementation) {
    for (mantissa, change) in [(5, 1), (6, 2), (7, 2), (-5, -1), (-6, -1), (-7, -2)] {
      let network = Self.network([0]) {
        $0.mantissa = Int8(mantissa)
        $0.shift = 2
      }
      #expect(Self.weights(network, implementation) == [change])
    }
  }

  @Test(
    "Weights stay within the limits of the rule and of their width",
    arguments: Implementation.allCases)
  func limits(implementation: Implementation) {
    for (mantissa, limits, expected) in [
      (100, -32768...32767, 127), (-128, -32768...32767, -88), (100, -50...60, 60),
      (-128, -50...60, -50),
    ] {
      var network = Self.network([40]) { $0.mantissa = Int8(mantissa) }
      network.projections[0].parameters.rule.lowLimit = Int16(limits.lowerBound)
      network.projections[0].parameters.rule.highLimit = Int16(limits.upperBound)
      #expect(Self.weights(network, implementation) == [expected])
    }
  }

  @Test(
    "Stochastic rounding is unbiased", arguments: Implementation.allCases,
    [Rounding.stochastic, .stochasticByColumn])
  func unbiased(implementation: Implementation, rounding: Rounding) {
    for storage in [WeightStorage.int8, .int16Master] {
      for mantissa in [37, -37] {
        let network = Self.network(
          [Int](repeating: 0, count: 4096), rows: 4, rounding: rounding, storage: storage
        ) {
          $0.mantissa = Int8(mantissa)
          $0.shift = 7
        }
        let changes = Self.weights(network, implementation)
        #expect(Set(changes) == (mantissa > 0 ? [0, 1] : [-1, 0]))
        // 37 / 128 · 4096 = 1184; rows share their draws by column, so 4 rows count as one.
        let sum = changes.reduce(0, +) * mantissa.signum()
        #expect(abs(sum - 1184) < 5 * 58)
      }
    }
  }

  @Test(
    "Without a learning tick, a learning bit and a row nothing changes",
    arguments: Implementation.allCases)
  func learningBits(implementation: Implementation) {
    let run = implementation.make(Self.network([0, 0], rows: 2) { $0.mantissa = 1 })
    func arrive(learning: Bool) -> [Int] {
      run.fire(population: 0, neuron: 1)
      run.tick(0)
      run.tick(1, learning: learning)
      return run.weights(projection: 0)
    }
    #expect(arrive(learning: false) == [0, 0])
    run.setLearning(projection: 0, false)
    #expect(arrive(learning: true) == [0, 0])
    run.setLearning(projection: 0, true)
    run.setRate(projection: 0, 0)
    #expect(arrive(learning: true) == [0, 0])
    run.setRate(projection: 0, 256)
    #expect(arrive(learning: true) == [0, 1])
  }

  @Test("A gate's limits hold to the unit, up to the ends of what is viewed", arguments: [0, 1, 8])
  func gateLimitsHold(shift: Int) {
    let ends = [-32_768, -32_767, -3, -1, 0, 1, 3, 32_766, 32_767]
    let half = shift == 0 ? 0 : 1 << (shift - 1)
    let values = ends.flatMap { end in
      [-half - 1, -half, half - 1, half].map { min(max(end << shift + $0, -1 << 23), 1 << 23 - 1) }
    }
    var network = NetworkDescription()
    network.add(.input, 1)
    network.add(.leaky, values.count) {
      $0.hasThreshold = false
      $0.membraneViewShift = UInt8(shift)
      $0.decays[0] = DecaySet(membrane: 0, current1: 0, current2: 0, dendrite: 0)
    }
    for low in ends {
      for high in ends {
        network.connect(0, 1, values.map { _ in 0 }) {
          $0.compartment = .current2
          $0.learning = true
          $0.rule.termCount = 1
          $0.rule.terms[0].gate = low % 2 == 0 ? .inside : .outside
          $0.rule.terms[0].gateVariable = .membrane
          $0.rule.terms[0].gateLow = Int16(low)
          $0.rule.terms[0].gateHigh = Int16(high)
          $0.rule.terms[0].factorA = .dendrite
          $0.rule.terms[0].mantissa = 3
        }
      }
    }
    var scenario = (0..<3).map { ScenarioTick(count: UInt64($0)) }
    scenario[0].steps = [
      .setState(population: 1, variable: .membrane, values: values),
      .setState(population: 1, variable: .dendrite, values: values.map { _ in 2 }),
      .fire(population: 0, neurons: [0]),
    ]
    #expect(Comparison(network, scenario).firstDisagreement() == nil)
  }
}
