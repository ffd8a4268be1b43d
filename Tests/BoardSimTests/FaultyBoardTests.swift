import CPlatform
import Foundation
import Testing
import WireProtocol

@testable import BoardSim

/// Boards with faults, as hosts see them over USB and over a socket.
struct FaultyBoardTests {
  private let hello: (request: [UInt8], answer: [UInt8])

  init() throws { hello = try GoldenSession().exchanges[0] }

  // MARK: A USB device

  private func board(_ plan: String) throws -> UsbBoard {
    let board = try UsbBoard(faults: try FaultPlan(plan))
    #expect(board.control(.setConfiguration(1)) == .data([]))
    return board
  }

  /// The next transfer to the host that is not "not yet".
  private func take(_ board: UsbBoard, max: Int = 512) -> UsbBoard.In {
    let deadline = inTenSeconds()
    while spk_platform_now() < deadline {
      board.wake()
      let result = board.bulkIn(0x81, max: max)
      if result != .notYet { return result }
      usleep(500)
    }
    return .notYet
  }

  @Test func `stalled endpoints go on where they were once cleared`() throws {
    let board = try board("stall@out:40,stall@in:84")
    for epoch in UInt32(1)...2 {
      #expect(board.bulkOut(1, [UInt8].hello(epoch: epoch)[...]) == .accepted(40))
    }
    #expect(board.bulkOut(1, hello.request[...]) == .stall)
    #expect(board.control(.init(requestType: 2, request: 1, index: 0x01)) == .data([]))
    #expect(take(board) == .bytes(hello.answer))
    #expect(take(board) == .stall)
    #expect(board.bulkIn(0x81, max: 512) == .stall)
    #expect(board.control(.init(requestType: 2, request: 1, index: 0x81)) == .data([]))
    #expect(take(board) == .bytes(try helloAnswer(epoch: 2)))
    #expect(board.statistics[.faults] == 2)
  }

  @Test func `short packets end transfers`() throws {
    let board = try board("short@in:50*2")
    #expect(board.bulkOut(1, hello.request[...]) == .accepted(40))
    #expect(take(board) == .bytes(Array(hello.answer[..<50])))
    for byte in 50..<52 {
      #expect(take(board) == .bytes([]))
      #expect(take(board) == .bytes([hello.answer[byte]]))
    }
  }

  @Test func `a frozen board takes and says nothing and then goes on`() throws {
    let board = try board("freeze@10*60")
    #expect(board.bulkOut(1, hello.request[...]) == .accepted(40))
    #expect(board.isFrozen)
    #expect(board.wakeTime != nil)
    #expect(board.bulkOut(1, hello.request[...]) == .accepted(0))
    #expect(board.bulkIn(0x81, max: 512) == .notYet)
    #expect(take(board) == .bytes(hello.answer))
    #expect(!board.isFrozen)
    #expect(board.wakeTime == nil)
  }

  @Test func `a board that was reset has forgotten all`() throws {
    let board = try board("reset@in:84")
    let exchanges = try GoldenSession().exchanges
    #expect(board.bulkOut(1, exchanges[0].request[...]) == .accepted(40))
    #expect(take(board) == .bytes(exchanges[0].answer))
    // The answer to the second request is lost with what it did, and the session.
    #expect(board.bulkOut(1, exchanges[1].request[...]) == .accepted(exchanges[1].request.count))
    let deadline = inTenSeconds()
    while board.statistics[.faults] == 0, spk_platform_now() < deadline {
      #expect(board.bulkIn(0x81, max: 512) == .notYet)
    }
    #expect(board.bulkOut(1, exchanges[1].request[...]) == .accepted(exchanges[1].request.count))
    #expect(take(board) == .bytes(Self.forgotten(exchanges[1].request)))
  }

  /// What a board without the session answers to a request.
  private static func forgotten(_ request: [UInt8]) -> [UInt8] {
    .frame(
      type: request[4] | 0x80, flags: FrameFlag.error, sequence: request.word(8),
      [UInt8(BoardError.epoch.rawValue), 0])
  }

  @Test func `lost and turned bytes reach the host`() throws {
    let board = try board("drop@in:0*4,corrupt@in:92*1,duplicate@in:168*84")
    for epoch in UInt32(1)...3 {
      #expect(board.bulkOut(1, [UInt8].hello(epoch: epoch)[...]) == .accepted(40))
    }
    var bytes: [UInt8] = []
    while bytes.count < 80 + 84 + 168, case .bytes(let more) = take(board) { bytes += more }
    #expect(Array(bytes[..<80]) == Array(try helloAnswer()[4...]))
    #expect(zip(bytes[80..<164], try helloAnswer(epoch: 2)).filter { $0 != $1 }.count == 1)
    let third = try helloAnswer(epoch: 3)
    #expect(Array(bytes[164...]) == third + third)
  }

  // MARK: USB/IP

  @Test func `a board that is unplugged is gone and returns`() throws {
    let board = try UsbBoard(faults: try FaultPlan("unplug@20*150"))
    let server = try UsbipServer(at: .tcp(host: "127.0.0.1", port: 0), [board])
    try server.start()
    defer { server.stop() }
    let place = try #require(server.place)
    let host = try UsbipHost(place: place)
    #expect(try host.take("1-1").status == 0)
    #expect(try host.control(.setConfiguration(1)) == [])
    for _ in 0..<4 { try host.submit(0x81, length: 512) }
    try host.submit(0x01, out: hello.request)
    try host.submit(0x01, out: hello.request)
    #expect(host.isHungUpOn())
    #expect(try UsbipHost(place: place).list().isEmpty)
    #expect(try UsbipHost(place: place).take("1-1").status == 4)
    usleep(160_000)
    let again = try UsbipHost(place: place)
    #expect(try again.take("1-1").status == 0)
    #expect(try again.control(.getConfiguration) == [0])
    #expect(try again.control(.setConfiguration(1)) == [])
    try again.submit(0x01, out: hello.request)
    #expect(try again.answer().status == 0)
    try again.submit(0x81, length: 512)
    #expect(try again.answer().bytes == hello.answer)
  }

  @Test func `a frozen board answers control requests later and in order`() throws {
    let board = try UsbBoard(faults: try FaultPlan("freeze@0*150"))
    let server = try UsbipServer(at: .tcp(host: "127.0.0.1", port: 0), [board])
    try server.start()
    defer { server.stop() }
    let host = try UsbipHost(place: try #require(server.place))
    #expect(try host.take("1-1").status == 0)
    #expect(try host.control(.setConfiguration(1)) == [])
    let start = spk_platform_now()
    let out = try host.submit(0x01, out: hello.request)
    #expect(try host.answer().sequence == out)
    let controls = try (0..<3).map { _ in
      try host.submit(0, setup: .getConfiguration, length: 1)
    }
    let given = try host.unlink(controls[1])
    #expect(try host.answer() == .init(command: 4, sequence: given, status: -104))
    let input = try host.submit(0x81, length: 512)
    var answers: [UInt32] = []
    for _ in 0..<3 { answers.append(try host.answer().sequence) }
    #expect(answers == [controls[0], controls[2], input])
    #expect(spk_platform_now() - start >= 150_000_000)
  }

  // MARK: A socket

  private func server(_ plan: String) throws -> BoardServer {
    let server = try BoardServer(
      at: .unix(freshPath()), cores: 8, neuronsPerCore: 1_024, synapseBytesPerCore: 131_072,
      faults: try FaultPlan(plan))
    try server.start()
    return server
  }

  @Test(arguments: [
    "drop@in:1000000", "delay@40*30,delay@in:100*30", "short@30*60,short@in:0*32", "freeze@40*60",
    "stall@in:40*60,freeze@in:60*20",
    "seed=5,count=20,kinds=delay+short+stall,span=1500",
  ])
  func `faults of time alone change no byte`(plan: String) throws {
    let server = try server(plan)
    defer { server.stop() }
    let host = try HostUnderTest(server.locator)
    for (request, answer) in try GoldenSession().exchanges {
      try host.send(request)
      #expect(try host.receive(answer.count) == answer)
    }
    #expect(server.statistics.faults.isEmpty == plan.contains("drop"))
  }

  @Test func `a board behind a socket is gone and returns`() throws {
    let server = try server("unplug@40*150")
    defer { server.stop() }
    let host = try HostUnderTest(server.locator)
    #expect(try host.hello() == helloAnswer())
    try host.send(hello.request)
    #expect(host.isHungUpOn())
    #expect(server.statistics.faults.map(\.description) == ["unplug@out:40*150"])
    #expect(throws: (any Error).self) { try HostUnderTest(server.locator) }
    let deadline = inTenSeconds()
    var again: HostUnderTest?
    while again == nil, spk_platform_now() < deadline {
      again = try? HostUnderTest(server.locator)
      usleep(500)
    }
    #expect(try again?.hello() == helloAnswer())
  }

  @Test func `a board behind a socket forgets and goes on`() throws {
    let exchanges = try GoldenSession().exchanges
    let server = try server("reset@\(exchanges[0].request.count + exchanges[1].request.count)")
    defer { server.stop() }
    let host = try HostUnderTest(server.locator)
    for exchange in exchanges[..<2] {
      try host.send(exchange.request)
      #expect(try host.receive(exchange.answer.count) == exchange.answer)
    }
    // The byte that the reset comes before is lost with it; a new connection begins afresh in any case.
    try host.send([0])
    let deadline = inTenSeconds()
    while server.statistics[.faults] == 0, spk_platform_now() < deadline { usleep(500) }
    try host.send(exchanges[1].request)
    let expected = Self.forgotten(exchanges[1].request)
    #expect(try host.receive(expected.count) == expected)
  }

  @Test func `a request that was damaged is noticed and an answer that was lost is sent again`()
    throws
  {
    // The second request, and then the answer to it.
    let server = try server("corrupt@44*1,drop@in:124*20")
    defer { server.stop() }
    let host = try HostUnderTest(server.locator)
    try host.send(.hello(keepsAnswers: true))
    _ = try host.receive(84)
    let request = [UInt8].frame(type: Request.counters.rawValue, sequence: 2)
    try host.send(request)
    #expect(
      try host.receive(36)
        == .frame(type: Request.sync.reply, sequence: 2, [0, 0, 0, 0, 2, 0, 0, 0]))
    try host.send(request)
    let damaged = try host.receive(28 + 48 - 20)
    try host.send(.frame(type: Request.sync.rawValue, sequence: 2, [7, 0, 0, 0]))
    #expect(
      try host.receive(36)
        == .frame(type: Request.sync.reply, sequence: 2, [7, 0, 0, 0, 3, 0, 0, 0]))
    let answer = try host.receive(28 + 48)
    #expect(answer[4] == Request.counters.reply && answer.word(8) == 2)
    #expect(Array(answer[..<4]) == Array(damaged[..<4]))
    #expect(answer.count == damaged.count + 20)
  }

  @Test(arguments: 1...40)
  func `no plan breaks a server`(seed: Int) throws {
    let server = try server(
      "seed=\(seed),count=8,span=1500,kinds=drop+duplicate+corrupt+reorder+short+reset")
    let host = try HostUnderTest(server.locator)
    try? host.send(try GoldenSession().exchanges.flatMap(\.request))
    usleep(2_000)
    server.stop()
  }
}
