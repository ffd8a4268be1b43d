/// A name of at most 63 bytes of UTF-8, kept in place.
public struct Name: BitwiseCopyable, Sendable {
  public static let capacity = 63
  private var bytes: InlineArray<64, UInt8> = .init(repeating: 0)
  public private(set) var count = 0

  public init() {}

  public init(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount <= Name.capacity)
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
  }

  /// Nil if `text` is longer than `capacity`.
  public init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard text.count <= Name.capacity else { return nil }
    for byte in text { append(byte) }
  }

  public subscript(index: Int) -> UInt8 { bytes[index] }

  /// Appends a byte; what does not fit is cut.
  public mutating func append(_ byte: UInt8) {
    guard count < Name.capacity else { return }
    bytes[count] = byte
    count += 1
  }

  public static func == (left: Name, right: Name) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left.bytes[index] != right.bytes[index] { return false }
    return true
  }
}
