import Fault
import Model
import NeuroCore

/// SplitMix64 (S. Vigna): the same numbers everywhere for a seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A lawful model with every kind of population, connectivity and array by chance.
func randomModel(seed: UInt64) throws(Fault) -> Model {
  var generator = SeededGenerator(state: seed)
  var model = try Model(name: Name(text: "random \(seed)"))
  _ = try model.addPopulation(
    name: Name("stimulus"), role: .stimulus, randomInput(&generator))
  _ = try model.addPopulation(
    name: Name("value"), role: .none, randomAnalogue(&generator),
    countsPerUnit: randomScale(&generator))
  for index in 0..<Int.random(in: 1...3, using: &generator) {
    let population = randomMembrane(&generator)
    let added = try model.addPopulation(
      name: Name(text: "leaky\\\(index)"), role: index == 0 ? .output : .none, population,
      countsPerUnit: randomScale(&generator))
    try addArrays(&model, added, &generator)
  }
  for index in 0..<Int.random(in: 0...5, using: &generator) {
    try addProjection(&model, "projection \(index)", &generator)
  }
  return model
}

/// Has a lawful model hold a snapshot of values by chance.
func addSnapshot(_ model: inout Model, _ generator: inout SeededGenerator) throws(Fault) {
  let arrays = try SnapshotArrays.make(model)
  for index in 0..<model.populationCount {
    let population = model.population(index).population
    let state = arrays.state(model, index)
    let variables = (0..<UInt8(StateVariable.count)).compactMap(StateVariable.init)
      .filter(population.has)
    for place in state.indices {
      let range = population.range(of: variables[place / Int(population.neuronCount)])
      state[place] = .random(in: range.low...range.high, using: &generator)
    }
    let high = population.kind == .analogue ? Int16(clamping: population.valueLimit) : 1
    let history = arrays.history(model, index)
    for place in history.indices {
      history[place] = .random(
        in: (population.kind == .analogue ? -high : 0)...high, using: &generator)
    }
  }
  model.adopt(
    Snapshot(
      seed: generator.next(), learningTicks: generator.next() >> 8,
      frozenTicks: generator.next() >> 8), arrays)
}

private func randomInput(_ generator: inout SeededGenerator) -> Population {
  var population = Population(kind: .input, neuronCount: .random(in: 1...9, using: &generator))
  population.gain = .random(in: 0...65_535, using: &generator)
  population.floor = .random(in: 0...255, using: &generator)
  population.preTrace = randomTrace(&generator)
  return population
}

private func randomTrace(_ generator: inout SeededGenerator) -> Trace {
  guard Bool.random(using: &generator) else { return Trace() }
  return Trace(
    step: .random(in: 1...Law.stateLimit, using: &generator),
    decay: .random(in: 0...4096, using: &generator),
    viewShift: .random(in: 0...15, using: &generator))
}

private func randomScale(_ generator: inout SeededGenerator) -> Int32 {
  Bool.random(using: &generator) ? 0 : .random(in: 1...1 << 23, using: &generator)
}

private func randomAnalogue(_ generator: inout SeededGenerator) -> Population {
  var population = Population(kind: .analogue, neuronCount: .random(in: 1...9, using: &generator))
  population.valueLimit = .random(in: 1...32_767, using: &generator)
  return population
}

private func randomMembrane(_ generator: inout SeededGenerator) -> Population {
  let state = Law.stateMinimum...Law.stateLimit
  let kind: PopulationKind = Int.random(in: 0...3, using: &generator) == 0 ? .quadratic : .leaky
  var population = Population(kind: kind, neuronCount: .random(in: 1...9, using: &generator))
  population.hasThreshold = .random(using: &generator)
  population.reset = [.none, .value, .subtract].randomElement(using: &generator)!
  population.threshold = .random(in: state, using: &generator)
  population.bias = .random(in: state, using: &generator)
  population.resetValue = .random(in: state, using: &generator)
  population.lowerBound = .random(in: state, using: &generator)
  population.refractoryTicks = .random(in: 0...255, using: &generator)
  population.currentShift = .random(in: 0...15, using: &generator)
  population.noiseAmplitude = .random(in: 0...32_767, using: &generator)
  population.groupSize = .random(in: 2...65_536, using: &generator)
  population.membraneViewShift = .random(in: 0...15, using: &generator)
  population.currentViewShift = .random(in: 0...15, using: &generator)
  population.dendriteViewShift = .random(in: 0...15, using: &generator)
  population.preTrace = randomTrace(&generator)
  population.postTrace = randomTrace(&generator)
  population.meanTicks = .random(in: 0...2, using: &generator)
  population.decaySetCount = .random(in: 1...16, using: &generator)
  for index in 0..<Int(population.decaySetCount) {
    population.decays[index] = DecaySet(
      membrane: .random(in: 0...4096, using: &generator),
      current1: .random(in: 0...4096, using: &generator),
      current2: .random(in: 0...4096, using: &generator),
      dendrite: .random(in: 0...4096, using: &generator))
  }
  return population
}

private func addArrays(
  _ model: inout Model, _ index: Int, _ generator: inout SeededGenerator
) throws(Fault) {
  let population = model.population(index).population
  for number in 0..<UInt8(NeuronParameter.count) where Bool.random(using: &generator) {
    let parameter = NeuronParameter(rawValue: number)!
    guard parameter != .threshold || population.hasThreshold else { continue }
    guard population.kind == .leaky || NeuronParameter.ofQuadratic & parameter.bit != 0 else {
      continue
    }
    var values: [Int32] = []
    for _ in 0..<population.neuronCount {
      values.append(
        parameter == .decayIndex
          ? .random(in: 0..<Int32(population.decaySetCount), using: &generator)
          : .random(in: Law.stateMinimum...Law.stateLimit, using: &generator))
    }
    try model.set(population: index, parameter, values)
  }
}

private func addProjection(
  _ model: inout Model, _ name: String, _ generator: inout SeededGenerator
) throws(Fault) {
  var projection = Projection(
    source: .random(in: 0..<Int32(model.populationCount), using: &generator),
    target: .random(in: 2..<Int32(model.populationCount), using: &generator))
  let source = model.population(Int(projection.source)).population
  let target = model.population(Int(projection.target)).population
  projection.compartment = Compartment(rawValue: .random(in: 0...3, using: &generator))!
  projection.connectivity =
    source.neuronCount == target.neuronCount
    ? .oneToOne : [.dense, .sparse].randomElement(using: &generator)!
  projection.storage = Bool.random(using: &generator) ? .int8 : .int16Master
  projection.shift = source.kind == .analogue ? 0 : .random(in: 0...15, using: &generator)
  projection.delayTicks = .random(in: 1...63, using: &generator)
  projection.blankOut = .random(in: 0...255, using: &generator)
  projection.enabled = .random(using: &generator)
  projection.labelGated = .random(using: &generator)
  projection.learning = .random(using: &generator)
  projection.rate = .random(in: 0...256, using: &generator)
  if Bool.random(using: &generator) {
    projection.rule = randomRule(source, target, &generator)
    projection.rule.skipsDiagonal = projection.source == projection.target
  }
  let index = try model.addProjection(name: Name(text: name), projection)
  let low = max(projection.storage.minimum, Int32(projection.rule.lowLimit))
  let range = Int16(low)...Int16(min(projection.storage.maximum, Int32(projection.rule.highLimit)))
  guard projection.connectivity == .sparse else {
    var weights: [Int16] = []
    for _ in 0..<model.projection(index).weightCount {
      weights.append(.random(in: range, using: &generator))
    }
    return try model.set(projection: index, weights: weights)
  }
  var starts: [UInt32] = [0]
  var targets: [UInt32] = []
  var weights: [Int16] = []
  for _ in 0..<source.neuronCount {
    for target in 0..<UInt32(target.neuronCount) where Int.random(in: 0...2, using: &generator) == 0
    {
      targets.append(target)
      weights.append(.random(in: range, using: &generator))
    }
    starts.append(UInt32(targets.count))
  }
  try model.set(projection: index, rowStarts: starts, targets: targets, weights: weights)
}

private func randomRule(
  _ source: Population, _ target: Population, _ generator: inout SeededGenerator
) -> Rule {
  let isAnalogue = source.kind == .analogue
  var seen: [Factor] = [.membrane, .current, .dendrite]
  if isAnalogue || source.preTrace.isThere { seen.append(.preTrace) }
  if target.postTrace.isThere { seen.append(.postTrace) }
  if target.meanTicks > 0 { seen.append(.meanDendrite) }
  var rule = Rule()
  rule.termCount = .random(in: 1...4, using: &generator)
  rule.rounding = [.nearest, .stochastic, .stochasticByColumn].randomElement(using: &generator)!
  rule.lowLimit = .random(in: (-32_768)...(-1), using: &generator)
  rule.highLimit = .random(in: 0...32_767, using: &generator)
  for index in 0..<Int(rule.termCount) {
    var term = Term()
    term.trigger = Trigger(rawValue: .random(in: (isAnalogue ? 1 : 0)...2, using: &generator))!
    if term.trigger == .every { term.periodTicks = .random(in: 1...65_535, using: &generator) }
    term.gate = [.none, .inside, .outside].randomElement(using: &generator)!
    if term.gate != .none {
      term.gateVariable = seen.randomElement(using: &generator)!
      term.gateLow = .random(in: .min ... .max, using: &generator)
      term.gateHigh = .random(in: .min ... .max, using: &generator)
    }
    term.factorA = (seen + [.one, .weight]).randomElement(using: &generator)!
    term.factorB = (seen + [.one, .weight]).randomElement(using: &generator)!
    term.mantissa = .random(in: -128...127, using: &generator)
    term.shift = .random(in: 10...24, using: &generator)
    rule.terms[index] = term
  }
  return rule
}
