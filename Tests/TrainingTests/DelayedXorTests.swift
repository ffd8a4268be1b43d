import Testing

@testable import Training

@Suite struct DelayedXorTests {
  @Test func `what is wanted is the exclusive or of the signs, after the cue`() {
    let task = DelayedXor()
    var draws = Draws(seed: 4, stream: 0)
    var counts: [Int: Int] = [:]
    for _ in 0..<32 {
      let trials = task.trials(&draws, difficulty: 1)
      for lane in Lanes.zero.indices {
        let pulses = trials.inputs.indices.filter { $0 % 2 == 0 }.map { trials.inputs[$0][lane] }
        let cue = trials.inputs.indices.filter { $0 % 2 == 1 }.map { trials.inputs[$0][lane] }
        let targets = trials.targets.map { $0[lane] }
        let pulseTicks = pulses.count { $0 != 0 }
        let signs = (pulses.first { $0 != 0 }!, pulses.last { $0 != 0 }!)
        let answer = pulseTicks == 10 ? 0 : -signs.0 * signs.1
        #expect(pulseTicks == 10 || pulseTicks == 20)
        #expect(cue.count { $0 == 1 } == 10)
        #expect(cue.firstIndex(of: 1)! > pulses.lastIndex { $0 != 0 }!)
        let sum = targets.reduce(0, +)
        #expect(answer == 0 ? sum == 0 : sum * answer > 5)
        if answer != 0 {
          #expect(targets.firstIndex { $0 != 0 }! > cue.firstIndex(of: 1)!)
        }
        counts[Int(answer), default: 0] += 1
      }
    }
    // A quarter, and three eighths each, of 512.
    #expect(abs(counts[0]! - 128) < 40 && abs(counts[1]! - 192) < 45)
  }

  @Test func `the target is the right answer, its reverse and silence are not`() throws {
    let task = DelayedXor()
    var draws = Draws(seed: 5, stream: 0)
    let trials = task.trials(&draws, difficulty: 1)
    let silent = Lanes.zero.indices.count { lane in trials.targets.allSatisfy { $0[lane] == 0 } }
    #expect(silent < Lanes.scalarCount)
    #expect(task.rightAnswers(trials, trials.targets) == Lanes.scalarCount)
    #expect(task.rightAnswers(trials, trials.targets.map { -$0 }) == silent)
    #expect(task.rightAnswers(trials, trials.targets.map { 0.4 * $0 }) == silent)
  }

  @Test func `quadratic neurons get better in a short training`() {
    var task = DelayedXor()
    task.neuronCount = 16
    task.dynamics.neuron = .quadratic(milliseconds: 25)
    let trainer = Trainer(.delayedXor(task), task.plan(stepCount: 120))
    let before = trainer.evaluate(groupCount: 8)
    for _ in 0..<120 { trainer.step() }
    let after = trainer.evaluate(groupCount: 8)
    #expect(before.rightCount != nil && after.loss < 0.8 * before.loss, "\(before) \(after)")
  }
}
