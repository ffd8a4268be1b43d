import CPlatform

/// The lock of a device, held by whoever talks to its board.
///
/// A submission never waits for it: whoever gives it up wakes the dispatcher then.
public struct BoardLock: BitwiseCopyable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// 1 while a submission waits. Changed atomically.
  private let isWanted: UnsafeMutablePointer<UInt64>
  let dispatcher: Dispatcher.Pointer

  public init(
    _ mutex: UnsafeMutablePointer<pthread_mutex_t>, isWanted: UnsafeMutablePointer<UInt64>,
    _ dispatcher: Dispatcher.Pointer
  ) {
    self.mutex = mutex
    self.isWanted = isWanted
    self.dispatcher = dispatcher
  }

  func take() { pthread_mutex_lock(mutex) }

  /// Takes it if nobody has it; if somebody has, giving it up will wake the dispatcher.
  func takeNow() -> Bool {
    if pthread_mutex_trylock(mutex) == 0 { return true }
    spk_platform_store(isWanted, 1)
    // Either this sees that it was given up meanwhile, or who gives it up sees that it is wanted.
    spk_platform_fence()
    guard pthread_mutex_trylock(mutex) == 0 else { return false }
    spk_platform_store(isWanted, 0)
    return true
  }

  public func giveUp() {
    pthread_mutex_unlock(mutex)
    spk_platform_fence()
    guard spk_platform_load(isWanted) != 0 else { return }
    spk_platform_store(isWanted, 0)
    spk_platform_signal(dispatcher.pointee.wake)
  }
}
