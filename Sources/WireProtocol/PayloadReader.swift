/// Reads little-endian fields of a payload. Reading past the end gives zeros and sets `failed`.
public struct PayloadReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  /// Bytes that are still to be read.
  public private(set) var remaining: Int
  public private(set) var failed = false

  public init(_ payload: UnsafeRawBufferPointer) {
    bytes = payload
    remaining = payload.count
  }

  @inline(never)
  public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) -> Value {
    let width = MemoryLayout<Value>.size
    guard let start = take(width) else { return 0 }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: type))
  }

  /// A signed number of 1, 2 or 4 bytes.
  public mutating func readSigned(bytes count: Int) -> Int {
    switch count {
    case 1: Int(read(Int8.self))
    case 2: Int(read(Int16.self))
    default: Int(read(Int32.self))
    }
  }

  /// The next `count` bytes, in place.
  public mutating func readBytes(_ count: Int) -> UnsafeRawBufferPointer {
    guard let start = take(count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
  }

  /// 0 or 1; any other value fails the payload.
  public mutating func readFlag() -> Bool {
    let value = read(UInt8.self)
    if value > 1 { failed = true }
    return value == 1
  }

  /// Does not look at what is left.
  mutating func skipRest() { _ = readBytes(remaining) }

  /// Marks the payload as wrong.
  public mutating func fail() { failed = true }

  /// Whether every byte was read, and none beyond.
  public var isComplete: Bool {
    @inline(never)
    get { !failed && remaining == 0 }
  }

  @inline(never)
  private mutating func take(_ count: Int) -> Int? {
    guard !failed, count >= 0, count <= remaining else {
      failed = true
      return nil
    }
    defer { offset += count }
    remaining -= count
    return offset
  }
}
