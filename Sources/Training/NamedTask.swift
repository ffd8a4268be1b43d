/// A task with its settings, as checkpoints name it.
public enum NamedTask: Codable, Equatable, Sendable {
  case autoEncoding(AutoEncoding)

  public var task: any TrainingTask {
    switch self {
    case .autoEncoding(let task): task
    }
  }
}
