import Fault
import Memory

/// A parsed JSON text (RFC 8259); its values live as long as it does and as the text.
///
/// Memory: while it reads, at most 24 bytes a byte of text; then at most 13.
struct JSONDocument: ~Copyable {
  private let tokens: List<JSONToken>
  /// Strings that had escapes.
  private let decoded: List<UInt8>

  /// - Throws: `SPK_ERROR_FORMAT` if it is not JSON, is nested deeper than 32, has an integer
  ///   of more than 64 bits, the character U+0000, or an object with a key twice; `SPK_ERROR_NO_MEMORY`.
  init(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) {
    var parser = JSONParser(text)
    try parser.parse()
    tokens = parser.tokens
    decoded = parser.decoded
  }

  var root: JSONValue {
    JSONValue(UnsafePointer(tokens.elements.baseAddress.unsafelyUnwrapped))
  }
}

/// A value or a key of a text. What is in an array or an object follows it: elements, or keys and values in turn.
enum JSONToken: BitwiseCopyable {
  case null
  case flag(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent; no value is kept.
  case real
  /// Without quotes and escapes.
  case text(UnsafePointer<UInt8>, bytes: Int32)
  /// `size` is in tokens, this one and all within.
  case array(count: Int32, size: Int32)
  case object(count: Int32, size: Int32)
}

/// A value inside a `JSONDocument`.
struct JSONValue: BitwiseCopyable {
  private let token: UnsafePointer<JSONToken>

  fileprivate init(_ token: UnsafePointer<JSONToken>) { self.token = token }

  var isObject: Bool { if case .object = token.pointee { true } else { false } }
  var isArray: Bool { if case .array = token.pointee { true } else { false } }

  /// Nil as well if it is no `Int`.
  var integer: Int? {
    if case .integer(let value) = token.pointee { Int(exactly: value) } else { nil }
  }

  var flag: Bool? { if case .flag(let value) = token.pointee { value } else { nil } }

  var text: UnsafeBufferPointer<UInt8>? {
    guard case .text(let start, let bytes) = token.pointee else { return nil }
    return UnsafeBufferPointer(start: start, count: Int(bytes))
  }

  /// Elements of an array; 0 of anything else.
  var count: Int { if case .array(let count, _) = token.pointee { Int(count) } else { 0 } }

  /// An element of an array. O(index).
  ///
  /// - Precondition: `index` is below `count`.
  @inline(never)
  subscript(index: Int) -> JSONValue {
    precondition(index >= 0 && index < count)
    var element = first
    for _ in 0..<index { element = element.next }
    return element
  }

  /// Calls `body` with the position and the value of each element of an array.
  func forEachElement(_ body: (Int, JSONValue) throws(Fault) -> Void) throws(Fault) {
    var element = first
    for index in 0..<count {
      try body(index, element)
      element = element.next
    }
  }

  /// The value of a key of an object. O(keys).
  @inline(never)
  subscript(key: StaticString) -> JSONValue? {
    guard case .object(let count, _) = token.pointee else { return nil }
    var member = first
    for _ in 0..<count {
      let value = member.next
      if member.text?.equals(key) == true { return value }
      member = value.next
    }
    return nil
  }

  /// Calls `body` with each key and value of an object, in the order of the text.
  func forEachMember(
    _ body: (UnsafeBufferPointer<UInt8>, JSONValue) throws(Fault) -> Void
  ) throws(Fault) {
    guard case .object(let count, _) = token.pointee else { return }
    var member = first
    for _ in 0..<count {
      let value = member.next
      if let key = member.text { try body(key, value) }
      member = value.next
    }
  }

  /// The first element of an array, the first key of an object.
  private var first: JSONValue { JSONValue(token + 1) }

  /// What stands after the value and all within it.
  private var next: JSONValue { JSONValue(token + token.pointee.size) }
}

extension JSONToken {
  /// Tokens of the value, this one and all within.
  var size: Int {
    switch self {
    case .array(_, let size), .object(_, let size): Int(size)
    default: 1
    }
  }
}
