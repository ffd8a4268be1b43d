import WireProtocol

/// The frames that a board has sent last, to be sent again if they got lost on the way.
struct AnswerStore: BitwiseCopyable {
  private static let capacity = 1 << 18
  /// At least so many of the bytes sent last are kept: what is dropped at once, and two frames, leave more.
  static let keptBytes = 1 << 17

  private let base: UnsafeMutablePointer<UInt8>
  private var count = 0

  /// Nil if memory is short.
  init?(_ seam: BoardSeam) {
    guard let base = seam.make(UInt8.self, AnswerStore.capacity) else { return nil }
    self.base = base
  }

  func release(_ seam: BoardSeam) { seam.release(base) }

  mutating func removeAll() { count = 0 }

  /// Keeps a frame; those that came first go, an eighth of the room at once.
  mutating func append(_ frame: UnsafeRawBufferPointer) {
    guard let start = frame.baseAddress else { return }
    if frame.count > AnswerStore.capacity - count {
      var dropped = 0
      while dropped < count,
        dropped < AnswerStore.capacity / 8 || frame.count > AnswerStore.capacity - count + dropped
      {
        dropped += header(dropped).frameBytes
      }
      base.update(from: base + dropped, count: count - dropped)
      count -= dropped
    }
    UnsafeMutableRawPointer(base + count).copyMemory(from: start, byteCount: frame.count)
    count += frame.count
  }

  /// All frames from one on, in one piece; nil if that is not kept.
  func frames(from index: UInt16, of sequence: UInt32) -> UnsafeRawBufferPointer? {
    var offset = 0
    while offset < count {
      let header = header(offset)
      if header.sequence == sequence, header.index == index {
        return UnsafeRawBufferPointer(start: base + offset, count: count - offset)
      }
      offset += header.frameBytes
    }
    return nil
  }

  private func header(_ offset: Int) -> FrameHeader {
    let bytes = UnsafeRawBufferPointer(start: base + offset, count: count - offset)
    return FrameHeader.parse(bytes).unsafelyUnwrapped
  }
}
