import CSpikelet
import Fault

/// Where a board is: `sim:`, `unix:/path`, `tcp:host:port`, or `usb:` and what `UsbAddress` reads.
///
/// A value that holds its text in place, so that it can be kept with an open device.
public struct Locator: Equatable, BitwiseCopyable {
  public enum Kind: UInt8, BitwiseCopyable {
    /// The firmware in this process.
    case simulated
    /// A stream socket with a name in the file system.
    case unix
    case tcp
    case usb
  }

  /// Bytes of a path: what a socket address holds beside its closing zero.
  public static let pathLimit = 107
  public static let hostLimit = 255

  public let kind: Kind
  private let count: UInt16
  private let placeStart: UInt16
  private let placeCount: UInt16
  /// `tcp:`, 255 bytes in brackets, `:65535` and a closing zero.
  private var bytes = InlineArray<272, UInt8>(repeating: 0)

  /// `sim:`.
  public static var simulated: Locator { Locator() }

  private init() {
    kind = .simulated
    count = 4
    placeStart = 4
    placeCount = 0
    let text: StaticString = "sim:"
    for index in 0..<4 { bytes[index] = text.utf8Start[index] }
  }

  /// - Throws: ARGUMENT.
  public init(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) {
    let place: Range<Int>
    if Locator.begins(text, "unix:") {
      kind = .unix
      place = 5..<text.count
      guard !place.isEmpty else {
        throw Locator.malformed(text, "a path must follow, as in \"unix:/run/board\"")
      }
    } else if Locator.begins(text, "tcp:") {
      kind = .tcp
      place = try Locator.host(text)
    } else if Locator.begins(text, "usb:") {
      kind = .usb
      do throws(UsbAddress.Defect) {
        _ = try UsbAddress(parsing: text)
      } catch {
        throw Locator.malformed(text, error.sentence)
      }
      place = 4..<text.count
    } else {
      kind = .simulated
      place = 4..<4
      guard Locator.begins(text, "sim:") else {
        throw Locator.malformed(text, "not known; this version opens sim:, unix:, tcp: and usb:")
      }
      guard text.count == 4 else {
        throw Locator.malformed(text, "nothing may follow \"sim:\"")
      }
    }
    let limit = kind == .unix ? Locator.pathLimit : Locator.hostLimit
    guard place.count <= limit else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "locator: a path or host of \(place.count) bytes found, at most \(limit) expected")
    }
    count = UInt16(text.count)
    placeStart = UInt16(place.lowerBound)
    placeCount = UInt16(place.count)
    for index in 0..<text.count { bytes[index] = text[index] }
  }

  /// The locator as it was given.
  public var sentence: Sentence {
    withBytes { text in
      var sentence = Sentence()
      sentence.append(text)
      return sentence
    }
  }

  /// Lends the locator as it was given.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeBytes(of: bytes) { raw in
      body(UnsafeBufferPointer(rebasing: raw.bindMemory(to: UInt8.self)[..<Int(count)]))
    }
  }

  /// Lends the path or the host, without brackets, and the digits of the port, as C strings; the port of a path is empty.
  func withPlace<Result>(
    _ body: (_ place: UnsafePointer<CChar>, _ port: UnsafePointer<CChar>) -> Result
  ) -> Result {
    var ended = bytes
    let end = Int(placeStart + placeCount)
    var port = end
    if kind == .tcp {
      port += ended[end] == UInt8(ascii: "]") ? 2 : 1
      ended[end] = 0
    }
    return withUnsafeBytes(of: ended) { raw in
      let text = raw.bindMemory(to: CChar.self).baseAddress.unsafelyUnwrapped
      return body(text + Int(placeStart), text + port)
    }
  }

  @inline(never)
  public static func == (one: Locator, other: Locator) -> Bool {
    guard one.count == other.count else { return false }
    for index in 0..<Int(one.count) where one.bytes[index] != other.bytes[index] { return false }
    return one.kind == other.kind
  }

  /// Where the host is in `tcp:host:port`, brackets left out.
  private static func host(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) -> Range<Int> {
    var end = text.count - 1
    while text[end] != UInt8(ascii: ":") { end -= 1 }
    guard end > 3 else {
      throw malformed(text, "a host and a port must follow, as in \"tcp:localhost:7750\"")
    }
    var port = 0
    for byte in text[(end + 1)...] {
      guard byte >= 48, byte <= 57, port <= 65_535 else {
        port = 0
        break
      }
      port = 10 * port + Int(byte - 48)
    }
    guard port >= 1, port <= 65_535, text.count - end <= 6 else {
      throw malformed(text, "a port of 1 .. 65535 must follow the last \":\"")
    }
    guard end > 4 else { throw malformed(text, "the host is missing") }
    if text[4] == UInt8(ascii: "["), text[end - 1] == UInt8(ascii: "]"), end > 6 {
      return 5..<(end - 1)
    }
    for byte in text[4..<end] where byte == 58 || byte == 91 || byte == 93 {
      throw malformed(text, "an IPv6 address stands in brackets, as in \"tcp:[::1]:7750\"")
    }
    return 4..<end
  }

  @inline(never)
  private static func malformed(
    _ text: UnsafeBufferPointer<UInt8>, _ problem: StaticString
  ) -> Fault {
    let shown = UnsafeBufferPointer(rebasing: text[..<min(text.count, 272)])
    return Fault(.SPK_ERROR_ARGUMENT, "locator \"\(shown)\": \(problem)")
  }

  private static func begins(_ text: UnsafeBufferPointer<UInt8>, _ prefix: StaticString) -> Bool {
    guard text.count >= prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount where text[index] != prefix.utf8Start[index] {
      return false
    }
    return true
  }
}
