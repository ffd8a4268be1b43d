import Foundation
import Training

/// `spikelet train`: trains, keeps checkpoints, and writes the model.
enum TrainCommand {
  static func run(_ task: NamedTask, _ options: Options) throws {
    let trainer = try makeTrainer(task, options)
    try trainer.run(reportingEvery: 100) { progress in
      if let path = options.checkpoint { try Checkpoint(trainer).save(to: path) }
      Program.say(line(progress, trainer, options))
    }
    try QuantiseCommand.write(trainer, options)
  }

  /// A new trainer, or that of the checkpoint.
  private static func makeTrainer(_ task: NamedTask, _ options: Options) throws -> Trainer {
    if options.resumes, let path = options.checkpoint, FileManager.default.fileExists(atPath: path)
    {
      let checkpoint = try Checkpoint(path: path)
      guard checkpoint.task == task else { throw Failure("\(path) is of another task") }
      Program.say("resumed from step \(checkpoint.state.step) of \(path)")
      return Trainer(checkpoint.task, checkpoint.plan, from: checkpoint.state)
    }
    var plan = task.plan(stepCount: options.stepCount)
    plan.seed = options.seed
    plan.threadCount = options.threadCount
    return Trainer(task, plan)
  }

  private static func line(_ progress: TrainingProgress, _ trainer: Trainer, _ options: Options)
    -> String
  {
    // The last step of a phase is that of its best network: worth a closer look.
    let isEndOfPhase = trainer.plan.isBetweenPhases(progress.step)
    let quality = trainer.evaluate(
      groupCount: isEndOfPhase ? options.groupCount : 4, difficulty: progress.difficulty)
    return String(
      format:
        "step %d of %d, %@%@: loss %.5f, NRMSE %.4f of %d fresh trials%@, %.0f spikes/s; %d left out, %d rolled back; %.0f s left",
      progress.step, progress.stepCount,
      trainer.network.dynamics.isHard ? "hard threshold, int8" : "smooth gate",
      trainer.plan.curriculum == nil
        ? "" : String(format: ", difficulty %.3f", progress.difficulty), progress.loss,
      quality.normalisedError, quality.trialCount,
      quality.rightCount.map { ", \($0) right" } ?? "", quality.spikesPerSecond,
      progress.skippedCount,
      progress.rollbackCount, progress.secondsLeft)
  }
}
