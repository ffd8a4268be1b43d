import Training

/// The board's output in each of the six cases of the delayed XOR: two pulses of each pair of signs, and one of each sign.
struct AnswersPicture {
  private(set) var drawing = Drawing(width: 860, height: 640)
  private static let cases: [[Real]] = [[1, 1], [1, -1], [-1, 1], [-1, -1], [1], [-1]]

  init(_ task: DelayedXor, _ session: BoardSession, seed: UInt64) throws(Failure) {
    var draws = Draws(seed: seed, stream: Trainer.evaluationStream)
    var left = Self.cases
    drawing.write(
      "Pulses blue, cue green, output of the board red, target dashed", 430, 630, anchor: "middle")
    // Each case has an eighth of the trials or more.
    for _ in 0..<100 where !left.isEmpty {
      let trials = task.trials(&draws, difficulty: 1)
      for lane in Lanes.zero.indices {
        guard let index = left.firstIndex(of: pulses(trials, lane)) else { continue }
        let signs = left.remove(at: index)
        draw(task, signs, trials, lane, try session.run(trials, lane: lane).output)
      }
    }
  }

  /// The signs of the pulses of a trial, in their order.
  private func pulses(_ trials: Trials, _ lane: Int) -> [Real] {
    var found: [Real] = []
    var before: Real = 0
    for tick in 0..<trials.tickCount {
      let value = trials.inputs[tick * trials.inputCount][lane]
      if value != before, value != 0 { found.append(value) }
      before = value
    }
    return found
  }

  private mutating func draw(
    _ task: DelayedXor, _ signs: [Real], _ trials: Trials, _ lane: Int, _ output: [Double]
  ) {
    let place = Self.cases.firstIndex(of: signs) ?? 0
    let ticks = 0..<trials.tickCount
    let panel = Drawing.Panel(
      left: 60 + Double(place % 2) * 410, top: 40 + Double(place / 2) * 200, width: 350,
      height: 140, x: 0...Double(trials.tickCount) * task.dynamics.tickMilliseconds, y: -1.5...1.5)
    func points(_ value: (Int) -> Double) -> [(Double, Double)] {
      ticks.map { (Double($0) * task.dynamics.tickMilliseconds, value($0)) }
    }
    drawing.frame(
      panel, title: signs.map { $0 > 0 ? "+" : "−" }.joined(separator: " then "),
      x: "milliseconds", y: "")
    drawing.line(panel, points { Double(trials.inputs[$0 * trials.inputCount][lane]) }, "#7fb3d5")
    drawing.line(
      panel, points { Double(trials.inputs[$0 * trials.inputCount + 1][lane]) }, "#7dcea0")
    drawing.line(panel, points { Double(trials.targets[$0][lane]) }, "#333", dashed: true)
    drawing.line(panel, points { output[$0] }, "#c0392b")
  }
}
