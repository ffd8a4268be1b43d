import Foundation
import Testing

@testable import Training

/// Training as a whole, on a task small enough for a second.
@Suite struct TrainerTests {
  private let task: NamedTask
  private var plan = TrainingPlan(phases: [
    Phase(stepCount: 60, rate: 1e-2), Phase(stepCount: 20, rate: 1e-3, isDeployment: true),
  ])

  init() {
    var task = AutoEncoding()
    task.neuronCount = 12
    task.signalCount = 1
    task.tickCount = 160
    self.task = .autoEncoding(task)
    plan.groupCount = 2
    plan.testPeriod = 10
  }

  private func trained(_ plan: TrainingPlan, steps: Int) -> Trainer {
    let trainer = Trainer(task, plan)
    while trainer.state.step < steps { trainer.step() }
    return trainer
  }

  private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
  }

  @Test func `a training that goes on from a file is the one that was not interrupted`() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for steps in [0, 25, 70] {
      let saved = Checkpoint(trained(plan, steps: steps))
      try saved.save(to: path)
      let read = try Checkpoint(path: path)
      #expect(read == saved)
      let resumed = Trainer(read.task, read.plan, from: read.state)
      while !resumed.isDone { resumed.step() }
      #expect(resumed.state == trained(plan, steps: 80).state, "from step \(steps)")
    }
  }

  @Test func `threads change nothing`() {
    var other = plan
    other.threadCount = 2
    #expect(trained(other, steps: 15).state == trained(plan, steps: 15).state)
  }

  @Test func `progress tells steps and time left, and a report that throws ends the run`() throws {
    struct Enough: Error {}
    let trainer = Trainer(task, plan)
    var reports: [TrainingProgress] = []
    #expect(throws: Enough.self) {
      try trainer.run(reportingEvery: 20) { progress in
        reports.append(progress)
        if progress.step == 40 { throw Enough() }
      }
    }
    trainer.run(reportingEvery: 100) { reports.append($0) }
    #expect(reports.map(\.step) == [20, 40, 80])
    #expect(reports.allSatisfy { $0.stepCount == 80 && $0.loss > 0 })
    #expect(reports[0].secondsLeft > 0 && reports[2].secondsLeft == 0)
  }

  @Test func `seeds change everything`() {
    var other = plan
    other.seed = 2
    let (one, two) = (trained(plan, steps: 5), trained(other, steps: 5))
    #expect(zip(one.state.parameters.values, two.state.parameters.values).contains { $0 != $1 })
  }

  @Test func `steps that explode are left out and weights shrink`() {
    var wild = plan
    wild.explosion = 1e-12
    let before = Trainer(task, wild).state.parameters
    let after = trained(wild, steps: 3).state
    #expect(after.skippedCount == 3)
    #expect(zip(after.parameters[.input], before[.input]).allSatisfy { abs($0) < abs($1) })
    #expect(after.parameters[.readOut] == before[.readOut])
  }

  @Test func `training that collapses goes back to the best`() {
    var wild = plan
    wild.phases = [Phase(stepCount: 60, rate: 1)]
    wild.collapse = 1.5
    let trainer = trained(wild, steps: 60)
    #expect(trainer.state.rollbackCount > 0)
    #expect(trainer.state.best?.parameters == trainer.state.parameters)
  }

  @Test
  func `a small network learns to track a signal, and still does with a hard threshold and int8`() {
    let untrained = Trainer(task, plan).evaluate(groupCount: 4).normalisedError
    let smooth = trained(plan, steps: 60).evaluate(groupCount: 4).normalisedError
    let trainer = trained(plan, steps: 80)
    let deployed = trainer.evaluate(groupCount: 4).normalisedError
    #expect(untrained > 0.8)
    #expect(smooth < 0.2)
    #expect(deployed < 0.3)
    #expect(trainer.network.dynamics.isHard)
    #expect(trainer.network.parameters == trainer.state.scale?.rounded(trainer.state.parameters))
  }

  @Test(arguments: ["", "12345678", "\u{8}\0\0\0\0\0\0\0{}      ", "\u{FF}\0\0\0\0\0\0\0{}"])
  func `a file that is no checkpoint is refused`(content: String) throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: Checkpoint.Unreadable.self) { try Checkpoint(path: path) }
  }

  @Test func `a checkpoint that is cut short is refused`() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Checkpoint(trained(plan, steps: 1)).save(to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in stride(from: 0, to: whole.count, by: 997) {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: Checkpoint.Unreadable.self) { try Checkpoint(path: path) }
    }
  }
}
