import CPlatform
import Fault
import Memory

/// Reads a JSON text from front to back. What is open is kept on a stack of fixed size, so no text can exhaust the thread's.
struct JSONParser: ~Copyable {
  let text: UnsafeBufferPointer<UInt8>
  /// Of the next byte.
  var position = 0
  var tokens = List<JSONToken>()
  /// Strings that had escapes. Given room for the whole text by the first of them: it never moves, tokens point into it.
  var decoded = List<UInt8>()

  /// Tokens of the arrays and objects that do not end yet.
  private var opened: InlineArray<32, Int32> = .init(repeating: 0)
  private var depth = 0
  private var keys = List<UnsafePointer<JSONToken>>()

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Reads the whole text, once; `tokens` are then what it says.
  ///
  /// - Throws: what `JSONDocument.init` throws.
  mutating func parse() throws(Fault) {
    guard text.count <= FileFormat.headerBytesLimit else {
      throw fault("a text of \(text.count) bytes", "a shorter one")
    }
    repeat {
      if isInObject { try key() }
      try value()
    } while try hasMore()
    guard position == text.count else { throw fault("the end") }
  }

  /// The next byte; 0 at the end, which no JSON has.
  var next: UInt8 { position < text.count ? text[position] : 0 }

  private var isInObject: Bool {
    guard depth > 0, case .object = tokens[Int(opened[depth - 1])] else { return false }
    return true
  }

  @inline(never)
  private mutating func skipSpace() {
    while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
  }

  private mutating func key() throws(Fault) {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw fault("a key in quotes") }
    try string()
    skipSpace()
    guard next == UInt8(ascii: ":") else { throw fault(":") }
    position += 1
  }

  private mutating func value() throws(Fault) {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): try open(.object(count: 0, size: 0))
    case UInt8(ascii: "["): try open(.array(count: 0, size: 0))
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: "t"): try word("true", .flag(true))
    case UInt8(ascii: "f"): try word("false", .flag(false))
    case UInt8(ascii: "n"): try word("null", .null)
    default: throw fault("a value")
    }
  }

  @inline(never)
  private mutating func word(_ word: StaticString, _ token: JSONToken) throws(Fault) {
    let end = min(position + word.utf8CodeUnitCount, text.count)
    guard UnsafeBufferPointer(rebasing: text[position..<end]).equals(word) else {
      throw fault("a value")
    }
    position = end
    try tokens.append(token)
  }

  @inline(never)
  private mutating func open(_ token: JSONToken) throws(Fault) {
    guard depth < opened.count else {
      throw fault("nesting deeper than \(opened.count)", "less")
    }
    position += 1
    opened[depth] = Int32(tokens.count)
    depth += 1
    try tokens.append(token)
  }

  /// Closes what ends here. Whether another element or member follows; its comma is then behind.
  private mutating func hasMore() throws(Fault) -> Bool {
    while true {
      skipSpace()
      guard depth > 0 else { return false }
      let isInObject = isInObject
      if next == UInt8(ascii: isInObject ? "}" : "]") {
        try close(isObject: isInObject)
      } else {
        guard tokens.count > Int(opened[depth - 1]) + 1 else { return true }
        guard next == UInt8(ascii: ",") else { throw fault(isInObject ? ", or }" : ", or ]") }
        position += 1
        return true
      }
    }
  }

  private mutating func close(isObject: Bool) throws(Fault) {
    let opening = Int(opened[depth - 1])
    let size = tokens.count - opening
    let first = UnsafePointer(tokens.elements.baseAddress.unsafelyUnwrapped) + opening
    var count: Int32 = 0
    var offset = 1
    keys.removeAll()
    while offset < size {
      if isObject {
        try keys.append(first + offset)
        offset += 1
      }
      offset += first[offset].size
      count += 1
    }
    if isObject { try checkKeys() }
    tokens[opening] =
      isObject
      ? .object(count: count, size: Int32(size)) : .array(count: count, size: Int32(size))
    depth -= 1
    position += 1
  }

  /// Sorts `keys` to see that none is there twice.
  private mutating func checkKeys() throws(Fault) {
    let keys = keys.elements
    heapsort(keys.count) {
      JSONParser.order(keys[$0], keys[$1]) < 0
    } swap: {
      keys.swapAt($0, $1)
    }
    for index in keys.indices.dropFirst() where Self.order(keys[index - 1], keys[index]) == 0 {
      guard case .text(let start, let bytes) = keys[index].pointee else { continue }
      let key = UnsafeBufferPointer(start: start, count: Int(bytes)).excerpt
      throw fault("the end of an object with a duplicate key \"\(key)\"", "each key once")
    }
  }

  /// Below 0, 0 or above: by length, then by bytes.
  @inline(never)
  private static func order(
    _ left: UnsafePointer<JSONToken>, _ right: UnsafePointer<JSONToken>
  ) -> Int32 {
    guard case .text(let left, let bytes) = left.pointee,
      case .text(let right, let others) = right.pointee
    else { return 0 }
    return bytes != others ? bytes - others : memcmp(left, right, Int(bytes))
  }

  /// The fault that something else than the next byte is expected.
  @inline(never)
  func fault(_ expected: StaticString) -> Fault {
    var found = Sentence()
    if position == text.count {
      found.append("the end" as StaticString)
    } else if next > 0x20, next < 0x7F {
      found.append(byte: next)
    } else {
      found.append("byte " as StaticString)
      found.append(Int(next))
    }
    return fault(found, expected)
  }

  @inline(never)
  func fault(_ found: Sentence, _ expected: StaticString) -> Fault {
    Fault(
      .SPK_ERROR_FORMAT, "not good JSON at byte \(position): found \(found), expected \(expected)")
  }
}
