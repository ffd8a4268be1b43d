/// What a network does in some trials, in numbers.
public struct Evaluation: Equatable, Sendable {
  public private(set) var loss = 0.0
  /// Root of the mean squared error by that of the target, where errors count; of classes, that of their probabilities.
  public var normalisedError: Double { (errors / targets).squareRoot() }
  public var spikesPerSecond: Double { spikes / seconds }
  public private(set) var trialCount = 0
  /// Trials with the right answer, of tasks that ask for one.
  public private(set) var rightCount: Int?
  private var errors = 0.0
  private var targets = 0.0
  private var spikes = 0.0
  private var seconds = 0.0

  /// Runs fresh trials.
  ///
  /// - Parameters:
  ///   - draws: of the trials.
  ///   - groupCount: groups of as many trials as there are lanes.
  public init(
    _ network: Network, _ task: any TrainingTask, _ draws: Draws, groupCount: Int,
    difficulty: Double = 1
  ) {
    var draws = draws
    let shape = network.parameters.shape
    let trajectory = Trajectory(shape, tickCount: task.tickCount)
    for _ in 0..<groupCount {
      let trials = task.trials(&draws, difficulty: difficulty)
      network.run(trials, trajectory)
      loss += network.loss(trials, trajectory) / Double(groupCount)
      let answers = trials.answers(UnsafeBufferPointer(trajectory.output))
      for index in trials.targets.indices {
        let importance = trials.importance[index]
        let error = answers[index] - trials.targets[index]
        errors += Double((importance * error * error).sum())
        targets += Double((importance * trials.targets[index] * trials.targets[index]).sum())
      }
      spikes += trajectory.spikeCount
      seconds +=
        Double(Lanes.scalarCount * shape.neuronCount * trials.tickCount)
        * network.dynamics.tickMilliseconds / 1000
      if let right = task.rightAnswers(trials, Array(trajectory.output)) {
        rightCount = (rightCount ?? 0) + right
      }
    }
    trialCount = groupCount * Lanes.scalarCount
  }
}
