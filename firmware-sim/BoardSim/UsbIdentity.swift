/// How fast a device's bus is; the numbers are those of Linux and USB/IP.
public enum UsbSpeed: UInt32, Sendable {
  case full = 2
  case high = 3

  /// Bytes of a full packet of a bulk endpoint.
  public var packetBytes: Int { self == .high ? 512 : 64 }
  var other: UsbSpeed { self == .high ? .full : .high }
}

/// What a USB board says of itself before anyone speaks to its firmware.
public struct UsbIdentity: Equatable, Sendable {
  /// From the range of pid.codes that is for tests: no product may be sold with it.
  public var vendor: UInt16 = 0x1209
  public var product: UInt16 = 0x0001
  /// 4.12 bits, decimal: 0x0010 is 0.1.
  public var release: UInt16 = 0x0010
  public var manufacturerName = "Spikelet"
  public var productName = "Simulated neuromorphic board"
  /// 1 .. 126 characters.
  public var serial = "SIM0001"
  public var speed = UsbSpeed.high
  /// Numbers of the endpoints, 1 .. 15; the one to the host has bit 7 set in its address. Hosts read them.
  public var outEndpoint: UInt8 = 1
  public var inEndpoint: UInt8 = 0x81

  /// What the board calls itself in `hello`; 0: it does not know.
  public var number: UInt64 = 0

  public init() {}
}
