import Fault

/// Where a board is: `sim:`; later `usb:`, `unix:/path`, `tcp:host:port`.
public enum Locator: Equatable {
  case simulated

  /// - Throws: UNSUPPORTED for a locator that this version cannot open, ARGUMENT for anything else.
  public init(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) {
    if Locator.begins(text, "sim:") {
      guard text.count == 4 else {
        throw Fault(
          .SPK_ERROR_ARGUMENT, "locator \"\(text)\": nothing may follow \"sim:\"")
      }
      self = .simulated
      return
    }
    if Locator.begins(text, "usb:") || Locator.begins(text, "unix:") || Locator.begins(text, "tcp:")
    {
      throw Fault(
        .SPK_ERROR_UNSUPPORTED,
        "locator \"\(text)\": this version opens \"sim:\" only, the simulated board")
    }
    throw Fault(
      .SPK_ERROR_ARGUMENT, "locator \"\(text)\" is not known; use \"sim:\", the simulated board")
  }

  private static func begins(_ text: UnsafeBufferPointer<UInt8>, _ prefix: StaticString) -> Bool {
    guard text.count >= prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount where text[index] != prefix.utf8Start[index] {
      return false
    }
    return true
  }
}
