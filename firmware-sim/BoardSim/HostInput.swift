import CPlatform
import Glibc
import WireProtocol

/// What a host has sent and the board has not worked on yet: bytes in, whole frames out.
///
/// A frame that was handed out stays where it is while the board works on it, and more bytes can be taken meanwhile.
struct HostInput: ~Copyable {
  /// The longest request, and what may come behind it at once. Pages that are never used cost nothing.
  private static let capacity =
    FrameHeader.byteCount + FrameHeader.requestLimit + 2 * Int(RequestWindow.bytes)
  /// Time between two looks at the socket for a stop: a look costs as much as a small tick.
  private static let lookNanoseconds: Int64 = 200_000

  private let descriptor: Int32
  private let buffer: UnsafeMutableRawPointer
  private var start = 0
  private var end = 0
  private var nextLook: Int64 = 0
  /// Up to here no `stop` was found behind `start`.
  private var looked = 0
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

  /// The next bytes that are a whole frame, if its payload is not damaged, or that are none; nil: more have to come. Those of a
  /// frame that never will be whole come with the `sync` behind it.
  ///
  /// Good until `next` or `receive` is called again.
  mutating func next() -> UnsafeRawBufferPointer? {
    guard end > start else { return nil }
    let bytes = bytes(from: start)
    let length: Int
    if let header = FrameHeader.parse(bytes), header.payloadBytes <= FrameHeader.requestLimit {
      guard header.frameBytes <= bytes.count || FrameHeader.endsWithSync(bytes) else { return nil }
      length = min(header.frameBytes, bytes.count)
    } else if case .damaged(let skip) = FrameHeader.scan(bytes, limit: 0) {
      length = skip
    } else {
      return nil
    }
    if Self.capacity - (start + length) < FrameHeader.byteCount { moveToFront() }
    defer { start += length }
    return UnsafeRawBufferPointer(start: buffer + start, count: length)
  }

  /// Whether a whole `stop` of this number has come. Takes what the socket has now and then; for use between ticks.
  mutating func stopIsWaiting(_ number: UInt32) -> Bool {
    looked = max(looked, start)
    let now = spk_platform_now()
    if now >= nextLook {
      nextLook = now + Self.lookNanoseconds
      takeMore()
    }
    while looked < end {
      switch FrameHeader.scan(bytes(from: looked), limit: FrameHeader.requestLimit) {
      case .frame(let header):
        if header.type == Request.stop.rawValue, header.sequence == number { return true }
        looked += header.frameBytes
      case .damaged(let skip): looked += skip
      case .incomplete: return false
      }
    }
    return false
  }

  private func bytes(from first: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer + first, count: end - first)
  }

  private mutating func moveToFront() {
    guard start > 0 else { return }
    memmove(buffer, buffer + start, end - start)
    end -= start
    looked = max(looked - start, 0)
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
