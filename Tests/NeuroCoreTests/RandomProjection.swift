import NeuroCore

extension NetworkDescription {
  /// Adds a projection of random parameters, rule, synapses and weights.
  mutating func connectRandom(_ source: Int, _ target: Int, _ random: inout SplitMix64) {
    let sourceCount = neuronCount(source)
    let targetCount = neuronCount(target)
    let hasTraces = hasTraces
    let ends = (populations[source].parameters, populations[target].parameters)
    let projection = connect(source, target, []) {
      $0.compartment = random.pick([.membrane, .current1, .current2, .dendrite])
      $0.storage = random.pick([.int8, .int16Master])
      $0.shift = UInt8(random.chance(60) ? random.integer(0...6) : random.integer(0...15))
      $0.delayTicks = UInt8(random.chance(85) ? random.integer(1...3) : random.integer(1...63))
      $0.blankOut = UInt8(random.chance(65) ? 0 : random.integer(1...255))
      $0.enabled = random.chance(95)
      $0.labelGated = random.chance(15)
      $0.learning = random.chance(85)
      $0.rate = UInt16(random.chance(50) ? 256 : random.integer(0...256))
      if hasTraces || ends.0.kind != .analogue, random.chance(65) {
        $0.rule = Rule.random(
          $0.storage, source: ends.0, target: ends.1, traces: hasTraces, &random)
        $0.rule.skipsDiagonal = hasTraces && source == target && random.chance(40)
      }
      if sourceCount == targetCount && random.chance(40) { $0.connectivity = .oneToOne }
    }
    var synapseCount = sourceCount * targetCount
    if projections[projection].parameters.connectivity == .oneToOne {
      synapseCount = sourceCount
    } else if random.chance(45) {
      addRandomSynapses(projection, sourceCount, targetCount, &random)
      synapseCount = projections[projection].targets.count
    }
    let parameters = projections[projection].parameters
    let low = max(Int(parameters.storage.minimum), Int(parameters.rule.lowLimit))
    let high = min(Int(parameters.storage.maximum), Int(parameters.rule.highLimit))
    projections[projection].weights = (0..<synapseCount).map { _ in random.integer(low...high) }
  }

  private mutating func addRandomSynapses(
    _ projection: Int, _ sourceCount: Int, _ targetCount: Int, _ random: inout SplitMix64
  ) {
    let percent = random.pick([0, 3, 20, 60, 100])
    var rowStarts = [0]
    var targets: [Int] = []
    for _ in 0..<sourceCount {
      let rowIsEmpty = random.chance(15)
      for i in 0..<targetCount where !rowIsEmpty && random.chance(percent) { targets.append(i) }
      rowStarts.append(targets.count)
    }
    makeSparse(projection, rowStarts: rowStarts, targets: targets)
  }

  /// Lowers shifts, then limits of values, until the sums of arrivals stay below 2^31. Section 1.2.
  mutating func boundArrivals() {
    for target in populations.indices {
      for compartment in [Compartment.membrane, .current1, .current2, .dendrite] {
        let into = projections.indices.filter {
          Int(projections[$0].parameters.target) == target
            && projections[$0].parameters.compartment == compartment
        }
        while into.reduce(0, { $0 + worstArrivals($1) }) >= 1 << 31 {
          let largest = into.max { worstArrivals($0) < worstArrivals($1) }!
          if projections[largest].parameters.shift > 0 {
            projections[largest].parameters.shift -= 1
          } else {
            let source = Int(projections[largest].parameters.source)
            populations[source].parameters.valueLimit /= 2
          }
        }
      }
    }
  }

  /// The most that one tick of a projection can add to one neuron.
  private func worstArrivals(_ projection: Int) -> Int {
    let part = projections[projection]
    var synapsesOfTarget = [Int](repeating: 0, count: neuronCount(Int(part.parameters.target)))
    for target in part.targets { synapsesOfTarget[target] += 1 }
    let most =
      switch part.parameters.connectivity {
      case .dense: neuronCount(Int(part.parameters.source))
      case .sparse: synapsesOfTarget.max()!
      case .oneToOne, .sharedKernel: 1
      }
    let source = populations[Int(part.parameters.source)].parameters
    let value = source.kind == .analogue ? Int(source.valueLimit) : 1
    return most * 128 * (1 << Int(part.parameters.shift)) * value
  }
}

extension Rule {
  static func random(
    _ storage: WeightStorage, source: Population, target: Population, traces: Bool,
    _ random: inout SplitMix64
  ) -> Rule {
    let isAnalogue = source.kind == .analogue
    var seen: [Factor] = [.membrane, .current, .dendrite]
    if traces, isAnalogue || source.preTrace.isThere { seen.append(.preTrace) }
    if target.postTrace.isThere { seen.append(.postTrace) }
    if target.meanTicks > 0 { seen.append(.meanDendrite) }
    let factors: [Factor] = [.one, .one, .one, .weight] + seen
    let otherTriggers = traces && (isAnalogue || random.chance(50))
    var rule = Rule()
    rule.termCount = UInt8(random.integer(1...Law.termLimit))
    rule.rounding = random.pick([.nearest, .stochastic, .stochasticByColumn])
    // Mostly such shifts that weights do change.
    let smallestShift = random.integer(0...random.pick([2, 6, Law.termShiftLimit]))
    let spread = min(Law.termShiftSpread, Law.termShiftLimit - smallestShift)
    for index in 0..<Int(rule.termCount) {
      var term = Term()
      term.gate = random.pick([.none, .none, .inside, .outside])
      term.gateVariable = random.pick(seen)
      if otherTriggers {
        term.trigger = random.pick(
          isAnalogue ? [.postsynaptic, .every] : [.presynaptic, .postsynaptic, .every])
      }
      if term.trigger == .every {
        term.periodTicks = UInt16(random.integer(1...random.pick([2, 9, 65_535])))
      }
      let first = random.signed(bits: 16)
      let ends = [first, random.chance(50) ? -1 - first : random.signed(bits: 16)]
      let isEmpty = random.chance(10)
      term.gateLow = Int16(isEmpty ? ends.max()! : ends.min()!)
      term.gateHigh = Int16(isEmpty ? ends.min()! : ends.max()!)
      term.factorA = random.pick(factors)
      term.factorB = random.pick(factors)
      term.mantissa = Int8(random.chance(50) ? random.integer(-128...127) : random.signed(bits: 8))
      term.shift = UInt8(smallestShift + random.integer(0...spread))
      rule.terms[index] = term
    }
    if random.chance(50) {
      let minimum = Int(storage.minimum)
      let maximum = Int(storage.maximum)
      let low = random.integer(minimum...maximum)
      rule.lowLimit = Int16(low)
      rule.highLimit = Int16(random.integer(low...maximum))
    }
    return rule
  }
}
