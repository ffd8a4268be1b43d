import Dispatch

/// Gradients of some groups of trials, which threads share. The sum is taken in the order of the groups, whatever the threads.
public final class GradientPool: Sendable {
  private let shape: Shape
  nonisolated(unsafe) private let trajectories: [Trajectory]

  /// - Parameter tickCount: of the longest trials.
  public init(_ shape: Shape, tickCount: Int, threadCount: Int) {
    self.shape = shape
    trajectories = (0..<max(1, threadCount)).map { _ in Trajectory(shape, tickCount: tickCount) }
  }

  /// The mean loss and its gradient. Calls must not overlap.
  ///
  /// - Parameter trials: the trials of a group; called by several threads.
  public func gradient(
    _ network: Network, groupCount: Int, _ trials: @Sendable (Int) -> Trials
  ) -> (loss: Double, gradient: Parameters) {
    var groups = [(loss: Double, gradient: Parameters)](
      repeating: (0, Parameters(shape)), count: groupCount)
    groups.withUnsafeMutableBufferPointer { groups in
      nonisolated(unsafe) let groups = groups
      DispatchQueue.concurrentPerform(iterations: trajectories.count) { thread in
        let trajectory = trajectories[thread]
        for group in stride(from: thread, to: groups.count, by: trajectories.count) {
          let trials = trials(group)
          network.run(trials, trajectory)
          groups[group].loss = network.loss(trials, trajectory)
          network.addGradient(trials, trajectory, to: &groups[group].gradient)
        }
      }
    }
    let share = 1 / Double(groupCount)
    var sum = Parameters(shape)
    for (_, gradient) in groups {
      for index in sum.values.indices { sum.values[index] += share * gradient.values[index] }
    }
    return (share * groups.reduce(0) { $0 + $1.loss }, sum)
  }
}
