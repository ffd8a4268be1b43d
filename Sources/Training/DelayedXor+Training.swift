extension DelayedXor {
  /// The task with gaps of up to so many milliseconds, and the network that learns it.
  public init(longestGapMilliseconds: Double) {
    self.init()
    gapsMilliseconds = 10...max(10, longestGapMilliseconds)
    guard longestGapMilliseconds > 25 else { return }
    hasMemory = true
    neuronCount = 80
    dynamics.tickMilliseconds = 4
    dynamics.slowMilliseconds = 100
  }

  /// How it is trained.
  ///
  /// - Parameter stepCount: short gaps, with the smooth gate, which is active everywhere, and an eighth as many as the board will run
  ///   it; long ones, with gaps that grow, and 1,000 before with the smooth gate and the shortest gaps. They grow as the board will run
  ///   it, or with the smooth gate, and then half as many follow as the board will run it.
  public func plan(stepCount: Int) -> TrainingPlan {
    hasMemory ? longPlan(stepCount: stepCount) : shortPlan(stepCount: stepCount)
  }

  private func shortPlan(stepCount: Int) -> TrainingPlan {
    var plan = TrainingPlan(phases: [
      Phase(stepCount: stepCount, rate: 1e-2, zone: 1),
      Phase(stepCount: (stepCount + 7) / 8, rate: 1e-3, zone: 1, isDeployment: true),
    ])
    plan.explosion = 50
    plan.rates = [.slow: 0.03, .bias: 0.02, .input: 0.2]
    return plan
  }

  private func longPlan(stepCount: Int) -> TrainingPlan {
    let spread = gapsMilliseconds.upperBound - gapsMilliseconds.lowerBound
    var growing = Phase(stepCount: stepCount, rate: 3e-3, zone: 1, isDeployment: !growsSmoothly)
    growing.surrogate = Surrogate()
    var plan = TrainingPlan(phases: [Phase(stepCount: 1000, rate: 1e-2, zone: 1), growing])
    if growsSmoothly {
      growing.stepCount = (stepCount + 1) / 2
      growing.isDeployment = true
      plan.phases.append(growing)
    }
    plan.curriculum = Curriculum(difficulty: min(1, 15 / spread))
    plan.phases[0].difficulty = 0
    plan.explosion = 50
    plan.rates = [.slow: 0.1, .bias: 0.02, .input: 0.2]
    return plan
  }

  public func start(seed: UInt64) -> Parameters {
    let root = Double(neuronCount).squareRoot()
    return Parameters(
      shape, seed: seed, deviations: [.input: 0.1, .slow: 0.1 / root, .readOut: 0.3 / root])
  }

  /// The task as boards run it, and the parameters that are left.
  func deployed(_ parameters: Parameters) -> (DelayedXor, Parameters) {
    var task = self
    task.hasMemory = false
    var result = Parameters(task.shape)
    for block in Block.allCases {
      result[block] = Array(parameters[block].prefix(result.count(block)))
    }
    return (task, result)
  }
}
