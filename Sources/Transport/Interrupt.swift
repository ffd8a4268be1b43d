import CPlatform
import Fault

/// What ends a wait for the board early: any thread may raise it while another one waits.
public struct Interrupt {
  private var flag: UInt64 = 0
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
    spk_platform_store(&interrupt.pointee.flag, 1)
    spk_platform_signal(interrupt.pointee.descriptor)
  }

  public static func lower(_ interrupt: Pointer) {
    guard isRaised(interrupt) else { return }
    spk_platform_store(&interrupt.pointee.flag, 0)
    spk_platform_unsignal(interrupt.pointee.descriptor)
  }

  public static func isRaised(_ interrupt: Pointer) -> Bool {
    spk_platform_load(&interrupt.pointee.flag) != 0
  }
}
