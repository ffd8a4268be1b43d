/// What stands before each payload: 28 bytes, little-endian. Source: docs/wire-protocol.md.
///
///     0  magic "SPK" 0x01    4  type      5  flags    6  index (2)    8  sequence    12  epoch    16  payload bytes
///     20  CRC-32C of the payload          24  CRC-32C of the 24 bytes before
public struct FrameHeader: BitwiseCopyable, Sendable {
  public static let byteCount = 28
  /// The longest payload of a request, and of a reply.
  public static let requestLimit = 4 << 20
  public static let replyLimit = 1 << 16
  static let magic: UInt32 = 0x014B_5053

  public var type: UInt8
  public var flags: UInt8
  /// The frame's place in its answer, modulo 2^16.
  public var index: UInt16
  public var sequence: UInt32
  public var epoch: UInt32
  public var payloadBytes: Int
  private var payloadChecksum: UInt32 = 0

  public init(
    type: UInt8, flags: UInt8 = 0, index: UInt16 = 0, sequence: UInt32, epoch: UInt32,
    payloadBytes: Int
  ) {
    self.type = type
    self.flags = flags
    self.index = index
    self.sequence = sequence
    self.epoch = epoch
    self.payloadBytes = payloadBytes
  }
}

public enum FrameFlag {
  /// More frames answer the same request.
  public static let more: UInt8 = 1
  /// The payload is a `BoardError`.
  public static let error: UInt8 = 2
}

/// What a stream of bytes begins with.
public enum FrameScan {
  /// A whole frame.
  case frame(FrameHeader)
  /// The beginning of a frame; so many bytes have to be there to tell more.
  case incomplete(wanted: Int)
  /// No frame; what comes after so many bytes may be one.
  case damaged(skip: Int)
}

extension FrameHeader {
  /// The header and the payload.
  public var frameBytes: Int { FrameHeader.byteCount + payloadBytes }

  /// Looks at the start of `bytes`, which are not empty.
  ///
  /// - Parameters:
  ///   - limit: of the payload.
  public static func scan(_ bytes: UnsafeRawBufferPointer, limit: Int) -> FrameScan {
    guard beginsWithMagic(bytes, 0) else { return .damaged(skip: nextStart(bytes)) }
    guard bytes.count >= byteCount else { return .incomplete(wanted: byteCount) }
    guard let header = parse(bytes), header.payloadBytes <= limit else {
      return .damaged(skip: nextStart(bytes))
    }
    guard header.frameBytes <= bytes.count else { return .incomplete(wanted: header.frameBytes) }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[byteCount..<header.frameBytes])
    guard Checksum.update(0, payload) == header.payloadChecksum else {
      return .damaged(skip: nextStart(bytes))
    }
    return .frame(header)
  }

  /// The header at the start of `bytes`, whose payload is not looked at; nil if none is there, or not whole.
  public static func parse(_ bytes: UnsafeRawBufferPointer) -> FrameHeader? {
    guard bytes.count >= byteCount, load(bytes, 0) == magic,
      Checksum.update(0, UnsafeRawBufferPointer(rebasing: bytes[..<24])) == load(bytes, 24)
    else { return nil }
    var header = FrameHeader(
      type: bytes[4], flags: bytes[5],
      index: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)),
      sequence: load(bytes, 8), epoch: load(bytes, 12),
      payloadBytes: Int(clamping: load(bytes, 16)))
    header.payloadChecksum = load(bytes, 20)
    return header
  }

  /// Whether the last bytes of a frame that is not whole are a `sync`. A host sends that behind a whole frame, so that
  /// something got lost between.
  public static func endsWithSync(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let tail = parse(UnsafeRawBufferPointer(rebasing: bytes.suffix(byteCount + 4))) else {
      return false
    }
    return tail.type == Request.sync.rawValue && tail.payloadBytes == 4
  }

  /// Writes the header before a payload that is in place behind it.
  public func seal(_ frame: UnsafeMutableRawPointer) {
    store(frame, 0, FrameHeader.magic)
    frame.storeBytes(of: type, toByteOffset: 4, as: UInt8.self)
    frame.storeBytes(of: flags, toByteOffset: 5, as: UInt8.self)
    frame.storeBytes(of: index.littleEndian, toByteOffset: 6, as: UInt16.self)
    store(frame, 8, sequence)
    store(frame, 12, epoch)
    store(frame, 16, UInt32(truncatingIfNeeded: payloadBytes))
    let payload = UnsafeRawBufferPointer(start: frame + FrameHeader.byteCount, count: payloadBytes)
    store(frame, 20, Checksum.update(0, payload))
    store(frame, 24, Checksum.update(0, UnsafeRawBufferPointer(start: frame, count: 24)))
  }

  /// The first place after the start where a frame may begin, perhaps cut short; the end if there is none.
  private static func nextStart(_ bytes: UnsafeRawBufferPointer) -> Int {
    var start = 1
    while start < bytes.count, !beginsWithMagic(bytes, start) { start += 1 }
    return start
  }

  /// Whether the magic is at `start`, or as much of it as there are bytes.
  private static func beginsWithMagic(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    var rest = magic
    for index in start..<min(start + 4, bytes.count) {
      guard bytes[index] == UInt8(truncatingIfNeeded: rest) else { return false }
      rest >>= 8
    }
    return true
  }

  private static func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func store(_ frame: UnsafeMutableRawPointer, _ offset: Int, _ value: UInt32) {
    frame.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
