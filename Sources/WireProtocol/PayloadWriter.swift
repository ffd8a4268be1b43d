/// Writes little-endian fields into a frame's payload; the header's room is kept in front.
public struct PayloadWriter {
  private let frame: UnsafeMutableRawPointer
  private let limit: Int
  public private(set) var payloadBytes = 0
  /// Set once something did not fit; the frame is then worthless.
  public private(set) var overflowed = false

  /// - Parameters:
  ///   - frame: room for a header and `capacity` bytes of payload.
  public init(_ frame: UnsafeMutableRawPointer, capacity: Int) {
    self.frame = frame
    limit = capacity
  }

  public var free: Int { limit - payloadBytes }

  public mutating func put(_ value: some FixedWidthInteger & BitwiseCopyable) {
    put(UInt64(truncatingIfNeeded: value), bytes: value.bitWidth / 8)
  }

  /// The low `bytes` bytes of `word`; one piece of code for all widths.
  @inline(never)
  private mutating func put(_ word: UInt64, bytes: Int) {
    guard let place = room(bytes) else { return }
    var rest = word
    for index in 0..<bytes {
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
      rest &>>= 8
    }
  }

  @inline(never)
  public mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let place = room(bytes.count), let start = bytes.baseAddress else { return }
    place.copyMemory(from: start, byteCount: bytes.count)
  }

  public mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Value>
  ) {
    let width = MemoryLayout<Value>.size
    guard var place = room(width * values.count) else { return }
    for value in values {
      place.storeBytes(of: value.littleEndian, as: Value.self)
      place += width
    }
  }

  /// Room for `count` bytes that the caller writes; nil if there is none.
  public mutating func putRoom(_ count: Int) -> UnsafeMutableRawPointer? { room(count) }

  public mutating func put(_ flag: Bool) { put(flag ? UInt8(1) : UInt8(0)) }

  /// Closes the frame; `header` needs no number of bytes.
  ///
  /// - Returns: its bytes, header included.
  @inline(never)
  public func seal(_ header: FrameHeader) -> UnsafeRawBufferPointer {
    var header = header
    header.payloadBytes = payloadBytes
    header.seal(frame)
    return UnsafeRawBufferPointer(start: frame, count: header.frameBytes)
  }

  private mutating func room(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard !overflowed, bytes <= limit - payloadBytes else {
      overflowed = true
      return nil
    }
    defer { payloadBytes += bytes }
    return frame + FrameHeader.byteCount + payloadBytes
  }
}
