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
    if state == nil { self.state.difficulty = plan.curriculum?.difficulty ?? 1 }
    pool = GradientPool(task.shape, tickCount: task.tickCount, threadCount: plan.threadCount)
  }

  public var isDone: Bool { state.step >= plan.stepCount }

  /// The network as it is; in a deployment phase with a hard threshold and rounded weights.
  public var network: Network {
    let phase = plan.phases[max(0, state.phase)]
    var dynamics = task.dynamics
    dynamics.zone = phase.zone
    dynamics.isHard = phase.isDeployment
    dynamics.surrogate = phase.surrogate
    guard phase.isDeployment, let scale = state.scale else {
      return Network(dynamics, state.parameters)
    }
    return Network(dynamics, scale.rounded(state.parameters))
  }

  /// Evaluates the network on fresh trials, which no training step sees.
  public func evaluate(groupCount: Int, difficulty: Double = 1) -> Evaluation {
    Evaluation(
      network, task, Draws(seed: plan.seed, stream: Self.evaluationStream), groupCount: groupCount,
      difficulty: difficulty)
  }

  /// One step, and a test after every so many.
  public func step() {
    let (index, fraction) = plan.phase(state.step)
    if index != state.phase { begin(index) }
    let (loss, gradient) = gradient(network)
    state.step += 1
    let norm = gradient.norm
    let isExact = !plan.phases[index].isDeployment && plan.phases[index].surrogate == nil
    let limit = isExact ? plan.explosion : .infinity
    if norm < limit {
      state.loss = state.loss == 0 ? loss : 0.97 * state.loss + 0.03 * loss
      let cosine = 0.525 + 0.475 * cos(Double.pi * fraction)
      descend(
        gradient, scale: min(1, plan.clip / max(norm, .leastNormalMagnitude)),
        rate: plan.phases[index].rate * cosine * state.caution)
    } else {
      state.skippedCount += 1
      for block in [Block.fast, .slow] { state.parameters.scale(block, by: 0.98) }
      state.parameters.scale(.input, by: 0.995)
    }
    let isLast = isDone || plan.phase(state.step).index != index
    if isLast || state.step % plan.testPeriod == 0 {
      rescale()
      test(isLast: isLast)
    }
  }

  /// The scale that weights have grown to need.
  private func rescale() {
    guard plan.phases[state.phase].isDeployment else { return }
    state.scale = BoardScale(state.parameters, task.dynamics)
  }

  private func begin(_ phase: Int) {
    state.phase = phase
    state.caution = 1
    state.adam = Adam(count: state.parameters.values.count)
    state.best = nil
    state.loss = 0
    rescale()
  }

  private func gradient(_ network: Network) -> (loss: Double, gradient: Parameters) {
    let (task, seed, difficulty) = (task, plan.seed, state.difficulty)
    let first = Self.firstStepStream + UInt64(state.step * plan.groupCount)
    return pool.gradient(network, groupCount: plan.groupCount) { group in
      var draws = Draws(seed: seed, stream: first + UInt64(group))
      return task.trials(&draws, difficulty: difficulty)
    }
  }

  private func descend(_ gradient: Parameters, scale: Double, rate: Double) {
    var rates = [Double](repeating: rate, count: gradient.values.count)
    for block in Block.allCases {
      for index in gradient.range(block) { rates[index] *= plan.rates[block] ?? 1 }
    }
    state.descend(gradient.values.map { $0 * scale }, rates: rates)
  }

  /// Keeps the best parameters of the phase, and goes back to them if training has collapsed, and at the end; makes trials harder.
  private func test(isLast: Bool) {
    let found = Evaluation(
      network, task, Draws(seed: plan.seed, stream: Self.testStream),
      groupCount: Self.testGroupCount, difficulty: state.difficulty)
    let share = Double(found.rightCount ?? 0) / Double(found.trialCount)
    let isCollapsed = state.best.map { best in
      if let curriculum = plan.curriculum {
        return !found.loss.isFinite || share < best.rightShare - curriculum.drop
      }
      return !(found.loss < plan.collapse * best.loss)
    }
    let isHarder = state.difficulty > state.best?.difficulty ?? -1
    if isCollapsed != true, found.loss.isFinite,
      isHarder || found.loss <= state.best?.loss ?? .infinity
    {
      state.best = TrainingState.Best(
        loss: found.loss, rightShare: share, difficulty: state.difficulty,
        parameters: state.parameters, adam: state.adam)
    } else if isLast || isCollapsed == true, let best = state.best {
      state.parameters = best.parameters
      state.difficulty = best.difficulty
      if !isLast { state.rollbackCount += 1 }
      guard plan.curriculum != nil else {
        state.adam = Adam(count: best.parameters.values.count)
        return
      }
      // Steps of a new Adam are large at first: where trials are long, the next collapse.
      state.adam = best.adam
      state.caution *= 0.5
      return
    }
    state.caution = min(1, state.caution * 1.1)
    if let curriculum = plan.curriculum, share >= curriculum.pass {
      state.difficulty = min(
        max(state.difficulty, plan.phases[state.phase].difficulty),
        state.difficulty * curriculum.growth)
    }
  }
}
