import Foundation

/// What can be told from how often each input spikes, without when: a linear classifier of counts, softmax regression by gradient
/// descent. A task whose classes it tells apart needs no recurrent network.
public struct CountBaseline {
  private let task: TouchClassification
  /// [outputs][inputs + 1]
  private var weights: [[Double]]
  private static let learningRate = 0.5

  /// Learns from fresh trials.
  ///
  /// - Parameters:
  ///   - groupCount: groups of as many trials as there are lanes.
  ///   - stepCount: over all of them.
  public init(
    _ task: TouchClassification, _ draws: Draws, groupCount: Int, stepCount: Int = 200
  ) {
    self.task = task
    let shape = task.shape
    weights = Array(
      repeating: Array(repeating: 0, count: shape.inputCount + 1), count: shape.outputCount)
    var draws = draws
    let samples = (0..<groupCount).flatMap { _ in
      Self.samples(task, task.trials(&draws, difficulty: 1))
    }
    for _ in 0..<stepCount { step(samples) }
  }

  private typealias Sample = (counts: [Double], kind: Int)

  /// Counts of the inputs of each trial, in tens, and a 1 for the bias.
  private static func samples(_ task: TouchClassification, _ trials: Trials) -> [Sample] {
    let kinds = task.answers(trials, trials.targets).map(\.kind)
    return Lanes.zero.indices.map { lane in
      var counts = [Double](repeating: 0, count: trials.inputCount + 1)
      counts[trials.inputCount] = 1
      for index in trials.inputs.indices {
        counts[index % trials.inputCount] += 0.1 * Double(trials.inputs[index][lane])
      }
      return (counts, kinds[lane])
    }
  }

  private func scores(_ counts: [Double]) -> [Double] {
    weights.map { row in row.indices.reduce(0) { $0 + row[$1] * counts[$1] } }
  }

  private mutating func step(_ samples: [Sample]) {
    var gradient = weights.map { $0.map { _ in 0.0 } }
    for sample in samples {
      let powers = scores(sample.counts).map(exp)
      let sum = powers.reduce(0, +)
      for output in powers.indices {
        let error = powers[output] / sum - (output == sample.kind ? 1 : 0)
        for input in sample.counts.indices {
          gradient[output][input] += error * sample.counts[input] / Double(samples.count)
        }
      }
    }
    for output in weights.indices {
      for input in weights[output].indices {
        weights[output][input] -= Self.learningRate * gradient[output][input]
      }
    }
  }

  /// How many of the trials it tells rightly.
  public func rightAnswers(_ trials: Trials) -> Int {
    Self.samples(task, trials).count { sample in
      let scores = scores(sample.counts)
      return scores.indices.max { scores[$0] < scores[$1] } == sample.kind
    }
  }
}
