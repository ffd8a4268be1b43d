import Foundation

/// The fast task of [Huh2018]: a network of integrating neurons tracks a smooth signal with its spikes.
///
/// Each signal is a sum of sines of random amplitude, period and phase. What is wanted is the signal itself, seen through
/// the same low-pass as the read-out.
public struct AutoEncoding: TrainingTask, Codable, Equatable {
  public var neuronCount = 30
  public var signalCount = 2
  public var tickCount = 400
  /// Time that passes before errors count.
  public var settlingMilliseconds = 20.0
  public var periodsMilliseconds = 60.0...300.0
  public var sineCount = 3
  public var amplitude = 0.7
  /// What a spike adds to the read-out at the start.
  public var kernel = 0.04
  public var dynamics = Dynamics(
    neuron: .integrating, tickMilliseconds: 0.5, fastMilliseconds: 1, slowMilliseconds: 10)

  public init() {}

  public var shape: Shape {
    Shape(
      inputCount: signalCount, neuronCount: neuronCount, outputCount: signalCount, hasFast: true,
      hasSlow: false)
  }

  /// How it is trained: with the smooth gate, then half as many steps as the board will run it. Fast weights learn fast, so that
  /// they, and not the other blocks, come to cancel what the input drives.
  public func plan(stepCount: Int) -> TrainingPlan {
    var plan = TrainingPlan(phases: [
      Phase(stepCount: stepCount, rate: 5e-3),
      Phase(stepCount: stepCount / 2, rate: 1e-4, isDeployment: true),
    ])
    for block in [Block.input, .readOut, .bias] { plan.rates[block] = 0.01 }
    return plan
  }

  /// Each neuron has a random direction, in which it is driven and which it adds to the read-out; alone, a spike takes from its
  /// drive what it adds: U·O τ_slow = 1. There are no recurrent weights yet.
  public func start(seed: UInt64) -> Parameters {
    var draws = Draws(seed: seed, stream: 0)
    var parameters = Parameters(shape)
    var input = parameters[.input]
    var readOut = parameters[.readOut]
    for neuron in 0..<neuronCount {
      let direction = (0..<signalCount).map { _ in draws.normal() }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for signal in 0..<signalCount {
        readOut[signal * neuronCount + neuron] = kernel * direction[signal] / length
        input[neuron * signalCount + signal] =
          direction[signal] / (length * kernel * dynamics.slowMilliseconds)
      }
    }
    parameters[.input] = input
    parameters[.readOut] = readOut
    return parameters
  }

  public func trials(_ draws: inout Draws, difficulty: Double) -> Trials {
    var trials = Trials(
      tickCount: tickCount, inputCount: signalCount, outputCount: signalCount)
    for signal in 0..<signalCount {
      for lane in Lanes.zero.indices { addSignal(signal, lane, &draws, to: &trials) }
      filter(signal, &trials)
    }
    for tick in 0..<tickCount where Double(tick) * dynamics.tickMilliseconds >= settlingMilliseconds
    {
      for signal in 0..<signalCount { trials.importance[tick * signalCount + signal] = .one }
    }
    return trials
  }

  private func addSignal(_ signal: Int, _ lane: Int, _ draws: inout Draws, to trials: inout Trials)
  {
    for _ in 0..<sineCount {
      let span = periodsMilliseconds.upperBound - periodsMilliseconds.lowerBound
      let period = periodsMilliseconds.lowerBound + span * draws.uniform()
      let phase = 2 * Double.pi * draws.uniform()
      let amplitude = amplitude * draws.normal()
      let turn = 2 * Double.pi / period * dynamics.tickMilliseconds
      for tick in 0..<tickCount {
        trials.inputs[tick * signalCount + signal][lane] +=
          Real(amplitude * sin(turn * Double(tick) + phase))
      }
    }
  }

  private func filter(_ signal: Int, _ trials: inout Trials) {
    var filtered = Lanes.zero
    for tick in 0..<tickCount {
      let index = tick * signalCount + signal
      trials.targets[index] = filtered
      filtered += Real(dynamics.slowLoss) * (trials.inputs[index] - filtered)
    }
  }
}
