/// The eight bytes that begin a control transfer, little-endian.
public struct UsbSetup: Equatable, Sendable {
  /// Bit 7: to the host. Bits 5 and 6: 0 standard, 1 class, 2 vendor. Bits 0 .. 4: 0 device, 1 interface, 2 endpoint.
  public var requestType: UInt8
  public var request: UInt8
  public var value: UInt16
  public var index: UInt16
  public var length: UInt16

  public init(
    requestType: UInt8, request: UInt8, value: UInt16 = 0, index: UInt16 = 0, length: UInt16 = 0
  ) {
    self.requestType = requestType
    self.request = request
    self.value = value
    self.index = index
    self.length = length
  }

  /// Nil unless there are eight bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 8 else { return nil }
    func word(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
    self.init(
      requestType: bytes[0], request: bytes[1], value: word(2), index: word(4), length: word(6))
  }

  public var isToHost: Bool { requestType & 0x80 != 0 }
}

/// Numbers of control requests.
public enum UsbRequest {
  static let getStatus: UInt8 = 0
  static let clearFeature: UInt8 = 1
  static let setFeature: UInt8 = 3
  static let setAddress: UInt8 = 5
  static let getDescriptor: UInt8 = 6
  static let getConfiguration: UInt8 = 8
  static let setConfiguration: UInt8 = 9
  static let getInterface: UInt8 = 10
  static let setInterface: UInt8 = 11

  /// Vendor, device, to the host: u32 protocol version, u32 law version, u32 firmware version.
  public static let identity: UInt8 = 0x01
  /// Vendor, device, to the board, no data: a fresh board, nothing under way, no endpoint halted.
  public static let reset: UInt8 = 0x02
  /// Vendor, device, to the host, index 7: the Microsoft OS 2.0 descriptors.
  public static let microsoft: UInt8 = 0x20
}
