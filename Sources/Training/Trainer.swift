import Foundation

/// Trains a network on a task, step by step; stops and goes on from a checkpoint anywhere.
public final class Trainer {
  public let named: NamedTask
  public let task: any TrainingTask
  public let plan: TrainingPlan
  public internal(set) var state: TrainingState
  private let pool: GradientPool
  /// Streams of draws: 0 is that of first weights; tests, evaluations, baselines, exported samples, and training steps
  /// have their own.
  private static let testStream: UInt64 = 1
  public static let evaluationStream: UInt64 = 2
  public static let baselineStream: UInt64 = 3
  public static let samplesStream: UInt64 = 4
  private static let firstStepStream: UInt64 = 16
  private static let testGroupCount = 4

  /// Begins with `state`, or anew.
  public init(_ named: NamedTask, _ plan: TrainingPlan, from state: TrainingState? = nil) {
    self.named = named
    let task = named.task
    self.task = task
    self.plan = plan
    self.state = state ?? TrainingState(task.start(seed: plan.seed))
    pool = GradientPool(task.shape, tickCount: task.tickCount, threadCount: plan.threadCount)
  }

  public var isDone: Bool { state.step >= plan.stepCount }

  /// The network as it is; in a deployment phase with a hard threshold and rounded weights.
  public var network: Network {
    let phase = plan.phases[max(0, state.phase)]
    var dynamics = task.dynamics
    dynamics.zone = phase.zone
    dynamics.isHard = phase.isDeployment
    guard phase.isDeployment, let scale = state.scale else {
      return Network(dynamics, state.parameters)
    }
    return Network(dynamics, scale.rounded(state.parameters))
  }

  /// Evaluates the network on fresh trials, which no training step sees.
  public func evaluate(groupCount: Int) -> Evaluation {
    Evaluation(
      network, task, Draws(seed: plan.seed, stream: Self.evaluationStream), groupCount: groupCount)
  }

  /// One step, and a test after every so many.
  public func step() {
    let (index, fraction) = plan.phase(state.step)
    if index != state.phase { begin(index) }
    let (loss, gradient) = gradient(network)
    state.step += 1
    let norm = gradient.norm
    let limit = plan.phases[index].isDeployment ? Double.infinity : plan.explosion
    if norm < limit {
      state.loss = state.loss == 0 ? loss : 0.97 * state.loss + 0.03 * loss
      let cosine = 0.525 + 0.475 * cos(Double.pi * fraction)
      descend(
        gradient, scale: min(1, plan.clip / max(norm, .leastNormalMagnitude)),
        rate: plan.phases[index].rate * cosine)
    } else {
      state.skippedCount += 1
      for block in [Block.fast, .slow] { state.parameters.scale(block, by: 0.98) }
      state.parameters.scale(.input, by: 0.995)
    }
    let isLast = isDone || plan.phase(state.step).index != index
    if isLast || state.step % plan.testPeriod == 0 { test(isLast: isLast) }
  }

  private func begin(_ phase: Int) {
    state.phase = phase
    state.adam = Adam(count: state.parameters.values.count)
    state.best = nil
    state.loss = 0
    if plan.phases[phase].isDeployment, state.scale == nil {
      state.scale = BoardScale(state.parameters, task.dynamics)
    }
  }

  /// Loss and gradient of one step's trials.
  private func gradient(_ network: Network) -> (loss: Double, gradient: Parameters) {
    let (task, seed) = (task, plan.seed)
    let first = Self.firstStepStream + UInt64(state.step * plan.groupCount)
    return pool.gradient(network, groupCount: plan.groupCount) { group in
      var draws = Draws(seed: seed, stream: first + UInt64(group))
      return task.trials(&draws, difficulty: 1)
    }
  }

  private func descend(_ gradient: Parameters, scale: Double, rate: Double) {
    var rates = [Double](repeating: rate, count: gradient.values.count)
    for block in Block.allCases {
      for index in gradient.range(block) { rates[index] *= plan.rates[block] ?? 1 }
    }
    state.descend(gradient.values.map { $0 * scale }, rates: rates)
  }

  /// Keeps the best parameters of the phase, and goes back to them if training has collapsed, and at the end.
  private func test(isLast: Bool) {
    let draws = Draws(seed: plan.seed, stream: Self.testStream)
    let loss = Evaluation(network, task, draws, groupCount: Self.testGroupCount).loss
    let best = state.best?.loss ?? .infinity
    if loss <= best {
      state.best = TrainingState.Best(loss: loss, parameters: state.parameters)
    } else if isLast || !(loss < plan.collapse * best), let parameters = state.best?.parameters {
      state.parameters = parameters
      state.adam = Adam(count: parameters.values.count)
      if !isLast { state.rollbackCount += 1 }
    }
  }
}
