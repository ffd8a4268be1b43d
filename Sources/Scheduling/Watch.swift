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
  /// When it was looked for last; 0: never.
  var lookTime: Int64 = 0
}

/// Time in which each watched board is looked for once, if looking takes none.
private let roundNanoseconds: Int64 = 200_000_000
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
      // It is there already, if this is not the first watch.
      _ = spk_platform_set_add(dispatcher.pointee.inner, dispatcher.pointee.seam.news)
      dispatcher.pointee.lastWatch += 1
      try dispatcher.pointee.watches.append(
        Watch(
          number: dispatcher.pointee.lastWatch, locator: locator, callback: callback, user: user))
      dispatcher.pointee.nextLook = 1
      spk_platform_signal(dispatcher.pointee.wake)
    }
  }

  /// Ends a watch; waits for its callback, unless called from inside that.
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
      while dispatcher.pointee.callingWatch == number,
        pthread_equal(dispatcher.pointee.callingThread, pthread_self()) == 0
      {
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

  /// Looks for one board if it is time, and tells if it has come or gone; the lock is not held.
  ///
  /// One at a time, and after that no look for as long as it took: submissions go on in between.
  ///
  /// - Returns: boards that came or went.
  static func look(_ dispatcher: Pointer) -> UInt32 {
    let start = spk_platform_now()
    guard var watch = dispatcher.locked({ $0.pointee.dueWatch(at: start) }) else { return 0 }
    let isPresent = withUnsafePointer(to: &watch.locator) {
      dispatcher.pointee.seam.isThere(dispatcher.pointee.seam.context, $0)
    }
    guard dispatcher.locked({ $0.pointee.note(watch.number, isPresent, since: start) }) else {
      return 0
    }
    tell(dispatcher, watch, isPresent)
    return 1
  }

  private static func tell(_ dispatcher: Pointer, _ watch: Watch, _ isPresent: Bool) {
    let state: StaticString = isPresent ? "is there" : "is not there"
    dispatcher.pointee.seam.logger.notice("board \"\(watch.locator.sentence)\" \(state)")
    // The log callback may have ended the watch.
    guard let callback = watch.callback, dispatcher.locked({ $0.pointee.beginCall(watch.number) })
    else { return }
    watch.locator.sentence.withText { text in
      ThreadMessage.call { callback(watch.user, text, isPresent ? 1 : 0) }
    }
    dispatcher.locked {
      $0.pointee.callingWatch = 0
      pthread_cond_broadcast(&$0.pointee.changed)
    }
  }

  private func watch(at index: Int) -> Watch? { index < watches.count ? watches[index] : nil }

  private func find(_ locator: Locator) -> Int? {
    for index in 0..<watches.count where watches[index].locator == locator { return index }
    return nil
  }

  private func find(_ number: UInt64) -> Int? {
    for index in 0..<watches.count where watches[index].number == number { return index }
    return nil
  }

  /// The watch whose turn it is: that which was looked for longest ago; nil if it is not time.
  private mutating func dueWatch(at now: Int64) -> Watch? {
    if lastWatch > 0, spk_platform_unsignal(seam.news) > 0 {
      for index in 0..<watches.count { watches[index].lookTime = 0 }
      nextLook = 1
    }
    guard let index = oldestWatch() else {
      nextLook = 0
      return nil
    }
    return now >= nextLook ? watches[index] : nil
  }

  private func oldestWatch() -> Int? {
    var oldest: Int?
    var time = Int64.max
    for index in 0..<watches.count where watches[index].lookTime < time {
      oldest = index
      time = watches[index].lookTime
    }
    return oldest
  }

  /// Keeps what was seen of a watch, and says when the next look is due.
  ///
  /// - Returns: whether it is news, of a watch that has not ended.
  private mutating func note(_ number: UInt64, _ isPresent: Bool, since start: Int64) -> Bool {
    let now = spk_platform_now()
    var isNews = false
    if let index = find(number) {
      isNews = watches[index].isPresent != isPresent
      watches[index].isPresent = isPresent
      watches[index].lookTime = now
    }
    if let oldest = oldestWatch() {
      let isNew = watches[oldest].lookTime == 0
      nextLook = now &+ max(now &- start, isNew ? 0 : roundNanoseconds / Int64(watches.count))
    }
    return isNews
  }

  /// Notes that this thread calls back, unless the watch has ended.
  private mutating func beginCall(_ number: UInt64) -> Bool {
    guard find(number) != nil else { return false }
    callingWatch = number
    callingThread = pthread_self()
    return true
  }
}
