import Foundation
import Training

/// Which kinds of touch the board takes for which, and what it feels and says in a touch of each kind.
struct TouchPicture {
  private(set) var drawing = Drawing(width: 1240, height: 920)
  /// For the report.
  private(set) var lines: [String] = []
  private let task: TouchClassification
  private let kinds: [Touch.Kind]
  private static let colours = [
    "#c0392b", "#2471a3", "#1e8449", "#7d3c98", "#d68910", "#17202a", "#d35db0", "#16a085",
  ]

  init(
    _ task: TouchClassification, _ session: BoardSession, seed: UInt64, groupCount: Int
  ) throws(Failure) {
    self.task = task
    kinds = Array(Touch.Kind.allCases.prefix(task.knownCount))
    let baseline = CountBaseline(
      task, Draws(seed: seed, stream: Trainer.baselineStream), groupCount: 128)
    var draws = Draws(seed: seed, stream: Trainer.evaluationStream)
    var counts = kinds.map { _ in Touch.Kind.allCases.map { _ in 0 } }
    var drawn: Set<Int> = []
    var baselineRight = 0
    for _ in 0..<groupCount {
      let trials = task.trials(&draws, difficulty: 1)
      baselineRight += baseline.rightAnswers(trials)
      var output = trials.targets
      for lane in Lanes.zero.indices {
        let run = try session.run(trials, lane: lane)
        for index in output.indices { output[index][lane] = Real(run.output[index]) }
      }
      for (lane, (kind, answer)) in task.answers(trials, output).enumerated() {
        counts[kind][answer] += 1
        if drawn.insert(kind).inserted { draw(Touch.Kind.allCases[kind], trials, output, lane) }
      }
    }
    drawConfusion(counts)
    lines = [
      "a linear classifier of event counts: \(baselineRight) right of \(groupCount * Lanes.scalarCount)"
    ]
  }

  /// What a taxel feels, above, and what the read-outs say, below.
  private mutating func draw(_ kind: Touch.Kind, _ trials: Trials, _ output: [Lanes], _ lane: Int) {
    let left = 70 + Double(kind.rawValue % 4) * 295
    let top = 50 + Double(kind.rawValue / 4) * 280
    let felt = Drawing.Panel(
      left: left, top: top, width: 240, height: 90, x: 0...Touch.milliseconds,
      y: 0...Double(Touch.taxelCount - 1))
    drawing.frame(felt, title: kind.name, x: "", y: "taxel")
    drawing.dots(
      felt,
      trials.inputs.indices.filter { trials.inputs[$0][lane] != 0 }.map {
        (time($0 / Touch.taxelCount), Double($0 % Touch.taxelCount))
      }, "#333", radius: 1.3)
    let largest = Double(output.map { abs($0[lane]) }.max() ?? 1)
    let said = Drawing.Panel(
      left: left, top: top + 115, width: 240, height: 90, x: 0...Touch.milliseconds,
      y: -max(largest, 1e-9)...max(largest, 1e-9))
    drawing.frame(said, title: "", x: "milliseconds", y: "read-out")
    for index in 0..<trials.outputCount {
      drawing.line(
        said,
        (0..<trials.tickCount).map {
          (time($0), Double(output[$0 * trials.outputCount + index][lane]))
        }, Self.colours[index])
    }
  }

  private func time(_ tick: Int) -> Double { Double(tick) * task.dynamics.tickMilliseconds }

  /// Rows are kinds, columns answers.
  private mutating func drawConfusion(_ counts: [[Int]]) {
    let (left, top, width, height) = (160.0, 630.0, 90.0, 28.0)
    let total = counts.joined().reduce(0, +)
    let right = kinds.reduce(0) { $0 + counts[$1.rawValue][$1.rawValue] }
    drawing.write(
      "What was felt (rows), and the answer of the board (columns): \(right) of \(total) right",
      left,
      top - 30, anchor: "start", size: 14)
    for kind in Touch.Kind.allCases {
      let x = left + (Double(kind.rawValue) + 0.5) * width
      drawing.write(
        kind.name, x, top - 8, anchor: "middle", colour: Self.colours[kind.rawValue])
    }
    for kind in kinds {
      let row = counts[kind.rawValue]
      let y = top + Double(kind.rawValue) * height
      drawing.write(kind.name, left - 8, y + 19, anchor: "end")
      for (answer, count) in row.enumerated() {
        let share = Double(count) / Double(max(1, row.reduce(0, +)))
        drawing.cell(
          left + Double(answer) * width, y, width, height, shade: share, text: "\(count)")
      }
    }
  }
}
