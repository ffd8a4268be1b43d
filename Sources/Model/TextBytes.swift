import CPlatform

extension StaticString {
  var cString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The bytes of a C string without its closing zero.
  init(cString: UnsafePointer<CChar>?) {
    let bytes = UnsafeRawPointer(cString)?.assumingMemoryBound(to: UInt8.self)
    self.init(start: bytes, count: cString.map { strlen($0) } ?? 0)
  }

  @inline(never)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount, let baseAddress else { return false }
    return memcmp(baseAddress, text.utf8Start, count) == 0
  }

  /// As much of a text from outside as a sentence should quote.
  var excerpt: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: self[0..<Swift.min(count, 96)])
  }

  /// The bytes of the character of UTF-8 that begins at `index`, 1 .. 4; 0 if none does. Source: Unicode, table 3-7.
  ///
  /// - Precondition: `index` is below `count`.
  @inline(never)
  func characterBytes(at index: Int) -> Int {
    let length: Int
    // The second byte keeps out long forms, surrogates and what is beyond U+10FFFF.
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch self[index] {
    case 0...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if self[index] == 0xE0 { low = 0xA0 }
      if self[index] == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      length = 4
      if self[index] == 0xF0 { low = 0x90 }
      if self[index] == 0xF4 { high = 0x8F }
    default: return 0
    }
    guard length <= count - index, self[index + 1] >= low, self[index + 1] <= high else { return 0 }
    for follower in index + 1..<index + length where self[follower] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
