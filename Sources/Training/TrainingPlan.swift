/// A part of a training: how many steps, how large, and what synapses and weights are like meanwhile.
public struct Phase: Codable, Equatable, Sendable {
  public var stepCount: Int
  /// Step of Adam at the start; it falls to a twentieth along a cosine.
  public var rate: Double
  /// Width of the active zone below the threshold.
  public var zone: Double
  /// Spikes are released at the threshold, and weights are rounded as the board holds them.
  public var isDeployment: Bool
  /// What the adjoint takes in place of the gate, with a hard threshold or a smooth gate.
  public var surrogate: Surrogate?
  /// How far the curriculum goes meanwhile.
  public var difficulty = 1.0

  public init(stepCount: Int, rate: Double, zone: Double = 0.5, isDeployment: Bool = false) {
    self.stepCount = stepCount
    self.rate = rate
    self.zone = zone
    self.isDeployment = isDeployment
  }
}

/// How a network is trained.
public struct TrainingPlan: Codable, Equatable, Sendable {
  public var phases: [Phase]
  /// Of the first weights and of all trials.
  public var seed: UInt64 = 1
  /// Trials of a step, in groups of as many as there are lanes.
  public var groupCount = 4
  /// Cores that share the groups. Results do not depend on it.
  public var threadCount = 1
  /// Gradients are scaled down to this norm.
  public var clip = 1.0
  /// A step whose gradient is larger, or no number, is left out, and the weights shrink a little. In a deployment phase and with a
  /// surrogate, where the adjoint is a direction only, no gradient is too large.
  public var explosion = 1e9
  /// Steps of a block are the phase's rate times this; 1 if there is none.
  public var rates: [Block: Double] = [:]
  /// Steps between two tests on held-out trials; the best parameters of a phase end it.
  public var testPeriod = 50
  /// A test that finds this many times the loss of the best takes training back to it.
  public var collapse = 3.0

  /// Trials are as hard as they get if there is none.
  public var curriculum: Curriculum?

  public init(phases: [Phase]) { self.phases = phases }

  public var stepCount: Int { phases.reduce(0) { $0 + $1.stepCount } }

  /// Whether a phase ends with as many steps, and another follows.
  public func isBetweenPhases(_ step: Int) -> Bool {
    let (index, fraction) = phase(step)
    return step > 0 && index > 0 && fraction == 0
  }

  /// The phase of a step, and how much of it was before: 0 ..< 1.
  func phase(_ step: Int) -> (index: Int, fraction: Double) {
    var rest = step
    for (index, phase) in phases.enumerated() {
      if rest < phase.stepCount { return (index, Double(rest) / Double(phase.stepCount)) }
      rest -= phase.stepCount
    }
    return (max(0, phases.count - 1), 1)
  }
}
