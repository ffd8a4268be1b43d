/// Text of bounded length, held in place: what an error says to people.
///
/// Built by interpolation, without a heap: `"core \(index) has \(bytes) bytes free"`. What does not fit is cut, after a whole
/// character.
public struct Sentence: ExpressibleByStringInterpolation, Sendable {
  public static let capacity = 399
  public typealias StringLiteralType = StaticString

  private var bytes: InlineArray<400, UInt8> = .init(repeating: 0)
  /// Bytes in use; the byte after them is zero.
  public private(set) var count = 0

  public init() {}

  @inline(never)
  public init(stringLiteral value: StaticString) {
    append(value)
  }

  public init(stringInterpolation: Interpolation) {
    self = stringInterpolation.sentence
    guard count == Self.capacity else { return }
    count = withBytes { Self.wholeCharacters($0, count) }
    bytes[count] = 0
  }

  /// A number in decimal digits.
  public init(_ value: Int) { append(value) }

  /// Lends the text.
  public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeBytes(of: bytes) { raw in
      body(UnsafeBufferPointer(rebasing: raw.bindMemory(to: UInt8.self)[..<count]))
    }
  }

  /// Lends the text with its closing zero.
  public func withText<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeBytes(of: bytes) { raw in
      body(raw.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped)
    }
  }

  public mutating func append(byte: UInt8) {
    guard count < Self.capacity else { return }
    bytes[count] = byte
    count += 1
  }

  @inline(never)
  public mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends bytes as they are, but control characters as `?`.
  @inline(never)
  public mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text { append(byte: byte < 32 || byte == 127 ? 63 : byte) }
  }

  @inline(never)
  public mutating func append(_ other: Sentence) {
    for index in 0..<other.count { append(byte: other.bytes[index]) }
  }

  @inline(never)
  public mutating func append(_ value: Int) {
    if value < 0 { append(byte: 45) }
    var magnitude = value.magnitude
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var length = 0
    repeat {
      digits[length] = 48 + UInt8(magnitude % 10)
      magnitude /= 10
      length += 1
    } while magnitude > 0
    while length > 0 {
      length -= 1
      append(byte: digits[length])
    }
  }

  /// Copies the text and a closing zero to `destination`, as much as fits into `capacity` bytes.
  ///
  /// - Returns: the bytes written without the zero.
  @discardableResult
  public func copy(to destination: UnsafeMutablePointer<UInt8>, capacity: Int) -> Int {
    guard capacity > 0 else { return 0 }
    let length =
      count < capacity ? count : withBytes { Self.wholeCharacters($0, capacity - 1) }
    for index in 0..<length { destination[index] = bytes[index] }
    destination[length] = 0
    return length
  }

  /// How many of the first `count` bytes to keep, so that a text which is cut there ends with a whole character.
  @inline(never)
  static func wholeCharacters(_ text: UnsafeBufferPointer<UInt8>, _ count: Int) -> Int {
    var lead = count - 1
    while lead > 0, count - lead < 4, text[lead] & 0xC0 == 0x80 { lead -= 1 }
    guard lead >= 0 else { return count }
    let length =
      switch text[lead] {
      case 0xF0...: 4
      case 0xE0...: 3
      case 0xC0...: 2
      default: 1
      }
    return lead + length > count ? lead : count
  }

  public subscript(index: Int) -> UInt8 { bytes[index] }

  public struct Interpolation: StringInterpolationProtocol {
    public typealias StringLiteralType = StaticString
    var sentence = Sentence()

    @inline(never)
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: StaticString) { sentence.append(literal) }
    public mutating func appendInterpolation(_ value: some FixedWidthInteger) {
      sentence.append(Int(clamping: value))
    }
    public mutating func appendInterpolation(_ value: StaticString) { sentence.append(value) }
    public mutating func appendInterpolation(_ value: Sentence) { sentence.append(value) }
    public mutating func appendInterpolation(_ value: UnsafeBufferPointer<UInt8>) {
      sentence.append(value)
    }
  }
}
