import Fault

/// Reads the fields of one JSON object, and refuses keys that nobody asked for.
struct ObjectReader {
  private let object: JSONValue
  private var asked: InlineArray<32, StaticString> = .init(repeating: "")
  private var askedCount = 0

  /// - Throws: `SPK_ERROR_FORMAT` if `value` is not an object.
  init(_ value: JSONValue) throws(Fault) {
    guard value.isObject else { throw Fault(.SPK_ERROR_FORMAT, "expected a JSON object") }
    object = value
  }

  /// The value of a key that may be absent.
  @inline(never)
  mutating func value(_ key: StaticString) -> JSONValue? {
    asked[askedCount] = key
    askedCount += 1
    return object[key]
  }

  /// The elements' array of a key; nil if the key is absent.
  mutating func array(_ key: StaticString) throws(Fault) -> JSONValue? {
    guard let found = value(key) else { return nil }
    guard found.isArray else { throw Fault(.SPK_ERROR_FORMAT, "\(key) is not an array") }
    return found
  }

  /// The text of a key that must be there.
  mutating func text(_ key: StaticString) throws(Fault) -> UnsafeBufferPointer<UInt8> {
    guard let found = value(key) else { throw Fault(.SPK_ERROR_FORMAT, "\(key) is missing") }
    guard let text = found.text else { throw Fault(.SPK_ERROR_FORMAT, "\(key) is not a string") }
    return text
  }

  mutating func name(_ key: StaticString) throws(Fault) -> Name {
    let text = try text(key)
    guard let name = Name(text) else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "\(key) \"\(text.excerpt)\" has \(text.count) bytes, expected at most \(Name.capacity)")
    }
    return name
  }

  /// A word that must be there.
  mutating func word<Value: Word>(_ key: StaticString) throws(Fault) -> Value {
    try Self.parse(key, try text(key))
  }

  /// A word that may be absent.
  mutating func word<Value: Word>(
    _ key: StaticString, standard: Value
  ) throws(Fault) -> Value {
    guard let found = self.value(key) else { return standard }
    guard let text = found.text else { throw Fault(.SPK_ERROR_FORMAT, "\(key) is not a string") }
    return try Self.parse(key, text)
  }

  mutating func flag(_ key: StaticString, standard: Bool) throws(Fault) -> Bool {
    guard let found = self.value(key) else { return standard }
    guard let flag = found.flag else {
      throw Fault(.SPK_ERROR_FORMAT, "\(key) is neither true nor false")
    }
    return flag
  }

  /// An integer within `low` .. `high`.
  @inline(never)
  static func integer(
    _ key: StaticString, _ value: JSONValue, _ low: Int, _ high: Int
  ) throws(Fault) -> Int {
    guard let number = value.integer else {
      throw Fault(.SPK_ERROR_FORMAT, "\(key) is not an integer")
    }
    try FieldVisitor.check(key, number, low, high)
    return number
  }

  /// - Throws: `SPK_ERROR_FORMAT` if the object has a key that was not asked for.
  func finish() throws(Fault) {
    try object.forEachMember { (key, _) throws(Fault) in
      for index in 0..<askedCount {
        if key.equals(asked[index]) { return }
      }
      throw Fault(.SPK_ERROR_FORMAT, "key \"\(key.excerpt)\" is not known here; remove it")
    }
  }

  private static func parse<Value: Word>(
    _ key: StaticString, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Fault) -> Value {
    guard let value = Value(word: text) else {
      throw Fault(.SPK_ERROR_FORMAT, "\(key) \"\(text.excerpt)\" is not known")
    }
    return value
  }
}
