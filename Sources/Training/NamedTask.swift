/// A task with its settings, as checkpoints name it.
public enum NamedTask: Codable, Equatable, Sendable {
  case autoEncoding(AutoEncoding)
  case delayedXor(DelayedXor)
  case touchClassification(TouchClassification)

  public var task: any TrainingTask {
    switch self {
    case .autoEncoding(let task): task
    case .delayedXor(let task): task
    case .touchClassification(let task): task
    }
  }

  /// The task as boards run it, and the parameters that they get.
  public func deployed(_ parameters: Parameters) -> (NamedTask, Parameters) {
    switch self {
    case .autoEncoding, .touchClassification: return (self, parameters)
    case .delayedXor(let task):
      let (deployed, left) = task.deployed(parameters)
      return (.delayedXor(deployed), left)
    }
  }

  /// How it is trained if nothing else is said.
  ///
  /// - Parameter stepCount: with the smooth gate; the task's own number if nil.
  public func plan(stepCount: Int?) -> TrainingPlan {
    switch self {
    case .autoEncoding(let task): task.plan(stepCount: stepCount ?? 2000)
    case .delayedXor(let task): task.plan(stepCount: stepCount ?? 4000)
    case .touchClassification(let task): task.plan(stepCount: stepCount ?? 1600)
    }
  }
}
