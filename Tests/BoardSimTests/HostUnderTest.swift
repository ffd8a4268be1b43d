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
    try link.send(UnsafeRawBufferPointer(copy), deadline: inTenSeconds())
  }

  /// Exactly `count` bytes.
  func receive(_ count: Int, deadline: Int64 = inTenSeconds()) throws(Fault) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 1)
    defer { room.deallocate() }
    var length = 0
    while length < count {
      length += try link.receive(
        into: UnsafeMutableRawBufferPointer(rebasing: room[length..<count]), deadline: deadline)
    }
    return Array(room[..<count])
  }

  /// Says hello; gives the answer without its checksum.
  func hello(sequence: UInt32 = 1) throws(Fault) -> [UInt8] {
    try send(.frame(type: Request.hello.rawValue, sequence: sequence))
    return Array(try receive(52)[..<16])
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

/// The answer to `hello` without its checksum and payload.
func helloAnswer(sequence: UInt32 = 1) -> [UInt8] {
  var frame = [UInt8].frame(
    type: Request.hello.reply, sequence: sequence, [UInt8](repeating: 0, count: 32))
  frame.removeLast(frame.count - 16)
  return frame
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
  /// A frame with its checksum.
  static func frame(type: UInt8, sequence: UInt32 = 1, _ payload: [UInt8] = []) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount) + payload
    bytes.withUnsafeMutableBytes { frame in
      FrameHeader(type: type, sequence: sequence, payloadBytes: payload.count)
        .seal(frame.baseAddress!)
    }
    return bytes
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
