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

  /// Any value of a type.
  mutating func any<Value: FixedWidthInteger>() -> Value { Value(truncatingIfNeeded: next()) }

  /// Any case of an enumeration that is numbered from 0.
  mutating func anyCase<Value: RawRepresentable>(_ count: UInt8) -> Value
  where Value.RawValue == UInt8 {
    Value(rawValue: UInt8.random(in: 0..<count, using: &self))!
  }
}

/// Every field of any value, lawful or not, as far as the wire can say it.
func anyPopulation(_ generator: inout SeededGenerator) -> Population {
  var population = Population(kind: generator.anyCase(4), neuronCount: generator.any())
  population.hasThreshold = .random(using: &generator)
  population.reset = generator.anyCase(3)
  population.perNeuron = generator.any()
  population.decaySetCount = .random(in: 0...16, using: &generator)
  population.currentShift = generator.any()
  population.refractoryTicks = generator.any()
  population.membraneViewShift = generator.any()
  population.currentViewShift = generator.any()
  population.dendriteViewShift = generator.any()
  population.floor = generator.any()
  population.threshold = generator.any()
  population.bias = generator.any()
  population.resetValue = generator.any()
  population.lowerBound = generator.any()
  population.noiseAmplitude = generator.any()
  population.groupSize = generator.any()
  population.gain = generator.any()
  population.valueLimit = generator.any()
  population.preTrace = anyTrace(&generator)
  population.postTrace = anyTrace(&generator)
  population.meanTicks = generator.any()
  for index in 0..<Int(population.decaySetCount) {
    population.decays[index] = DecaySet(
      membrane: generator.any(), current1: generator.any(), current2: generator.any(),
      dendrite: generator.any())
  }
  return population
}

private func anyTrace(_ generator: inout SeededGenerator) -> Trace {
  Trace(step: generator.any(), decay: generator.any(), viewShift: generator.any())
}

func anyProjection(_ generator: inout SeededGenerator) -> Projection {
  var projection = Projection(source: generator.any(), target: generator.any())
  projection.compartment = generator.anyCase(4)
  projection.connectivity = generator.anyCase(4)
  projection.storage = generator.anyCase(2)
  projection.shift = generator.any()
  projection.delayTicks = generator.any()
  projection.blankOut = generator.any()
  projection.enabled = .random(using: &generator)
  projection.labelGated = .random(using: &generator)
  projection.learning = .random(using: &generator)
  projection.rate = generator.any()
  projection.synapseCount = generator.any()
  projection.rule.termCount = .random(in: 0...4, using: &generator)
  projection.rule.rounding = generator.anyCase(3)
  projection.rule.lowLimit = generator.any()
  projection.rule.highLimit = generator.any()
  projection.rule.skipsDiagonal = .random(using: &generator)
  for index in 0..<Int(projection.rule.termCount) {
    var term = Term()
    term.trigger = generator.anyCase(3)
    term.gate = generator.anyCase(3)
    term.gateVariable = generator.anyCase(8)
    term.factorA = generator.anyCase(8)
    term.factorB = generator.anyCase(8)
    term.shift = generator.any()
    term.mantissa = generator.any()
    term.periodTicks = generator.any()
    term.gateLow = generator.any()
    term.gateHigh = generator.any()
    projection.rule.terms[index] = term
  }
  return projection
}
