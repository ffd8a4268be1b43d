/// What stands before each payload: 20 bytes, little-endian. Source: docs/wire-protocol.md.
///
///     0  magic "SPK" 0x01    4  type    5  flags    6  zero (2)    8  sequence    12  payload bytes    16  CRC-32C
///
/// The checksum is over the first 16 bytes and the payload.
public struct FrameHeader: BitwiseCopyable, Equatable, Sendable {
  public static let byteCount = 20
  /// The longest payload of a request, and of a reply.
  public static let requestLimit = 4 << 20
  public static let replyLimit = 1 << 16
  static let magic: UInt32 = 0x014B_5053

  public var type: UInt8
  public var flags: UInt8
  public var sequence: UInt32
  public var payloadBytes: Int

  public init(type: UInt8, flags: UInt8 = 0, sequence: UInt32, payloadBytes: Int) {
    self.type = type
    self.flags = flags
    self.sequence = sequence
    self.payloadBytes = payloadBytes
  }
}

public enum FrameFlag {
  /// More frames answer the same request.
  public static let more: UInt8 = 1
  /// The payload is a `BoardError`.
  public static let error: UInt8 = 2
}

public enum FrameDefect: Error {
  /// The bytes do not begin with a frame.
  case magic
  /// The payload is longer than allowed.
  case length
  case checksum
}

extension FrameHeader {
  /// The header at the start of `bytes`; nil if fewer bytes than a header are there.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(FrameDefect) -> FrameHeader? {
    guard bytes.count >= byteCount else { return nil }
    guard load(bytes, 0) == magic, bytes[6] == 0, bytes[7] == 0 else { throw .magic }
    let length = load(bytes, 12)
    guard length <= limit else { throw .length }
    return FrameHeader(
      type: bytes[4], flags: bytes[5], sequence: load(bytes, 8), payloadBytes: Int(length))
  }

  /// Checks a whole frame: `bytes` are the header and the payload.
  public static func verify(_ bytes: UnsafeRawBufferPointer) throws(FrameDefect) {
    let payload = UnsafeRawBufferPointer(rebasing: bytes[byteCount...])
    var checksum = Checksum.update(0, UnsafeRawBufferPointer(rebasing: bytes[..<16]))
    checksum = Checksum.update(checksum, payload)
    guard checksum == load(bytes, 16) else { throw .checksum }
  }

  /// Writes the header before a payload that is in place behind it.
  public func seal(_ frame: UnsafeMutableRawPointer) {
    store(frame, 0, FrameHeader.magic)
    frame.storeBytes(of: type, toByteOffset: 4, as: UInt8.self)
    frame.storeBytes(of: flags, toByteOffset: 5, as: UInt8.self)
    frame.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    store(frame, 8, sequence)
    store(frame, 12, UInt32(truncatingIfNeeded: payloadBytes))
    var checksum = Checksum.update(0, UnsafeRawBufferPointer(start: frame, count: 16))
    checksum = Checksum.update(
      checksum,
      UnsafeRawBufferPointer(start: frame + FrameHeader.byteCount, count: payloadBytes))
    store(frame, 16, checksum)
  }

  private static func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func store(_ frame: UnsafeMutableRawPointer, _ offset: Int, _ value: UInt32) {
    frame.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
