import NeuroCore
import Testing
import WireProtocol

/// What a board answers to requests that are right, and to the right ones at the wrong time.
@Suite struct FirmwareTests {
  /// The stages in which a request of `BoardConversation` is done.
  private static func stages(_ request: BoardRequest) -> [BoardStage] {
    switch request.name {
    case "end", "stop": BoardStage.allCases
    case "begin": [.empty]
    case "commit", "slices": [.describing]
    case "start", "thresholds", "decay indices", "row starts", "targets": [.committed]
    case "weights", "read weights", "read state", "read history": [.committed, .running]
    default: request.request.isDescription ? [.describing] : [.running]
    }
  }

  @Test(arguments: BoardStage.allCases)
  func `a request at the wrong time is refused and says so`(stage: BoardStage) throws {
    for request in BoardConversation.whole {
      let board = try #require(FirmwareUnderTest())
      board.bring(to: stage)
      let number = board.nextSequence
      let answer = board.ask(request.request, request.payload)
      let last = try #require(answer.last)
      #expect(last.type == request.request.reply)
      #expect(answer.allSatisfy { $0.sequence == number && $0.epoch == 1 })
      #expect(answer.map(\.index) == (0..<UInt16(answer.count)).map { $0 })
      let isRight = Self.stages(request).contains(stage)
      #expect(last.error == (isRight ? nil : .state), "\(request.name)")
      #expect(answer.dropLast().allSatisfy { $0.flags == FrameFlag.more })
      #expect(!board.isLost)
    }
  }

  /// Every answer to a conversation, with `between` asked before each request.
  private static func answers(
    _ board: FirmwareUnderTest, between: (BoardStage) -> [BoardRequest] = { _ in [] }
  ) -> [[BoardFrame]] {
    var stage = BoardStage.empty
    return BoardConversation.whole.map { request in
      for other in between(stage) { _ = board.ask(other.request, other.payload) }
      switch request.request {
      case .beginNetwork: stage = .describing
      case .commit: stage = .committed
      case .start: stage = .running
      case .endNetwork: stage = .empty
      default: break
      }
      return board.ask(request.request, request.payload)
    }
  }

  @Test func `a refused request changes nothing`() throws {
    let expected = try Self.answers(#require(FirmwareUnderTest()))
    #expect(expected.allSatisfy { $0.last?.error == nil })
    let found = try Self.answers(#require(FirmwareUnderTest())) { stage in
      BoardConversation.whole.filter { !Self.stages($0).contains(stage) }
    }
    #expect(found.map { $0.map(\.payload) } == expected.map { $0.map(\.payload) })
  }

  @Test(arguments: 1...20)
  func `pieces of any size are one stream`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let expected = try Self.answers(#require(FirmwareUnderTest())).flatMap { $0 }
    let board = try #require(FirmwareUnderTest())
    let stream = BoardConversation.whole.flatMap { board.next($0.request.rawValue, $0.payload) }
    let longest = generator.pick([1, 3, 25, 700])
    var found: [BoardFrame] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let length = min(rest.count, generator.integer(0...longest))
      found += board.take(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    #expect(found == expected)
  }

  @Test func `the whole conversation in one piece is answered`() throws {
    let expected = try Self.answers(#require(FirmwareUnderTest())).flatMap { $0 }
    let board = try #require(FirmwareUnderTest())
    let stream = BoardConversation.whole.flatMap { board.next($0.request.rawValue, $0.payload) }
    #expect(board.take(stream) == expected)
  }

  @Test func `a run reports spikes, values and scores before its reply`() throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .running)
    for request in BoardConversation.use.prefix(7) {
      #expect(board.refusal(request.request, request.payload) == nil)
    }
    let run = BoardConversation.use[7]
    #expect(board.ask(run.request, run.payload).map(\.type) == [0xA0, 0xA1, 0x8E])
    let present = BoardConversation.use[8]
    let frames = board.ask(present.request, present.payload)
    #expect(frames.map(\.type) == [0xA0, 0xA1, 0xA2, 0x8F])
    #expect(frames[1].payload.count == 8 * 5 * 4)
    #expect(frames[2].payload.count == 4 + 10 * 16)
    let counts = try #require(board.ask(.ticks, [UInt8](repeating: 0, count: 32)).first)
    #expect(counts.payload == BoardConversation.numbers([], then: [9, 5 + 12 + 8, 6]))
  }

  @Test func `a run that is stopped says how many ticks took place`() throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .running)
    board.stop(after: 5)
    let run = BoardConversation.use[7]
    #expect(board.ask(run.request, run.payload).last?.payload == BoardConversation.numbers([5]))
    board.stop(after: 1)
    let present = BoardConversation.use[8]
    #expect(
      board.ask(present.request, present.payload).last?.payload == BoardConversation.numbers([1]))
    board.stop(after: 100)
    #expect(board.ask(run.request, run.payload).last?.payload == BoardConversation.numbers([12]))
    #expect(board.ask(.stop).map(\.type) == [Request.stop.reply])
  }

  @Test func `a board that cannot answer is lost`() throws {
    let board = try #require(FirmwareUnderTest())
    board.refuseReplies()
    #expect(board.ask(.counters).isEmpty)
    #expect(board.isLost)
  }

  @Test func `every allocation that fails is refused and leaks nothing`() {
    for blocks in 0..<40 {
      let ledger = HeapLedger()
      ledger.blocksLeft = blocks
      HeapLedger.$current.withValue(ledger) {
        guard let board = FirmwareUnderTest() else { return }
        for request in BoardConversation.whole {
          let error = board.refusal(request.request, request.payload)
          #expect(error == nil || error == .noMemory || error == .state)
        }
        #expect(!board.isLost)
      }
      #expect(ledger.blocksInUse == 0, "after \(blocks) blocks")
    }
  }
}

extension Request {
  /// Whether the request describes a population or a projection.
  fileprivate var isDescription: Bool { self == .population || self == .projection }
}
