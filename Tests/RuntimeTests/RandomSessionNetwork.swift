import Model
import NeuroCore

extension SessionNetwork {
  /// A lively network with all roles: stimulus, label, output, an analogue population and hidden ones.
  static func random(seed: UInt64, largest: Int = 40) -> SessionNetwork {
    var generator = SeededGenerator(state: seed)
    var network = SessionNetwork()
    network.seed = generator.next()
    let outputs = generator.integer(2...9)
    let stimulus = network.add(.input, generator.integer(2...largest), role: .stimulus) {
      $0.gain = Int32(generator.integer(20_000...65_535))
      $0.floor = UInt8(generator.integer(0...20))
      $0.preTrace = Self.trace
    }
    let labels = network.add(.input, outputs, role: .label)
    let values = network.add(.analogue, outputs) { $0.valueLimit = 100 }
    let hidden = (0...generator.integer(0...1)).map { _ in
      network.addRandom(generator.integer(1...largest), .none, &generator)
    }
    let output = network.addRandom(outputs, .output, &generator)
    for layer in hidden {
      network.connectRandom(stimulus, layer, &generator)
      network.connectRandom(layer, output, &generator)
    }
    network.connectRandom(labels, output, &generator)
    network.connectRandom(values, generator.pick(hidden + [output]), &generator)
    for _ in 0..<generator.integer(0...3) {
      network.connectRandom(
        generator.pick([stimulus, labels, output] + hidden), generator.pick(hidden + [output]),
        &generator)
    }
    return network
  }

  private static let trace = Trace(step: 3_000, decay: 300, viewShift: 6)

  private mutating func addRandom(
    _ count: Int, _ role: Role, _ generator: inout SeededGenerator
  ) -> Int {
    let isQuadratic = generator.chance(30)
    let index = add(isQuadratic ? .quadratic : .leaky, count, role: role) {
      $0.threshold = Int32(generator.integer(0...600))
      $0.reset = generator.pick([.none, .value, .subtract])
      $0.refractoryTicks = UInt8(generator.integer(0...2))
      $0.currentShift = UInt8(generator.integer(0...3))
      $0.noiseAmplitude = generator.chance(30) ? Int32(generator.integer(1...900)) : 0
      $0.groupSize = generator.chance(30) ? Int32(generator.integer(2...6)) : 0
      $0.currentViewShift = UInt8(generator.integer(0...4))
      if generator.chance(60) { $0.preTrace = Self.trace }
      if generator.chance(60) { $0.postTrace = Self.trace }
      if generator.chance(60) { $0.meanTicks = UInt16(generator.integer(1...9)) }
      $0.decays[0] = DecaySet(
        membrane: UInt16(generator.integer(0...900)), current1: UInt16(generator.integer(0...4096)),
        current2: 4096, dendrite: UInt16(generator.integer(0...600)))
    }
    if generator.chance(30) {
      populations[index].arrays.append(
        (.bias, (0..<count).map { _ in generator.integer(-50...(isQuadratic ? 90_000 : 150)) }))
      populations[index].parameters.perNeuron |= NeuronParameter.bias.bit
    }
    if !isQuadratic, generator.chance(30) {
      populations[index].arrays.append(
        (.threshold, (0..<count).map { _ in generator.integer(0...900) }))
      populations[index].parameters.perNeuron |= NeuronParameter.threshold.bit
    }
    return index
  }

  private mutating func connectRandom(
    _ source: Int, _ target: Int, _ generator: inout SeededGenerator
  ) {
    let (rows, columns) = (neuronCount(source), neuronCount(target))
    let isSparse = generator.chance(35)
    let ends = (populations[source].parameters, populations[target].parameters)
    let spiking = ends.0.kind != .analogue
    let projection = connect(
      source, target,
      rows: isSparse
        ? (0..<rows).map { _ in (0..<columns).filter { _ in generator.chance(40) } } : nil
    ) {
      $0.compartment = generator.pick([.membrane, .current1, .current1, .current2, .dendrite])
      $0.storage = generator.pick([.int8, .int16Master])
      $0.shift = UInt8(spiking ? generator.integer(0...3) : 0)
      $0.delayTicks = UInt8(generator.chance(80) ? generator.integer(1...3) : 63)
      $0.blankOut = generator.chance(25) ? UInt8(generator.integer(1...200)) : 0
      $0.labelGated = generator.chance(20)
      if rows == columns, !isSparse, generator.chance(40) { $0.connectivity = .oneToOne }
      if generator.chance(70) {
        $0.rule = Self.randomRule(ends.0, ends.1, &generator)
        $0.learning = generator.chance(85)
        $0.rate = UInt16(generator.integer(64...256))
      }
    }
    let parameters = projections[projection].parameters
    let wide = parameters.storage == .int16Master ? 256 : 1
    let weights = projections[projection].weights.map { _ in generator.integer(-60...120) * wide }
    projections[projection].weights = weights
  }

  private static func randomRule(
    _ source: Population, _ target: Population, _ generator: inout SeededGenerator
  ) -> Rule {
    let isAnalogue = source.kind == .analogue
    var seen: [Factor] = [.dendrite, .current]
    if isAnalogue || source.preTrace.isThere { seen.append(.preTrace) }
    if target.postTrace.isThere { seen.append(.postTrace) }
    if target.meanTicks > 0 { seen.append(.meanDendrite) }
    let triggers: [Trigger] =
      isAnalogue ? [.postsynaptic, .every] : [.presynaptic, .presynaptic, .postsynaptic, .every]
    var rule = Rule()
    rule.termCount = UInt8(generator.integer(1...2))
    rule.rounding = generator.pick([.nearest, .stochastic, .stochasticByColumn])
    for index in 0..<Int(rule.termCount) {
      rule.terms[index].mantissa = Int8(generator.integer(-100...100))
      rule.terms[index].trigger = generator.pick(triggers)
      if rule.terms[index].trigger == .every {
        rule.terms[index].periodTicks = UInt16(generator.integer(1...5))
      }
      rule.terms[index].factorA = generator.pick([.one, .weight] + seen)
      rule.terms[index].gate = generator.pick([.none, .inside, .outside])
      rule.terms[index].gateVariable = generator.pick(seen)
      rule.terms[index].gateLow = -200
      rule.terms[index].gateHigh = 300
      rule.terms[index].shift = UInt8(generator.integer(0...8))
    }
    return rule
  }
}
