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
///   - size: of a simulated board.
func openLink(_ locator: Locator, size: BoardSize) throws(Fault) -> Link {
  switch locator {
  case .simulated: return try simulatedBoard(size)
  }
}

/// The firmware in this process, behind a link.
private func simulatedBoard(_ size: BoardSize) throws(Fault) -> Link {
  let address = try InProcessLink.make()
  let seam = BoardSeam(
    allocate: { spk_platform_allocate($0) }, release: { free($0) },
    send: InProcessLink.acceptReply, sendContext: address)
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
