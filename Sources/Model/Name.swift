import Fault

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

  /// Adds the name to the sentence of the fault that is being put together.
  @inline(never)
  public func say() {
    withUnsafeBytes(of: bytes) { raw in
      ThreadMessage.append(UnsafeBufferPointer(rebasing: raw.bindMemory(to: UInt8.self)[..<count]))
    }
  }

  public static func == (left: Name, right: Name) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left.bytes[index] != right.bytes[index] { return false }
    return true
  }

  public static func == (left: Name, right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left.bytes[index] != right[index] { return false }
    return true
  }
}

extension Name {
  /// Asks for UTF-8 without control characters (U+0000 .. 001F, U+007F .. 009F).
  ///
  /// - Throws: `SPK_ERROR_MODEL`, with a sentence that begins with `owner`: "population", …
  func check(_ owner: StaticString) throws(Fault) {
    guard isPlainText else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "the name of a \(owner) is not UTF-8 without control characters; expected 1 .. 63 bytes of it"
      )
    }
  }

  private var isPlainText: Bool {
    withUnsafeBytes(of: bytes) { raw in
      let text = UnsafeBufferPointer(rebasing: raw.bindMemory(to: UInt8.self)[..<count])
      var index = 0
      while index < count {
        let length = text.characterBytes(at: index)
        // U+0080 .. 009F are C2 80 .. C2 9F.
        guard length > 0, text[index] >= 0x20, text[index] != 0x7F,
          text[index] != 0xC2 || text[index + 1] >= 0xA0
        else { return false }
        index += length
      }
      return true
    }
  }
}

extension FaultText.Interpolation {
  @inline(__always)
  public mutating func appendInterpolation(_ name: Name) {
    flush()
    name.say()
  }
}
