import CLibUSB
import CPlatform
import Fault
import Memory
import Transport

/// What a context has of libusb, from the first use on: libusb's context, one thread for its events, and the boards seen.
///
/// `lock` guards the lists, and is taken before that of a link. libusb calls back with locks of its own held, so a link's
/// lock is never held while devices are opened or closed.
public struct UsbHost: ~Copyable {
  public typealias Pointer = UnsafeMutablePointer<UsbHost>

  var lock = pthread_mutex_t()
  /// Nil until USB is used.
  private(set) var libusb: OpaquePointer?
  private var thread = pthread_t()
  private var isClosing: UInt64 = 0
  /// Serial numbers of boards that are there, each read once.
  var known = List<KnownBoard>()
  /// Why none is found: one may be there whose serial number this user may not read.
  var refusal = LIBUSB_ERROR_NOT_FOUND
  var links: UsbLink.Pointer?
  /// Readable when a device has come or gone, where libusb tells.
  public let news = spk_platform_event()
  /// Endpoints that stalled, so far.
  var halts: UInt64 = 0
  /// Links that could not be ended: what they use must stay.
  var abandoned: UInt64 = 0

  /// - Throws: NO_MEMORY.
  public static func make() throws(Fault) -> Pointer {
    guard let raw = spk_platform_allocate(MemoryLayout<UsbHost>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a context")
    }
    let host = raw.bindMemory(to: UsbHost.self, capacity: 1)
    host.initialize(to: UsbHost())
    pthread_mutex_init(&host.pointee.lock, nil)
    return host
  }

  private init() {}

  /// Ends the thread and gives everything back; there are no links left.
  public static func discard(_ host: Pointer) {
    guard spk_platform_load(&host.pointee.abandoned) == 0 else { return }
    if let libusb = host.pointee.libusb {
      spk_platform_store(&host.pointee.isClosing, 1)
      libusb_interrupt_event_handler(libusb)
      pthread_join(host.pointee.thread, nil)
      host.pointee.forgetBoards()
      libusb_exit(libusb)
    }
    if host.pointee.news >= 0 { close(host.pointee.news) }
    pthread_mutex_destroy(&host.pointee.lock)
    host.deinitialize(count: 1)
    free(host)
  }

  /// Starts libusb and the thread, if they are not there yet. The lock is held.
  ///
  /// - Parameter discovers: false if only a descriptor of the program is to be opened.
  /// - Throws: UNSUPPORTED if the program has no libusb, IO, NO_MEMORY.
  static func start(_ host: Pointer, discovers: Bool = true) throws(Fault) -> OpaquePointer {
    if let libusb = host.pointee.libusb { return libusb }
    guard spk_usb_is_linked() != 0 else {
      throw Fault(
        .SPK_ERROR_UNSUPPORTED,
        "this program was linked without libusb, 1.0.24 or later; link it as `pkg-config --static --libs spikelet` says"
      )
    }
    var libusb: OpaquePointer?
    var code = spk_usb_init(&libusb, 1)
    if code != 0, !discovers { code = spk_usb_init(&libusb, 0) }
    guard code == 0, let libusb else { throw UsbError.fault(code) }
    host.pointee.libusb = libusb
    spk_usb_watch(libusb, host.pointee.news)
    let failure = spk_platform_thread(&host.pointee.thread, runThread, host)
    guard failure == 0 else {
      host.pointee.libusb = nil
      libusb_exit(libusb)
      throw Fault(.SPK_ERROR_IO, "the system gives no thread (error \(failure))")
    }
    return libusb
  }

  private static let runThread:
    @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
      guard let host = raw?.assumingMemoryBound(to: UsbHost.self) else { return nil }
      // `start` holds the lock until the context is in place.
      let libusb = host.locked { $0.pointee.libusb }
      var halts: UInt64 = 0
      while spk_platform_load(&host.pointee.isClosing) == 0 {
        if spk_usb_handle_events(libusb) != 0 { spk_platform_pause() }
        let seen = spk_platform_load(&host.pointee.halts)
        guard seen != halts else { continue }
        halts = seen
        UsbLink.recoverAll(host)
      }
      return nil
    }
}

extension UnsafeMutablePointer where Pointee == UsbHost {
  /// Runs `body` under the lock of the host.
  func locked<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<UsbHost>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(&self.pointee.lock)
    defer { pthread_mutex_unlock(&self.pointee.lock) }
    return try body(self)
  }
}
