import CPlatform
import Foundation
import Testing
import WireProtocol

@testable import BoardSim

/// Boards behind USB/IP, and hosts that import them.
struct UsbipServerTests {
  private static let loopback = BoardAddress.tcp(host: "127.0.0.1", port: 0)

  /// A server that ends with the test.
  private final class Serving {
    let server: UsbipServer
    var place: String { server.place! }

    init(boards: Int = 1) throws {
      var options = BoardOptions()
      options.boards = boards
      server = try UsbipServer(
        at: UsbipServerTests.loopback,
        try options.identities.map { identity in
          // As the boards of the golden files, which do not know which ones they are.
          var nameless = identity
          nameless.number = 0
          return try UsbBoard(nameless)
        })
      try server.start()
    }

    deinit { server.stop() }

    /// A host that has a board, with its configuration set.
    func host(_ name: String = "1-1") throws -> UsbipHost {
      let host = try UsbipHost(place: place)
      host.server = self
      guard try host.take(name).status == 0 else { throw UsbipHost.Stopped() }
      #expect(try host.control(.setConfiguration(1)) == [])
      return host
    }
  }

  @Test func `devices are listed until they are taken`() throws {
    let serving = try Serving(boards: 3)
    let list = try UsbipHost(place: serving.place).list()
    #expect(list.count == 3)
    for (index, device) in list.enumerated() {
      let name = Array("1-\(index + 1)\0".utf8)
      #expect(Array(device[256..<(256 + name.count)]) == name)
      #expect(
        Array(device[288...])
          == [0, 0, 0, 1, 0, 0, 0, UInt8(index + 2), 0, 0, 0, 3, 0x12, 0x09, 0, 1, 0, 0x10]
          + [0xFF, 0, 0, 0, 1, 1, 0xFF, 0, 0, 0])
    }
    let host = try serving.host("1-2")
    let rest = try UsbipHost(place: serving.place).list()
    #expect(rest.map { $0[258] } == [UInt8(ascii: "1"), UInt8(ascii: "3")])
    _ = host
  }

  @Test func `a device that is taken or not there is refused`() throws {
    let serving = try Serving()
    let first = try serving.host()
    let second = try UsbipHost(place: serving.place)
    #expect(try second.take("1-1").status == 2)
    #expect(second.isHungUpOn())
    for name in ["1-2", "", "1-1 "] {
      #expect(try UsbipHost(place: serving.place).take(name).status == 4)
    }
    first.hangUp()
    // The server hears of it in its own time.
    var status: UInt32 = 2
    let deadline = inTenSeconds()
    while status == 2, spk_platform_now() < deadline {
      status = try UsbipHost(place: serving.place).take("1-1").status
    }
    #expect(status == 0)
  }

  @Test func `a host enumerates the device`() throws {
    let serving = try Serving()
    let host = try UsbipHost(place: serving.place)
    let description = try host.take("1-1").description
    #expect(Array(description[300..<304]) == [0x12, 0x09, 0x00, 0x01])
    let identity = UsbIdentity()
    #expect(try host.control(.descriptor(1, length: 8)) == Array(identity.deviceDescriptor[..<8]))
    #expect(try host.control(.descriptor(1, length: 18)) == identity.deviceDescriptor)
    #expect(
      try host.control(.descriptor(2, length: 9)) == Array(identity.configurationDescriptor[..<9]))
    #expect(try host.control(.descriptor(2)) == identity.configurationDescriptor)
    #expect(try host.control(.descriptor(15)) == identity.objectStore)
    #expect(try host.control(.descriptor(3, index: 3, language: 0x0409))?.count == 16)
    #expect(try host.control(.descriptor(3, index: 9)) == nil)
    #expect(try host.control(.setConfiguration(1)) == [])
    #expect(try host.control(.getConfiguration) == [1])
  }

  @Test(arguments: [512, 65_536])
  func `a board says over USB what it says in the process`(length: Int) throws {
    let serving = try Serving()
    // Twice, for the second host finds a fresh board.
    for _ in 0..<2 {
      var host: UsbipHost?
      let deadline = inTenSeconds()
      while host == nil, spk_platform_now() < deadline { host = try? serving.host() }
      let bus = try #require(host)
      for (request, answer) in try GoldenSession().exchanges {
        let out = try bus.submit(0x01, out: request)
        #expect(
          try bus.answer() == .init(command: 3, sequence: out, status: 0, count: request.count))
        var bytes: [UInt8] = []
        while bytes.count < answer.count {
          try bus.submit(0x81, length: length)
          let part = try bus.answer()
          try #require(part.status == 0)
          bytes += part.bytes
        }
        #expect(bytes == answer)
      }
    }
  }

  @Test func `transfers from the board wait in their order`() throws {
    let host = try Serving().host()
    let first = try host.submit(0x81, length: 512)
    let second = try host.submit(0x81, length: 512)
    #expect(host.isQuiet())
    let out = try host.submit(0x01, out: .hello())
    #expect(try host.answer().sequence == out)
    #expect(
      try host.answer()
        == .init(command: 3, sequence: first, status: 0, count: 84, bytes: helloAnswer()))
    let again = try host.submit(0x01, out: .hello(epoch: 2))
    #expect(try host.answer().sequence == again)
    #expect(try host.answer().sequence == second)
  }

  @Test func `a transfer without bytes is taken`() throws {
    let host = try Serving().host()
    let out = try host.submit(0x01)
    #expect(try host.answer() == .init(command: 3, sequence: out, status: 0))
  }

  @Test func `a short packet is an error where the host says so`() throws {
    let host = try Serving().host()
    let hello = try GoldenSession().exchanges[0]
    try host.submit(0x81, length: 512, flags: 1)
    try host.submit(0x01, out: hello.request)
    #expect(try host.answer().status == 0)
    let short = try host.answer()
    #expect(short.status == -121)
    #expect(short.bytes == hello.answer)
    try host.submit(0x81, length: 20)
    try host.submit(0x01, out: .hello(epoch: 2))
    #expect(try host.answer().status == 0)
    #expect(try host.answer().status == -75, "84 bytes have no room in 20")
  }

  @Test func `a transfer is given up once`() throws {
    let host = try Serving().host()
    let waiting = try host.submit(0x81, length: 512)
    let other = try host.submit(0x81, length: 512)
    let unlink = try host.unlink(waiting)
    #expect(try host.answer() == .init(command: 4, sequence: unlink, status: -104))
    let late = try host.unlink(waiting)
    #expect(try host.answer() == .init(command: 4, sequence: late, status: 0))
    let hello = try GoldenSession().exchanges[0]
    try host.submit(0x01, out: hello.request)
    #expect(try host.answer().status == 0)
    #expect(try host.answer().sequence == other)
    let done = try host.unlink(other)
    #expect(try host.answer() == .init(command: 4, sequence: done, status: 0))
  }

  @Test(arguments: 1...20)
  func `each transfer ends once however it races with being given up`(seed: Int) throws {
    let host = try Serving().host()
    var open: Set<UInt32> = []
    var unlinks: [UInt32: UInt32] = [:]
    var bytes = 0
    for round in 0..<50 {
      let transfer = try host.submit(0x81, length: 512)
      open.insert(transfer)
      let out = try host.submit(0x01, out: .hello(epoch: UInt32(round + 1)))
      open.insert(out)
      if (round + seed) % 7 == 0 { usleep(UInt32(seed * 20)) }
      unlinks[try host.unlink(transfer)] = transfer
    }
    while !open.isEmpty || !unlinks.isEmpty {
      let answer = try host.answer()
      if answer.command == 3 {
        #expect(open.remove(answer.sequence) != nil)
        bytes += answer.bytes.count
      } else {
        let target = unlinks.removeValue(forKey: answer.sequence) ?? 0
        #expect(open.contains(target) == (answer.status == -104))
        open.remove(target)
      }
    }
    // What those that were given up left is there for the next.
    while bytes < 50 * 84 {
      try host.submit(0x81, length: 512)
      bytes += try host.answer().bytes.count
    }
    #expect(bytes == 50 * 84)
  }

  @Test func `endpoints that are not there or halted stall`() throws {
    let host = try Serving().host()
    try host.submit(0x82, length: 512)
    #expect(try host.answer().status == -32)
    try host.submit(0x02, out: [1])
    #expect(try host.answer().status == -32)
    #expect(try host.control(.init(requestType: 2, request: 3, index: 0x81)) == [])
    try host.submit(0x81, length: 512)
    #expect(try host.answer().status == -32)
    #expect(try host.control(.init(requestType: 2, request: 1, index: 0x81)) == [])
    try host.submit(0x81, length: 512)
    #expect(host.isQuiet())
  }

  @Test func `several boards are different hosts' at once`() throws {
    let serving = try Serving(boards: 3)
    let hosts = try ["1-1", "1-2", "1-3"].map { try serving.host($0) }
    let hello = try GoldenSession().exchanges[0]
    for host in hosts { try host.submit(0x81, length: 512) }
    for host in hosts { try host.submit(0x01, out: hello.request) }
    for (index, host) in hosts.enumerated() {
      #expect(try host.answer().count == 40)
      #expect(try host.answer().bytes == hello.answer)
      let serial = try #require(try host.control(.descriptor(3, index: 3)))
      #expect(serial.count == (index == 0 ? 16 : 20))
    }
  }

  @Test func `a server that ends hangs up`() throws {
    let serving = try Serving()
    let host = try serving.host()
    for _ in 0..<4 { try host.submit(0x81, length: 512) }
    serving.server.stop()
    #expect(host.isHungUpOn())
  }

  // MARK: Wrong input

  @Test(arguments: [
    [0x01, 0x11, 0x80, 0x06, 0, 0, 0, 0], [0x01, 0x06, 0x80, 0x05, 0, 0, 0, 0],
    [UInt8](repeating: 0, count: 48), Array("GET / HTTP/1.1\r\n\r\n".utf8),
  ])
  func `whoever does not speak USBIP is hung up on`(bytes: [UInt8]) throws {
    let serving = try Serving()
    let host = try UsbipHost(place: serving.place)
    try host.send(bytes)
    #expect(host.isHungUpOn())
    #expect(try UsbipHost(place: serving.place).list().count == 1)
  }

  @Test(
    arguments: [
      // Word of the command, and a number that it must not have.
      (0, 0), (0, 3), (2, 7), (3, 2), (4, 16), (6, 0x7FFF_FFFF), (6, 0xFFFF_FFFF), (8, 5),
    ] as [(Int, UInt32)])
  func `a wrong command ends the connection`(word: Int, number: UInt32) throws {
    let serving = try Serving()
    let host = try serving.host()
    var words: [UInt32] = [1, 9, host.device, 1, 1, 0, 512, 0, 0, 0, 0, 0]
    words[word] = number
    try host.send(words.flatMapBig())
    #expect(host.isHungUpOn())
    #expect(try UsbipHost(place: serving.place).list().count == 1)
  }

  @Test(arguments: 1...40)
  func `no bytes break a server`(seed: UInt64) throws {
    let serving = try Serving()
    var state = seed
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let host = try serving.host()
    var bytes: [UInt8] = []
    for index in 0..<40 {
      let isToHost = UInt32(random(2))
      let length = UInt32(random(100))
      let words: [UInt32] = [
        UInt32(1 + random(2)), UInt32(100 + index), host.device, isToHost, UInt32(random(3)), 0,
        length, 0, 0, 0, UInt32(random(1 << 31)), UInt32(random(1 << 31)),
      ]
      bytes += words.flatMapBig() + [UInt8](repeating: 0x53, count: isToHost == 1 ? 0 : Int(length))
    }
    for _ in 0..<random(6) { bytes[random(bytes.count)] = UInt8(random(256)) }
    bytes.removeLast(random(bytes.count))
    try? host.send(bytes)
    host.hangUp()
    #expect(throws: Never.self) { try UsbipHost(place: serving.place).list() }
  }

  // MARK: The kernel of this machine

  @Test func `a board attaches itself to a free port`() throws {
    let folder = "/tmp/spikelet-vhci-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let status = """
      hub port sta spd dev      sockfd local_busid
      hs  0000 006 003 00010002 000003 1-1
      hs  0001 004 000 00000000 000000 0-0
      ss  0008 004 000 00000000 000000 0-0

      """
    try Data(status.utf8).write(to: URL(filePath: folder + "/status"))
    try Data().write(to: URL(filePath: folder + "/attach"))
    let hub = VhciHub(folder: folder)
    let socket = try hub.attach(device: 1 << 16 | 2, speed: .high)
    defer { close(socket) }
    let words = try String(contentsOfFile: folder + "/attach", encoding: .utf8)
      .split(separator: " ")
    #expect(words.count == 4)
    #expect(words[0] == "1")
    #expect(words[2...] == ["65538", "3"])
    try Data(status.replacing("004", with: "006").utf8).write(to: URL(filePath: folder + "/status"))
    let full = #expect(throws: ServingError.self) { try hub.attach(device: 1, speed: .high) }
    #expect(full?.sentence.contains("no free port") == true)
    let none = #expect(throws: ServingError.self) {
      try VhciHub(folder: folder + "/none").attach(device: 1, speed: .high)
    }
    #expect(none?.sentence.contains("modprobe vhci_hcd") == true)
  }

  @Test func `a device that the kernel was given is there without asking`() throws {
    let export = UsbipExport(try UsbBoard(), index: 0)
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    let connection = UsbipConnection(ends[0], [export], export: export)
    let kernel = UsbipHost(socket: ends[1])
    try kernel.submit(0, setup: .descriptor(1, length: 18), length: 18)
    #expect(connection.work())
    #expect(try kernel.answer().bytes == export.board.identity.deviceDescriptor)
    kernel.hangUp()
    #expect(!connection.work())
  }
}
