import CPlatform
import Fault

/// Which USB board a `usb:` locator means: `usb:[id=VVVV:PPPP,][serial=…|bus=N,port=N.N]`, or `usb:fd=N`.
public struct UsbAddress: BitwiseCopyable {
  /// What the locator says of the board beside its numbers.
  public enum Name: UInt8, BitwiseCopyable {
    case none
    case serial
    /// Bus, and ports from there on.
    case path
    /// A descriptor that the program has opened.
    case descriptor
  }

  public static let serialLimit = 126
  public static let portLimit = 7

  /// What boards have unless `id=` says otherwise: pid.codes' numbers for tests.
  public private(set) var vendor: UInt16 = 0x1209
  public private(set) var product: UInt16 = 0x0001
  public private(set) var name = Name.none
  /// −1: none.
  public private(set) var descriptor: Int32 = -1
  /// Where the name begins in the locator.
  private var start = 4

  /// All boards that have the usual numbers.
  public init() {}

  /// The address in a locator of kind `usb`.
  public init(_ locator: Locator) {
    self = locator.withBytes { text in
      do throws(Defect) { return try UsbAddress(parsing: text) } catch { return UsbAddress() }
    }
  }

  /// Whether the name in `locator`, which is this address's, is that in `other`, which has no numbers.
  public func isName(in locator: Locator, of other: Locator) -> Bool {
    locator.withBytes { own in
      other.withBytes { others in
        guard own.count - start == others.count - 4 else { return false }
        return memcmp(
          own.baseAddress.unsafelyUnwrapped + start, others.baseAddress.unsafelyUnwrapped + 4,
          own.count - start) == 0
      }
    }
  }

  /// What is wrong with a locator.
  struct Defect: Error {
    let sentence: StaticString
  }

  /// Parses all of a locator, which begins with `usb:`.
  init(parsing text: UnsafeBufferPointer<UInt8>) throws(Defect) {
    var fields = Fields(text: text, position: 4)
    guard !fields.isAtEnd else { return }
    if fields.take("fd=") {
      guard let number = fields.number(10, limit: 1_000_000), fields.isAtEnd else {
        throw Defect(
          sentence: "the number of an open descriptor must follow \"fd=\", and nothing else")
      }
      name = .descriptor
      descriptor = Int32(number)
      return
    }
    if fields.take("id=") {
      guard let vendor = fields.hexadecimal(), fields.take(":"),
        let product = fields.hexadecimal(), fields.isAtEnd || fields.take(",")
      else {
        throw Defect(
          sentence: "\"id=\" takes two numbers of four hexadecimal digits, as in \"id=1209:0001\"")
      }
      self.vendor = vendor
      self.product = product
      start = fields.position
      if fields.isAtEnd && text[start - 1] != UInt8(ascii: ",") { return }
    }
    if fields.take("serial=") {
      guard !fields.isAtEnd, text.count - fields.position <= UsbAddress.serialLimit else {
        throw Defect(
          sentence: "a serial number of 1 .. 126 characters must follow \"serial=\"")
      }
      name = .serial
    } else if fields.take("bus=") {
      guard fields.small(), fields.take(",port="), fields.path() else {
        throw Defect(
          sentence:
            "bus and ports, 1 .. 255, at most seven of them, belong together, as in \"bus=1,port=2.3\""
        )
      }
      name = .path
    } else {
      throw Defect(
        sentence:
          "id=1209:0001, then serial=… or bus=1,port=2.3, may follow \"usb:\", or fd=3 alone")
    }
  }
}

/// Reads a locator from the left.
private struct Fields {
  let text: UnsafeBufferPointer<UInt8>
  var position: Int

  var isAtEnd: Bool { position == text.count }

  /// Goes past `word` if it is next.
  mutating func take(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard text.count - position >= length else { return false }
    for index in 0..<length where text[position + index] != word.utf8Start[index] { return false }
    position += length
    return true
  }

  /// Digits of base 10 or 16; nil if there are none, or they make more than `limit`.
  mutating func number(_ base: Int, limit: Int) -> Int? {
    var value = 0
    let start = position
    while position < text.count, let digit = digit(text[position]), digit < base {
      value = value * base + digit
      guard value <= limit else { return nil }
      position += 1
    }
    return position > start ? value : nil
  }

  mutating func hexadecimal() -> UInt16? {
    let start = position
    guard let value = number(16, limit: 0xFFFF), position - start == 4 else { return nil }
    return UInt16(value)
  }

  /// Goes past 1 .. 255, without a zero in front: names are compared as text.
  mutating func small() -> Bool {
    guard !isAtEnd, text[position] != UInt8(ascii: "0") else { return false }
    return number(10, limit: 255) != nil
  }

  /// Goes past ports with points between, to the end.
  mutating func path() -> Bool {
    var count = 0
    repeat {
      guard small() else { return false }
      count += 1
    } while take(".")
    return count <= UsbAddress.portLimit && isAtEnd
  }

  private func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...70: Int(byte) - 55
    case 97...102: Int(byte) - 87
    default: nil
    }
  }
}
