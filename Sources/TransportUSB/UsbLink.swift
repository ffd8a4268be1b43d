import CLibUSB
import CPlatform
import Fault
import Transport

/// A link over a bulk endpoint each way, whose bytes are the stream of docs/wire-protocol.md: where transfers and packets
/// end means nothing.
///
/// Input is asked for ahead, as much as there are buffers; output is copied into free ones. libusb calls `finished` on the
/// host's thread, which wakes whoever waits.
struct UsbLink {
  typealias Pointer = UnsafeMutablePointer<UsbLink>

  let host: UsbHost.Pointer
  let handle: OpaquePointer
  let interface: UsbInterface
  /// Readable while received bytes, a loss, or room for bytes that had none wait.
  let ready: Int32
  var input: UsbPipe
  var output: UsbPipe
  var lock = pthread_mutex_t()
  /// Signalled when a transfer has ended.
  var changed = pthread_cond_t()
  var next: Pointer?
  var isClaimed = false
  private var isReady = false
  private var isLost = false
  /// Whether a `send` was cut short.
  private var wantsRoom = false
  /// Whether the host's thread clears a halt, without the lock.
  private var isRecovering = false

  init(
    _ host: UsbHost.Pointer, _ handle: OpaquePointer, _ interface: UsbInterface, ready: Int32,
    _ input: UsbPipe, _ output: UsbPipe
  ) {
    self.host = host
    self.handle = handle
    self.interface = interface
    self.ready = ready
    self.input = input
    self.output = output
  }

  /// What libusb calls when a transfer has ended, on the host's thread.
  static let finished: @convention(c) (UnsafeMutablePointer<libusb_transfer>?) -> Void = {
    transfer in
    guard let transfer, let raw = transfer.pointee.user_data else { return }
    let link = raw.assumingMemoryBound(to: UsbLink.self)
    pthread_mutex_lock(&link.pointee.lock)
    let isInput = transfer.pointee.endpoint & 0x80 != 0
    let code = isInput ? link.pointee.input.land(transfer) : link.pointee.output.land(transfer)
    if code != 0 { link.pointee.isLost = true }
    if link.pointee.input.isHalted || link.pointee.output.isHalted {
      _ = spk_platform_add(&link.pointee.host.pointee.halts, 1)
    }
    link.pointee.settle()
    pthread_cond_broadcast(&link.pointee.changed)
    pthread_mutex_unlock(&link.pointee.lock)
  }

  /// Moves both pipes on, and shows whether something waits to be received, or room to be used. The lock is held.
  private mutating func settle() {
    if !isLost, input.settle() != 0 || output.settle() != 0 { isLost = true }
    let isReady = isLost || input.waiting > 0 || (wantsRoom && output.hasRoom)
    if isReady != self.isReady {
      self.isReady = isReady
      if isReady { spk_platform_signal(ready) } else { spk_platform_unsignal(ready) }
    }
  }

  /// Copies bytes into free buffers, as many as have room, and hands them to libusb.
  static func send(
    _ link: Pointer, _ bytes: UnsafeRawPointer, _ count: Int, _ sent: UnsafeMutablePointer<Int>
  ) -> LinkResult {
    pthread_mutex_lock(&link.pointee.lock)
    defer { pthread_mutex_unlock(&link.pointee.lock) }
    link.pointee.wantsRoom = false
    while sent.pointee < count {
      guard !link.pointee.isLost else { return .lost }
      guard link.pointee.output.hasRoom else {
        link.pointee.wantsRoom = true
        break
      }
      let code = link.pointee.output.append(
        bytes + sent.pointee, count - sent.pointee, &sent.pointee)
      if code == LIBUSB_ERROR_NO_MEM.rawValue { return .noMemory }
      if code != 0 { link.pointee.isLost = true }
    }
    link.pointee.settle()
    return link.pointee.isLost ? .lost : .done
  }

  /// Takes what has come.
  static func receive(
    _ link: Pointer, _ buffer: UnsafeMutableRawPointer, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>
  ) -> LinkResult {
    pthread_mutex_lock(&link.pointee.lock)
    defer { pthread_mutex_unlock(&link.pointee.lock) }
    while count.pointee < capacity, link.pointee.input.waiting > 0 {
      count.pointee += link.pointee.input.take(buffer + count.pointee, capacity - count.pointee)
      link.pointee.settle()
    }
    return link.pointee.isLost && count.pointee == 0 ? .lost : .done
  }

  /// Waits until a transfer has ended.
  ///
  /// - Returns: false if the deadline has passed.
  private func wait(_ link: Pointer, _ deadline: Int64) -> Bool {
    guard spk_platform_now() < deadline else { return false }
    spk_platform_condition_wait(&link.pointee.changed, &link.pointee.lock, deadline)
    return true
  }

  /// Waits until libusb has given every transfer back, and asks for them.
  ///
  /// - Returns: false if it has not in five seconds.
  static func end(_ link: Pointer) -> Bool {
    let deadline = spk_platform_now() + 5_000_000_000
    pthread_mutex_lock(&link.pointee.lock)
    defer { pthread_mutex_unlock(&link.pointee.lock) }
    // Nothing is submitted from here on.
    link.pointee.isLost = true
    link.pointee.input.cancel()
    link.pointee.output.cancel()
    while link.pointee.input.flyingCount + link.pointee.output.flyingCount > 0
      || link.pointee.isRecovering
    {
      guard link.pointee.wait(link, deadline) else { return false }
    }
    return true
  }

  /// Clears the halts of all links whose transfers have come back; on the host's thread, outside callbacks.
  static func recoverAll(_ host: UsbHost.Pointer) {
    while true {
      let halted = host.locked { host in
        var link = host.pointee.links
        while let candidate = link {
          link = candidate.pointee.next
          pthread_mutex_lock(&candidate.pointee.lock)
          let endpoint = candidate.pointee.dueEndpoint
          if endpoint != 0 { candidate.pointee.isRecovering = true }
          pthread_mutex_unlock(&candidate.pointee.lock)
          if endpoint != 0 { return Optional((link: candidate, endpoint: endpoint)) }
        }
        return nil
      }
      guard let halted else { return }
      recover(halted.link, halted.endpoint)
    }
  }

  /// The endpoint of a pipe that is halted and has all its transfers back; 0: none.
  private var dueEndpoint: UInt8 {
    guard !isLost else { return 0 }
    if input.isHalted && input.flyingCount == 0 { return input.endpoint }
    return output.isHalted && output.flyingCount == 0 ? output.endpoint : 0
  }

  private static func recover(_ link: Pointer, _ endpoint: UInt8) {
    // Blocks for as long as the board takes to answer; only this thread changes a halted pipe.
    let cleared = libusb_clear_halt(link.pointee.handle, endpoint)
    pthread_mutex_lock(&link.pointee.lock)
    link.pointee.isRecovering = false
    if !link.pointee.isLost {
      var code = cleared
      if code == 0 {
        code =
          endpoint == link.pointee.input.endpoint
          ? link.pointee.input.restart() : link.pointee.output.restart()
      }
      if code != 0 { link.pointee.isLost = true }
    }
    link.pointee.settle()
    pthread_cond_broadcast(&link.pointee.changed)
    pthread_mutex_unlock(&link.pointee.lock)
  }
}
