/// Where a training stands.
public struct TrainingProgress: Equatable, Sendable {
  public var step: Int
  public var stepCount: Int
  /// The running mean over steps.
  public var loss: Double
  public var skippedCount: Int
  public var rollbackCount: Int
  public var difficulty: Double
  /// As long as the steps since this run began took, for each that is left.
  public var secondsLeft: Double
}

extension Trainer {
  /// Takes the steps that are left.
  ///
  /// - Parameters:
  ///   - period: steps between two reports.
  ///   - report: called after every `period` steps and after the last; what it throws ends the run after that step.
  public func run(
    reportingEvery period: Int, _ report: (TrainingProgress) throws -> Void
  ) rethrows {
    let first = state.step
    let start = ContinuousClock.now
    while !isDone {
      step()
      guard isDone || state.step % period == 0 else { continue }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      try report(
        TrainingProgress(
          step: state.step, stepCount: plan.stepCount, loss: state.loss,
          skippedCount: state.skippedCount, rollbackCount: state.rollbackCount,
          difficulty: state.difficulty,
          secondsLeft: seconds / Double(state.step - first)
            * Double(plan.stepCount - state.step)))
    }
  }
}
