import CPlatform
import Glibc
import WireProtocol

/// What a host has sent and the board has not worked on yet: bytes in, whole frames out.
///
/// A frame that was handed out stays where it is while the board works on it, and more bytes can be taken meanwhile.
struct HostInput: ~Copyable {
  /// The request to end a run before its last tick.
  static let stopType = Request.stop.rawValue
  /// The longest request, and what may come behind it at once. Pages that are never used cost nothing.
  private static let capacity = FrameHeader.byteCount + FrameHeader.requestLimit + (1 << 16)
  /// Time between two looks at the socket for a stop: a look costs as much as a small tick.
  private static let lookNanoseconds: Int64 = 200_000

  private let descriptor: Int32
  private let buffer: UnsafeMutableRawPointer
  private var start = 0
  private var end = 0
  private var nextLook: Int64 = 0
  /// Nothing more will come.
  private(set) var isEnded = false
  /// Bytes taken so far.
  private(set) var byteCount = 0

  /// Nil if memory is short. The socket does not block, and stays the caller's.
  init?(_ descriptor: Int32) {
    guard let buffer = spk_platform_allocate(Self.capacity) else { return nil }
    self.descriptor = descriptor
    self.buffer = buffer
  }

  deinit { free(buffer) }

  /// Takes what the socket has, without waiting. Ends what `next` gave.
  mutating func receive() {
    moveToFront()
    takeMore()
  }

  /// The next whole frame, or all bytes if no frame begins with them; nil: more have to come.
  ///
  /// Good until `next` or `receive` is called again.
  mutating func next() -> UnsafeRawBufferPointer? {
    guard end > start, var length = headLength() else { return nil }
    if length == 0 { length = end - start }
    guard length <= end - start else { return nil }
    if Self.capacity - (start + length) < FrameHeader.byteCount { moveToFront() }
    defer { start += length }
    return UnsafeRawBufferPointer(start: buffer + start, count: length)
  }

  /// Whether a whole `stop` is the next frame. Takes what the socket has now and then; for use between ticks.
  mutating func stopIsWaiting() -> Bool {
    if end - start < FrameHeader.byteCount {
      let now = spk_platform_now()
      if now >= nextLook {
        nextLook = now + Self.lookNanoseconds
        takeMore()
      }
    }
    guard let length = headLength(), length > 0, length <= end - start else { return false }
    return buffer.load(fromByteOffset: start + 4, as: UInt8.self) == Self.stopType
  }

  /// Bytes of the frame that is next; 0 if none begins here; nil if its header is not whole.
  private func headLength() -> Int? {
    do throws(FrameDefect) {
      let head = UnsafeRawBufferPointer(start: buffer + start, count: end - start)
      guard let header = try FrameHeader.parse(head, limit: FrameHeader.requestLimit) else {
        return nil
      }
      return FrameHeader.byteCount + header.payloadBytes
    } catch {
      return 0
    }
  }

  private mutating func moveToFront() {
    guard start > 0 else { return }
    memmove(buffer, buffer + start, end - start)
    end -= start
    start = 0
  }

  private mutating func takeMore() {
    guard !isEnded, end < Self.capacity else { return }
    let length = recv(descriptor, buffer + end, Self.capacity - end, 0)
    if length > 0 {
      end += length
      byteCount += length
    } else if length == 0 || (errno != EAGAIN && errno != EINTR) {
      isEnded = true
    }
  }
}
