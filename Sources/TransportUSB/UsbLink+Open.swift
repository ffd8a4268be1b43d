import CLibUSB
import CPlatform
import CSpikelet
import Fault
import Transport

/// Vendor's request to a board, without data: forget what was under way. docs/wire-protocol.md.
private let resetRequest: UInt8 = 0x02
private let resetMilliseconds: UInt32 = 2_000

private func at(_ context: UnsafeMutableRawPointer) -> UsbLink.Pointer {
  context.assumingMemoryBound(to: UsbLink.self)
}

extension UsbLink {
  /// Makes a link over an open device, which it then owns, also if that fails.
  ///
  /// - Throws: PROTOCOL, BUSY, IO, NO_MEMORY.
  static func open(_ host: UsbHost.Pointer, _ handle: OpaquePointer) throws(Fault) -> Link {
    let link: Pointer
    do throws(Fault) {
      link = try make(host, handle, try UsbInterface.find(handle))
    } catch {
      libusb_close(handle)
      throw error
    }
    do throws(Fault) {
      try link.pointee.claim()
      try fill(link)
    } catch {
      close(link)
      throw error
    }
    return Link(
      LinkOperations(
        send: { context, bytes, count, _, sent in
          UsbLink.send(at(context), bytes, count, sent).rawValue
        },
        receive: { context, buffer, capacity, count in
          UsbLink.receive(at(context), buffer, capacity, count).rawValue
        },
        descriptor: { at($0).pointee.ready },
        close: { UsbLink.close(at($0)) }, showsRoom: false),
      context: link)
  }

  /// A link without transfers yet; it, its slots and their buffers are one block.
  private static func make(
    _ host: UsbHost.Pointer, _ handle: OpaquePointer, _ interface: UsbInterface
  ) throws(Fault) -> Pointer {
    let slotCount = UsbPipe.inputSlots + UsbPipe.outputSlots
    let slotsOffset = (MemoryLayout<UsbLink>.size + 63) & ~63
    let slotsBytes = (slotCount * MemoryLayout<UsbSlot>.stride + 63) & ~63
    guard
      let raw = spk_platform_allocate(
        slotsOffset + slotsBytes + UsbPipe.inputSlots * UsbPipe.inputBytes
          + UsbPipe.outputSlots * UsbPipe.outputBytes)
    else { throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a link") }
    let slots = (raw + slotsOffset).bindMemory(to: UsbSlot.self, capacity: slotCount)
    var buffer = (raw + slotsOffset + slotsBytes).assumingMemoryBound(to: UInt8.self)
    for index in 0..<slotCount {
      (slots + index).initialize(to: UsbSlot(buffer: buffer))
      buffer += index < UsbPipe.inputSlots ? UsbPipe.inputBytes : UsbPipe.outputBytes
    }
    let link = raw.bindMemory(to: UsbLink.self, capacity: 1)
    link.initialize(
      to: UsbLink(
        host, handle, interface, ready: spk_platform_event(), UsbPipe(interface.input, slots),
        UsbPipe(interface.output, slots + UsbPipe.inputSlots)))
    pthread_mutex_init(&link.pointee.lock, nil)
    spk_platform_condition_init(&link.pointee.changed)
    host.locked {
      link.pointee.next = $0.pointee.links
      $0.pointee.links = link
    }
    return link
  }

  /// Makes the interface this program's, and the board forget what an earlier one left half done.
  private mutating func claim() throws(Fault) {
    guard ready >= 0 else {
      throw Fault(.SPK_ERROR_IO, "the system gives no descriptor; close some, or raise the limit")
    }
    // Where there are no drivers to detach, this fails, and none is in the way.
    _ = libusb_set_auto_detach_kernel_driver(handle, 1)
    try check(libusb_claim_interface(handle, interface.number))
    isClaimed = true
    if interface.setting != 0 {
      try check(libusb_set_interface_alt_setting(handle, interface.number, interface.setting))
    }
    // A board may not know the request.
    let code = libusb_control_transfer(handle, 0x40, resetRequest, 0, 0, nil, 0, resetMilliseconds)
    if code != LIBUSB_ERROR_PIPE.rawValue { try check(code) }
  }

  /// Makes the transfers, and asks for input.
  private static func fill(_ link: Pointer) throws(Fault) {
    let handle = link.pointee.handle
    guard link.pointee.input.makeTransfers(handle, link, finished),
      link.pointee.output.makeTransfers(handle, link, finished)
    else { throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for transfers") }
    pthread_mutex_lock(&link.pointee.lock)
    let code = link.pointee.input.begin()
    pthread_mutex_unlock(&link.pointee.lock)
    try check(code)
  }

  /// Ends a link, and returns with no transfer under way; one that libusb does not give back in five seconds stays, with the link.
  private static func close(_ link: Pointer) {
    let host = link.pointee.host
    host.locked {
      guard $0.pointee.links != link else {
        $0.pointee.links = link.pointee.next
        return
      }
      var before = $0.pointee.links
      while let other = before, other.pointee.next != link { before = other.pointee.next }
      before?.pointee.next = link.pointee.next
    }
    guard end(link) else {
      // The kernel keeps a transfer, and may still write to its buffer: all stays as it is.
      _ = spk_platform_add(&host.pointee.abandoned, 1)
      return
    }
    link.pointee.input.discard()
    link.pointee.output.discard()
    if link.pointee.isClaimed {
      _ = libusb_release_interface(link.pointee.handle, link.pointee.interface.number)
    }
    libusb_close(link.pointee.handle)
    if link.pointee.ready >= 0 { CPlatform.close(link.pointee.ready) }
    pthread_mutex_destroy(&link.pointee.lock)
    pthread_cond_destroy(&link.pointee.changed)
    link.deinitialize(count: 1)
    free(link)
  }
}
