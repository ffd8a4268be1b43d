import NeuroCore

// Populations, projections and slices as bytes; the one codec of both sides.

extension PayloadWriter {
  @inline(never)
  public mutating func put(_ population: Population) {
    put(population.kind.rawValue)
    put(population.hasThreshold)
    put(population.reset.rawValue)
    put(population.perNeuron)
    put(population.decaySetCount)
    put(population.currentShift)
    put(population.refractoryTicks)
    put(population.membraneViewShift)
    put(population.currentViewShift)
    put(population.dendriteViewShift)
    put(population.floor)
    put(population.preTrace.viewShift)
    put(population.neuronCount)
    put(population.threshold)
    put(population.bias)
    put(population.resetValue)
    put(population.lowerBound)
    put(population.noiseAmplitude)
    put(population.groupSize)
    put(population.gain)
    put(population.valueLimit)
    put(population.preTrace.step)
    put(population.postTrace.step)
    put(population.preTrace.decay)
    put(population.postTrace.decay)
    put(population.meanTicks)
    put(population.postTrace.viewShift)
    put(UInt8(0))
    for index in 0..<Int(min(population.decaySetCount, 16)) {
      put(population.decays[index].membrane)
      put(population.decays[index].current1)
      put(population.decays[index].current2)
      put(population.decays[index].dendrite)
    }
  }

  @inline(never)
  public mutating func put(_ projection: Projection) {
    put(projection.source)
    put(projection.target)
    put(projection.compartment.rawValue)
    put(projection.connectivity.rawValue)
    put(projection.storage.rawValue)
    put(projection.shift)
    put(projection.delayTicks)
    put(projection.blankOut)
    put(projection.enabled)
    put(projection.labelGated)
    put(projection.learning)
    put(projection.rule.termCount)
    put(projection.rate)
    put(projection.synapseCount)
    put(projection.rule.rounding.rawValue)
    put(projection.rule.skipsDiagonal)
    put(projection.rule.lowLimit)
    put(projection.rule.highLimit)
    for index in 0..<Int(min(projection.rule.termCount, 4)) { put(projection.rule.terms[index]) }
  }

  private mutating func put(_ term: Term) {
    put(term.trigger.rawValue)
    put(term.gate.rawValue)
    put(term.gateVariable.rawValue)
    put(term.factorA.rawValue)
    put(term.factorB.rawValue)
    put(term.shift)
    put(term.mantissa)
    put(UInt8(0))
    put(term.periodTicks)
    put(term.gateLow)
    put(term.gateHigh)
  }

  public mutating func put(_ slice: Slice) {
    put(slice.core)
    put(slice.population)
    put(slice.first)
    put(slice.count)
  }
}

extension PayloadReader {
  /// A number of an enumeration; one that is not defined fails the payload and gives `fallback`.
  private mutating func readCase<Value: RawRepresentable>(
    _ fallback: Value
  ) -> Value where Value.RawValue == UInt8 {
    guard let value = Value(rawValue: read(UInt8.self)) else {
      fail()
      return fallback
    }
    return value
  }

  public mutating func readPopulation() -> Population {
    var population = Population(kind: readCase(.leaky), neuronCount: 0)
    population.hasThreshold = readFlag()
    population.reset = readCase(.none)
    population.perNeuron = read(UInt8.self)
    population.decaySetCount = read(UInt8.self)
    population.currentShift = read(UInt8.self)
    population.refractoryTicks = read(UInt8.self)
    population.membraneViewShift = read(UInt8.self)
    population.currentViewShift = read(UInt8.self)
    population.dendriteViewShift = read(UInt8.self)
    population.floor = read(UInt8.self)
    population.preTrace.viewShift = read(UInt8.self)
    population.neuronCount = read(Int32.self)
    population.threshold = read(Int32.self)
    population.bias = read(Int32.self)
    population.resetValue = read(Int32.self)
    population.lowerBound = read(Int32.self)
    population.noiseAmplitude = read(Int32.self)
    population.groupSize = read(Int32.self)
    population.gain = read(Int32.self)
    population.valueLimit = read(Int32.self)
    population.preTrace.step = read(Int32.self)
    population.postTrace.step = read(Int32.self)
    population.preTrace.decay = read(UInt16.self)
    population.postTrace.decay = read(UInt16.self)
    population.meanTicks = read(UInt16.self)
    population.postTrace.viewShift = read(UInt8.self)
    readZeros(1)
    if population.decaySetCount > 16 { fail() }
    for index in 0..<Int(min(population.decaySetCount, 16)) {
      population.decays[index].membrane = read(UInt16.self)
      population.decays[index].current1 = read(UInt16.self)
      population.decays[index].current2 = read(UInt16.self)
      population.decays[index].dendrite = read(UInt16.self)
    }
    return population
  }

  public mutating func readProjection() -> Projection {
    let source = read(Int32.self)
    var projection = Projection(source: source, target: read(Int32.self))
    projection.compartment = readCase(.membrane)
    projection.connectivity = readCase(.dense)
    projection.storage = readCase(.int8)
    projection.shift = read(UInt8.self)
    projection.delayTicks = read(UInt8.self)
    projection.blankOut = read(UInt8.self)
    projection.enabled = readFlag()
    projection.labelGated = readFlag()
    projection.learning = readFlag()
    projection.rule.termCount = read(UInt8.self)
    projection.rate = read(UInt16.self)
    projection.synapseCount = read(Int64.self)
    projection.rule.rounding = readCase(.nearest)
    projection.rule.skipsDiagonal = readFlag()
    projection.rule.lowLimit = read(Int16.self)
    projection.rule.highLimit = read(Int16.self)
    if projection.rule.termCount > 4 { fail() }
    for index in 0..<Int(min(projection.rule.termCount, 4)) {
      projection.rule.terms[index] = readTerm()
    }
    return projection
  }

  private mutating func readTerm() -> Term {
    var term = Term()
    term.trigger = readCase(.presynaptic)
    term.gate = readCase(.none)
    term.gateVariable = readCase(.one)
    term.factorA = readCase(.one)
    term.factorB = readCase(.one)
    term.shift = read(UInt8.self)
    term.mantissa = read(Int8.self)
    readZeros(1)
    term.periodTicks = read(UInt16.self)
    term.gateLow = read(Int16.self)
    term.gateHigh = read(Int16.self)
    return term
  }

  public mutating func readSlice() -> Slice {
    let core = read(Int32.self)
    let population = read(Int32.self)
    let first = read(Int32.self)
    return Slice(core: core, population: population, first: first, count: read(Int32.self))
  }
}
