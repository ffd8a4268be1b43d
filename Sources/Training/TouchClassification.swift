/// A network of leaky neurons feels a touch as events, and says of which kind it was: the read-out that is largest, summed over
/// the trial.
public struct TouchClassification: TrainingTask, Codable, Equatable {
  public var touch = Touch()
  public var neuronCount = 64
  /// Kinds that it is trained and tested with, the first ones; there is a read-out for each kind there is.
  public var knownCount = Touch.Kind.allCases.count
  public var dynamics = Dynamics(
    neuron: .leaky(milliseconds: 80), tickMilliseconds: 2, fastMilliseconds: 2,
    slowMilliseconds: 80)

  public init() {}

  public var shape: Shape {
    Shape(
      inputCount: Touch.taxelCount, neuronCount: neuronCount,
      outputCount: Touch.Kind.allCases.count, hasFast: false, hasSlow: true,
      inputKind: .events)
  }

  public var tickCount: Int { Int(Touch.milliseconds / dynamics.tickMilliseconds) }

  /// How it is trained: with the smooth gate, then a quarter as many steps as the board will run it.
  public func plan(stepCount: Int) -> TrainingPlan {
    var plan = TrainingPlan(phases: [
      Phase(stepCount: stepCount, rate: 3e-3),
      Phase(stepCount: (stepCount + 3) / 4, rate: 1e-3, isDeployment: true),
    ])
    plan.groupCount = 2
    plan.explosion = 1000
    plan.rates = [.slow: 0.03, .bias: 0.05, .input: 0.3]
    return plan
  }

  public func start(seed: UInt64) -> Parameters {
    let root = Double(neuronCount).squareRoot()
    return Parameters(
      shape, seed: seed, deviations: [.input: 0.5, .slow: 0.01 / root, .readOut: 0.3 / root])
  }

  public func trials(_ draws: inout Draws, difficulty: Double) -> Trials {
    var trials = Trials(
      tickCount: tickCount, inputCount: Touch.taxelCount, outputCount: Touch.Kind.allCases.count)
    trials.objective = .class
    trials.importance = Array(repeating: .one, count: trials.targets.count)
    for lane in Lanes.zero.indices {
      let kind = Touch.Kind.allCases[Int(draws.uniform() * Double(knownCount))]
      let events = touch.events(kind, tickMilliseconds: dynamics.tickMilliseconds, &draws)
      for index in events.indices where events[index] { trials.inputs[index][lane] = 1 }
      for tick in 0..<tickCount {
        trials.targets[tick * trials.outputCount + kind.rawValue][lane] = 1
      }
    }
    return trials
  }

  /// The kind that each trial is of, and the one that an output says.
  public func answers(_ trials: Trials, _ output: [Lanes]) -> [(kind: Int, answer: Int)] {
    func largest(_ values: [Lanes], _ lane: Int) -> Int {
      let sums = (0..<trials.outputCount).map { output in
        (0..<tickCount).reduce(0) { $0 + values[$1 * trials.outputCount + output][lane] }
      }
      return sums.indices.max { sums[$0] < sums[$1] } ?? 0
    }
    return Lanes.zero.indices.map { (largest(trials.targets, $0), largest(output, $0)) }
  }

  public func rightAnswers(_ trials: Trials, _ output: [Lanes]) -> Int? {
    answers(trials, output).count { $0.kind == $0.answer }
  }
}
