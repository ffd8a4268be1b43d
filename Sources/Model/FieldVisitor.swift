import Fault

/// Visits the fields of a description one by one: to check, read or write them.
///
/// One piece of code serves all three, so that keys, ranges and defaults stand in one place and are compiled once.
/// `standard` is what a field that is left out of a file means.
struct FieldVisitor {
  private let reader: UnsafeMutablePointer<ObjectReader>?
  private let writer: UnsafeMutablePointer<JSONWriter>?

  /// Refuses numbers outside the range of their field.
  static var checking: FieldVisitor { FieldVisitor(reader: nil, writer: nil) }

  /// Reads the fields of an object; the pointer outlives the visit.
  static func reading(_ reader: UnsafeMutablePointer<ObjectReader>) -> FieldVisitor {
    FieldVisitor(reader: reader, writer: nil)
  }

  /// Writes the fields that differ from their standard; the pointer outlives the visit.
  static func writing(_ writer: UnsafeMutablePointer<JSONWriter>) -> FieldVisitor {
    FieldVisitor(reader: nil, writer: writer)
  }

  /// A number within `low` .. `high`.
  @inline(__always)
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _ key: StaticString, _ value: inout Value, _ low: Int, _ high: Int, standard: Value
  ) throws(Fault) {
    value = Value(
      truncatingIfNeeded: try number(
        key, Int(clamping: value), low, high, standard: Int(clamping: standard)))
  }

  @inline(never)
  private func number(
    _ key: StaticString, _ value: Int, _ low: Int, _ high: Int, standard: Int
  ) throws(Fault) -> Int {
    if let reader {
      guard let found = reader.pointee.value(key) else { return standard }
      return try ObjectReader.integer(key, found, low, high)
    }
    if let writer, value != standard {
      try writer.pointee.key(key)
      try writer.pointee.integer(value)
    } else if writer == nil {
      try FieldVisitor.check(key, value, low, high)
    }
    return value
  }

  func word<Value: Word>(
    _ key: StaticString, _ value: inout Value, standard: Value
  ) throws(Fault) {
    if let reader {
      value = try reader.pointee.word(key, standard: standard)
    } else if let writer, value.rawValue != standard.rawValue {
      try writer.pointee.key(key)
      try writer.pointee.string(value.word)
    }
  }

  @inline(never)
  func flag(_ key: StaticString, _ value: inout Bool, standard: Bool) throws(Fault) {
    if let reader {
      value = try reader.pointee.flag(key, standard: standard)
    } else if let writer, value != standard {
      try writer.pointee.key(key)
      try writer.pointee.flag(value)
    }
  }

  /// - Throws: `SPK_ERROR_MODEL`
  @inline(never)
  static func check(_ key: StaticString, _ value: Int, _ low: Int, _ high: Int) throws(Fault) {
    guard value >= low, value <= high else {
      throw Fault(.SPK_ERROR_MODEL, "\(key) is \(value), expected \(low) .. \(high)")
    }
  }
}
