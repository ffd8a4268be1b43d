import CPlatform

/// Calls on a stream socket that does not block.
enum StreamSocket {
  /// Waits until `poll` reports one of `events`, or trouble that the next call on the socket will name, or until a monotonic
  /// deadline in nanoseconds.
  ///
  /// - Returns: false if the deadline has passed.
  static func wait(_ descriptor: Int32, _ events: Int32, _ deadline: Int64) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let left = max(0, deadline &- spk_platform_now())
      // Rounded up, so that a wait never ends before its deadline.
      let milliseconds = Int32(clamping: left / 1_000_000 + (left % 1_000_000 > 0 ? 1 : 0))
      let ready = poll(&wanted, 1, milliseconds)
      if ready > 0 { return true }
      if ready == 0 {
        if milliseconds < Int32.max { return false }
      } else if spk_platform_errno() != EINTR {
        return true
      }
    }
  }

  static func send(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int, _ sent: UnsafeMutablePointer<Int>
  ) -> LinkResult {
    while sent.pointee < count {
      let length = spk_platform_send(descriptor, bytes + sent.pointee, count - sent.pointee)
      if length >= 0 {
        sent.pointee += length
      } else if let result = afterFailure() {
        return result
      }
    }
    return .done
  }

  static func receive(
    _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>
  ) -> LinkResult {
    while true {
      let length = recv(descriptor, buffer, capacity, 0)
      if length > 0 {
        count.pointee = length
        return .done
      }
      if length == 0 { return .lost }
      if let result = afterFailure() { return result }
    }
  }

  /// What a call that failed means; nil: try again.
  private static func afterFailure() -> LinkResult? {
    switch spk_platform_errno() {
    case EINTR: nil
    case EAGAIN: .done
    case ENOMEM, ENOBUFS: .noMemory
    default: .lost
    }
  }
}
