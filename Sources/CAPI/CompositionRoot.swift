import BoardFirmware
import CPlatform
import CSpikelet
import Fault
import Runtime
import Scheduling
import Transport
import TransportUSB

// The one place that knows boards and links by name.

/// How a context reaches boards.
struct Links: BitwiseCopyable {
  private let usb: UsbHost.Pointer

  /// - Throws: NO_MEMORY.
  init() throws(Fault) { usb = try UsbHost.make() }

  /// Gives everything back; no link is open, and nobody looks for boards.
  func discard() { UsbHost.discard(usb) }

  /// Opens the link to the board at `locator`.
  ///
  /// - Parameters:
  ///   - size: of a simulated board in this process; others have their own.
  ///   - interrupt: ends a run of a board in this process; must outlive the link.
  ///   - deadline: for connecting; monotonic, in nanoseconds.
  func open(
    _ locator: Locator, size: BoardSize, _ interrupt: Interrupt.Pointer, deadline: Int64
  ) throws(Fault) -> Link {
    switch locator.kind {
    case .simulated: try simulatedBoard(size, interrupt)
    case .unix, .tcp: try StreamLink.open(locator, deadline: deadline)
    case .usb: try UsbHost.open(usb, locator)
    }
  }

  /// Whether somebody is at a locator.
  func isThere(_ locator: Locator) -> Bool {
    locator.kind == .usb
      ? UsbHost.isThere(usb, locator)
      : StreamLink.isThere(locator, deadline: spk_platform_now() + lookNanoseconds)
  }

  /// The boards that are found without being told where.
  func forEachBoard(_ body: (Locator) -> Void) {
    body(.simulated)
    UsbHost.forEachBoard(usb, body)
  }

  /// How a dispatcher looks for boards.
  func seam(_ logger: Logger) -> Dispatcher.Seam {
    Dispatcher.Seam(
      isThere: { context, locator in
        Links(usb: context.assumingMemoryBound(to: UsbHost.self))
          .isThere(locator.assumingMemoryBound(to: Locator.self).pointee)
      },
      context: usb, news: usb.pointee.news, logger: logger)
  }

  private init(usb: UsbHost.Pointer) { self.usb = usb }
}

/// Time that looking for a board may take.
private let lookNanoseconds: Int64 = 100_000_000

/// The firmware in this process, behind a link.
private func simulatedBoard(
  _ size: BoardSize, _ interrupt: Interrupt.Pointer
) throws(Fault) -> Link {
  let address = try InProcessLink.make(interrupt)
  let seam = BoardSeam(
    allocate: { spk_platform_allocate($0) }, release: { free($0) },
    send: InProcessLink.acceptReply, stops: InProcessLink.stops, context: address)
  guard let raw = spk_platform_allocate(MemoryLayout<Firmware>.stride) else {
    InProcessLink.discard(address)
    throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for the simulated board")
  }
  guard
    let firmware = Firmware(
      cores: size.cores, neuronsPerCore: size.neuronsPerCore,
      synapseBytesPerCore: size.synapseBytesPerCore, seam: seam)
  else {
    free(raw)
    InProcessLink.discard(address)
    throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for the simulated board")
  }
  raw.bindMemory(to: Firmware.self, capacity: 1).initialize(to: firmware)
  return InProcessLink.join(
    address, board: raw,
    deliver: { board, bytes, count in
      board.assumingMemoryBound(to: Firmware.self).pointee
        .receive(UnsafeRawBufferPointer(start: bytes, count: count))
    },
    release: { board in
      board.assumingMemoryBound(to: Firmware.self).deinitialize(count: 1)
      free(board)
    })
}
