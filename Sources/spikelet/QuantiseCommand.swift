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
    let parameters = trainer.state.parameters
    var dynamics = trainer.task.dynamics
    dynamics.isHard = true
    let scale = trainer.state.scale ?? BoardScale(parameters, dynamics)
    do throws(Fault) {
      try BoardModel.build(parameters, dynamics, scale).save(path: options.output)
    } catch {
      throw Failure(error.sentence.text)
    }
    Program.say("wrote \(options.output)")
    let network = Network(dynamics, scale.rounded(parameters))
    let session = try BoardSession(model: options.output, trainer.task.shape)
    let report = try BoardReport(
      network, trainer.task, session, seed: trainer.plan.seed, groupCount: options.groupCount)
    for line in report.lines { Program.say(line) }
    let currents = Currents(network, trainer.task, seed: trainer.plan.seed)
    Program.say(
      String(
        format:
          "fast weights against −U·O: cosine %.3f; excitation against inhibition: correlation %.3f",
        network.parameters.fastWeightCosine, currents.correlation))
    guard let path = options.picture else { return }
    let picture = try TrackingPicture(network, trainer.task, session, currents, report)
    try Data(picture.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    Program.say("drew \(path)")
  }
}

extension Sentence {
  fileprivate var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}
