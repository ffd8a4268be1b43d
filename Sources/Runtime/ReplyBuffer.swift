import Fault
import Memory
import WireProtocol

/// A frame that has come; valid until more bytes come.
typealias Frame = (header: FrameHeader, payload: UnsafeRawBufferPointer)

/// The bytes of a board that have come and are not looked at yet: room for two of its longest frames.
struct ReplyBuffer: ~Copyable {
  static let capacity = 2 * (FrameHeader.byteCount + FrameHeader.replyLimit)

  private let bytes: Buffer<UInt8>
  private var start = 0
  private var end = 0

  init() throws(Fault) {
    bytes = try Buffer<UInt8>(count: ReplyBuffer.capacity, repeating: 0)
  }

  mutating func removeAll() {
    start = 0
    end = 0
  }

  /// What the bytes begin with; nil if there are none.
  func scan() -> FrameScan? {
    guard start < end else { return nil }
    return FrameHeader.scan(
      UnsafeRawBufferPointer(start: bytes.base + start, count: end - start),
      limit: FrameHeader.replyLimit)
  }

  /// Takes out the frame that `scan` has found.
  mutating func take(_ header: FrameHeader) -> Frame {
    let payload = UnsafeRawBufferPointer(
      start: bytes.base + start + FrameHeader.byteCount, count: header.payloadBytes)
    start += header.frameBytes
    return (header, payload)
  }

  mutating func skip(_ count: Int) { start += count }

  /// Takes the frame that has come in part for none.
  mutating func skipPart() {
    if start < end { start += 1 }
  }

  /// Where more bytes go.
  mutating func room() -> UnsafeMutableRawBufferPointer {
    if start > 0 {
      bytes.base.update(from: bytes.base + start, count: end - start)
      end -= start
      start = 0
    }
    return UnsafeMutableRawBufferPointer(
      start: bytes.base + end, count: ReplyBuffer.capacity - end)
  }

  /// So many bytes were put into the room.
  mutating func append(_ count: Int) { end += count }
}
