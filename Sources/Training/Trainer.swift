import Dispatch
import Foundation

/// Trains a network on a task, step by step; stops and goes on from a checkpoint anywhere.
public final class Trainer {
  public let named: NamedTask
  public let task: any TrainingTask
  public let plan: TrainingPlan
  public internal(set) var state: TrainingState
  private let trajectories: [Trajectory]
  /// Streams of draws: 0 is that of first weights; tests, evaluations, and training steps have their own.
  private static let testStream: UInt64 = 1
  public static let evaluationStream: UInt64 = 2
  private static let firstStepStream: UInt64 = 16
  private static let testGroupCount = 4

  /// Begins with `state`, or anew.
  public init(_ named: NamedTask, _ plan: TrainingPlan, from state: TrainingState? = nil) {
    self.named = named
    let task = named.task
    self.task = task
    self.plan = plan
    self.state = state ?? TrainingState(task.start(seed: plan.seed))
    let shape = task.shape
    trajectories = (0..<max(1, plan.threadCount)).map { _ in
      Trajectory(shape, tickCount: task.tickCount)
    }
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
    if norm < plan.explosion {
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

  /// Loss and gradient of one step's trials. The sum is taken in the order of the groups, whatever the threads.
  private func gradient(_ network: Network) -> (Double, Parameters) {
    var groups = [(loss: Double, gradient: Parameters)](
      repeating: (0, Parameters(task.shape)), count: plan.groupCount)
    groups.withUnsafeMutableBufferPointer { groups in
      nonisolated(unsafe) let groups = groups
      nonisolated(unsafe) let this = self
      DispatchQueue.concurrentPerform(iterations: trajectories.count) { thread in
        let trajectory = this.trajectories[thread]
        for group in stride(from: thread, to: groups.count, by: this.trajectories.count) {
          let number = this.state.step * groups.count + group
          var draws = Draws(
            seed: this.plan.seed, stream: Self.firstStepStream + UInt64(number))
          let trials = this.task.trials(&draws, difficulty: 1)
          network.run(trials, trajectory)
          groups[group].loss = network.loss(trials, trajectory)
          network.addGradient(trials, trajectory, to: &groups[group].gradient)
        }
      }
    }
    let share = 1 / Double(groups.count)
    var sum = Parameters(task.shape)
    for (_, gradient) in groups {
      for index in sum.values.indices { sum.values[index] += share * gradient.values[index] }
    }
    return (share * groups.reduce(0) { $0 + $1.loss }, sum)
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
