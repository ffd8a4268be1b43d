import NeuroCore

extension NetworkDescription {
  /// Adds a population of random parameters.
  mutating func addRandom(
    _ kind: PopulationKind, _ neuronCount: Int, _ random: inout SplitMix64
  ) {
    let hasTraces = hasTraces
    switch kind {
    case .input:
      add(.input, neuronCount) {
        $0.gain = Int32(random.magnitude(bits: 16))
        $0.floor = UInt8(random.magnitude(bits: 7))
        if hasTraces { $0.preTrace = Self.randomTrace(&random) }
      }
    case .analogue:
      add(.analogue, neuronCount) {
        $0.valueLimit = Int32(min(32767, 1 + random.magnitude(bits: 15)))
      }
    case .leaky, .quadratic: addRandomMembrane(kind, neuronCount, &random)
    }
  }

  private mutating func addRandomMembrane(
    _ kind: PopulationKind, _ neuronCount: Int, _ random: inout SplitMix64
  ) {
    let hasTraces = hasTraces
    let population = add(kind, neuronCount) {
      $0.hasThreshold = random.chance(85)
      $0.threshold = Int32(Self.randomThreshold(&random))
      $0.bias = random.chance(50) ? 0 : Int32(random.signed(bits: 24))
      $0.reset = random.pick([.none, .value, .subtract])
      $0.resetValue = random.chance(50) ? 0 : Int32(random.signed(bits: 24))
      $0.lowerBound = random.chance(50) ? Law.stateMinimum : Int32(random.signed(bits: 24))
      $0.currentShift = UInt8(random.integer(0...15))
      $0.refractoryTicks = UInt8(random.chance(50) ? 0 : random.magnitude(bits: 8))
      $0.noiseAmplitude = Int32(random.chance(60) ? 0 : random.magnitude(bits: 15))
      $0.groupSize = Int32(random.chance(70) ? 0 : max(2, random.magnitude(bits: 16)))
      $0.membraneViewShift = UInt8(random.integer(0...random.pick([0, 6, 15])))
      $0.currentViewShift = UInt8(random.integer(0...random.pick([0, 6, 15])))
      $0.dendriteViewShift = UInt8(random.integer(0...random.pick([0, 6, 15])))
      if hasTraces {
        $0.preTrace = Self.randomTrace(&random)
        $0.postTrace = Self.randomTrace(&random)
        $0.meanTicks =
          random.chance(50) ? 0 : UInt16(random.integer(1...random.pick([3, 12, 65_535])))
      }
      $0.decaySetCount = UInt8(random.chance(60) ? 1 : random.integer(1...16))
      for index in 0..<Int($0.decaySetCount) {
        $0.decays[index] = DecaySet(
          membrane: Self.randomDecay(&random), current1: Self.randomDecay(&random),
          current2: Self.randomDecay(&random), dendrite: Self.randomDecay(&random))
      }
    }
    let parameters = populations[population].parameters
    func array(_ value: (inout SplitMix64) -> Int) -> [Int] {
      (0..<neuronCount).map { _ in value(&random) }
    }
    let isLeaky = kind == .leaky
    if isLeaky && parameters.hasThreshold && random.chance(30) {
      set(.threshold, of: population, array { Self.randomThreshold(&$0) })
    }
    if random.chance(30) { set(.bias, of: population, array { $0.signed(bits: 20) }) }
    if isLeaky && random.chance(20) {
      set(.resetValue, of: population, array { $0.signed(bits: 24) })
    }
    if isLeaky && random.chance(20) {
      set(.lowerBound, of: population, array { $0.signed(bits: 24) })
    }
    if random.chance(parameters.decaySetCount > 1 ? 80 : 10) {
      let last = Int(parameters.decaySetCount) - 1
      set(.decayIndex, of: population, array { $0.integer(0...last) })
    }
  }

  private static func randomTrace(_ random: inout SplitMix64) -> Trace {
    guard random.chance(70) else { return Trace() }
    return Trace(
      step: Int32(max(1, random.magnitude(bits: 23))), decay: randomDecay(&random),
      viewShift: UInt8(random.integer(0...15)))
  }

  private static func randomThreshold(_ random: inout SplitMix64) -> Int {
    random.chance(85) ? min(random.magnitude(bits: 23), 8_388_607) : random.signed(bits: 24)
  }

  private static func randomDecay(_ random: inout SplitMix64) -> UInt16 {
    switch random.integer(0...5) {
    case 0: 0
    case 1: 4096
    case 2: UInt16(random.integer(0...4096))
    default: UInt16(random.magnitude(bits: 9))
    }
  }
}
