import Fault
import Runtime
import Testing
import Transport

/// Sessions over links that lose, double, turn and change what passes: nobody sees a difference.
@Suite struct LossyLinkTests {
  private func follow(
    seed: UInt64, faults: Int
  ) throws(Fault) -> (outcomes: [SessionOutcome], counters: LinkCounters) {
    let network = SessionNetwork.random(seed: 6)
    let session = try SessionUnderTest(network.model(), seed: network.seed) {
      (interrupt, _) throws(Fault) in
      LossyLink.wrap(try inProcessLink(.standard, interrupt), seed: seed, faults: faults)
    }
    var outcomes: [SessionOutcome] = []
    for step in network.randomScript(seed: 6, steps: 12) {
      session.beginCall()
      outcomes.append(try session.take(step))
    }
    return (outcomes, session.counters)
  }

  @Test(arguments: 1...80)
  func `what a link loses is found again`(seed: Int) throws {
    let expected = try follow(seed: 1, faults: 0)
    #expect(expected.counters.damages == 0)
    do throws(Fault) {
      let found = try follow(seed: UInt64(seed), faults: 1 + seed % 12)
      #expect(found.outcomes == expected.outcomes)
      #expect(found.counters.requests == expected.counters.requests)
      #expect(found.counters.losses == 0 && found.counters.refusals == expected.counters.refusals)
    } catch {
      Issue.record("\(error.status): \(error.sentence.text)")
    }
  }
}
