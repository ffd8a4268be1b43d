import Foundation

/// The fast task of [Huh2018]: a network of integrating neurons tracks a smooth signal with its spikes.
///
/// Each signal is a sum of sines of random amplitude, period and phase. What is wanted is the signal itself, seen through
/// the same low-pass as the read-out.
public struct AutoEncoding: TrainingTask {
  public var neuronCount = 30
  public var signalCount = 2
  public var tickCount = 400
  /// Time that passes before errors count.
  public var settlingMilliseconds = 20.0
  public var periodsMilliseconds = 60.0...300.0
  public var sineCount = 3
  public var amplitude = 0.7
  public var dynamics = Dynamics(
    neuron: .integrating, tickMilliseconds: 0.5, fastMilliseconds: 1, slowMilliseconds: 10)

  public init() {}

  public var shape: Shape {
    Shape(
      inputCount: signalCount, neuronCount: neuronCount, outputCount: signalCount, hasFast: true,
      hasSlow: false)
  }

  public func start(seed: UInt64) -> Parameters {
    var draws = Draws(seed: seed, stream: 0)
    var parameters = Parameters(shape)
    for index in parameters.range(.input) { parameters.values[index] = draws.normal() }
    for index in parameters.range(.readOut) { parameters.values[index] = 0.1 * draws.normal() }
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
      trials.importance[tick] = .one
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
          amplitude * sin(turn * Double(tick) + phase)
      }
    }
  }

  private func filter(_ signal: Int, _ trials: inout Trials) {
    var filtered = Lanes.zero
    for tick in 0..<tickCount {
      let index = tick * signalCount + signal
      trials.targets[index] = filtered
      filtered += dynamics.slowLoss * (trials.inputs[index] - filtered)
    }
  }
}
