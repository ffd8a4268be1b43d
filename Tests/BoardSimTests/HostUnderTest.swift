import CPlatform
import Fault
import Foundation
import Transport
import WireProtocol

/// A host that says bytes, over the link of the library.
final class HostUnderTest {
  private let link: Link

  init(_ locator: String) throws(Fault) {
    link = try StreamLink.open(try Locator(text: locator), deadline: inTenSeconds())
  }

  func send(_ bytes: [UInt8]) throws(Fault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    var rest = UnsafeRawBufferPointer(copy)[...]
    let deadline = inTenSeconds()
    while !rest.isEmpty {
      let count = try link.send(UnsafeRawBufferPointer(rebasing: rest), deadline: deadline)
      rest = rest.dropFirst(count)
      if count == 0 { try wait(POLLOUT, until: deadline) }
    }
  }

  /// Exactly `count` bytes.
  func receive(_ count: Int, deadline: Int64 = inTenSeconds()) throws(Fault) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 1)
    defer { room.deallocate() }
    var length = 0
    while length < count {
      let more = try link.receive(
        into: UnsafeMutableRawBufferPointer(rebasing: room[length..<count]))
      length += more
      if more == 0 { try wait(POLLIN, until: deadline) }
    }
    return Array(room[..<count])
  }

  private func wait(_ events: Int32, until deadline: Int64) throws(Fault) {
    var wanted = pollfd(fd: link.descriptor, events: Int16(events), revents: 0)
    let left = Int32(clamping: (deadline - spk_platform_now()) / 1_000_000)
    guard left > 0, poll(&wanted, 1, left) > 0 else {
      throw Fault(.SPK_ERROR_TIMEOUT, "nothing came, or nothing was taken")
    }
  }

  /// Says hello; gives the answer.
  func hello(epoch: UInt32 = 1) throws(Fault) -> [UInt8] {
    try send(.hello(epoch: epoch))
    return try receive(84)
  }

  /// Waits for the board to hang up; true if it did before it said anything.
  func isHungUpOn() -> Bool {
    do throws(Fault) {
      _ = try receive(1)
      return false
    } catch {
      return error.status == .SPK_ERROR_LOST
    }
  }
}

/// The answer to `hello` of a board of the usual size, which calls itself `identity`.
func helloAnswer(epoch: UInt32 = 1, identity: UInt64 = 0) throws -> [UInt8] {
  let golden = try GoldenSession().exchanges[0].answer
  return .frame(
    type: Request.hello.reply, epoch: epoch,
    golden.dropFirst(FrameHeader.byteCount).dropLast(12)
      + (0..<8).map { UInt8(truncatingIfNeeded: identity >> (8 * $0)) } + golden.suffix(4))
}

func inTenSeconds() -> Int64 { spk_platform_now() + 10_000_000_000 }

/// A path for a socket that no other test has.
func freshPath() -> String {
  "/tmp/spikelet-board-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
}

extension Sentence {
  var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

extension Locator {
  init(text: String) throws(Fault) {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    defer { bytes.deallocate() }
    _ = bytes.initialize(from: text.utf8)
    try self.init(UnsafeBufferPointer(bytes))
  }
}

extension [UInt8] {
  /// A frame with its checksums.
  static func frame(
    type: UInt8, flags: UInt8 = 0, index: UInt16 = 0, sequence: UInt32 = 1, epoch: UInt32 = 1,
    _ payload: [UInt8] = []
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount) + payload
    bytes.withUnsafeMutableBytes { frame in
      FrameHeader(
        type: type, flags: flags, index: index, sequence: sequence, epoch: epoch,
        payloadBytes: payload.count
      ).seal(frame.baseAddress!)
    }
    return bytes
  }

  /// Begins a session; 40 bytes, and 84 answer them.
  static func hello(epoch: UInt32 = 1, keepsAnswers: Bool = false) -> [UInt8] {
    .frame(
      type: Request.hello.rawValue, epoch: epoch,
      [1, 0, 0, 0, 1, 0, 0, 0, keepsAnswers ? 1 : 0, 0, 0, 0])
  }

  /// The number of four bytes at `offset`.
  func word(_ offset: Int) -> UInt32 {
    self[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// A session as Tests/Golden/frames-session.txt has it.
struct GoldenSession {
  /// Each request and the bytes that answer it.
  let exchanges: [(request: [UInt8], answer: [UInt8])]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/frames-session.txt").standardized
    var exchanges: [(request: [UInt8], answer: [UInt8])] = []
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let digits = Array(line.utf8.dropFirst(2))
      let bytes = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)!
      }
      if line.hasPrefix(">") {
        exchanges.append((bytes, []))
      } else {
        exchanges[exchanges.count - 1].answer += bytes
      }
    }
    self.exchanges = exchanges
  }
}
