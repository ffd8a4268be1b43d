import CPlatform
import CSpikelet
import Fault
import Memory
import Transport

/// A board that a context keeps an eye on.
struct Watch: BitwiseCopyable {
  let number: UInt64
  var locator: Locator
  let callback: spk_board_callback?
  let user: UnsafeMutableRawPointer?
  /// Nil until it was looked for.
  var isPresent: Bool?
}

/// Time between two looks at the watched boards.
private let lookNanoseconds: Int64 = 200_000_000
private let watchLimit = 64

extension Dispatcher {
  /// - Throws: STATE if it is watched already or too many are, IO, NO_MEMORY.
  public static func watch(
    _ dispatcher: Pointer, _ locator: Locator, _ callback: spk_board_callback?,
    _ user: UnsafeMutableRawPointer?
  ) throws(Fault) {
    try dispatcher.pointee.start(dispatcher)
    try dispatcher.locked { (dispatcher) throws(Fault) in
      guard dispatcher.pointee.find(locator) == nil else {
        throw Fault(.SPK_ERROR_STATE, "\"\(locator.sentence)\" is watched already")
      }
      guard dispatcher.pointee.watches.count < watchLimit else {
        throw Fault(.SPK_ERROR_STATE, "\(watchLimit) boards are watched, which is all that may be")
      }
      dispatcher.pointee.lastWatch += 1
      try dispatcher.pointee.watches.append(
        Watch(
          number: dispatcher.pointee.lastWatch, locator: locator, callback: callback, user: user))
      dispatcher.pointee.nextLook = 1
      spk_platform_signal(dispatcher.pointee.wake)
    }
  }

  /// Ends a watch; waits for its callback, unless called from inside one.
  ///
  /// - Throws: NOT_FOUND.
  public static func unwatch(_ dispatcher: Pointer, _ locator: Locator) throws(Fault) {
    try dispatcher.locked { (dispatcher) throws(Fault) in
      guard let index = dispatcher.pointee.find(locator) else {
        throw Fault(.SPK_ERROR_NOT_FOUND, "\"\(locator.sentence)\" is not watched")
      }
      let number = dispatcher.pointee.watches[index].number
      let last = dispatcher.pointee.watches.count - 1
      dispatcher.pointee.watches[index] = dispatcher.pointee.watches[last]
      dispatcher.pointee.watches.removeLast()
      while dispatcher.pointee.callingWatch == number, !ThreadMessage.isInCallback {
        pthread_cond_wait(&dispatcher.pointee.changed, &dispatcher.pointee.lock)
      }
    }
  }

  /// The locators that are watched, in no order; `body` runs outside the lock.
  public static func forEachWatch(_ dispatcher: Pointer, _ body: (Locator) -> Void) {
    var index = 0
    while let watch = dispatcher.locked({ $0.pointee.watch(at: index) }) {
      body(watch.locator)
      index += 1
    }
  }

  /// Looks at each board if it is time, and tells of what has changed; the lock is not held.
  ///
  /// - Returns: boards that came or went.
  static func look(_ dispatcher: Pointer) -> UInt32 {
    let now = spk_platform_now()
    let isDue = dispatcher.locked {
      let isDue = $0.pointee.watches.count > 0 && now >= $0.pointee.nextLook
      if isDue { $0.pointee.nextLook = now &+ lookNanoseconds }
      if $0.pointee.watches.count == 0 { $0.pointee.nextLook = 0 }
      return isDue
    }
    guard isDue else { return 0 }
    var changes: UInt32 = 0
    var index = 0
    while var watch = dispatcher.locked({ $0.pointee.watch(at: index) }) {
      index += 1
      let isPresent = withUnsafePointer(to: &watch.locator) {
        dispatcher.pointee.seam.isThere(dispatcher.pointee.seam.context, $0)
      }
      // Told only if it is still watched, and it has changed.
      guard dispatcher.locked({ $0.pointee.note(watch.number, isPresent) }) else { continue }
      changes += 1
      tell(dispatcher, watch, isPresent)
      dispatcher.locked {
        $0.pointee.callingWatch = 0
        pthread_cond_broadcast(&$0.pointee.changed)
      }
    }
    return changes
  }

  private static func tell(_ dispatcher: Pointer, _ watch: Watch, _ isPresent: Bool) {
    let state: StaticString = isPresent ? "is there" : "is not there"
    dispatcher.pointee.seam.logger.notice("board \"\(watch.locator.sentence)\" \(state)")
    guard let callback = watch.callback else { return }
    watch.locator.sentence.withText { text in
      ThreadMessage.call { callback(watch.user, text, isPresent ? 1 : 0) }
    }
  }

  private func watch(at index: Int) -> Watch? { index < watches.count ? watches[index] : nil }

  private func find(_ locator: Locator) -> Int? {
    for index in 0..<watches.count where watches[index].locator == locator { return index }
    return nil
  }

  /// Keeps what was seen of a watch.
  ///
  /// - Returns: whether it is news; its callback is then taken for running.
  private mutating func note(_ number: UInt64, _ isPresent: Bool) -> Bool {
    for index in 0..<watches.count where watches[index].number == number {
      guard watches[index].isPresent != isPresent else { return false }
      watches[index].isPresent = isPresent
      callingWatch = number
      return true
    }
    return false
  }
}
