import Foundation
import Training

/// The same trials in floating point and on a board, layer by layer.
struct BoardReport {
  /// Root mean squared error by that of the target: of the board; of the network in floating point, with the board's threshold
  /// and weights; and of the board against that network.
  private(set) var boardError = 0.0
  private(set) var floatError = 0.0
  private(set) var difference = 0.0
  private(set) var boardSpikesPerSecond = 0.0
  private(set) var floatSpikesPerSecond = 0.0
  /// Of the spikes of the network, how many the board has at the same tick.
  private(set) var sameSpikes = 0.0
  /// The first tick at which the spikes of some trial differ; nil if none do.
  private(set) var firstDifference: Int?
  private(set) var trialCount = 0
  /// Trials with the right answer; nil for tasks that are not about answers.
  private(set) var boardRight: Int?
  private(set) var floatRight: Int?

  /// - Parameters:
  ///   - network: with a hard threshold and rounded parameters.
  ///   - groupCount: groups of as many trials as there are lanes.
  init(
    _ network: Network, _ task: any TrainingTask, _ session: BoardSession, seed: UInt64,
    groupCount: Int
  ) throws(Failure) {
    var sums = Sums()
    var draws = Draws(seed: seed, stream: Trainer.evaluationStream)
    let trajectory = Trajectory(task.shape, tickCount: task.tickCount)
    for _ in 0..<groupCount {
      let trials = task.trials(&draws, difficulty: 1)
      network.run(trials, trajectory)
      var output = trials.targets
      for lane in Lanes.zero.indices {
        let board = try session.run(trials, lane: lane)
        for index in output.indices { output[index][lane] = Real(board.output[index]) }
        let found = Set(board.spikes)
        let expected = trajectory.spikes(lane: lane)
        sums.boardSpikes += found.count
        sums.floatSpikes += expected.count
        sums.sameSpikes += found.intersection(expected).count
        if let tick = found.symmetricDifference(expected).map(\.tick).min() {
          firstDifference = min(firstDifference ?? tick, tick)
        }
      }
      sums.add(output, trials, trajectory)
      if let right = task.rightAnswers(trials, output) { boardRight = (boardRight ?? 0) + right }
      if let right = task.rightAnswers(trials, Array(trajectory.output)) {
        floatRight = (floatRight ?? 0) + right
      }
    }
    trialCount = groupCount * Lanes.scalarCount
    boardError = (sums.board / sums.target).squareRoot()
    floatError = (sums.float / sums.target).squareRoot()
    difference = (sums.difference / sums.target).squareRoot()
    let seconds =
      Double(groupCount * Lanes.scalarCount * task.tickCount * task.shape.neuronCount)
      * network.dynamics.tickMilliseconds / 1000
    boardSpikesPerSecond = Double(sums.boardSpikes) / seconds
    floatSpikesPerSecond = Double(sums.floatSpikes) / seconds
    sameSpikes = Double(sums.sameSpikes) / Double(max(1, sums.floatSpikes))
  }

  var lines: [String] {
    var lines = [
      "layer     measure                             float     board",
      "neurons   spikes a second and neuron       \(columns(floatSpikesPerSecond, boardSpikesPerSecond, "%9.1f"))",
      "readout   NRMSE                            \(columns(floatError, boardError, "%9.4f"))",
      String(
        format:
          "board against float: %.1f %% of spikes at the same tick, the first that differs at %@; outputs differ by %.4f",
        100 * sameSpikes, firstDifference.map { "tick \($0)" } ?? "none", difference),
    ]
    if let floatRight, let boardRight {
      lines.insert(
        "          right answers of \(trialCount)        "
          + columns(Double(floatRight), Double(boardRight), "%9.0f"), at: 3)
    }
    return lines
  }

  private func columns(_ float: Double, _ board: Double, _ format: String) -> String {
    String(format: "\(format) \(format)", float, board)
  }
}

private struct Sums {
  var target = 0.0
  var board = 0.0
  var float = 0.0
  var difference = 0.0
  var boardSpikes = 0
  var floatSpikes = 0
  var sameSpikes = 0

  mutating func add(_ output: [Lanes], _ trials: Trials, _ trajectory: Trajectory) {
    let found = output.withUnsafeBufferPointer { trials.answers($0) }
    let expected = trials.answers(UnsafeBufferPointer(trajectory.output))
    for index in output.indices {
      let importance = trials.importance[index]
      func weighed(_ a: Lanes, _ b: Lanes) -> Double {
        Double((importance * (a - b) * (a - b)).sum())
      }
      target += weighed(trials.targets[index], .zero)
      board += weighed(found[index], trials.targets[index])
      float += weighed(expected[index], trials.targets[index])
      difference += weighed(found[index], expected[index])
    }
  }
}

extension Trajectory {
  func spikes(lane: Int) -> Set<BoardSession.Spike> {
    var found: Set<BoardSession.Spike> = []
    for index in 0..<tickCount * shape.neuronCount where spikes[index][lane] > 0 {
      found.insert(
        BoardSession.Spike(tick: index / shape.neuronCount, neuron: index % shape.neuronCount))
    }
    return found
  }
}
