import BoardFirmware
import CPlatform
import CSpikelet
import Fault
import NeuroCore
import Runtime
import Scheduling
import Threads
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
  ///   - simulated: the board, if it is in this process; others say what they are.
  ///   - interrupt: ends a run of a board in this process; must outlive the link.
  ///   - deadline: for connecting; monotonic, in nanoseconds.
  func open(
    _ locator: Locator, _ simulated: SimulatedBoard, _ interrupt: Interrupt.Pointer,
    deadline: Int64
  ) throws(Fault) -> Link {
    switch locator.kind {
    case .simulated: try openBoard(simulated, interrupt)
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

/// The firmware in this process, and the threads that it has besides the caller's.
private struct BoardInProcess: ~Copyable {
  var firmware: Firmware
  let crew: ThreadCrew.Pointer?
}

private func openBoard(
  _ simulated: SimulatedBoard, _ interrupt: Interrupt.Pointer
) throws(Fault) -> Link {
  let address = try InProcessLink.make(interrupt)
  do throws(Fault) {
    let board = try makeBoard(simulated, address)
    return InProcessLink.join(
      address, board: board,
      deliver: { board, bytes, count in
        board.assumingMemoryBound(to: BoardInProcess.self).pointee.firmware
          .receive(UnsafeRawBufferPointer(start: bytes, count: count))
      },
      release: { board in
        let board = board.assumingMemoryBound(to: BoardInProcess.self)
        let crew = board.pointee.crew
        board.deinitialize(count: 1)
        free(board)
        if let crew { ThreadCrew.end(crew) }
      })
  } catch {
    InProcessLink.discard(address)
    throw error
  }
}

private func makeBoard(
  _ simulated: SimulatedBoard, _ link: UnsafeMutableRawPointer
) throws(Fault) -> UnsafeMutableRawPointer {
  let crew = simulated.threads > 1 ? try ThreadCrew.make(simulated.threads) : nil
  let seam = BoardSeam(
    allocate: { spk_platform_allocate($0) }, release: { free($0) },
    send: InProcessLink.acceptReply, stops: InProcessLink.stops,
    crew: crew.map { ThreadCrew.lend($0) }, context: link)
  let raw = spk_platform_allocate(MemoryLayout<BoardInProcess>.stride)
  let firmware =
    raw == nil
    ? nil
    : Firmware(
      cores: simulated.size.cores, neuronsPerCore: simulated.size.neuronsPerCore,
      synapseBytesPerCore: simulated.size.synapseBytesPerCore, seam: seam)
  guard let raw, let firmware else {
    free(raw)
    if let crew { ThreadCrew.end(crew) }
    throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for the simulated board")
  }
  raw.bindMemory(to: BoardInProcess.self, capacity: 1)
    .initialize(to: BoardInProcess(firmware: firmware, crew: crew))
  return raw
}
