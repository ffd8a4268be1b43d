/// A board as USB/IP offers it.
final class UsbipExport {
  let board: UsbBoard
  let busIdentifier: String
  private let busNumber: UInt32 = 1
  private let deviceNumber: UInt32
  /// Whether a host has it.
  var isTaken = false

  /// Whether it is plugged in.
  var isThere: Bool {
    board.wake()
    return board.returnTime == nil
  }

  /// Boards are counted from 0; they stand at the ports of one hub.
  init(_ board: UsbBoard, index: Int) {
    self.board = board
    busIdentifier = "1-\(index + 1)"
    deviceNumber = UInt32(index + 2)
  }

  /// The number that commands name the device by.
  var device: UInt32 { busNumber << 16 | deviceNumber }

  /// What a host is told before it imports the device: 312 bytes.
  var description: [UInt8] {
    let identity = board.identity
    let ids = [identity.vendor, identity.product, identity.release].flatMap(\.bigBytes)
    let numbers = [busNumber, deviceNumber, identity.speed.rawValue].flatMapBig()
    let names =
      padded("/sys/devices/platform/spikelet/usb1/\(busIdentifier)", 256)
      + padded(busIdentifier, UsbipMessage.nameBytes)
    // Class, subclass, protocol; the configuration that is set; configurations and interfaces.
    return names + numbers + ids + [UsbDescriptor.vendorClass, 0, 0, board.configuration, 1, 1]
  }

  /// Class, subclass and protocol of the interface: 4 bytes, in lists only.
  var interfaceDescription: [UInt8] { [UsbDescriptor.vendorClass, 0, 0, 0] }

  private func padded(_ text: String, _ count: Int) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
  }
}
