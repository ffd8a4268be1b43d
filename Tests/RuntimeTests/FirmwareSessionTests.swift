import Testing
import WireProtocol

/// How a board keeps in step with its host: sessions, numbers, repeats, and what gets lost. docs/wire-protocol.md 4.
@Suite struct FirmwareSessionTests {
  private typealias Talk = BoardConversation

  /// A frame of any session.
  private func frame(
    _ request: Request, _ sequence: UInt32, _ payload: [UInt8] = [], index: UInt16 = 0,
    epoch: UInt32 = 1
  ) -> [UInt8] {
    .frame(type: request.rawValue, index: index, sequence: sequence, epoch: epoch, payload)
  }

  private func hello(
    _ sequence: UInt32 = 1, epoch: UInt32 = 1, oldest: UInt32 = 1, newest: UInt32 = 1,
    keeps: UInt32 = 1
  ) -> [UInt8] {
    frame(.hello, sequence, Talk.numbers([oldest, newest, keeps]), epoch: epoch)
  }

  private func sync(
    _ sequence: UInt32, index: UInt16 = 0, token: UInt32 = 9, epoch: UInt32 = 1
  ) -> [UInt8] {
    frame(.sync, sequence, Talk.numbers([token]), index: index, epoch: epoch)
  }

  /// A board that keeps its answers, and has been greeted.
  private func keepingBoard() throws -> FirmwareUnderTest {
    let board = try #require(FirmwareUnderTest(greets: false))
    #expect(board.take(hello()).map(\.error) == [nil])
    return board
  }

  // MARK: Sessions

  @Test func `a board without a session refuses all but hello`() throws {
    let board = try #require(FirmwareUnderTest(greets: false))
    for request in [frame(.counters, 1), sync(1), frame(.stop, 3)] {
      #expect(board.take(request).map(\.error) == [.epoch])
    }
    #expect(board.take(hello()).map(\.type) == [Request.hello.reply])
  }

  @Test func `another epoch is refused and a hello of one forgets the network`() throws {
    let board = try keepingBoard()
    #expect(board.take(frame(.beginNetwork, 2, Talk.begin.payload)).map(\.error) == [nil])
    let other = board.take(frame(.counters, 3, epoch: 2))
    #expect(other.map(\.error) == [.epoch])
    #expect(other.map(\.epoch) == [2] && other.map(\.sequence) == [3])
    #expect(board.take(frame(.beginNetwork, 3, Talk.begin.payload)).map(\.error) == [.state])
    #expect(board.take(hello(500, epoch: 2)).map(\.error) == [nil])
    #expect(board.take(frame(.counters, 4)).map(\.error) == [.epoch])
    #expect(
      board.take(frame(.beginNetwork, 501, Talk.begin.payload, epoch: 2)).map(\.error) == [nil])
  }

  @Test func `a hello that comes again is answered again and forgets nothing`() throws {
    let board = try keepingBoard()
    #expect(board.take(hello()).map(\.type) == [Request.hello.reply])
    #expect(board.take(frame(.beginNetwork, 2, Talk.begin.payload)).map(\.error) == [nil])
    #expect(board.take(hello()).isEmpty, "it is older than the last request")
    #expect(board.take(frame(.beginNetwork, 3, Talk.begin.payload)).map(\.error) == [.state])
  }

  @Test func `versions that have nothing in common are refused`() throws {
    for (oldest, newest) in [(UInt32(2), UInt32(3)), (0, 0)] {
      let board = try #require(FirmwareUnderTest(greets: false))
      #expect(board.take(hello(oldest: oldest, newest: newest)).map(\.error) == [.version])
      #expect(board.take(hello(oldest: 1, newest: 2)).map(\.error) == [nil])
    }
  }

  @Test func `the version is the newest that both speak, whatever else a newer host says`() throws {
    let board = try #require(FirmwareUnderTest(greets: false))
    let request = frame(.hello, 1, Talk.numbers([1, 7, 0, 99, 98]))
    #expect(board.take(request).first?.payload.word(0) == 1)
  }

  @Test func `a hello without an epoch or too short is malformed`() throws {
    let board = try #require(FirmwareUnderTest(greets: false))
    #expect(board.take(hello(epoch: 0)).map(\.error) == [.malformed])
    #expect(board.take(frame(.hello, 1, Talk.numbers([1, 1]))).map(\.error) == [.malformed])
  }

  @Test func `a reset is answered and then all is forgotten`() throws {
    let board = try keepingBoard()
    #expect(board.take(frame(.reset, 2)).map(\.type) == [Request.reset.reply])
    #expect(board.take(frame(.counters, 3)).map(\.error) == [.epoch])
    #expect(board.take(hello(epoch: 3)).map(\.error) == [nil])
  }

  // MARK: Numbers

  @Test func `what was taken is not taken again and what is too far on not yet`() throws {
    let board = try keepingBoard()
    #expect(board.take(frame(.beginNetwork, 2, Talk.begin.payload)).map(\.error) == [nil])
    #expect(board.take(frame(.beginNetwork, 2, Talk.begin.payload)).isEmpty)
    let gap = board.take(frame(.counters, 5))
    #expect(gap.map(\.type) == [Request.sync.reply])
    #expect(gap.first?.payload == Talk.numbers([0, 3]))
    #expect(board.take(frame(.counters, 4)).isEmpty, "it is said once")
    #expect(board.take(frame(.counters, 3)).map(\.type) == [Request.counters.reply])
    #expect(board.take(frame(.counters, 6)).map(\.type) == [Request.sync.reply])
  }

  @Test(arguments: [UInt32(12), 1_000, 0x8000_0000, 0xFFFF_FFF0])
  func `numbers beyond the window are refused`(distance: UInt32) throws {
    let board = try keepingBoard()
    #expect(board.take(frame(.counters, 2 &+ distance)).map(\.error) == [.window])
    #expect(board.take(frame(.counters, 2)).map(\.error) == [nil])
  }

  @Test func `numbers go on behind the last one`() throws {
    let board = try #require(FirmwareUnderTest(greets: false))
    #expect(board.take(hello(.max - 1)).map(\.error) == [nil])
    for sequence in [UInt32.max, 0, 1] {
      #expect(board.take(frame(.counters, sequence)).map(\.sequence) == [sequence])
    }
    #expect(board.take(frame(.counters, .max)).isEmpty)
    #expect(board.take(sync(.max)).map(\.sequence) == [.max, .max, 0, 1])
  }

  // MARK: Repeats

  @Test func `a sync gives what is asked for again, from a frame on`() throws {
    let board = try keepingBoard()
    var number: UInt32 = 2
    func ask(_ request: BoardRequest) -> [BoardFrame] {
      defer { number += 1 }
      return board.take(frame(request.request, number, request.payload))
    }
    let start = [Talk.begin] + Talk.description + [Talk.commit] + Talk.arrays + [Talk.start]
    for request in start + Talk.use.prefix(7) { #expect(ask(request).last?.error == nil) }
    let run = ask(Talk.use[7])
    #expect(run.count == 3)
    let read = ask(BoardRequest(name: "", request: .counters))
    for index in 0...2 {
      let again = board.take(sync(number - 2, index: UInt16(index), token: 77))
      #expect(again.first?.type == Request.sync.reply)
      #expect(again.first?.payload == Talk.numbers([77, number]))
      #expect(Array(again.dropFirst()) == Array(run[index...]) + read)
    }
    // What has not come yet is not there to be given.
    #expect(board.take(sync(number)).map(\.payload) == [Talk.numbers([9, number])])
    #expect(board.take(sync(number - 1, index: 1)).map(\.error) == [.gone])
    #expect(board.take(sync(number - 1, epoch: 5)).map(\.error) == [.epoch])
  }

  @Test func `answers are kept until their room is needed`() throws {
    let board = try keepingBoard()
    let start = [Talk.begin] + Talk.description + [Talk.commit]
    var number: UInt32 = 2
    for request in start {
      _ = board.take(frame(request.request, number, request.payload))
      number += 1
    }
    let read = Talk.read("", 16, object: 0, count: 200)
    let answer = board.take(frame(.read, number, read.payload))
    let first = number
    let count = (1 << 18) / (28 + 200)
    for _ in 0..<(count - 40) {
      number += 1
      _ = board.take(frame(.read, number, read.payload))
    }
    #expect(board.take(sync(first)).dropFirst().first == answer.first)
    for _ in 0..<50 {
      number += 1
      _ = board.take(frame(.read, number, read.payload))
    }
    #expect(board.take(sync(first)).map(\.error) == [.gone])
    #expect(board.take(sync(number)).count == 2)
  }

  @Test func `a host that did not ask for it gets nothing again`() throws {
    let board = try #require(FirmwareUnderTest(greets: false))
    let reply = board.take(hello(keeps: 0))
    #expect(reply.first?.payload.word(40) == 0)
    _ = board.take(frame(.counters, 2))
    #expect(board.take(sync(2)).map(\.error) == [.gone])
  }

  @Test func `a board without memory keeps nothing and says so`() throws {
    let ledger = HeapLedger()
    try HeapLedger.$current.withValue(ledger) {
      let board = try #require(FirmwareUnderTest(greets: false))
      ledger.blocksLeft = 0
      #expect(board.take(hello()).first?.payload.word(40) == 0)
    }
    #expect(ledger.blocksInUse == 0)
  }

  // MARK: Damage

  @Test func `garbage is passed over and noticed once`() throws {
    let board = try keepingBoard()
    let garbage = [UInt8](repeating: 0x53, count: 50) + [0x53, 0x50, 0x4B, 1, 2, 3]
    let found = board.take(garbage + frame(.counters, 2) + garbage + garbage + frame(.counters, 3))
    #expect(
      found.map(\.type) == [
        Request.sync.reply, Request.counters.reply, Request.sync.reply, Request.counters.reply,
      ])
    #expect(found[0].payload == Talk.numbers([0, 2]) && found[2].payload == Talk.numbers([0, 3]))
  }

  @Test(arguments: 1...60)
  func `a damaged request is as good as lost and the next ones wait for it`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let board = try keepingBoard()
    let request = frame(.beginNetwork, 2, Talk.begin.payload)
    var damaged = request
    let index = generator.integer(0...request.count - 1)
    switch seed % 3 {
    case 0: damaged[index] ^= 1 << UInt8(generator.integer(0...7))
    case 1: damaged.remove(at: index)
    default: damaged.insert(damaged[index] ^ 0x55, at: index)
    }
    // More than the damage can swallow comes behind it.
    let behind = frame(.counters, 3) + sync(2) + sync(2, token: 10)
    let found = board.take(damaged + behind)
    let answered = found.filter { $0.type == Request.beginNetwork.reply }
    #expect(answered.allSatisfy { $0.error == nil })
    guard answered.isEmpty else { return }
    #expect(found.last?.payload == Talk.numbers([10, 2]))
    let again = board.take(request + frame(.counters, 3))
    #expect(again.map(\.type) == [Request.beginNetwork.reply, Request.counters.reply])
    #expect(again.allSatisfy { $0.error == nil })
  }

  @Test func `counters tell of it all`() throws {
    let board = try keepingBoard()
    _ = board.take([1, 2, 3] + frame(.start, 2) + frame(.counters, 4) + sync(2))
    let payload = try #require(board.take(frame(.counters, 3)).first).payload
    // Requests, refusals, damages, syncs, repeats, ticks.
    #expect(payload == [3, 1, 2, 1, 1, 0].flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] })
  }
}
