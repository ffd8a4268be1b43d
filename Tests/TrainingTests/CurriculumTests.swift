import Foundation
import Testing

@testable import Training

/// Trials that become harder while a small network learns the delayed XOR.
@Suite struct CurriculumTests {
  private var task = DelayedXor(longestGapMilliseconds: 60)
  private var plan: TrainingPlan

  init() {
    task.neuronCount = 24
    plan = task.plan(stepCount: 80)
    plan.phases[0].stepCount = 80
    plan.testPeriod = 10
    plan.groupCount = 2
    plan.curriculum?.pass = 0.5
  }

  private func trained(_ plan: TrainingPlan, steps: Int) -> Trainer {
    let trainer = Trainer(.delayedXor(task), plan)
    while trainer.state.step < steps { trainer.step() }
    return trainer
  }

  @Test func `trials grow longer in the phase that allows it, and their length follows`() {
    let start = plan.curriculum!.difficulty
    #expect(trained(plan, steps: 80).state.difficulty == start)
    let after = trained(plan, steps: 160).state.difficulty
    #expect(after > start)
    var draws = Draws(seed: 1, stream: 1)
    let (short, long) = (
      task.trials(&draws, difficulty: start), task.trials(&draws, difficulty: after)
    )
    #expect(short.tickCount < long.tickCount && long.tickCount <= task.tickCount)
  }

  @Test func `they grow with the smooth gate if asked to, and the threshold comes last`() {
    var smooth = task
    smooth.growsSmoothly = true
    var plan = smooth.plan(stepCount: 80)
    #expect(plan.phases.map(\.isDeployment) == [false, false, true])
    #expect(plan.phases.map(\.stepCount) == [1000, 80, 40])
    #expect((0...1100).filter(plan.isBetweenPhases) == [1000, 1080])
    plan.phases[0].stepCount = 80
    (plan.testPeriod, plan.groupCount) = (10, 2)
    plan.curriculum?.pass = 0.5
    let trainer = Trainer(.delayedXor(smooth), plan)
    while trainer.state.step < 160 { trainer.step() }
    let grown = trainer.state.difficulty
    #expect(grown > plan.curriculum!.difficulty)
    #expect(!trainer.network.dynamics.isHard && trainer.network.dynamics.zone == 1)
    while !trainer.isDone { trainer.step() }
    #expect(trainer.network.dynamics.isHard && trainer.state.difficulty >= grown)
  }

  @Test(arguments: [false, true])
  func `a surrogate changes the adjoint and not what the network does`(isHard: Bool) {
    var draws = Draws(seed: 1, stream: 2)
    let trials = task.trials(&draws, difficulty: 1)
    let trajectory = Trajectory(task.shape, tickCount: task.tickCount)
    func results(_ surrogate: Surrogate?) -> (output: [Lanes], gradient: Parameters) {
      var dynamics = task.dynamics
      (dynamics.zone, dynamics.isHard, dynamics.surrogate) = (1, isHard, surrogate)
      let network = Network(dynamics, task.start(seed: 1))
      var gradient = Parameters(task.shape)
      network.run(trials, trajectory)
      network.addGradient(trials, trajectory, to: &gradient)
      return (Array(trajectory.output), gradient)
    }
    let (gate, surrogate) = (results(nil), results(Surrogate()))
    #expect(gate.output == surrogate.output)
    #expect(gate.gradient[.slow] != surrogate.gradient[.slow])
    #expect(gate.gradient[.readOut] == surrogate.gradient[.readOut])
  }

  @Test func `without enough right answers they stay as they are`() {
    var strict = plan
    strict.curriculum?.pass = 2
    #expect(trained(strict, steps: 160).state.difficulty == plan.curriculum!.difficulty)
  }

  @Test func `it goes on from a file as if it had not been interrupted`() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // Tests that find a little less go back already.
    var wary = plan
    wary.curriculum?.drop = 0.02
    let whole = trained(wary, steps: 160).state
    #expect(whole.rollbackCount > 0)
    for steps in [45, 105, 140] {
      let saved = Checkpoint(trained(wary, steps: steps))
      try saved.save(to: path)
      let read = try Checkpoint(path: path)
      #expect(read == saved)
      let resumed = Trainer(read.task, read.plan, from: read.state)
      while !resumed.isDone { resumed.step() }
      #expect(resumed.state == whole, "from step \(steps)")
    }
  }

  @Test func `memory outputs hold the sign, then the answer, and boards do not get them`() {
    var draws = Draws(seed: 3, stream: 0)
    let trials = task.trials(&draws, difficulty: 1)
    for lane in Lanes.zero.indices {
      func asked(_ output: Int) -> Set<Real> {
        Set(
          (0..<trials.tickCount).map { $0 * 3 + output }
            .filter { trials.importance[$0][lane] > 0 }.map { trials.targets[$0][lane] })
      }
      let pulses = (0..<trials.tickCount).map { trials.inputs[$0 * 2][lane] }
      let first = pulses.first { $0 != 0 }!
      let isSingle = pulses.count { $0 != 0 } == 5
      let second = pulses.last { $0 != 0 }!
      #expect(asked(1) == (isSingle ? [first] : [first, 0]))
      #expect(asked(2) == (isSingle ? [0] : [0, -first * second]))
    }
    let parameters = task.start(seed: 1)
    let (deployed, left) = task.deployed(parameters)
    #expect(deployed.shape.outputCount == 1 && left.shape == deployed.shape)
    #expect(left[.readOut] == Array(parameters[.readOut].prefix(24)))
    #expect(left[.slow] == parameters[.slow] && left[.bias] == parameters[.bias])
  }
}
