import Fault
import Model
import NeuroCore
import NeuroReference
import Runtime

/// One thing that a program does with a session.
enum SessionStep {
  /// Signals by population; nil for one that has none.
  case run(ticks: Int, flags: UInt32, events: [Spike], signals: [[Int]?])
  case present(
    [UInt8], ticks: Int, label: Int, labelPeriod: Int, firstLearningTick: Int, flags: UInt32)
  case setValues(population: Int, [Int])
  case setEnabled(projection: Int, Bool)
  case setLearning(projection: Int, Bool)
  case setRate(projection: Int, Int)
  case setTicks(learning: UInt64, frozen: UInt64)
  case writeWeights(projection: Int, [Int])
  case clear
}

/// What came of a step.
struct SessionOutcome: Equatable {
  var spikes: [Spike] = []
  var scores: SessionScores?
}

extension SessionNetwork {
  /// Runs, presentations and settings in turn.
  func randomScript(seed: UInt64, steps: Int) -> [SessionStep] {
    var generator = SeededGenerator(state: seed ^ 0x5C21)
    return (0..<steps).map { _ in randomStep(&generator) }
  }

  private func randomStep(_ generator: inout SeededGenerator) -> SessionStep {
    let projection = generator.integer(0...projections.count - 1)
    switch generator.integer(0...15) {
    case 0...4:
      let ticks = generator.integer(1...12)
      return .run(
        ticks: ticks, flags: UInt32(generator.integer(0...7)),
        events: randomEvents(ticks, &generator), signals: randomSignals(ticks, &generator))
    case 5...9:
      let outputs = neuronCount(population(.output))
      return .present(
        (0..<neuronCount(population(.stimulus))).map { _ in UInt8(generator.integer(0...255)) },
        ticks: generator.integer(1...12), label: generator.integer(-1...outputs - 1),
        labelPeriod: generator.integer(1...4), firstLearningTick: generator.integer(0...5),
        flags: UInt32(generator.integer(0...3)))
    case 10:
      let values = populations.firstIndex { $0.parameters.kind == .analogue }!
      return .setValues(
        population: values,
        (0..<neuronCount(values)).map { _ in generator.integer(-100...100) })
    case 11: return .setEnabled(projection: projection, generator.chance(70))
    case 12:
      let on = generator.chance(70) && projections[projection].parameters.hasRule
      return projections[projection].parameters.hasRule
        ? .setLearning(projection: projection, on) : .clear
    case 13:
      return projections[projection].parameters.hasRule
        ? .setRate(projection: projection, generator.integer(0...256)) : .clear
    case 14:
      return .setTicks(
        learning: UInt64(generator.integer(0...1 << 55)),
        frozen: UInt64(generator.integer(0...1 << 40)))
    default:
      let wide = projections[projection].parameters.storage == .int16Master ? 256 : 1
      return .writeWeights(
        projection: projection,
        projections[projection].weights.map { _ in generator.integer(-50...90) * wide })
    }
  }

  private func randomSignals(_ ticks: Int, _ generator: inout SeededGenerator) -> [[Int]?] {
    populations.indices.map { index in
      guard populations[index].parameters.kind == .analogue, generator.chance(40) else {
        return nil
      }
      return (0..<ticks * neuronCount(index)).map { _ in generator.integer(-100...100) }
    }
  }

  private func randomEvents(_ ticks: Int, _ generator: inout SeededGenerator) -> [Spike] {
    var events: [Spike] = []
    for tick in 0..<ticks {
      for (index, part) in populations.enumerated() where part.parameters.kind == .input {
        for neuron in 0..<neuronCount(index) where generator.chance(30) {
          events.append(Spike(tick: tick, population: index, neuron: neuron))
        }
      }
    }
    return events
  }
}

extension SessionUnderTest {
  func take(_ step: SessionStep) throws(Fault) -> SessionOutcome {
    switch step {
    case .run(let ticks, let flags, let events, let signals):
      return SessionOutcome(spikes: try run(ticks: ticks, flags: flags, events, signals: signals))
    case .present(
      let intensities, let ticks, let label, let labelPeriod, let firstLearningTick, let flags):
      let scores = try present(
        intensities, ticks: ticks, label: label, labelPeriod: labelPeriod,
        firstLearningTick: firstLearningTick, flags: flags)
      return SessionOutcome(spikes: takeSpikes(), scores: scores)
    case .setValues(let population, let values): try setValues(population, values)
    case .setEnabled(let projection, let on): try setEnabled(projection, on)
    case .setLearning(let projection, let on): try setLearning(projection, on)
    case .setRate(let projection, let rate): try setRate(projection, rate)
    case .setTicks(let learning, let frozen): _ = try ticks(set: (learning, frozen))
    case .writeWeights(let projection, let weights): try write(projection, weights: weights)
    case .clear: try clear()
    }
    return SessionOutcome()
  }
}

/// The reference with what a session adds: settings, and records of all spiking populations.
struct ReferenceSession {
  private(set) var network: ReferenceNetwork

  init(_ network: SessionNetwork) { self.network = network.reference() }

  mutating func take(_ step: SessionStep, _ roles: SessionNetwork) -> SessionOutcome {
    switch step {
    case .run(let ticks, let flags, let events, let signals):
      return SessionOutcome(spikes: run(ticks: ticks, flags: flags, events, signals))
    case .present(
      let intensities, let ticks, let label, let labelPeriod, let firstLearningTick, let flags):
      var presentation = ReferencePresentation(
        stimulusPopulation: roles.population(.stimulus), intensities: intensities.map { Int($0) },
        tickCount: ticks, outputPopulation: roles.population(.output))
      presentation.labelPopulation = roles.population(.label)
      presentation.label = label < 0 ? nil : label
      presentation.labelPeriodTicks = labelPeriod
      presentation.learns = flags & 1 != 0
      presentation.firstLearningTick = firstLearningTick
      presentation.clearsFirst = flags & 2 != 0
      let response = network.present(presentation)
      return SessionOutcome(
        scores: SessionScores(
          counts: response.spikeCounts.map { UInt32($0) },
          potentials: response.potentials.map { Int64($0) },
          firstSpikes: response.firstSpikes.map { Int32($0) }, best: response.predictedClass))
    case .setValues(let population, let values):
      network.setValues(population: population, values)
    case .setEnabled(let projection, let on):
      network.projections[projection].description.enabled = on
    case .setLearning(let projection, let on):
      network.projections[projection].description.learning = on
    case .setRate(let projection, let rate):
      network.projections[projection].description.rate = UInt16(rate)
    case .setTicks(let learning, let frozen):
      network.learningTickCount = learning
      network.frozenTickCount = frozen
    case .writeWeights(let projection, let weights):
      network.projections[projection].weights = weights
    case .clear: network.clear()
    }
    return SessionOutcome()
  }

  private mutating func run(
    ticks: Int, flags: UInt32, _ events: [Spike], _ signals: [[Int]?]
  ) -> [Spike] {
    if flags & 2 != 0 { network.clear() }
    let learns = flags & 1 != 0
    var spikes: [Spike] = []
    for tick in 0..<ticks {
      for event in events where event.tick == tick {
        network.fire(population: event.population, neuron: event.neuron)
      }
      for (population, signal) in signals.enumerated() {
        guard let signal else { continue }
        let count = signal.count / ticks
        network.setValues(
          population: population, Array(signal[tick * count..<(tick + 1) * count]))
      }
      network.tick(
        draws: network.nextDraws(learningRun: learns), learning: learns, labelled: flags & 4 != 0)
      for (index, population) in network.populations.enumerated() {
        spikes += population.spikes.map { Spike(tick: tick, population: index, neuron: $0) }
      }
    }
    return spikes
  }
}
