/// Standard descriptors. Source: USB 2.0, chapter 9; BOS: USB 3.2, section 9.6.2.
enum UsbDescriptor {
  static let device: UInt8 = 1
  static let configuration: UInt8 = 2
  static let string: UInt8 = 3
  static let interface: UInt8 = 4
  static let endpoint: UInt8 = 5
  static let deviceQualifier: UInt8 = 6
  static let otherSpeed: UInt8 = 7
  static let objectStore: UInt8 = 15
  static let capability: UInt8 = 16

  static let vendorClass: UInt8 = 0xFF
  static let configurationNumber: UInt8 = 1
  /// USB 2.1: there is a BOS descriptor.
  static let usbVersion: UInt16 = 0x0210
  static let english: UInt16 = 0x0409
}

extension UsbIdentity {
  /// 18 bytes.
  public var deviceDescriptor: [UInt8] {
    sequence(
      [18, UsbDescriptor.device], UsbDescriptor.usbVersion.bytes,
      [UsbDescriptor.vendorClass, 0, 0, 64], vendor.bytes, product.bytes, release.bytes,
      [1, 2, 3, 1])
  }

  /// The configuration, its interface and its endpoints: 32 bytes.
  public var configurationDescriptor: [UInt8] {
    configuration(UsbDescriptor.configuration, at: speed)
  }

  /// What the device would be at the other speed: 10 bytes.
  var deviceQualifier: [UInt8] {
    sequence(
      [10, UsbDescriptor.deviceQualifier], UsbDescriptor.usbVersion.bytes,
      [UsbDescriptor.vendorClass, 0, 0, 64, 1, 0])
  }

  var otherSpeedConfiguration: [UInt8] { configuration(UsbDescriptor.otherSpeed, at: speed.other) }

  private func configuration(_ type: UInt8, at speed: UsbSpeed) -> [UInt8] {
    let packet = UInt16(speed.packetBytes).bytes
    let bulk: UInt8 = 2
    // Powered by the bus, 100 mA.
    return sequence(
      [9, type], UInt16(32).bytes, [1, UsbDescriptor.configurationNumber, 0, 0x80, 50],
      [9, UsbDescriptor.interface, 0, 0, 2, UsbDescriptor.vendorClass, 0, 0, 0],
      [7, UsbDescriptor.endpoint, outEndpoint, bulk], packet, [0],
      [7, UsbDescriptor.endpoint, inEndpoint, bulk], packet, [0])
  }

  /// The string of a number; nil if there is none. 0 gives the languages: English.
  func stringDescriptor(_ index: UInt8) -> [UInt8]? {
    switch index {
    case 0: [4, UsbDescriptor.string] + UsbDescriptor.english.bytes
    case 1: stringDescriptor(manufacturerName)
    case 2: stringDescriptor(productName)
    case 3: stringDescriptor(serial)
    default: nil
    }
  }

  /// At most 126 units of UTF-16 have room.
  private func stringDescriptor(_ text: String) -> [UInt8] {
    let units = text.utf16.prefix(126).flatMap(\.bytes)
    return [UInt8(2 + units.count), UsbDescriptor.string] + units
  }

  /// Says that there are Microsoft OS 2.0 descriptors, and by which request.
  var objectStore: [UInt8] {
    let platform = sequence(
      [28, UsbDescriptor.capability, 5, 0], UsbMicrosoft.platform, UsbMicrosoft.windowsVersion,
      UInt16(UsbMicrosoft.descriptorSet.count).bytes, [UsbRequest.microsoft, 0])
    return sequence(
      [5, UsbDescriptor.objectStore], UInt16(5 + platform.count).bytes, [1], platform)
  }
}

/// Microsoft OS 2.0 descriptors: Windows takes its WinUSB driver for the device, and nobody has to install one.
///
/// Source: "Microsoft OS 2.0 Descriptors Specification", 2012. The device has one interface and is no composite one, so
/// that its features stand in the set directly.
enum UsbMicrosoft {
  /// Windows 8.1, the first that reads them.
  static let windowsVersion: [UInt8] = [0x00, 0x00, 0x03, 0x06]
  /// What a program under Windows finds the interface by.
  static let interfaceIdentifier = "{6B9A3C0E-52D7-4E0B-9C3F-5370696B6C74}"
  /// `wIndex` of the request for the set.
  static let descriptorIndex: UInt16 = 7

  /// {D8DD60DF-4589-4CC7-9CD2-659D9E648A9F}, in the order of the wire.
  static let platform: [UInt8] = [
    0xDF, 0x60, 0xDD, 0xD8, 0x89, 0x45, 0xC7, 0x4C, 0x9C, 0xD2, 0x65, 0x9D, 0x9E, 0x64, 0x8A, 0x9F,
  ]

  static let descriptorSet: [UInt8] = {
    let compatible = sequence(
      UInt16(20).bytes, UInt16(3).bytes, Array("WINUSB".utf8), [UInt8](repeating: 0, count: 10))
    let name = text("DeviceInterfaceGUIDs\0")
    let value = text(interfaceIdentifier + "\0\0")
    let multipleStrings: UInt16 = 7
    let property = sequence(
      UInt16(10 + name.count + value.count).bytes, UInt16(4).bytes, multipleStrings.bytes,
      UInt16(name.count).bytes, name, UInt16(value.count).bytes, value)
    let total = UInt16(10 + compatible.count + property.count)
    return sequence(
      UInt16(10).bytes, UInt16(0).bytes, windowsVersion, total.bytes, compatible, property)
  }()

  private static func text(_ text: String) -> [UInt8] { text.utf16.flatMap(\.bytes) }
}

extension UInt16 {
  /// Little-endian.
  var bytes: [UInt8] { [UInt8(truncatingIfNeeded: self), UInt8(self >> 8)] }
}

extension UInt32 {
  /// Little-endian.
  var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}

/// Parts of a descriptor, one after the other.
private func sequence(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }
