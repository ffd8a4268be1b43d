import Fault
import NeuroCore
import Runtime
import Testing
import Transport

/// Links that cut, lose and damage what passes.
@Suite struct BrokenLinkTests {
  /// Opens a session over a link with trouble and follows a script; gives what came of it.
  private func follow(_ trouble: LinkTrouble, seed: UInt64) throws(Fault) -> [SessionOutcome] {
    let network = SessionNetwork.random(seed: 6)
    let session = try SessionUnderTest(network.model(), seed: network.seed) {
      (interrupt, _) throws(Fault) in
      FaultyLink.wrap(try inProcessLink(.standard, interrupt), trouble, seed: seed)
    }
    var outcomes: [SessionOutcome] = []
    for step in network.randomScript(seed: 6, steps: 12) {
      do throws(Fault) {
        outcomes.append(try session.take(step))
      } catch {
        try expectBroken(session)
        throw error
      }
    }
    return outcomes
  }

  /// Once a link has failed, every call says so.
  private func expectBroken(_ session: SessionUnderTest) throws(Fault) {
    let cause = fault { () throws(Fault) in try session.clear() }
    #expect(cause?.status == .SPK_ERROR_LOST)
    #expect(cause?.sentence.text.contains("lost in an earlier call") == true)
  }

  @Test(arguments: [1, 2, 19, 21, 300, 70_000])
  func `pieces of any size are one stream`(longest: Int) throws {
    let expected = try follow(LinkTrouble(), seed: 1)
    for seed in 1...3 {
      #expect(try follow(LinkTrouble(longestPiece: longest), seed: UInt64(seed)) == expected)
    }
  }

  @Test(arguments: 1...150)
  func `a byte lost or damaged on the way is a fault of the link`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let sent = generator.chance(50) ? generator.integer(1...60) : generator.integer(1...3800)
    let received = generator.chance(50) ? generator.integer(1...60) : generator.integer(1...900)
    let trouble =
      switch seed % 4 {
      case 0: LinkTrouble(losesSent: sent)
      case 1: LinkTrouble(losesReceived: received)
      case 2: LinkTrouble(damagesSent: sent)
      default: LinkTrouble(damagesReceived: received)
      }
    var outcomes: [SessionOutcome]?
    do throws(Fault) {
      outcomes = try follow(trouble, seed: UInt64(seed))
    } catch {
      let status = error.status
      #expect(
        status == .SPK_ERROR_TIMEOUT || status == .SPK_ERROR_PROTOCOL || status == .SPK_ERROR_LOST,
        "\(error.sentence.text)")
    }
    // The script sends and receives more than that, so each of these is noticed.
    #expect(outcomes == nil, "\(trouble)")
  }

  @Test func `a board of another version is refused`() throws {
    let found = fault { () throws(Fault) in
      _ = try BoardConnection { (interrupt, _) throws(Fault) in
        FaultyLink.wrap(
          try inProcessLink(.standard, interrupt), LinkTrouble(damagesReceived: 29), seed: 1)
      }
    }
    #expect(found?.status == .SPK_ERROR_PROTOCOL)
  }

  @Test func `a board without room leaves the link in order`() throws {
    let size = BoardSize(cores: 1, neuronsPerCore: 1, synapseBytesPerCore: 1)
    let model = try SessionNetwork.random(seed: 6).model()
    var board = try BoardConnection { (interrupt, _) throws(Fault) in
      try inProcessLink(size, interrupt)
    }
    let found = fault { () throws(Fault) in
      _ = try Session(model, on: &board, seed: 1, timeoutMilliseconds: 100)
    }
    #expect(found?.status == .SPK_ERROR_DOES_NOT_FIT)
    var small = SessionNetwork()
    small.add(.leaky, 1, role: .output)
    _ = try Session(small.model(), on: &board, seed: 1, timeoutMilliseconds: 100)
  }
}
