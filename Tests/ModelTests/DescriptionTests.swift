import Fault
import Model
import NeuroCore
import Testing

struct DescriptionTests {
  typealias Build = @Sendable (inout Model) throws(Fault) -> Void

  /// What is wrong, what it gives, and what the sentence must have in it.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let status: Int
    let excerpts: [String]
    let build: Build

    init(_ name: String, _ fault: Fault, _ excerpts: String..., build: @escaping Build) {
      testDescription = name
      status = Int(fault.status.rawValue)
      self.excerpts = excerpts
      self.build = build
    }
  }

  static let law = Fault(.SPK_ERROR_MODEL, "")
  static let reserved = Fault(.SPK_ERROR_UNSUPPORTED, "")
  static let argument = Fault(.SPK_ERROR_ARGUMENT, "")

  static func population(
    _ kind: PopulationKind = .leaky, role: Role = .none, name: String = "p",
    _ change: @escaping @Sendable (inout Population) -> Void
  ) -> Build {
    { (model) throws(Fault) in
      var population = Population(kind: kind, neuronCount: 4)
      change(&population)
      _ = try model.addPopulation(name: Name(text: name), role: role, population)
    }
  }

  static func scaled(_ countsPerUnit: Int32) -> Build {
    { (model) throws(Fault) in
      _ = try model.addPopulation(
        name: Name("p"), role: .none, Population(kind: .analogue, neuronCount: 4),
        countsPerUnit: countsPerUnit)
    }
  }

  static func projection(
    _ source: Int32 = 0, _ target: Int32 = 1, name: String = "q",
    _ change: @escaping @Sendable (inout Projection) -> Void
  ) -> Build {
    { (model) throws(Fault) in
      var projection = Projection(source: source, target: target)
      change(&projection)
      _ = try model.addProjection(name: Name(text: name), projection)
    }
  }

  static let populationRefusals: [Refusal] = [
    Refusal(
      "no neurons", law, "\"p\"", "neuron_count is 0, expected 1 .. 1048576",
      build: population { $0.neuronCount = 0 }),
    Refusal("too many neurons", law, "1048577", build: population { $0.neuronCount = 1 << 20 + 1 }),
    Refusal(
      "threshold", law, "threshold is 8388608", "-8388608 .. 8388607",
      build: population { $0.threshold = 1 << 23 }),
    Refusal("bias", law, "bias", build: population { $0.bias = -1 << 23 - 1 }),
    Refusal("reset value", law, "reset_to", build: population { $0.resetValue = .max }),
    Refusal("lower bound", law, "lower_bound", build: population { $0.lowerBound = .min }),
    Refusal(
      "current shift", law, "current_shift is 16, expected 0 .. 15",
      build: population { $0.currentShift = 16 }),
    Refusal("noise", law, "noise", build: population { $0.noiseAmplitude = 32768 }),
    Refusal(
      "group of one", law, "group_size is 1, expected 0 or 2",
      build: population { $0.groupSize = 1 }),
    Refusal("group too large", law, "group_size", build: population { $0.groupSize = 65_537 }),
    Refusal(
      "view shift", law, "dendrite_view_shift", build: population { $0.dendriteViewShift = 16 }),
    Refusal("no decay set", law, "decay_set_count", build: population { $0.decaySetCount = 0 }),
    Refusal(
      "decay", law, "decay set 0 has 4097", build: population { $0.decays[0].current2 = 4097 }),
    Refusal("bias on a circle", law, "bias", build: population(.quadratic) { $0.bias = 1 << 23 }),
    Refusal("gain", law, "gain", build: population(.input) { $0.gain = 65_536 }),
    Refusal(
      "value limit", law, "value_limit is 0", build: population(.analogue) { $0.valueLimit = 0 }),
    Refusal(
      "scale", law, "\"p\"", "counts_per_unit is 8388609, expected 0 .. 8388608",
      build: scaled(1 << 23 + 1)),
    Refusal("negative scale", law, "counts_per_unit is -1", build: scaled(-1)),
    Refusal(
      "stimulus kind", law, "role stimulus is for kind input, found leaky",
      build: population(role: .stimulus) { _ in }),
    Refusal(
      "output kind", law, "role output is for kind leaky or quadratic, found input",
      build: population(.input, role: .output) { _ in }),
    Refusal(
      "role twice", law, "role label is taken by population \"in\"",
      build: population(.input, role: .label) { _ in }),
    Refusal(
      "name twice", law, "population \"out\"", "names must differ",
      build: population(name: "out") { _ in }),
    Refusal("empty name", law, "empty name", build: population(name: "") { _ in }),
    Refusal("control character", law, "control", build: population(name: "a\u{85}b") { _ in }),
  ]

  static let projectionRefusals: [Refusal] = [
    Refusal("source number", law, "source is population 9", build: projection(9) { _ in }),
    Refusal("target number", law, "target is population -1", build: projection(0, -1) { _ in }),
    Refusal(
      "target kind", law, "target \"in\" is of kind input, expected leaky",
      build: projection(1, 0) { _ in }),
    Refusal(
      "delay", law, "\"q\"", "delay_ticks is 64, expected 1 .. 63",
      build: projection { $0.delayTicks = 64 }),
    Refusal("no delay", law, "delay_ticks is 0", build: projection { $0.delayTicks = 0 }),
    Refusal("shift", law, "shift is 16", build: projection { $0.shift = 16 }),
    Refusal("rate", law, "rate is 257", build: projection { $0.rate = 257 }),
    Refusal(
      "one-to-one", law, "from 3 neurons to 2", build: projection { $0.connectivity = .oneToOne }),
    Refusal(
      "shared kernel", reserved, "shared_kernel is reserved",
      build: projection { $0.connectivity = .sharedKernel }),
    Refusal("too many terms", law, "term_count is 5", build: projection { $0.rule.termCount = 5 }),
    Refusal(
      "term shift", law, "term 0", "shift is 25, expected 0 .. 24",
      build: projection { $0.setRule([25]) }),
    Refusal(
      "spread of shifts", law, "term 1: shift is 1 where another term has 16",
      build: projection { $0.setRule([16, 1]) }),
    Refusal(
      "every without a period", law, "period_ticks is 0, expected 1",
      build: projection { $0.setRule { $0.terms[0].trigger = .every } }),
    Refusal(
      "period", law, "period_ticks is 1 with trigger pre",
      build: projection { $0.setRule { $0.terms[0].periodTicks = 1 } }),
    Refusal(
      "mean dendrite", law, "uses mean_dendrite", "set its mean_ticks",
      build: projection { $0.setRule { $0.terms[0].factorB = .meanDendrite } }),
    Refusal(
      "trace", law, "uses pre_trace", "source \"in\" has none",
      build: projection { $0.setRule { $0.terms[0].factorA = .preTrace } }),
    Refusal(
      "trace in a gate", law, "uses post_trace", "set its post_trace_step",
      build: projection {
        $0.setRule {
          $0.terms[0].gate = .inside; $0.terms[0].gateVariable = .postTrace
        }
      }),
    Refusal(
      "diagonal between two populations", law, "skip_diagonal is for projections from a population",
      build: projection { $0.setRule { $0.skipsDiagonal = true } }),
    Refusal(
      "weight in a gate", law, "gate_variable is weight, expected a variable",
      build: projection {
        $0.setRule {
          $0.terms[0].gate = .inside; $0.terms[0].gateVariable = .weight
        }
      }),
    Refusal(
      "limits", law, "low_limit 5 and high_limit 4",
      build: projection {
        $0.setRule {
          $0.lowLimit = 5; $0.highLimit = 4
        }
      }),
    Refusal(
      "limits beyond int8", law, "leave no weight of int8",
      build: projection { $0.setRule { $0.lowLimit = 128 } }),
    Refusal("rule from analogue", law, "analogue", build: projection(2) { $0.setRule() }),
    Refusal(
      "name twice", law, "projection \"dense\"", "names must differ",
      build: projection(name: "dense") { _ in }),
  ]

  static let arrayRefusals: [Refusal] = [
    Refusal("count", argument, "\"out\"", "threshold has 1 values, expected 2") {
      (model) throws(Fault) in try model.set(population: 1, .threshold, [1])
    },
    Refusal("population number", argument, "population 7") { (model) throws(Fault) in
      try model.set(population: 7, .threshold, [1])
    },
    Refusal("kind", law, "kind input has no bias") { (model) throws(Fault) in
      try model.set(population: 0, .bias, [1, 2, 3])
    },
    Refusal("decay index", law, "decay_index of neuron 1 is 1, expected 0 .. 0") {
      (model) throws(Fault) in try model.set(population: 1, .decayIndex, [0, 1])
    },
    Refusal("weight count", argument, "\"dense\"", "5 weights were given, it has 6") {
      (model) throws(Fault) in try model.set(projection: 0, weights: [1, 2, 3, 4, 5])
    },
    Refusal("weight", law, "weight 2 is 128, expected -128 .. 127") { (model) throws(Fault) in
      try model.set(projection: 0, weights: [1, 2, 128, 4, 5, 6])
    },
    Refusal("not sparse", argument, "only sparse") { (model) throws(Fault) in
      try model.set(projection: 0, rowStarts: [0, 0, 0, 0], targets: [], weights: [])
    },
    Refusal("row starts", argument, "row_starts has 3 values, expected 4") {
      (model) throws(Fault) in
      try model.set(projection: 1, rowStarts: [0, 0, 0], targets: [], weights: [])
    },
    Refusal("end of rows", law, "from 0 to 2, expected 0 to 1") { (model) throws(Fault) in
      try model.set(projection: 1, rowStarts: [0, 1, 1, 2], targets: [0], weights: [1])
    },
    Refusal("falling rows", law, "falls from 2 to 1 at row 1") { (model) throws(Fault) in
      try model.set(projection: 1, rowStarts: [0, 2, 1, 2], targets: [0, 1], weights: [1, 1])
    },
    Refusal("target twice", law, "synapse 1 of row 0 has target 1, expected 2 .. 1") {
      (model) throws(Fault) in
      try model.set(projection: 1, rowStarts: [0, 2, 2, 2], targets: [1, 1], weights: [1, 1])
    },
    Refusal("weights of synapses", argument, "1 targets and 2 weights") { (model) throws(Fault) in
      try model.set(projection: 1, rowStarts: [0, 1, 1, 1], targets: [1], weights: [1, 1])
    },
  ]

  static func model() throws(Fault) -> Model {
    var model = try Model(name: Name())
    _ = try model.addPopulation(
      name: Name("in"), role: .label, Population(kind: .input, neuronCount: 3))
    _ = try model.addPopulation(name: Name("out"), role: .none, leaky(2))
    _ = try model.addPopulation(
      name: Name("value"), role: .none, Population(kind: .analogue, neuronCount: 3))
    _ = try model.addProjection(name: Name("dense"), Projection(source: 0, target: 1))
    var sparse = Projection(source: 0, target: 1)
    sparse.connectivity = .sparse
    _ = try model.addProjection(name: Name("sparse"), sparse)
    return model
  }

  @Test(arguments: populationRefusals + projectionRefusals + arrayRefusals)
  func `what breaks the law is refused in words and changes nothing`(refusal: Refusal) throws {
    var model = try Self.model()
    let before = try model.bytes()
    var found: Fault?
    do throws(Fault) { try refusal.build(&model) } catch { found = error }
    let fault = try #require(found)
    #expect(Int(fault.status.rawValue) == refusal.status, "\(fault.sentence.text)")
    for excerpt in refusal.excerpts {
      #expect(fault.sentence.text.contains(excerpt), "\(fault.sentence.text)")
    }
    #expect(try model.bytes() == before)
  }

  @Test func `fields without use are put back to their defaults`() throws {
    var model = try Model(name: Name())
    var input = Population(kind: .input, neuronCount: 1)
    input.threshold = .max
    input.perNeuron = 31
    _ = try model.addPopulation(name: Name("a"), role: .none, input)
    #expect(model.population(0).population.threshold == 0)
    #expect(model.population(0).population.perNeuron == 0)
  }

  @Test func `names are found and roles too`() throws {
    let model = try smallModel()
    let name = Array("out.é".utf8)
    #expect(name.withUnsafeBufferPointer { model.findPopulation($0) } == 1)
    #expect(name.withUnsafeBufferPointer { model.findProjection($0) } == nil)
    #expect(Array("lateral".utf8).withUnsafeBufferPointer { model.findProjection($0) } == 2)
    #expect(model.population(role: .output) == 1)
    #expect(model.population(role: .label) == nil)
  }
}
