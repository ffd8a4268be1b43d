import NeuroCore

/// What a host does to a network, one step after the other.
enum Step {
  case fire(population: Int, neurons: [Int])
  case setValues(population: Int, first: Int, values: [Int])
  case drawSpikes(population: Int, intensities: [Int])
  case setState(population: Int, variable: StateVariable, values: [Int])
  case setEnabled(projection: Int, on: Bool)
  case setLearning(projection: Int, on: Bool)
  case setRate(projection: Int, rate: Int)
  case clear
}

/// The steps before a tick, and the tick.
struct ScenarioTick {
  var steps: [Step] = []
  var stream = 0
  var count: UInt64
  var learning = true
  var labelled = false

  func run(on network: any NetworkUnderTest) {
    for step in steps {
      switch step {
      case .fire(let population, let neurons):
        network.fire(population: population, neurons: neurons)
      case .setValues(let population, let first, let values):
        network.setValues(population: population, first: first, values)
      case .drawSpikes(let population, let intensities):
        network.drawSpikes(
          population: population, intensities: intensities, stream: stream, count: count)
      case .setState(let population, let variable, let values):
        network.setState(population: population, variable, values)
      case .setEnabled(let projection, let on): network.setEnabled(projection: projection, on)
      case .setLearning(let projection, let on): network.setLearning(projection: projection, on)
      case .setRate(let projection, let rate): network.setRate(projection: projection, rate)
      case .clear: network.clear()
      }
    }
    network.tick(stream: stream, count: count, learning: learning, labelled: labelled)
  }
}

extension NetworkDescription {
  /// Random input, bits toggled now and then, learning and frozen runs in turn, and a clear.
  func randomScenario(_ random: inout SplitMix64) -> [ScenarioTick] {
    let tickCount = random.integer(30...80)
    let clearTick = random.integer(1...2 * tickCount)
    let largestCount = Int(Int64.max >> 8)
    var counts = [0, 0]
    if random.chance(20) { counts = [0xFFFF_FFF0, largestCount - 16] }
    var learningRun = random.chance(70)
    var labelled = random.chance(50)
    var ticks: [ScenarioTick] = []
    for index in 0..<tickCount {
      if random.chance(8) { learningRun.toggle() }
      if random.chance(15) { labelled.toggle() }
      if hasTraces, random.chance(3) { counts[0] = random.integer(0...40) }
      let stream = learningRun ? 0 : 1
      var tick = ScenarioTick(
        stream: stream, count: UInt64(counts[stream]),
        learning: learningRun && random.chance(95), labelled: labelled)
      counts[stream] += 1
      if index == clearTick { tick.steps.append(.clear) }
      if random.chance(10) { tick.steps.append(randomToggle(&random)) }
      for population in populations.indices {
        tick.steps += randomInput(population, &random)
      }
      ticks.append(tick)
    }
    return ticks
  }

  private func randomToggle(_ random: inout SplitMix64) -> Step {
    let projection = random.integer(0...projections.count - 1)
    return switch random.integer(0...2) {
    case 0: .setEnabled(projection: projection, on: random.chance(70))
    case 1: .setLearning(projection: projection, on: random.chance(70))
    default: .setRate(projection: projection, rate: random.integer(0...256))
    }
  }

  private func randomInput(_ population: Int, _ random: inout SplitMix64) -> [Step] {
    let count = neuronCount(population)
    switch populations[population].parameters.kind {
    case .input:
      if random.chance(30) {
        let intensities = (0..<count).map { _ in
          random.chance(20) ? random.integer(0...255) : random.integer(0...9)
        }
        return [.drawSpikes(population: population, intensities: intensities)]
      }
      let percent = random.pick([0, 2, 5, 10, 20, random.chance(20) ? 100 : 40])
      return [
        .fire(population: population, neurons: (0..<count).filter { _ in random.chance(percent) })
      ]
    case .analogue:
      if random.chance(60) { return [] }
      let limit = Int(populations[population].parameters.valueLimit)
      let first = random.integer(0...count - 1)
      let length = random.integer(0...count - first)
      let values = (0..<length).map { _ in max(-limit, min(limit, random.signed(bits: 16))) }
      return [.setValues(population: population, first: first, values: values)]
    case .leaky, .quadratic: return []
    }
  }
}
