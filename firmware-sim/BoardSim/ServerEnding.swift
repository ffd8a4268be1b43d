import CPlatform
import Glibc

/// Tells the thread of a server to end, wherever it waits.
final class ServerEnding: @unchecked Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32
  private let flag: UnsafeMutablePointer<UInt64>

  init() throws(ServingError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ServingError("no pipe to be had: \(systemReason())") }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    flag = .allocate(capacity: 1)
    flag.initialize(to: 0)
  }

  deinit {
    flag.deallocate()
    close(readEnd)
    close(writeEnd)
  }

  var hasBegun: Bool { spk_platform_load(flag) != 0 }

  /// For `poll`: readable once the ending has begun.
  var pollEntry: pollfd { pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0) }

  func begin() {
    _ = spk_platform_add(flag, 1)
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }
}

/// For `poll`: milliseconds until a time of `spk_platform_now`, −1 for none.
func pollTimeout(until time: Int64?) -> Int32 {
  guard let time else { return -1 }
  return Int32(clamping: max(0, (time - spk_platform_now() + 999_999) / 1_000_000))
}
