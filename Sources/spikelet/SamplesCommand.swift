import Foundation
import Training

/// `spikelet samples`: trials for programs that have no generator, as text.
enum SamplesCommand {
  static func run(_ task: TouchClassification, _ options: Options) throws {
    var draws = Draws(seed: options.seed, stream: Trainer.samplesStream)
    var text = ""
    for _ in 0..<options.groupCount {
      let trials = task.trials(&draws, difficulty: 1)
      for (lane, answer) in task.answers(trials, trials.targets).enumerated() {
        text += line(trials, lane, kind: answer.kind)
      }
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: options.output), options: .atomic)
    Program.say("wrote \(options.output)")
  }

  private static func line(_ trials: Trials, _ lane: Int, kind: Int) -> String {
    var line = "\(kind)"
    for index in trials.inputs.indices where trials.inputs[index][lane] != 0 {
      line += " \(index / trials.inputCount):\(index % trials.inputCount)"
    }
    return line + "\n"
  }
}
