import CLibUSB
import CPlatform

/// A transfer, its buffer, and what of that is not yet sent or not yet received.
struct UsbSlot: BitwiseCopyable {
  let buffer: UnsafeMutablePointer<UInt8>
  /// Nil until it is made.
  var transfer: UnsafeMutablePointer<libusb_transfer>?
  var isFlying = false
  var start = 0
  var end = 0

  var rest: Int { end - start }
}

/// One bulk endpoint and a ring of transfers, which end in the order in which they were submitted. Its link's lock is held.
struct UsbPipe: BitwiseCopyable {
  /// Half a megabyte of buffers a link in all: 30 links stay below the 16 MB that usbfs gives to all.
  static let inputBytes = 16_384
  static let outputBytes = 65_536
  static let inputSlots = 8
  static let outputSlots = 4
  /// An endpoint that halts so often, and lets nothing through in between, is not cleared again.
  static let haltLimit: UInt8 = 8

  let endpoint: UInt8
  let slots: UnsafeMutablePointer<UsbSlot>
  let slotCount: Int
  let slotBytes: Int
  /// The slot whose turn it is, and how many from there on are in use: those of input always all.
  var first = 0
  var used: Int
  var flyingCount = 0
  var isHalted = false
  /// Halts since something went through last.
  var haltCount: UInt8 = 0

  init(_ endpoint: UInt8, _ slots: UnsafeMutablePointer<UsbSlot>) {
    self.endpoint = endpoint
    self.slots = slots
    let isInput = endpoint & 0x80 != 0
    slotCount = isInput ? UsbPipe.inputSlots : UsbPipe.outputSlots
    slotBytes = isInput ? UsbPipe.inputBytes : UsbPipe.outputBytes
    used = isInput ? slotCount : 0
  }

  var isInput: Bool { endpoint & 0x80 != 0 }

  /// False if memory is short.
  func makeTransfers(
    _ handle: OpaquePointer, _ link: UnsafeMutableRawPointer, _ finished: libusb_transfer_cb_fn
  ) -> Bool {
    for index in 0..<slotCount {
      guard let transfer = libusb_alloc_transfer(0) else { return false }
      transfer.pointee.dev_handle = handle
      transfer.pointee.endpoint = endpoint
      transfer.pointee.type = UInt8(LIBUSB_TRANSFER_TYPE_BULK.rawValue)
      transfer.pointee.callback = finished
      transfer.pointee.user_data = link
      slots[index].transfer = transfer
    }
    return true
  }

  /// Frees the transfers; none is under way.
  func discard() {
    for index in 0..<slotCount { libusb_free_transfer(slots[index].transfer) }
  }

  func slot(_ index: Int) -> UnsafeMutablePointer<UsbSlot> { slots + (first + index) % slotCount }

  /// Hands a slot's transfer to libusb: all room of the buffer, or what is not yet sent of it.
  ///
  /// - Returns: a code of libusb.
  mutating func submit(_ slot: UnsafeMutablePointer<UsbSlot>) -> Int32 {
    if isInput {
      slot.pointee.start = 0
      slot.pointee.end = 0
    }
    let transfer = slot.pointee.transfer.unsafelyUnwrapped
    transfer.pointee.buffer = slot.pointee.buffer + slot.pointee.start
    transfer.pointee.length = Int32(isInput ? slotBytes : slot.pointee.rest)
    let code = libusb_submit_transfer(transfer)
    if code == 0 {
      slot.pointee.isFlying = true
      flyingCount += 1
    }
    return code
  }

  /// Takes a transfer that has ended.
  ///
  /// - Returns: a code of libusb; 0 too for a halt that is worth a try.
  mutating func land(_ transfer: UnsafeMutablePointer<libusb_transfer>) -> Int32 {
    var index = 0
    while slots[index].transfer != transfer { index += 1 }
    let slot = slots + index
    let moved = Int(transfer.pointee.actual_length)
    slot.pointee.isFlying = false
    flyingCount -= 1
    // Also of one that failed or was cancelled: what was received is received.
    if isInput { slot.pointee.end = moved } else { slot.pointee.start += moved }
    if moved > 0 { haltCount = 0 }
    switch transfer.pointee.status {
    case LIBUSB_TRANSFER_COMPLETED:
      return isInput || slot.pointee.rest == 0 ? 0 : LIBUSB_ERROR_IO.rawValue
    case LIBUSB_TRANSFER_STALL where isHalted: return 0
    case LIBUSB_TRANSFER_STALL where haltCount < UsbPipe.haltLimit:
      isHalted = true
      cancel()
      return 0
    case LIBUSB_TRANSFER_CANCELLED where isHalted: return 0
    default: return LIBUSB_ERROR_IO.rawValue
    }
  }

  /// Asks for the transfers under way back; each still ends in its callback.
  func cancel() {
    for index in 0..<slotCount where slots[index].isFlying {
      _ = libusb_cancel_transfer(slots[index].transfer)
    }
  }

  /// Moves on past slots that are done with: input that was read is submitted again, output that was sent is free. Output
  /// that has waited is submitted.
  ///
  /// - Returns: a code of libusb.
  mutating func settle() -> Int32 {
    guard !isHalted else { return 0 }
    while used > 0 {
      let head = slot(0)
      let isDone = head.pointee.rest == 0
      guard !head.pointee.isFlying, isDone || !isInput else { return 0 }
      if isInput || !isDone {
        let code = submit(head)
        // Others are under way: this one is tried again after them.
        if code == LIBUSB_ERROR_NO_MEM.rawValue, flyingCount > 0 { return 0 }
        guard code == 0, isInput else { return code }
      } else {
        used -= 1
      }
      first = (first + 1) % slotCount
    }
    return 0
  }

  /// Received bytes of the slot whose turn it is.
  var waiting: Int {
    let head = slot(0)
    return head.pointee.isFlying ? 0 : head.pointee.rest
  }

  /// Moves received bytes out of the slot whose turn it is.
  ///
  /// - Returns: how many.
  func take(_ destination: UnsafeMutableRawPointer, _ capacity: Int) -> Int {
    let head = slot(0)
    let length = min(capacity, head.pointee.rest)
    destination.copyMemory(from: head.pointee.buffer + head.pointee.start, byteCount: length)
    head.pointee.start += length
    return length
  }

  /// Whether there is room for output: in the last buffer if that waits, or else in a free one.
  var hasRoom: Bool {
    guard used > 0, !isHalted else { return !isHalted }
    let last = slot(used - 1)
    return last.pointee.isFlying ? used < slotCount : last.pointee.end < slotBytes
  }

  /// Copies bytes to be sent into a buffer with room, as many as fit. It is submitted at once if it is full or nothing is under
  /// way; if not, it waits for more, until what is under way has ended.
  ///
  /// - Parameter sent: grows by their number.
  /// - Returns: a code of libusb.
  mutating func append(_ bytes: UnsafeRawPointer, _ count: Int, _ sent: inout Int) -> Int32 {
    if used == 0 || slot(used - 1).pointee.isFlying {
      slot(used).pointee.start = 0
      slot(used).pointee.end = 0
      used += 1
    }
    let slot = slot(used - 1)
    let length = min(count, slotBytes - slot.pointee.end)
    UnsafeMutableRawPointer(slot.pointee.buffer + slot.pointee.end)
      .copyMemory(from: bytes, byteCount: length)
    slot.pointee.end += length
    sent += length
    guard slot.pointee.end == slotBytes || flyingCount == 0 else { return 0 }
    let code = submit(slot)
    guard code == LIBUSB_ERROR_NO_MEM.rawValue else { return code }
    // Where others are under way this one is tried again after them; else the bytes are the caller's still.
    guard flyingCount == 0 else { return 0 }
    slot.pointee.end -= length
    sent -= length
    if slot.pointee.rest == 0 { used -= 1 }
    return code
  }

  /// Asks for input, first.
  ///
  /// - Returns: a code of libusb.
  mutating func begin() -> Int32 {
    for index in 0..<slotCount {
      let code = submit(slots + index)
      guard code == 0 else { return code }
    }
    return 0
  }

  /// Submits again what came back because of a halt. Should anything later have gone through, the bytes are out of order:
  /// docs/wire-protocol.md 4.
  ///
  /// - Returns: a code of libusb.
  mutating func restart() -> Int32 {
    isHalted = false
    haltCount += 1
    for index in 0..<used {
      let slot = slot(index)
      guard (slot.pointee.rest == 0) == isInput else { continue }
      let code = submit(slot)
      guard code == 0 else { return code }
    }
    return 0
  }
}
