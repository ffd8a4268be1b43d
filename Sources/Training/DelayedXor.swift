import Foundation

/// The slow task of [Huh2018]: two signed pulses on one channel, then a cue on another. At the cue the output is to swell to 1 if the
/// signs differed, to −1 if they were equal, and to stay 0 if there was one pulse only. The paper has quadratic neurons; leaky ones
/// learn it too, and run on boards.
public struct DelayedXor: TrainingTask, Codable, Equatable {
  public var neuronCount = 48
  public var pulseMilliseconds = 20.0
  /// Between the pulses, and between the last pulse and the cue, each trial has its own.
  public var gapsMilliseconds = 10.0...25.0
  /// Of the output, which begins in the middle of the cue.
  public var answerMilliseconds = 40.0
  public var singlePulseShare = 0.25
  public var dynamics = Dynamics(
    neuron: .leaky(milliseconds: 50), tickMilliseconds: 2, fastMilliseconds: 2,
    slowMilliseconds: 20)
  private static let startMilliseconds = 10.0
  private static let restMilliseconds = 30.0

  public init() {}

  public var shape: Shape {
    Shape(inputCount: 2, neuronCount: neuronCount, outputCount: 1, hasFast: false, hasSlow: true)
  }

  public var tickCount: Int {
    ticks(
      Self.startMilliseconds + 2.5 * pulseMilliseconds + 2 * gapsMilliseconds.upperBound
        + answerMilliseconds + Self.restMilliseconds)
  }

  private func ticks(_ milliseconds: Double) -> Int {
    Int((milliseconds / dynamics.tickMilliseconds).rounded())
  }

  /// How it is trained: with the smooth gate, which is active everywhere, then an eighth as many steps as the board will run it.
  public func plan(stepCount: Int) -> TrainingPlan {
    var plan = TrainingPlan(phases: [
      Phase(stepCount: stepCount, rate: 1e-2, zone: 1),
      Phase(stepCount: (stepCount + 7) / 8, rate: 1e-3, zone: 1, isDeployment: true),
    ])
    plan.explosion = 50
    plan.rates = [.slow: 0.03, .bias: 0.02, .input: 0.2]
    return plan
  }

  public func start(seed: UInt64) -> Parameters {
    var draws = Draws(seed: seed, stream: 0)
    var parameters = Parameters(shape)
    let root = Double(neuronCount).squareRoot()
    for (block, size) in [(Block.input, 0.1), (.slow, 0.1 / root), (.readOut, 0.3 / root)] {
      for index in parameters.range(block) { parameters.values[index] = size * draws.normal() }
    }
    parameters.clearDiagonals()
    return parameters
  }

  public func trials(_ draws: inout Draws, difficulty: Double) -> Trials {
    var trials = Trials(tickCount: tickCount, inputCount: 2, outputCount: 1)
    for lane in Lanes.zero.indices { addTrial(lane, &draws, difficulty, to: &trials) }
    return trials
  }

  private func addTrial(
    _ lane: Int, _ draws: inout Draws, _ difficulty: Double, to trials: inout Trials
  ) {
    let isSingle = draws.uniform() < singlePulseShare
    let signs = [draws.uniform() < 0.5 ? 1.0 : -1, draws.uniform() < 0.5 ? 1.0 : -1]
    var time = Self.startMilliseconds
    for sign in isSingle ? [signs[0]] : signs {
      set(0, time, sign, lane, &trials)
      let spread = gapsMilliseconds.upperBound - gapsMilliseconds.lowerBound
      time += pulseMilliseconds + gapsMilliseconds.lowerBound
      time += difficulty * spread * draws.uniform()
    }
    set(1, time, 1, lane, &trials)
    let answer = isSingle ? 0 : -signs[0] * signs[1]
    let first = ticks(time + pulseMilliseconds / 2)
    let last = min(tickCount - 1, first + ticks(answerMilliseconds))
    for tick in 0..<min(tickCount, last + 1 + ticks(Self.restMilliseconds)) {
      trials.importance[tick][lane] = 0.3
    }
    for tick in first...last {
      trials.targets[tick][lane] = Real(answer * swell(tick - first))
      trials.importance[tick][lane] = 2
    }
  }

  private func set(
    _ input: Int, _ time: Double, _ value: Double, _ lane: Int, _ trials: inout Trials
  ) {
    let first = ticks(time)
    for tick in first..<min(tickCount, first + ticks(pulseMilliseconds)) {
      trials.inputs[tick * 2 + input][lane] = Real(value)
    }
  }

  /// Half a sine.
  private func swell(_ tick: Int) -> Double {
    sin(Double.pi * Double(tick) / Double(ticks(answerMilliseconds) + 1))
  }

  /// An answer is right if the output, projected on the swelling that is wanted of ±1, is nearest to 1, −1 or 0 as it should be.
  public func rightAnswers(_ trials: Trials, _ output: [Lanes]) -> Int? {
    Lanes.zero.indices.count { lane in
      var (found, wanted, full) = (0.0, 0.0, 0.0)
      let window = (0..<tickCount).filter { trials.importance[$0][lane] > 1 }
      for tick in window {
        let expected = swell(tick - window[0])
        found += Double(output[tick][lane]) * expected
        wanted += Double(trials.targets[tick][lane]) * expected
        full += expected * expected
      }
      return answer(found / full) == answer(wanted / full)
    }
  }

  private func answer(_ projection: Double) -> Int {
    projection > 0.5 ? 1 : projection < -0.5 ? -1 : 0
  }
}
