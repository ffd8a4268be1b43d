import Foundation

/// What an output is held against its target by.
public enum Objective: Sendable {
  /// Half the squared error.
  case value
  /// The cross-entropy of the softmax of a trial's mean output, each tick as important as it is, and as
  /// important for all outputs; the target is 1 for the class of the trial at each tick, 0 for the others.
  case `class`
}

/// Some trials of a task, one a lane: what goes in, and what should come out.
public struct Trials: Sendable {
  public let tickCount: Int
  public let inputCount: Int
  public let outputCount: Int
  /// [ticks][inputs]
  public var inputs: [Lanes]
  /// [ticks][outputs]: the output that is wanted at the end of each tick.
  public var targets: [Lanes]
  /// [ticks][outputs]: how much an error counts.
  public var importance: [Lanes]
  public var objective = Objective.value
  /// What the square of a slow synapse's current costs each tick.
  public var activityCost = 0.0

  /// Silence, of which nothing is wanted.
  public init(tickCount: Int, inputCount: Int, outputCount: Int) {
    self.tickCount = tickCount
    self.inputCount = inputCount
    self.outputCount = outputCount
    inputs = Array(repeating: .zero, count: tickCount * inputCount)
    targets = Array(repeating: .zero, count: tickCount * outputCount)
    importance = targets
  }
}

extension Trials {
  /// What the outputs say, in the terms of the targets: they themselves, or, at each tick, the probabilities of classes, of which
  /// there is one set a trial.
  ///
  /// - Parameter output: [ticks][outputs]
  /// - Returns: [ticks][outputs]
  public func answers(_ output: UnsafeBufferPointer<Lanes>) -> [Lanes] {
    guard objective == .class else { return Array(output) }
    let scores = (0..<outputCount).map { index in
      let ticks = stride(from: index, to: output.count, by: outputCount)
      return ticks.reduce(Lanes.zero) { $0 + importance[$1] * output[$1] }
        / ticks.reduce(Lanes.zero) { $0 + importance[$1] }
    }
    var largest = scores[0]
    for score in scores { largest.replace(with: score, where: score .> largest) }
    let powers = scores.map { ($0 - largest).exponential }
    let sum = powers.reduce(.zero, +)
    let probabilities = powers.map { $0 / sum }
    return (0..<tickCount).flatMap { _ in probabilities }
  }

  /// What an answer costs that was hoped to be `target`, without its importance.
  func loss(_ answer: Lanes, _ target: Lanes) -> Lanes {
    switch objective {
    case .value: 0.5 * (answer - target) * (answer - target)
    case .class: -target * (answer + .leastNormalMagnitude).logarithm
    }
  }
}

extension Lanes {
  fileprivate var exponential: Lanes {
    var result = Lanes.zero
    for lane in indices { result[lane] = exp(self[lane]) }
    return result
  }

  fileprivate var logarithm: Lanes {
    var result = Lanes.zero
    for lane in indices { result[lane] = log(self[lane]) }
    return result
  }
}
