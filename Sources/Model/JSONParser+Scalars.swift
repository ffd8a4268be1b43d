import Fault
import Memory

extension JSONParser {
  /// A number without fraction and exponent must be an `Int64`; of others nothing is kept.
  ///
  /// - Precondition: the next byte is `-` or a digit.
  mutating func number() throws(Fault) {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    // Below zero there is one number more.
    var value: Int64 = 0
    var isTooBig = false
    if next == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits { digit in
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (rest, overflowOfRest) = tens.subtractingReportingOverflow(digit)
        isTooBig = isTooBig || overflow || overflowOfRest
        value = rest
      }
    }
    var isReal = false
    if next == UInt8(ascii: ".") {
      isReal = true
      position += 1
      try digits { _ in }
    }
    if next | 0x20 == UInt8(ascii: "e") {
      isReal = true
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits { _ in }
    }
    guard !isReal else { return try tokens.append(.real) }
    guard !isTooBig, isNegative || value > Int64.min else {
      position = start
      throw fault("an integer that is too big", "one of 64 bits")
    }
    try tokens.append(.integer(isNegative ? value : -value))
  }

  /// One digit or more.
  private mutating func digits(_ body: (Int64) -> Void) throws(Fault) {
    let start = position
    while next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") {
      body(Int64(next) - 0x30)
      position += 1
    }
    guard position > start else { throw fault("a digit") }
  }

  /// A string without escapes is used where it stands.
  ///
  /// - Precondition: the next byte is a quote.
  @inline(never)
  mutating func string() throws(Fault) {
    position += 1
    var start = position
    let firstDecoded = decoded.count
    var hasEscapes = false
    while next != UInt8(ascii: "\"") {
      if next == UInt8(ascii: "\\") {
        hasEscapes = true
        try decoded.reserve(text.count)
        try decode(from: start)
        try escape()
        start = position
      } else {
        let bytes = next < 0x20 ? 0 : text.characterBytes(at: position)
        guard bytes > 0 else { throw fault("\" or a character of UTF-8 from U+0020 up") }
        position += bytes
      }
    }
    var content = UnsafeBufferPointer(rebasing: text[start..<position])
    if hasEscapes {
      try decode(from: start)
      content = UnsafeBufferPointer(rebasing: decoded.elements[firstDecoded...])
    }
    position += 1
    try tokens.append(
      .text(content.baseAddress.unsafelyUnwrapped, bytes: Int32(content.count)))
  }

  /// Keeps the text from `start` up to here as it is.
  @inline(never)
  private mutating func decode(from start: Int) throws(Fault) {
    try decoded.append(UnsafeBufferPointer(rebasing: text[start..<position]))
  }

  private mutating func escape() throws(Fault) {
    position += 1
    let byte: UInt8
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = next
    case UInt8(ascii: "b"): byte = 0x08
    case UInt8(ascii: "f"): byte = 0x0C
    case UInt8(ascii: "n"): byte = 0x0A
    case UInt8(ascii: "r"): byte = 0x0D
    case UInt8(ascii: "t"): byte = 0x09
    case UInt8(ascii: "u"): return try character()
    default: throw fault("one of \" \\ / b f n r t u after a backslash")
    }
    try decoded.append(byte)
    position += 1
  }

  /// `uXXXX`, or `uXXXX\uXXXX` for a character beyond U+FFFF.
  private mutating func character() throws(Fault) {
    let start = position
    var scalar = try codeUnit()
    if scalar >= 0xD800, scalar < 0xDC00, next == UInt8(ascii: "\\") {
      position += 1
      let low = try codeUnit()
      guard low >= 0xDC00, low < 0xE000 else {
        position = start
        throw fault("half a surrogate pair", "both halves")
      }
      scalar = 0x1_0000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
    }
    guard scalar > 0, scalar < 0xD800 || scalar >= 0xE000 else {
      position = start
      throw scalar == 0
        ? fault("U+0000", "a text without it") : fault("half a surrogate pair", "both halves")
    }
    try appendCharacter(scalar)
  }

  @inline(never)
  private mutating func codeUnit() throws(Fault) -> UInt32 {
    guard next == UInt8(ascii: "u") else { throw fault("the other half of a surrogate pair") }
    position += 1
    var unit: UInt32 = 0
    for _ in 0..<4 {
      switch next {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 + UInt32(next) - 0x30
      case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"):
        unit = unit << 4 + UInt32(next | 0x20) - 0x57
      default: throw fault("a hexadecimal digit")
      }
      position += 1
    }
    return unit
  }

  private mutating func appendCharacter(_ scalar: UInt32) throws(Fault) {
    var followers: UInt32 = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x1_0000 ? 2 : 3
    let mark: UInt32 = followers == 0 ? 0 : 0xFF00 &>> (followers + 1) & 0xFF
    try decoded.append(UInt8(mark | scalar &>> (6 * followers)))
    while followers > 0 {
      followers -= 1
      try decoded.append(UInt8(0x80 | scalar &>> (6 * followers) & 0x3F))
    }
  }
}
