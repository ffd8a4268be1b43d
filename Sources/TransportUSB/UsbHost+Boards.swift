import CLibUSB
import CPlatform
import CSpikelet
import Fault
import Memory
import Transport

/// A board whose serial number was read. Holds a reference to the device, so that no other one gets its address.
struct KnownBoard: BitwiseCopyable {
  let device: OpaquePointer
  /// `usb:serial=…`
  let locator: Locator
}

extension UsbHost {
  /// Opens the board at a `usb:` locator.
  ///
  /// - Throws: NOT_FOUND, BUSY if several boards could be meant or somebody has it open, IO, PROTOCOL, NO_MEMORY, UNSUPPORTED.
  public static func open(_ host: Pointer, _ locator: Locator) throws(Fault) -> Link {
    do throws(Fault) {
      let address = UsbAddress(locator)
      let libusb = try host.locked { (host) throws(Fault) in
        try start(host, discovers: address.name != .descriptor)
      }
      var handle: OpaquePointer?
      if address.name == .descriptor {
        try check(libusb_wrap_sys_device(libusb, Int(address.descriptor), &handle))
      } else {
        let device = try find(host, locator)
        defer { libusb_unref_device(device) }
        try check(libusb_open(device, &handle))
      }
      guard let handle else { throw UsbError.fault(LIBUSB_ERROR_OTHER.rawValue) }
      return try UsbLink.open(host, handle)
    } catch {
      throw error.at("board \"\(locator.sentence)\"")
    }
  }

  /// Whether a board is there, open by somebody or not. Leaves the thread's sentence alone if libusb works.
  public static func isThere(_ host: Pointer, _ locator: Locator) -> Bool {
    let address = UsbAddress(locator)
    // A descriptor of the program's own is there as long as it is open.
    guard address.name != .descriptor else {
      var entry = pollfd(fd: address.descriptor, events: 0, revents: 0)
      return poll(&entry, 1, 0) >= 0 && entry.revents & Int16(POLLNVAL | POLLHUP | POLLERR) == 0
    }
    var count = 0
    forEachBoard(host, locator) { _ in count += 1 }
    return count > 0
  }

  /// The locators of the boards that have the usual numbers.
  public static func forEachBoard(_ host: Pointer, _ body: (Locator) -> Void) {
    forEachBoard(host, nil) { device in
      if let locator = host.pointee.bySerial(device) ?? host.pointee.byPath(device) {
        body(locator)
      }
    }
  }

  /// The only board that a locator fits, with a reference for the caller.
  private static func find(_ host: Pointer, _ locator: Locator) throws(Fault) -> OpaquePointer {
    var found: OpaquePointer?
    var count = 0
    let refusal = forEachBoard(host, locator) { device in
      if found == nil { found = libusb_ref_device(device) }
      count += 1
    }
    guard let found else { throw UsbError.fault(refusal.rawValue) }
    guard count == 1 else {
      libusb_unref_device(found)
      throw Fault(
        .SPK_ERROR_BUSY,
        "\(count) boards are there; say which by \"usb:serial=…\", as spk_device_list() names them")
    }
    return found
  }

  /// Calls `body` with the boards that fit, under the lock; they live as long as it runs.
  ///
  /// - Parameter locator: nil: all that have the usual numbers.
  /// - Returns: what to say if there is none.
  @inline(never) @discardableResult
  private static func forEachBoard(
    _ host: Pointer, _ locator: Locator?, _ body: (OpaquePointer) -> Void
  ) -> libusb_error {
    host.locked { host in
      host.pointee.refusal = LIBUSB_ERROR_NOT_FOUND
      let libusb: OpaquePointer
      do throws(Fault) { libusb = try start(host) } catch { return LIBUSB_ERROR_NOT_FOUND }
      var list: UnsafeMutablePointer<OpaquePointer?>?
      let count = libusb_get_device_list(libusb, &list)
      guard count >= 0, let list else { return LIBUSB_ERROR_NOT_FOUND }
      host.pointee.forgetBoards(except: UnsafeBufferPointer(start: list, count: count))
      for index in 0..<count {
        guard let device = list[index], host.pointee.fits(device, locator) else { continue }
        body(device)
      }
      libusb_free_device_list(list, 1)
      return host.pointee.refusal
    }
  }

  private mutating func fits(
    _ device: OpaquePointer, _ locator: Locator?
  ) -> Bool {
    let address = locator.map { UsbAddress($0) } ?? UsbAddress()
    var descriptor = libusb_device_descriptor()
    guard libusb_get_device_descriptor(device, &descriptor) == 0,
      descriptor.idVendor == address.vendor, descriptor.idProduct == address.product
    else { return false }
    guard let locator, address.name != .none else { return true }
    guard let own = address.name == .path ? byPath(device) : bySerial(device) else { return false }
    return address.isName(in: locator, of: own)
  }

  /// The locator of a board by where it is plugged in.
  private func byPath(_ device: OpaquePointer) -> Locator? {
    var ports: UInt64 = 0
    let count = withUnsafeMutableBytes(of: &ports) { bytes in
      libusb_get_port_numbers(
        device, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(UsbAddress.portLimit))
    }
    var text: Sentence = "usb:bus=\(libusb_get_bus_number(device)),port="
    for index in 0..<max(0, Int(count)) {
      if index > 0 { text.append(byte: UInt8(ascii: ".")) }
      text.append(Int(ports.littleEndian >> UInt64(8 * index) & 0xFF))
    }
    return Locator(text)
  }

  /// The locator of a board by its serial number; nil if it has none, or it cannot be read.
  private mutating func bySerial(_ device: OpaquePointer) -> Locator? {
    for index in 0..<known.count where known[index].device == device {
      return known[index].locator
    }
    var descriptor = libusb_device_descriptor()
    var handle: OpaquePointer?
    guard libusb_get_device_descriptor(device, &descriptor) == 0, descriptor.iSerialNumber != 0
    else { return nil }
    let code = libusb_open(device, &handle)
    if code == LIBUSB_ERROR_ACCESS.rawValue { refusal = LIBUSB_ERROR_ACCESS }
    guard code == 0, let handle else { return nil }
    let text = UsbHost.readSerial(handle, descriptor.iSerialNumber)
    libusb_close(handle)
    // Just "usb:serial=" is no locator.
    guard text.count > 11, let read = Locator(text) else { return nil }
    // What cannot be kept is read again.
    do throws(Fault) {
      try known.append(KnownBoard(device: device, locator: read))
      _ = libusb_ref_device(device)
    } catch {}
    return read
  }

  /// The locator's text, in the first language that the board has; what is not ASCII becomes `?`.
  private static func readSerial(_ handle: OpaquePointer, _ index: UInt8) -> Sentence {
    var room = InlineArray<255, UInt8>(repeating: 0)
    return withUnsafeMutableBytes(of: &room) { room in
      var text: Sentence = "usb:serial="
      guard readString(handle, 0, language: 0, room) >= 4 else { return text }
      let language = UInt16(room[2]) | UInt16(room[3]) << 8
      let count = readString(handle, index, language: language, room)
      for position in stride(from: 2, to: count - 1, by: 2) {
        let isPlain = room[position + 1] == 0 && room[position] >= 32 && room[position] < 127
        text.append(byte: isPlain ? room[position] : UInt8(ascii: "?"))
      }
      return text
    }
  }

  /// Reads a string descriptor.
  ///
  /// - Returns: its bytes; 0 if there is none.
  private static func readString(
    _ handle: OpaquePointer, _ index: UInt8, language: UInt16, _ room: UnsafeMutableRawBufferPointer
  ) -> Int {
    let count = libusb_control_transfer(
      handle, 0x80, UInt8(LIBUSB_REQUEST_GET_DESCRIPTOR.rawValue), 0x0300 | UInt16(index),
      language, room.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt16(room.count), 100)
    guard count >= 2, room[1] == UInt8(LIBUSB_DT_STRING.rawValue) else { return 0 }
    return min(Int(count), Int(room[0]))
  }

  /// Forgets the boards that are not there any more.
  mutating func forgetBoards(
    except list: UnsafeBufferPointer<OpaquePointer?> = UnsafeBufferPointer(start: nil, count: 0)
  ) {
    var kept = 0
    for index in 0..<known.count {
      let board = known[index]
      var isThere = false
      for device in list where device == board.device { isThere = true }
      if isThere {
        known[kept] = board
        kept += 1
      } else {
        libusb_unref_device(board.device)
      }
    }
    while known.count > kept { known.removeLast() }
  }
}

extension Locator {
  /// Nil if the text is none.
  fileprivate init?(_ sentence: Sentence) {
    let found = sentence.withBytes { bytes -> Locator? in
      do throws(Fault) { return try Locator(bytes) } catch { return nil }
    }
    guard let found else { return nil }
    self = found
  }
}

/// - Throws: what a code of libusb means, if it is one of failure.
func check(_ code: Int32) throws(Fault) {
  guard code >= 0 else { throw UsbError.fault(code) }
}
