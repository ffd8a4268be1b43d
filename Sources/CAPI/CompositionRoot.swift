import BoardFirmware
import CPlatform
import CSpikelet
import Fault
import Runtime
import Transport

// The one place that knows boards and links by name.

/// Opens the link to the board at `locator`.
///
/// - Parameters:
///   - size: of a simulated board in this process; others have their own.
///   - interrupt: ends a run of a board in this process; must outlive the link.
func openLink(
  _ locator: Locator, size: BoardSize, _ interrupt: Interrupt.Pointer
) throws(Fault) -> Link {
  switch locator.kind {
  case .simulated: return try simulatedBoard(size, interrupt)
  case .unix, .tcp:
    return try StreamLink.open(locator, deadline: spk_platform_now() + connectNanoseconds)
  }
}

/// Whether somebody is at a locator.
let isBoardThere: @convention(c) (UnsafeRawPointer) -> Bool = { raw in
  StreamLink.isThere(
    raw.assumingMemoryBound(to: Locator.self).pointee,
    deadline: spk_platform_now() + lookNanoseconds)
}

/// Time that connecting to a board may take, and that looking for one may.
private let connectNanoseconds: Int64 = 10_000_000_000
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
