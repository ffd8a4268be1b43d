import Foundation

/// Why a command ends early: a sentence for people.
struct Failure: Error {
  let sentence: String

  init(_ sentence: String) { self.sentence = sentence }
}

/// The program `spikelet`.
@main enum Program {
  static func main() { exit(run(Array(CommandLine.arguments.dropFirst()))) }

  static let usage = """
    usage: spikelet train autoencode|xor|classify -o MODEL.safetensors [options]
           spikelet quantise CHECKPOINT -o MODEL.safetensors [options]
           spikelet samples classify -o FILE [--trials N] [--seed N]

    train      trains a network on the host, and writes it as a model that boards run
    quantise   writes the model of a checkpoint, finished or not
    samples    writes fresh trials as text, a line each: the number of its class, and TICK:INPUT for each event

      -o FILE             where the model goes
      --picture FILE.svg  what the network does, drawn
      --trials N          fresh trials that the report is of (512); in sixteens
      --checkpoint FILE   train: where the training is kept every 100 steps
      --resume            train: goes on from the checkpoint, if there is one
      --steps N           train: steps with the smooth gate (autoencode 2000, xor 4000, classify 1600); others follow as the board will run it;
                          with long gaps, those in which they grow
      --neuron KIND       train xor: leaky or quadratic
      --delay MS          train xor: the longest gap between pulses and cue (25); longer ones are learnt by a curriculum
      --gate KIND         train xor: what longer gaps grow with, a hard threshold (hard) or a smooth gate, and a threshold afterwards (smooth)
      --classes N         train classify: shows the first N classes only (8)
      --seed N            train: of weights and trials (1)
      --threads N         train: cores to use (1)
    """

  /// - Returns: what to exit with: 0, 1 if the command failed, 2 if the arguments are wrong.
  static func run(_ arguments: [String]) -> Int32 {
    if arguments.contains("--help") || arguments.contains("-h") {
      print(usage)
      return 0
    }
    let options: Options
    do {
      options = try Options(arguments)
    } catch {
      complain("\(error.sentence); see spikelet --help")
      return 2
    }
    do {
      switch options.command {
      case .train(let task): try TrainCommand.run(task, options)
      case .quantise(let path): try QuantiseCommand.run(options, checkpoint: path)
      case .samples(let task): try SamplesCommand.run(task, options)
      }
      return 0
    } catch let failure as Failure {
      complain(failure.sentence)
    } catch {
      complain("\(error)")
    }
    return 1
  }

  private static func complain(_ sentence: String) {
    FileHandle.standardError.write(Data("spikelet: \(sentence)\n".utf8))
  }

  /// Prints a line at once, into pipes too.
  static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
