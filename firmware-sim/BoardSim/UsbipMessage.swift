/// Messages of USB/IP 1.1.1, all big-endian. Source: Documentation/usb/usbip_protocol.rst of Linux.
enum UsbipMessage {
  static let version: UInt16 = 0x0111
  static let headBytes = 8
  static let nameBytes = 32
  /// A command and its answer, without the bytes of a transfer.
  static let commandBytes = 48
  /// The longest transfer: twice what Linux lets all programs have under way.
  static let transferLimit = 32 << 20

  /// Codes before a device is imported; an answer is without the top bit.
  enum Operation: UInt16 {
    case importDevice = 0x8003
    case listDevices = 0x8005
  }

  /// Why a device is not given.
  enum Refusal: UInt32 {
    case busy = 2
    case noDevice = 4
  }

  /// What a transfer came to: 0, or a negative errno of Linux.
  enum Status: Int32 {
    case well = 0
    case stall = -32
    case overflow = -75
    case unlinked = -104
    /// Fewer bytes than asked for, where the host takes that for an error.
    case short = -121
  }

  static func head(_ operation: Operation, status: UInt32 = 0) -> [UInt8] {
    version.bigBytes + (operation.rawValue & 0x7FFF).bigBytes + status.bigBytes
  }

  static func transferred(
    _ sequence: UInt32, _ status: Status, count: Int, _ bytes: [UInt8] = []
  ) -> [UInt8] {
    [3, sequence, 0, 0, 0, UInt32(bitPattern: status.rawValue), UInt32(count)].flatMapBig()
      + [UInt8](repeating: 0, count: 20) + bytes
  }

  static func unlinked(_ sequence: UInt32, _ status: Status) -> [UInt8] {
    [4, sequence, 0, 0, 0, UInt32(bitPattern: status.rawValue)].flatMapBig()
      + [UInt8](repeating: 0, count: 24)
  }
}

/// What a host asks of a device that it has imported.
struct UsbipCommand {
  enum Kind: UInt32 {
    case submit = 1
    case unlink = 2
  }

  /// Bits of `flags`: a short packet is an error.
  static let shortIsError: UInt32 = 1

  let kind: Kind
  let sequence: UInt32
  let device: UInt32
  let isToHost: Bool
  let endpoint: UInt8
  let flags: UInt32
  let length: Int
  let setup: UsbSetup
  /// Of the transfer that is to be given up.
  let target: UInt32

  /// Nil if the 48 bytes are no command, or one for more than a bulk device can do.
  init?(_ bytes: ArraySlice<UInt8>) {
    func word(_ index: Int) -> UInt32 {
      let at = bytes.startIndex + 4 * index
      return bytes[at..<(at + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard bytes.count == UsbipMessage.commandBytes, let kind = Kind(rawValue: word(0)),
      word(3) <= 1, word(4) <= 15,
      let setup = UsbSetup(Array(bytes[(bytes.startIndex + 40)...]))
    else { return nil }
    self.kind = kind
    sequence = word(1)
    device = word(2)
    isToHost = word(3) == 1
    endpoint = UInt8(word(4))
    self.setup = setup
    flags = kind == .submit ? word(5) : 0
    target = kind == .unlink ? word(5) : 0
    length = kind == .submit ? Int(word(6)) : 0
    // Isochronous packets: none, in both ways to say so.
    let packets = word(8)
    if kind == .submit {
      guard length <= UsbipMessage.transferLimit, packets == 0 || packets == .max else {
        return nil
      }
    }
  }

  /// Bytes that follow the command.
  var dataBytes: Int { isToHost ? 0 : length }
}

extension FixedWidthInteger {
  /// Most significant byte first.
  var bigBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension [UInt32] {
  func flatMapBig() -> [UInt8] { flatMap(\.bigBytes) }
}
