/// What a network is to learn: where it starts, and trials without end.
public protocol TrainingTask: Sendable {
  var shape: Shape { get }
  var dynamics: Dynamics { get }
  var tickCount: Int { get }

  /// What a network of this task begins with.
  func start(seed: UInt64) -> Parameters

  /// Trials drawn from `draws`, as many as there are lanes.
  ///
  /// - Parameter difficulty: 0 .. 1, for tasks that have a curriculum.
  func trials(_ draws: inout Draws, difficulty: Double) -> Trials

  /// How many of the trials ended with the right answer; nil for tasks that are not about answers.
  ///
  /// - Parameter output: [ticks][outputs], of a network or of a board.
  func rightAnswers(_ trials: Trials, _ output: [Lanes]) -> Int?
}

extension TrainingTask {
  public func rightAnswers(_ trials: Trials, _ output: [Lanes]) -> Int? { nil }
}
