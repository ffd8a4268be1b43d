import CPlatform
import Foundation
import Testing
import WireProtocol

@testable import BoardSim

/// The board as a USB device, without a bus.
struct UsbBoardTests {
  private let board: UsbBoard
  private let identity = UsbIdentity()

  init() throws {
    board = try UsbBoard(identity)
    #expect(board.control(.setConfiguration(1)) == .data([]))
  }

  // MARK: Descriptors

  @Test func `the device descriptor names the board`() {
    let descriptor: [UInt8] = [
      18, 1, 0x10, 0x02, 0xFF, 0, 0, 64, 0x09, 0x12, 0x01, 0x00, 0x10, 0x00, 1, 2, 3, 1,
    ]
    #expect(board.control(.descriptor(1)) == .data(descriptor))
    #expect(board.control(.descriptor(1, length: 8)) == .data(Array(descriptor[..<8])))
  }

  @Test func `the configuration has a bulk endpoint each way`() {
    #expect(
      board.control(.descriptor(2))
        == .data(
          [9, 2, 32, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 2, 0xFF, 0, 0, 0]
            + [7, 5, 0x01, 2, 0x00, 0x02, 0, 7, 5, 0x81, 2, 0x00, 0x02, 0]))
  }

  @Test func `the other speed has packets of 64 bytes`() {
    #expect(
      board.control(.descriptor(6)) == .data([10, 6, 0x10, 0x02, 0xFF, 0, 0, 64, 1, 0]))
    guard case .data(let other) = board.control(.descriptor(7)) else {
      Issue.record("stalled")
      return
    }
    #expect(other[1] == 7)
    #expect(Array(other[22..<24]) == [64, 0])
    #expect(Array(other[29..<31]) == [64, 0])
  }

  @Test func `ids endpoints and speed are those asked for`() throws {
    var identity = UsbIdentity()
    identity.vendor = 0x1234
    identity.product = 0x5678
    identity.outEndpoint = 3
    identity.inEndpoint = 0x85
    identity.speed = .full
    let board = try UsbBoard(identity)
    #expect(Array(identity.deviceDescriptor[8..<12]) == [0x34, 0x12, 0x78, 0x56])
    #expect(
      Array(identity.configurationDescriptor[18...])
        == [7, 5, 3, 2, 64, 0, 0, 7, 5, 0x85, 2, 64, 0, 0])
    _ = board.control(.setConfiguration(1))
    #expect(board.bulkIn(0x85, max: 64) == .notYet)
    #expect(board.bulkIn(0x81, max: 64) == .stall)
  }

  @Test func `strings are the names and the serial number`() {
    #expect(board.control(.descriptor(3)) == .data([4, 3, 9, 4]))
    let texts = [identity.manufacturerName, identity.productName, identity.serial]
    for (index, text) in texts.enumerated() {
      let units = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      #expect(
        board.control(.descriptor(3, index: UInt8(index + 1), language: 0x0409))
          == .data([UInt8(units.count + 2), 3] + units))
    }
    #expect(board.control(.descriptor(3, index: 4)) == .stall)
  }

  @Test func `Windows finds its driver`() throws {
    guard case .data(let store) = board.control(.descriptor(15)) else {
      Issue.record("stalled")
      return
    }
    #expect(Array(store[..<5]) == [5, 15, 33, 0, 1])
    #expect(Array(store[5..<9]) == [28, 16, 5, 0])
    #expect(Array(store[25..<29]) == [0, 0, 3, 6])
    #expect(store[32] == 0)
    let setLength = UInt16(store[29]) | UInt16(store[30]) << 8
    let request = UsbSetup(
      requestType: 0xC0, request: store[31], index: 7, length: setLength)
    guard case .data(let set) = board.control(request) else {
      Issue.record("stalled")
      return
    }
    #expect(set.count == 162)
    #expect(Array(set[..<10]) == [10, 0, 0, 0, 0, 0, 3, 6, 162, 0])
    #expect(
      Array(set[10..<30]) == [20, 0, 3, 0] + Array("WINUSB".utf8) + [UInt8](repeating: 0, count: 10)
    )
    #expect(Array(set[30..<38]) == [132, 0, 4, 0, 7, 0, 42, 0])
    let text = String(decoding: stride(from: 38, to: 80, by: 2).map { set[$0] }, as: UTF8.self)
    #expect(text == "DeviceInterfaceGUIDs\0")
    #expect(Array(set[80..<82]) == [80, 0])
    #expect(Array(set[158...]) == [0, 0, 0, 0])
  }

  // MARK: Requests

  @Test func `the identity request gives the versions`() {
    let request = UsbSetup(requestType: 0xC0, request: UsbRequest.identity, length: 12)
    #expect(board.control(request) == .data([1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]))
  }

  @Test func `a board without a configuration has control requests only`() throws {
    let board = try UsbBoard()
    #expect(board.control(.getConfiguration) == .data([0]))
    #expect(board.bulkOut(1, [1]) == .stall)
    #expect(board.bulkIn(0x81, max: 512) == .stall)
    #expect(board.control(.setConfiguration(2)) == .stall)
    #expect(board.control(.setConfiguration(1)) == .data([]))
    #expect(board.control(.getConfiguration) == .data([1]))
    #expect(board.bulkIn(0x81, max: 512) == .notYet)
  }

  @Test func `a halted endpoint stalls until it is cleared`() {
    for endpoint: UInt8 in [0x01, 0x81] {
      let index = UInt16(endpoint)
      let status = UsbSetup(requestType: 0x82, request: 0, index: index, length: 2)
      #expect(board.control(status) == .data([0, 0]))
      #expect(board.control(.init(requestType: 2, request: 3, index: index)) == .data([]))
      #expect(board.control(status) == .data([1, 0]))
      if endpoint == 1 { #expect(board.bulkOut(1, []) == .stall) }
      if endpoint != 1 { #expect(board.bulkIn(0x81, max: 512) == .stall) }
      #expect(board.control(.init(requestType: 2, request: 1, index: index)) == .data([]))
      #expect(board.control(status) == .data([0, 0]))
    }
    #expect(board.bulkOut(1, []) == .accepted(0))
    #expect(board.bulkIn(0x81, max: 512) == .notYet)
  }

  @Test func `requests that are not known stall`() {
    let interface = UsbSetup(requestType: 0x81, request: 10, length: 1)
    #expect(board.control(interface) == .data([0]))
    #expect(board.control(.init(requestType: 0x01, request: 11)) == .data([]))
    #expect(board.control(.init(requestType: 0x01, request: 11, value: 1)) == .stall)
    #expect(board.control(.init(requestType: 0x00, request: 5, value: 9)) == .data([]))
    #expect(board.control(.init(requestType: 0x40, request: 0x7F)) == .stall)
    #expect(board.control(.init(requestType: 0x02, request: 1, index: 0x83)) == .stall)
    for type in UInt8.min ... .max {
      for request in UInt8.min ... .max where request != UsbRequest.setConfiguration {
        let setup = UsbSetup(
          requestType: type, request: request, value: 0xFFFF, index: 0xFFFF, length: 0xFFFF)
        if case .data(let bytes) = board.control(setup) { #expect(bytes.count <= 64) }
      }
    }
  }

  // MARK: The stream

  @Test(arguments: [1, 7, 512, 1_000_000])
  func `a board says over bulk transfers what it says in the process`(piece: Int) throws {
    let exchanges = try GoldenSession().exchanges
    if piece > 1 {
      for (request, answer) in exchanges {
        for start in stride(from: 0, to: request.count, by: piece) {
          board.send(Array(request[start..<min(start + piece, request.count)]))
        }
        #expect(board.receive(answer.count) == answer)
      }
    } else {
      for byte in exchanges[0].request { board.send([byte]) }
      #expect(board.receive(exchanges[0].answer.count) == exchanges[0].answer)
    }
    #expect(board.bulkIn(0x81, max: 512) == .notYet)
  }

  @Test func `a transfer that ends inside a packet overflows`() throws {
    board.send(.hello())
    #expect(board.awaitInput())
    #expect(board.bulkIn(0x81, max: 83) == .overflow)
    board.send(.hello(epoch: 2))
    #expect(board.awaitInput())
    #expect(board.bulkIn(0x81, max: 84) == .bytes(try helloAnswer(epoch: 2)))
  }

  @Test func `out waits for room and takes what it can`() {
    // A board that nobody reads from stops to read.
    let two = [UInt8].hello(epoch: 1) + .hello(epoch: 2)
    let hellos = Array(repeatElement(two, count: 150_000).joined())
    var rest = hellos[...]
    var refusals = 0
    while !rest.isEmpty, refusals < 100 {
      guard case .accepted(let count) = board.bulkOut(1, rest) else {
        Issue.record("stalled")
        return
      }
      rest = rest.dropFirst(count)
      refusals = count == 0 ? refusals + 1 : 0
      usleep(1_000)
    }
    #expect(!rest.isEmpty)
    #expect(
      board.control(.init(requestType: 0xC0, request: 1, length: 12)) != .stall,
      "control requests are answered meanwhile")
    #expect(board.control(.init(requestType: 0x40, request: UsbRequest.reset)) == .data([]))
    #expect(board.bulkIn(0x81, max: 512) == .notYet, "nothing is left of what was under way")
  }

  @Test func `garbage is passed over`() throws {
    board.send([UInt8](repeating: 0x47, count: 100))
    board.send(.hello())
    #expect(board.receive(84) == (try helloAnswer()))
  }

  /// Brings the golden network to run; gives the number of the next request.
  private func start() throws -> UInt32 {
    for (request, answer) in try GoldenSession().exchanges {
      board.send(request)
      _ = board.receive(answer.count)
      if request[4] == Request.start.rawValue { return request.word(8) + 1 }
    }
    Issue.record("the golden session does not start")
    return 0
  }

  @Test func `a stop ends a run that is under way`() throws {
    var ticks: UInt32 = 0
    var number = try start()
    // As many ticks as a run may have, reported to nobody.
    let run = UInt32(65_536).bytes + [UInt8](repeating: 0, count: 12)
    var runs = 0
    // The network is so small that one run may end before the stop is there.
    repeat {
      board.send(.frame(type: Request.run.rawValue, sequence: number, run))
      #expect(board.control(.getConfiguration) == .data([1]), "answered during a run")
      board.send(.frame(type: Request.stop.rawValue, sequence: number + 1))
      number += 2
      let replies = board.receive(60)
      try #require(replies.count == 60)
      #expect(replies[4] == Request.run.reply)
      ticks = replies.word(28)
      #expect(replies[36] == Request.stop.reply)
      runs += 1
    } while ticks == 65_536 && runs < 20
    #expect(ticks >= 1)
    #expect(ticks < 65_536)
  }

  @Test func `a reset leaves a run alone behind and begins afresh`() throws {
    let number = try start()
    let run = UInt32(65_536).bytes + [UInt8](repeating: 0, count: 12)
    board.send(.frame(type: Request.run.rawValue, sequence: number, run))
    board.busReset()
    #expect(board.control(.getConfiguration) == .data([0]))
    #expect(board.control(.setConfiguration(1)) == .data([]))
    for (request, answer) in try GoldenSession().exchanges {
      board.send(request)
      #expect(board.receive(answer.count) == answer)
    }
  }
}

extension UsbSetup {
  static let getConfiguration = UsbSetup(requestType: 0x80, request: 8, length: 1)

  static func setConfiguration(_ number: UInt16) -> UsbSetup {
    UsbSetup(requestType: 0, request: 9, value: number)
  }

  static func descriptor(
    _ type: UInt8, index: UInt8 = 0, language: UInt16 = 0, length: UInt16 = 255
  ) -> UsbSetup {
    UsbSetup(
      requestType: 0x80, request: 6, value: UInt16(type) << 8 | UInt16(index), index: language,
      length: length)
  }
}

extension UsbBoard {
  /// All bytes, in one transfer after the other.
  fileprivate func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    let deadline = inTenSeconds()
    while !rest.isEmpty, spk_platform_now() < deadline {
      guard case .accepted(let count) = bulkOut(identity.outEndpoint, rest) else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until a transfer to the host would give something.
  fileprivate func awaitInput() -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 10_000) == 1
  }

  /// At least `count` bytes, unless they do not come.
  fileprivate func receive(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, awaitInput() {
      guard case .bytes(let more) = bulkIn(identity.inEndpoint, max: 512 * 8) else { break }
      bytes += more
    }
    return bytes
  }
}
