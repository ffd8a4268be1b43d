import CPlatform
import Fault
import Testing
import Transport
import WireProtocol

/// Frames that lack a piece longer than what comes behind them: nobody waits for what never comes.
@Suite struct LostPieceTests {
  @Test(arguments: [27, 28, 4_000])
  func `a request that lacks most of itself ends where the host asks`(length: Int) throws {
    let board = try #require(FirmwareUnderTest())
    let request = board.next(Request.write.rawValue, [UInt8](repeating: 7, count: 5_000))
    #expect(board.take(request[..<length]).isEmpty)
    let answer = board.take([UInt8].frame(type: Request.sync.rawValue, sequence: 2, [9, 0, 0, 0]))
    let last = try #require(answer.last)
    #expect(last.type == Request.sync.reply && last.payload == [9, 0, 0, 0, 2, 0, 0, 0])
    #expect(board.take(request).last?.type == Request.write.reply)
  }

  /// The session's answers, but the first to `request` ends after so many bytes.
  private func session(
    cutting request: Request, to length: Int,
    then others: @escaping InterposedLink.Answering = { _, frame, board in (board(frame), 0) }
  ) throws(Fault) -> SessionUnderTest {
    let network = SessionNetwork.random(seed: 6)
    var isCut = false
    return try SessionUnderTest(network.model(), seed: network.seed) {
      (interrupt, _) throws(Fault) in
      InterposedLink.wrap(try inProcessLink(.standard, interrupt)) { found, frame, board in
        guard !isCut, found == request else { return others(found, frame, board) }
        isCut = true
        return (Array(board(frame).prefix(length)), 0)
      }
    }
  }

  @Test(arguments: [10, 28, 29])
  func `an answer that was cut is sent again`(length: Int) throws {
    let session = try session(cutting: .ticks, to: length)
    session.beginCall(milliseconds: 1_000)
    #expect(try session.ticks() == [0, 0])
    #expect(session.losses == 0)
  }

  @Test func `an answer that comes slowly is not asked for`() throws {
    let network = SessionNetwork.random(seed: 6)
    var rest: [UInt8] = []
    var isSlow = false
    var nextTime: Int64 = 0
    var questions = 0
    func trickle() -> [UInt8] {
      let now = spk_platform_now()
      guard !rest.isEmpty, now >= nextTime else { return [] }
      nextTime = now + 12_000_000
      return [rest.removeFirst()]
    }
    let session = try SessionUnderTest(network.model(), seed: network.seed) {
      (interrupt, _) throws(Fault) in
      InterposedLink.wrap(try inProcessLink(.standard, interrupt), flood: trickle) {
        request, frame, board in
        guard isSlow else { return (board(frame), 0) }
        if request == .sync { questions += 1 }
        rest += board(frame)
        return ([], 0)
      }
    }
    isSlow = true
    session.beginCall(milliseconds: 5_000)
    #expect(try session.ticks() == [0, 0])
    // One if the machine stood still for a while.
    #expect(questions <= 1)
  }

  /// A board that was reset amid an answer, and one that does not have it any more.
  @Test(arguments: [BoardError.epoch, .gone])
  func `an answer that is not to be had again is a loss at once`(error: BoardError) throws {
    let session = try session(cutting: .ticks, to: 29) { request, frame, board in
      guard request == .sync else { return (board(frame), 0) }
      return (
        .frame(
          type: Request.sync.reply, flags: FrameFlag.error, sequence: frame.word(8),
          epoch: frame.word(12), [UInt8(error.rawValue), 0]), 0
      )
    }
    session.beginCall(milliseconds: 5_000)
    let start = spk_platform_now()
    let found = fault { () throws(Fault) in _ = try session.ticks() }
    #expect(found?.status == .SPK_ERROR_LOST)
    #expect(spk_platform_now() - start < 2_000_000_000)
  }
}
