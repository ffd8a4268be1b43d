import CPlatform
import Fault
import NeuroCore
import Runtime
import Testing
import Transport
import WireProtocol

/// Boards that answer late, at the wrong moment or without end: calls keep their time, and leave nothing behind.
@Suite struct AwkwardBoardTests {
  private func session(
    timeoutMilliseconds: UInt32 = 100, flood: (() -> [UInt8])? = nil,
    _ answering: @escaping InterposedLink.Answering
  ) throws(Fault) -> SessionUnderTest {
    let network = SessionNetwork.random(seed: 6)
    return try SessionUnderTest(
      network.model(), seed: network.seed, timeoutMilliseconds: timeoutMilliseconds
    ) { (interrupt, _) throws(Fault) in
      InterposedLink.wrap(try inProcessLink(.standard, interrupt), flood: flood, answering)
    }
  }

  private func milliseconds(_ body: () throws -> Void) rethrows -> Int {
    let start = spk_platform_now()
    try body()
    return Int((spk_platform_now() - start) / 1_000_000)
  }

  /// A frame of the board behind the request `frame`.
  private func reply(
    to frame: [UInt8], type: UInt8, flags: UInt8 = 0, index: UInt16 = 0, ahead: UInt32 = 0,
    _ payload: [UInt8] = []
  ) -> [UInt8] {
    .frame(
      type: type, flags: flags, index: index, sequence: frame.word(8) &+ ahead,
      epoch: frame.word(12), payload)
  }

  @Test func `a run that is refused while it is asked to end leaves nothing behind`() throws {
    var run: [UInt8] = []
    let session = try session { request, frame, board in
      switch request {
      case .run:
        run = frame
        return ([], 0)
      case .stop:
        let error = reply(
          to: run, type: Request.run.reply, flags: FrameFlag.error,
          [UInt8(BoardError.noMemory.rawValue), 0])
        return (error + reply(to: frame, type: Request.stop.reply), 0)
      case .sync: return ([], 0)
      // The board did not see the run: what follows has other numbers there.
      default: return run.isEmpty ? (board(frame), 0) : (reply(to: frame, type: request.reply), 0)
      }
    }
    let found = fault { () throws(Fault) in _ = try session.run(ticks: 5) }
    #expect(found?.status == .SPK_ERROR_NO_MEMORY)
    #expect(found?.sentence.text.contains("refused the run") == true)
    session.beginCall()
    try session.clear()
    #expect(session.losses == 0 && session.counters.refusals == 1)
  }

  @Test func `a board that reports without end holds no call up`() throws {
    var run: [UInt8] = []
    var index: UInt16 = 0
    func reports() -> [UInt8] {
      guard !run.isEmpty else { return [] }
      return (0..<100).flatMap { _ -> [UInt8] in
        defer { index &+= 1 }
        return reply(to: run, type: Report.events, flags: FrameFlag.more, index: index)
      }
    }
    let session = try session(flood: reports) { request, frame, board in
      if request == .run { run = frame }
      return run.isEmpty ? (board(frame), 0) : ([], 0)
    }
    var found: Fault?
    let time = milliseconds { found = fault { () throws(Fault) in _ = try session.run(ticks: 5) } }
    #expect(found?.status == .SPK_ERROR_TIMEOUT && session.losses == 1)
    // The call's time, and two seconds for the board to end the run.
    #expect(time >= 2_000 && time < 5_000, "\(time) ms")
  }

  @Test func `a call has one time for all its requests`() throws {
    var isSlow = false
    let session = try session { _, frame, board in (board(frame), isSlow ? 30 : 0) }
    isSlow = true
    var requests = 0
    var found: Fault?
    let time = milliseconds {
      session.beginCall(milliseconds: 100)
      found = fault { () throws(Fault) in
        while requests < 20 {
          try session.clear()
          requests += 1
        }
      }
    }
    #expect(found?.status == .SPK_ERROR_TIMEOUT)
    #expect(requests <= 3 && time >= 100 && time < 1_000, "\(requests), \(time) ms")
  }

  @Test func `a board of before quadratic neurons is not sent any`() throws {
    var requests: [Request] = []
    func open(_ kind: PopulationKind) throws {
      var network = SessionNetwork()
      network.add(.input, 3)
      network.add(kind, 7)
      network.connect(0, 1)
      requests = []
      _ = try SessionUnderTest(network.model(), seed: 1) { (interrupt, _) throws(Fault) in
        InterposedLink.wrap(try inProcessLink(.standard, interrupt)) { request, frame, board in
          requests.append(request)
          guard request == .hello else { return (board(frame), 0) }
          let payload = Array(board(frame).dropFirst(28))
          #expect(payload.count == 56)
          return (reply(to: frame, type: request.reply, Array(payload.prefix(52))), 0)
        }
      }
    }
    try open(.leaky)
    let fault = #expect(throws: Fault.self) { try open(.quadratic) }
    #expect(fault?.status == .SPK_ERROR_UNSUPPORTED)
    #expect(fault?.sentence.text.contains("is quadratic, which this board does not run") == true)
    #expect(!requests.contains(.beginNetwork))
  }

  @Test func `no more is sent ahead than the board allows`() throws {
    let allowed = 65_536
    var ahead = 0
    var most = 0
    var readyTime: Int64 = 0
    var network = SessionNetwork()
    network.add(.input, 300)
    network.add(.leaky, 700, role: .output)
    network.connect(0, 1)
    let size = BoardSize(cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 1 << 20)
    _ = try SessionUnderTest(network.model(), seed: 1) { (interrupt, _) throws(Fault) in
      InterposedLink.wrap(try inProcessLink(size, interrupt)) { request, frame, board in
        // Nothing is readable before the last answer is due: what is sent before then is sent ahead.
        let now = spk_platform_now()
        ahead = now < readyTime ? ahead + frame.count : 0
        most = max(most, ahead)
        readyTime = now + 20_000_000
        guard request == .hello else { return (board(frame), 20) }
        var payload = Array(board(frame).dropFirst(28))
        payload.replaceSubrange(36..<40, with: [0, 0, 1, 0])
        return (reply(to: frame, type: request.reply, payload), 20)
      }
    }
    #expect(most > 0 && most <= allowed, "\(most)")
  }
}
