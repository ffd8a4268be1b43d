import Testing
import WireProtocol

/// Frames that nobody should send: the board answers each with an error or does it, and stays whole.
@Suite struct FirmwareFuzzTests {
  private typealias Talk = BoardConversation

  @Test(arguments: 1...40)
  func `random payloads never harm the board`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    try withBoard(&generator) { board, generator in
      board.bring(to: BoardStage.allCases[seed % 4])
      for _ in 0..<150 {
        let type =
          generator.chance(90)
          ? UInt8(generator.integer(2...18)) : otherType(&generator)
        var payload: [UInt8] = []
        for _ in 0..<generator.integer(0...14) { payload.put(randomWord(&generator)) }
        payload = payload.dropLast(generator.chance(70) ? 0 : generator.integer(0...3))
        check(board, type, boundTicks(type, payload), &generator)
      }
    }
  }

  @Test(arguments: 1...120)
  func `mutated conversations never harm the board`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(1000 + seed))
    try withBoard(&generator) { board, generator in
      for _ in 0..<6 {
        for request in shuffled(Talk.whole, &generator) {
          var payload = request.payload
          if generator.chance(25) { mutate(&payload, &generator) }
          let type = request.request.rawValue
          check(board, type, boundTicks(type, payload), &generator)
        }
        _ = board.refusal(.endNetwork)
      }
    }
  }

  @Test(arguments: 1...60)
  func `bytes that are damaged on the way never harm the board`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(5000 + seed))
    for _ in 0..<6 {
      let board = try #require(FirmwareUnderTest())
      var stream = Talk.whole.flatMap { board.next($0.request.rawValue, $0.payload) }
      for _ in 0..<generator.integer(1...3) {
        let index = generator.integer(0...stream.count - 1)
        switch generator.integer(0...2) {
        case 0: stream[index] ^= 1 << UInt8(generator.integer(0...7))
        case 1: stream.remove(at: index)
        default: stream.insert(UInt8(generator.integer(0...255)), at: index)
        }
      }
      var rest = stream[...]
      while !rest.isEmpty, !board.isLost {
        let length = min(rest.count, generator.integer(1...300))
        _ = board.take(rest.prefix(length))
        rest = rest.dropFirst(length)
      }
    }
  }

  /// Runs `body` with a board, then asks whether the board still does what a new one does, and frees all.
  private func withBoard(
    _ generator: inout SeededGenerator,
    _ body: (FirmwareUnderTest, inout SeededGenerator) throws -> Void
  ) throws {
    let ledger = HeapLedger()
    ledger.largestBlock = 1 << 22
    try HeapLedger.$current.withValue(ledger) {
      let board = try #require(FirmwareUnderTest())
      try body(board, &generator)
      #expect(board.refusal(.endNetwork) == nil)
      let fresh = try #require(FirmwareUnderTest())
      for request in Talk.whole {
        #expect(
          board.ask(request.request, request.payload).map(\.payload)
            == fresh.ask(request.request, request.payload).map(\.payload))
      }
    }
    #expect(ledger.blocksInUse == 0)
  }

  /// Sends a frame in one or two pieces; the answer must be reports, then one last frame.
  private func check(
    _ board: FirmwareUnderTest, _ type: UInt8, _ payload: [UInt8],
    _ generator: inout SeededGenerator
  ) {
    let sequence = board.nextSequence
    let frame = board.next(type, payload)
    let cut = generator.chance(80) ? 0 : generator.integer(0...frame.count)
    let answer = board.take(frame.prefix(cut)) + board.take(frame.dropFirst(cut))
    #expect(!board.isLost)
    #expect(answer.last?.type == type | 0x80)
    #expect(answer.last?.flags == 0 || answer.last?.error != nil)
    #expect(answer.allSatisfy { $0.sequence == sequence })
    #expect(answer.dropLast().allSatisfy { $0.flags == FrameFlag.more })
  }

  /// Any but those that begin a session or end it.
  private func otherType(_ generator: inout SeededGenerator) -> UInt8 {
    let type = UInt8(generator.integer(0...255))
    return [Request.hello, .sync, .reset].contains(Request(rawValue: type)) ? 0 : type
  }

  /// Numbers at the edges of something.
  private func randomWord(_ generator: inout SeededGenerator) -> UInt32 {
    switch generator.integer(0...5) {
    case 0: UInt32(generator.integer(0...Int(UInt32.max)))
    case 1: generator.pick([.max, .max - 1, 0x8000_0000, 0x7FFF_FFFF, 0x0080_0000, 0xFF80_0000])
    case 2: 1 << UInt32(generator.integer(0...31))
    case 3: generator.pick([4096, 4097, 65_536, 65_537, 1 << 20, 1 << 20 + 1, 16_000, 16_001])
    default: UInt32(generator.integer(0...20))
    }
  }

  private func mutate(_ payload: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !payload.isEmpty else { return payload.put(randomWord(&generator)) }
    for _ in 0..<generator.integer(1...3) {
      let index = generator.integer(0...payload.count - 1)
      switch generator.integer(0...9) {
      case 0: payload = Array(payload[..<index])
      case 1: payload.put(randomWord(&generator))
      case 2...5:
        var word: [UInt8] = []
        word.put(randomWord(&generator))
        let start = index & ~3
        payload.replaceSubrange(start..<min(start + 4, payload.count), with: word)
      default: payload[index] = UInt8(generator.integer(0...255))
      }
      if payload.isEmpty { return }
    }
  }

  /// A few requests left out, said twice, or in another place.
  private func shuffled(
    _ requests: [BoardRequest], _ generator: inout SeededGenerator
  ) -> [BoardRequest] {
    var requests = requests.filter { $0.request != .endNetwork || generator.chance(30) }
    for _ in 0..<generator.integer(0...3) {
      let index = generator.integer(0...requests.count - 1)
      switch generator.integer(0...3) {
      case 0: requests.remove(at: index)
      case 1: requests.insert(requests[index], at: index)
      default: requests.swapAt(index, generator.integer(0...requests.count - 1))
      }
    }
    return requests
  }

  /// Long runs are lawful, and only cost time here.
  private func boundTicks(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
    guard type == Request.run.rawValue || type == Request.present.rawValue, payload.count >= 4,
      payload.word(0) <= 65_536
    else { return payload }
    return [payload[0] & 15, 0, 0, 0] + payload[4...]
  }
}
