import Fault
import Foundation
import Model
import Training

/// `spikelet quantise`: from floating point to a model file, which is run on a board at once.
enum QuantiseCommand {
  static func run(_ options: Options, checkpoint path: String) throws {
    let checkpoint = try Checkpoint(path: path)
    try write(Trainer(checkpoint.task, checkpoint.plan, from: checkpoint.state), options)
  }

  /// Writes the model, and reports on it: float against board, and structure.
  static func write(_ trainer: Trainer, _ options: Options) throws {
    let (named, parameters) = trainer.named.deployed(trainer.state.parameters)
    let task = named.task
    var dynamics = task.dynamics
    dynamics.isHard = true
    let scale = trainer.state.scale ?? BoardScale(parameters, dynamics)
    let network = Network(dynamics, scale.rounded(parameters))
    do throws(Fault) {
      try BoardModel.build(parameters, dynamics, scale).save(path: options.output)
    } catch {
      throw Failure(error.sentence.text)
    }
    Program.say("wrote \(options.output)")
    let session = try BoardSession(model: options.output, task.shape)
    let report = try BoardReport(
      network, task, session, seed: trainer.plan.seed, groupCount: options.groupCount)
    for line in report.lines { Program.say(line) }
    let drawing = try describe(network, named, trainer.plan.seed, session, report, options)
    guard let path = options.picture else { return }
    try Data(drawing.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    Program.say("drew \(path)")
  }

  /// What is of interest in the network of a task, in words and drawn.
  private static func describe(
    _ network: Network, _ named: NamedTask, _ seed: UInt64, _ session: BoardSession,
    _ report: BoardReport, _ options: Options
  ) throws(Failure) -> Drawing {
    switch named {
    case .autoEncoding(let task):
      let currents = Currents(network, task, seed: seed)
      Program.say(
        String(
          format:
            "fast weights against −U·O: cosine %.3f; excitation against inhibition: correlation %.3f",
          network.parameters.fastWeightCosine, currents.correlation))
      return try TrackingPicture(network, task, session, currents, report).drawing
    case .delayedXor(let task):
      return try AnswersPicture(task, session, seed: seed).drawing
    case .touchClassification(let task):
      let picture = try TouchPicture(task, session, seed: seed, groupCount: options.groupCount)
      for line in picture.lines { Program.say(line) }
      return picture.drawing
    }
  }
}

extension Sentence {
  fileprivate var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}
