import NeuroCore

extension NetworkDescription {
  /// A network that the law accepts: inputs, analogue values and neurons with a membrane, connected at random.
  ///
  /// - Parameters:
  ///   - largest: the most neurons of a population.
  ///   - quadratic: whether some populations may be quadratic.
  static func random(
    _ random: inout SplitMix64, largest: Int, traces: Bool = true, quadratic: Bool = true
  ) -> NetworkDescription {
    var network = NetworkDescription()
    network.hasTraces = traces
    network.seed =
      UInt64(random.integer(0...Int(Int32.max))) << 32 | UInt64(random.magnitude(bits: 32))
    // Few sizes a network, so that populations of one size meet and can be joined one-to-one.
    let sizes = (0...random.integer(0...2)).map { _ in randomSize(&random, largest: largest) }
    var kinds = [PopulationKind](repeating: .leaky, count: random.integer(1...5))
    if quadratic {
      for index in kinds.indices where random.chance(35) { kinds[index] = .quadratic }
    }
    kinds += [.input]
    if random.chance(25) { kinds += [.input] }
    if random.chance(35) { kinds += [.analogue] }
    while !kinds.isEmpty {
      let kind = kinds.remove(at: random.integer(0...kinds.count - 1))
      network.addRandom(kind, random.pick(sizes), &random)
    }
    let all = Array(network.populations.indices)
    let targets = all.filter { network.populations[$0].parameters.kind.hasMembrane }
    for source in all where !network.populations[source].parameters.kind.hasMembrane {
      network.connectRandom(source, random.pick(targets), &random)
    }
    for _ in 0..<random.integer(0...6) {
      network.connectRandom(random.pick(all), random.pick(targets), &random)
    }
    network.boundArrivals()
    return network
  }

  private static func randomSize(_ random: inout SplitMix64, largest: Int) -> Int {
    let size =
      switch random.integer(0...9) {
      case 0: 1
      case 1, 2: random.pick([15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 257])
      case 3: random.integer(1...largest)
      default: random.integer(1...20)
      }
    return min(size, largest)
  }

  /// Draws a placement, which changes nothing: the golden digests of the arrangements were made with it.
  func drawPlacement(_ random: inout SplitMix64) {
    for part in populations where part.parameters.kind.hasMembrane {
      let count = Int(part.parameters.neuronCount)
      let unit = max(1, Int(part.parameters.groupSize))
      let longest = random.integer(1...max(1, count / unit)) * unit
      var first = 0
      while first < count {
        first += min(count - first, max(unit, random.integer(1...longest) / unit * unit))
        _ = random.integer(0...7)
      }
    }
  }
}
