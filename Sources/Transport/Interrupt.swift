import CPlatform
import Fault

/// What ends a wait for the board early: any thread may raise it while another one waits.
public struct Interrupt {
  /// Times that it was raised, less those that were taken back: never fewer than signals wait in the descriptor.
  private var count: UInt64 = 0
  /// Readable while raised; −1 if it could not be had: waits then end at their deadline.
  public let descriptor: Int32

  public typealias Pointer = UnsafeMutablePointer<Interrupt>

  /// - Throws: NO_MEMORY.
  public static func make() throws(Fault) -> Pointer {
    guard let raw = spk_platform_allocate(MemoryLayout<Interrupt>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a link")
    }
    let interrupt = raw.bindMemory(to: Interrupt.self, capacity: 1)
    interrupt.initialize(to: Interrupt(descriptor: spk_platform_event()))
    return interrupt
  }

  private init(descriptor: Int32) { self.descriptor = descriptor }

  public static func discard(_ interrupt: Pointer) {
    if interrupt.pointee.descriptor >= 0 { close(interrupt.pointee.descriptor) }
    free(interrupt)
  }

  public static func raise(_ interrupt: Pointer) {
    _ = spk_platform_add(&interrupt.pointee.count, 1)
    spk_platform_signal(interrupt.pointee.descriptor)
  }

  /// Takes back what was raised before. What another thread raises meanwhile stays raised, and readable.
  public static func lower(_ interrupt: Pointer) {
    let descriptor = interrupt.pointee.descriptor
    guard isRaised(interrupt) else { return }
    let taken =
      descriptor >= 0
      ? spk_platform_unsignal(descriptor) : spk_platform_load(&interrupt.pointee.count)
    _ = spk_platform_add(&interrupt.pointee.count, 0 &- taken)
  }

  public static func isRaised(_ interrupt: Pointer) -> Bool {
    spk_platform_load(&interrupt.pointee.count) != 0
  }
}
