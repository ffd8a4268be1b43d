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
