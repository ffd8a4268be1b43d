import Testing

@testable import Training

@Suite struct TouchClassificationTests {
  private let task = TouchClassification()

  /// Events of many touches of a kind: their mean time in milliseconds at each taxel, and how many a touch.
  private func events(_ kind: Touch.Kind) -> (times: [Double], count: Double) {
    var draws = Draws(seed: 7, stream: 0)
    var sums = [Double](repeating: 0, count: Touch.taxelCount)
    var counts = sums
    for _ in 0..<400 {
      let events = task.touch.events(kind, tickMilliseconds: 2, &draws)
      for index in events.indices where events[index] {
        sums[index % Touch.taxelCount] += 2 * Double(index / Touch.taxelCount)
        counts[index % Touch.taxelCount] += 1
      }
    }
    return (zip(sums, counts).map { $0 / $1 }, counts.reduce(0, +) / 400)
  }

  @Test func `strokes go their way`() {
    func differences(_ kind: Touch.Kind) -> (x: Double, y: Double) {
      let times = events(kind).times
      return (times[7] - times[4], times[13] - times[1])
    }
    let (up, down) = (differences(.up), differences(.down))
    let (left, right) = (differences(.left), differences(.right))
    #expect(up.y > 40 && down.y < -40 && right.x > 40 && left.x < -40)
    #expect(abs(up.x) < 10 && abs(down.x) < 10 && abs(right.y) < 10 && abs(left.y) < 10)
  }

  @Test func `every kind has about as many events`() {
    for kind in Touch.Kind.allCases {
      let count = events(kind).count
      #expect(count > 80 && count < 125, "\(kind): \(count)")
    }
  }

  @Test func `touches are those of their seed`() {
    var (one, same, other) = (
      Draws(seed: 1, stream: 5), Draws(seed: 1, stream: 5), Draws(seed: 2, stream: 5)
    )
    let first = task.trials(&one, difficulty: 1).inputs
    #expect(first == task.trials(&same, difficulty: 1).inputs)
    #expect(first != task.trials(&other, difficulty: 1).inputs)
  }

  @Test func `kinds that are not known are not shown, and an answer is the largest read-out`() {
    var some = task
    some.knownCount = 3
    var draws = Draws(seed: 3, stream: 0)
    var seen: Set<Int> = []
    for _ in 0..<8 {
      let trials = some.trials(&draws, difficulty: 1)
      let answers = some.answers(trials, trials.targets)
      seen.formUnion(answers.map(\.kind))
      #expect(answers.allSatisfy { $0.kind == $0.answer })
      #expect(some.rightAnswers(trials, trials.targets.map { -$0 }) == 0)
    }
    #expect(seen == [0, 1, 2])
  }

  @Test func `counts of events do not tell kinds apart`() {
    let baseline = CountBaseline(
      task, Draws(seed: 1, stream: Trainer.baselineStream), groupCount: 32, stepCount: 60)
    var draws = Draws(seed: 1, stream: Trainer.evaluationStream)
    let right = (0..<16).reduce(0) { sum, _ in
      sum + baseline.rightAnswers(task.trials(&draws, difficulty: 1))
    }
    // An eighth of 256 is chance.
    #expect(right > 32 && right < 100, "\(right) of 256")
  }

  @Test
  func `a small network learns some kinds, and still tells them with a hard threshold and int8`() {
    var small = task
    small.neuronCount = 24
    small.knownCount = 4
    var plan = small.plan(stepCount: 120)
    plan.groupCount = 1
    let trainer = Trainer(.touchClassification(small), plan)
    let before = trainer.evaluate(groupCount: 8)
    while !trainer.isDone { trainer.step() }
    let after = trainer.evaluate(groupCount: 8)
    #expect(before.rightCount! < 60, "\(before)")
    #expect(after.rightCount! > 88, "\(after)")
    #expect(trainer.network.dynamics.isHard)
  }
}
