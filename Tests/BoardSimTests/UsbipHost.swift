import CPlatform
import Foundation

@testable import BoardSim

/// A host of USB/IP that says what a test tells it to. Numbers are big-endian, as on the wire.
final class UsbipHost {
  struct Answer: Equatable {
    var command: UInt32
    var sequence: UInt32
    var status: Int32
    var count = 0
    var bytes: [UInt8] = []
  }

  struct Stopped: Error {}

  private var socket: Int32
  private var sequence: UInt32 = 0
  private var sizes: [UInt32: Int] = [:]
  var device: UInt32 = 1 << 16 | 2
  /// Lives as long as the host does.
  var server: AnyObject?

  /// Speaks at a socket that is connected.
  init(socket: Int32) { self.socket = socket }

  /// Connects to `HOST:PORT` of this machine.
  init(place: String) throws {
    socket = spk_platform_socket(AF_INET)
    let port = UInt16(place.split(separator: ":").last!)!
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) }
    }
    guard code == 0 || errno == EINPROGRESS else { throw Stopped() }
    var wanted = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    guard poll(&wanted, 1, 10_000) == 1, spk_platform_socket_error(socket) == 0 else {
      throw Stopped()
    }
  }

  deinit { hangUp() }

  func hangUp() {
    if socket >= 0 { close(socket) }
    socket = -1
  }

  // MARK: Bytes

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { spk_platform_send(socket, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else {
        var wanted = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        guard errno == EAGAIN, poll(&wanted, 1, 10_000) == 1 else { throw Stopped() }
      }
    }
  }

  func receive(_ count: Int, milliseconds: Int32 = 10_000) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&wanted, 1, milliseconds) == 1 else { throw Stopped() }
      var piece = [UInt8](repeating: 0, count: count - bytes.count)
      let length = recv(socket, &piece, piece.count, 0)
      guard length > 0 else { throw Stopped() }
      bytes += piece[..<length]
    }
    return bytes
  }

  /// Whether the server hangs up, after what it had still to say.
  func isHungUpOn() -> Bool {
    var byte: UInt8 = 0
    while true {
      var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&wanted, 1, 10_000) == 1 else { return false }
      if recv(socket, &byte, 1, 0) <= 0 { return true }
    }
  }

  /// Whether nothing is said for a while.
  func isQuiet() -> Bool {
    var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 50) == 0
  }

  // MARK: Before the import

  /// Descriptions of all devices, each with its interface.
  func list() throws -> [[UInt8]] {
    try send([0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0])
    let head = try receive(12)
    guard Array(head[..<8]) == [0x01, 0x11, 0x00, 0x05, 0, 0, 0, 0] else { throw Stopped() }
    return try (0..<number(head[8...])).map { _ in try receive(316) }
  }

  static func importRequest(_ name: String) -> [UInt8] {
    [0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0] + Array(name.utf8)
      + [UInt8](repeating: 0, count: 32 - name.utf8.count)
  }

  /// The description of the device; empty if it is refused.
  func take(_ name: String) throws -> (status: UInt32, description: [UInt8]) {
    try send(Self.importRequest(name))
    let head = try receive(8)
    guard Array(head[..<4]) == [0x01, 0x11, 0x00, 0x03] else { throw Stopped() }
    let status = number(head[4...])
    guard status == 0 else { return (status, []) }
    let description = try receive(312)
    device = number(description[288..<292]) << 16 | number(description[292..<296])
    return (0, description)
  }

  // MARK: After it

  /// Begins a transfer; gives its number.
  @discardableResult
  func submit(
    _ endpoint: UInt8, setup: UsbSetup? = nil, out: [UInt8] = [], length: Int? = nil,
    flags: UInt32 = 0
  ) throws -> UInt32 {
    sequence += 1
    let isToHost = setup?.isToHost ?? (endpoint & 0x80 != 0)
    let count = length ?? out.count
    sizes[sequence] = isToHost ? count : 0
    let words: [UInt32] = [
      1, sequence, device, isToHost ? 1 : 0, UInt32(endpoint & 0x7F), flags, UInt32(count), 0,
      .max, 0,
    ]
    let bytes =
      setup.map {
        [$0.requestType, $0.request] + $0.value.bytes + $0.index.bytes + $0.length.bytes
      } ?? [UInt8](repeating: 0, count: 8)
    try send(words.flatMapBig() + bytes + out)
    return sequence
  }

  /// Gives up a transfer; gives the number of the command.
  @discardableResult
  func unlink(_ target: UInt32) throws -> UInt32 {
    sequence += 1
    let words: [UInt32] = [2, sequence, device, 0, 0, target, 0, 0, 0, 0, 0, 0]
    try send(words.flatMapBig())
    return sequence
  }

  /// The next answer of the device.
  func answer() throws -> Answer {
    let head = try receive(48)
    var answer = Answer(
      command: number(head[0...]), sequence: number(head[4...]),
      status: Int32(bitPattern: number(head[20...])))
    guard head[8..<20].allSatisfy({ $0 == 0 }) else { throw Stopped() }
    if answer.command == 3 {
      answer.count = Int(number(head[24...]))
      if let room = sizes.removeValue(forKey: answer.sequence), room > 0 {
        answer.bytes = try receive(answer.count)
      }
    }
    return answer
  }

  /// A control request and its answer: nil if it stalls.
  func control(_ setup: UsbSetup) throws -> [UInt8]? {
    try submit(0, setup: setup, length: Int(setup.length))
    let answer = try answer()
    return answer.status == 0 ? answer.bytes : nil
  }

  private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}
