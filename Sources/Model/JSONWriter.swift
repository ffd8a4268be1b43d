import Fault
import Memory

/// Writes JSON text: the caller opens, closes and fills objects and arrays, commas come by themselves.
struct JSONWriter: ~Copyable {
  private(set) var text = List<UInt8>()
  private var isFirst = true

  /// `{` or `[`
  mutating func open(_ bracket: Unicode.Scalar) throws(Fault) {
    try separate()
    try text.append(UInt8(bracket.value))
    isFirst = true
  }

  /// `}` or `]`
  @inline(never)
  mutating func close(_ bracket: Unicode.Scalar) throws(Fault) {
    try text.append(UInt8(bracket.value))
    isFirst = false
  }

  @inline(never)
  mutating func key(_ key: StaticString) throws(Fault) {
    try string(key)
    try colon()
  }

  /// The key of a tensor: `<name>.<suffix>`.
  mutating func key(_ name: Name, _ suffix: StaticString) throws(Fault) {
    try separate()
    try text.append(UInt8(ascii: "\""))
    for index in 0..<name.count { try escape(name[index]) }
    try text.append(UInt8(ascii: "."))
    try text.append(UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    try text.append(UInt8(ascii: "\""))
    try colon()
  }

  mutating func integer(_ value: Int) throws(Fault) {
    try separate()
    let digits = Sentence(value)
    for index in 0..<digits.count { try text.append(digits[index]) }
  }

  mutating func string(_ value: StaticString) throws(Fault) {
    try string(UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  mutating func string(_ value: UnsafeBufferPointer<UInt8>) throws(Fault) {
    try separate()
    try text.append(UInt8(ascii: "\""))
    for byte in value { try escape(byte) }
    try text.append(UInt8(ascii: "\""))
  }

  mutating func string(_ value: Name) throws(Fault) {
    try separate()
    try text.append(UInt8(ascii: "\""))
    for index in 0..<value.count { try escape(value[index]) }
    try text.append(UInt8(ascii: "\""))
  }

  /// Spaces up to a length that is `alignment` · n + `remainder`.
  mutating func pad(alignment: Int, remainder: Int) throws(Fault) {
    while text.count % alignment != remainder { try text.append(UInt8(ascii: " ")) }
  }

  mutating func flag(_ value: Bool) throws(Fault) {
    try separate()
    let word: StaticString = value ? "true" : "false"
    try text.append(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  private mutating func separate() throws(Fault) {
    if !isFirst { try text.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  private mutating func colon() throws(Fault) {
    try text.append(UInt8(ascii: ":"))
    isFirst = true
  }

  /// Text holds no control characters, so quotes and backslashes are all there is to escape.
  private mutating func escape(_ byte: UInt8) throws(Fault) {
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      try text.append(UInt8(ascii: "\\"))
    }
    try text.append(byte)
  }
}
