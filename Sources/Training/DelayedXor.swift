import Foundation

/// The slow task of [Huh2018]: two signed pulses on one channel, then a cue on another. At the cue the output is to swell to 1 if the
/// signs differed, to −1 if they were equal, and to stay 0 if there was one pulse only. The paper has quadratic neurons; leaky ones
/// learn it too.
public struct DelayedXor: TrainingTask, Codable, Equatable {
  public var neuronCount = 48
  public var pulseMilliseconds = 20.0
  /// Between the pulses, and between the last pulse and the cue, each trial has its own. The longest grows with the difficulty.
  public var gapsMilliseconds = 10.0...25.0
  /// Of the output, which begins in the middle of the cue.
  public var answerMilliseconds = 40.0
  public var singlePulseShare = 0.25
  /// There are two more outputs while training, to be kept up through the gaps: the sign of a pulse that was the only one so far,
  /// and, after a second one, the answer to come. Boards do not get them.
  public var hasMemory = false
  /// Longer gaps are learnt with the smooth gate, before the threshold is hard, and not after.
  public var growsSmoothly = false
  public var dynamics = Dynamics(
    neuron: .leaky(milliseconds: 50), tickMilliseconds: 2, fastMilliseconds: 2,
    slowMilliseconds: 20)
  private static let startMilliseconds = 10.0
  private static let restMilliseconds = 30.0

  public init() {}

  public var shape: Shape {
    Shape(
      inputCount: 2, neuronCount: neuronCount, outputCount: hasMemory ? 3 : 1, hasFast: false,
      hasSlow: true)
  }

  public var tickCount: Int { tickCount(longestGap: gapsMilliseconds.upperBound) }

  private func tickCount(longestGap: Double) -> Int {
    ticks(
      Self.startMilliseconds + 2.5 * pulseMilliseconds + 2 * longestGap + answerMilliseconds
        + Self.restMilliseconds)
  }

  private func ticks(_ milliseconds: Double) -> Int {
    Int((milliseconds / dynamics.tickMilliseconds).rounded())
  }

  public func trials(_ draws: inout Draws, difficulty: Double) -> Trials {
    let spread = gapsMilliseconds.upperBound - gapsMilliseconds.lowerBound
    let gaps = gapsMilliseconds.lowerBound...(gapsMilliseconds.lowerBound + difficulty * spread)
    var trials = Trials(
      tickCount: tickCount(longestGap: gaps.upperBound), inputCount: 2,
      outputCount: shape.outputCount)
    for lane in Lanes.zero.indices { addTrial(lane, &draws, gaps, to: &trials) }
    return trials
  }

  private func addTrial(
    _ lane: Int, _ draws: inout Draws, _ gaps: ClosedRange<Double>, to trials: inout Trials
  ) {
    let isSingle = draws.uniform() < singlePulseShare
    let signs = [draws.uniform() < 0.5 ? 1.0 : -1, draws.uniform() < 0.5 ? 1.0 : -1]
    let answer = isSingle ? 0 : -signs[0] * signs[1]
    var time = Self.startMilliseconds
    for (index, sign) in (isSingle ? [signs[0]] : signs).enumerated() {
      set(0, time, sign, lane, &trials)
      let start = time + pulseMilliseconds
      time = start + gaps.lowerBound
      time += (gaps.upperBound - gaps.lowerBound) * draws.uniform()
      guard hasMemory else { continue }
      let window = ticks(start)..<ticks(time)
      ask(1, index == 0 ? sign : 0, window, 0, share: 0.25, lane, &trials)
      ask(2, index == 0 ? 0 : answer, window, 0, share: 0.25, lane, &trials)
    }
    set(1, time, 1, lane, &trials)
    let first = ticks(time + pulseMilliseconds / 2)
    let last = min(trials.tickCount - 1, first + ticks(answerMilliseconds))
    let end = min(trials.tickCount, last + 1 + ticks(Self.restMilliseconds))
    ask(0, 0, 0..<end, 0.3, share: 0.25, lane, &trials)
    ask(0, answer, first..<last + 1, 2, share: 0.5, lane, &trials)
    for tick in first...last {
      trials.targets[tick * trials.outputCount][lane] *= swell(tick - first)
    }
  }

  /// Asks for a value of an output, whose error counts `importance` each tick; where gaps grow, `share` of a trial's mean error, however
  /// long the window is.
  private func ask(
    _ output: Int, _ value: Double, _ window: Range<Int>, _ importance: Double, share: Double,
    _ lane: Int, _ trials: inout Trials
  ) {
    let shared = share * Double(trials.tickCount) / Double(window.count)
    for tick in window {
      let index = tick * trials.outputCount + output
      trials.targets[index][lane] = Real(value)
      trials.importance[index][lane] = Real(hasMemory ? shared : importance)
    }
  }

  private func set(
    _ input: Int, _ time: Double, _ value: Double, _ lane: Int, _ trials: inout Trials
  ) {
    let first = ticks(time)
    for tick in first..<min(trials.tickCount, first + ticks(pulseMilliseconds)) {
      trials.inputs[tick * 2 + input][lane] = Real(value)
    }
  }

  /// Half a sine.
  private func swell(_ tick: Int) -> Real {
    Real(sin(Double.pi * Double(tick) / Double(ticks(answerMilliseconds) + 1)))
  }

  /// An answer is right if the output, projected on the swelling that is wanted of ±1, is nearest to 1, −1 or 0 as it should be.
  public func rightAnswers(_ trials: Trials, _ output: [Lanes]) -> Int? {
    Lanes.zero.indices.count { lane in
      var (found, wanted, full) = (0.0, 0.0, 0.0)
      let cue = (0..<trials.tickCount).first { trials.inputs[$0 * 2 + 1][lane] != 0 } ?? 0
      let first = cue + ticks(pulseMilliseconds / 2)
      for tick in first...min(trials.tickCount - 1, first + ticks(answerMilliseconds)) {
        let expected = swell(tick - first)
        found += Double(output[tick * trials.outputCount][lane] * expected)
        wanted += Double(trials.targets[tick * trials.outputCount][lane] * expected)
        full += Double(expected * expected)
      }
      return answer(found / full) == answer(wanted / full)
    }
  }

  private func answer(_ projection: Double) -> Int {
    projection > 0.5 ? 1 : projection < -0.5 ? -1 : 0
  }
}
