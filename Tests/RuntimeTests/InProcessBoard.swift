import BoardFirmware
import Fault
import Glibc
import Runtime
import Transport

extension BoardSize {
  static var standard: BoardSize {
    BoardSize(cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 131_072)
  }
}

/// A link to firmware in this process, as the library makes it for "sim:".
func inProcessLink(
  _ size: BoardSize, _ interrupt: Interrupt.Pointer
) throws(Fault) -> Link {
  let address = try InProcessLink.make(interrupt)
  let seam = BoardSeam(
    allocate: { aligned_alloc(64, ($0 + 63) & ~63) }, release: { free($0) },
    send: InProcessLink.acceptReply, stops: InProcessLink.stops, context: address)
  let firmware = UnsafeMutablePointer<Firmware>.allocate(capacity: 1)
  firmware.initialize(
    to: Firmware(
      cores: size.cores, neuronsPerCore: size.neuronsPerCore,
      synapseBytesPerCore: size.synapseBytesPerCore, seam: seam)!)
  return InProcessLink.join(
    address, board: firmware,
    deliver: { board, bytes, count in
      board.assumingMemoryBound(to: Firmware.self).pointee
        .receive(UnsafeRawBufferPointer(start: bytes, count: count))
    },
    release: { board in
      let firmware = board.assumingMemoryBound(to: Firmware.self)
      firmware.deinitialize(count: 1)
      firmware.deallocate()
    })
}
