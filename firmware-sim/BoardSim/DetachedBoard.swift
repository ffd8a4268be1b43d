import CPlatform
import Glibc
import WireProtocol

/// A board on a thread of its own behind a pair of sockets: what a host writes to `descriptor` goes to its firmware, what
/// the firmware answers is read there.
///
/// It ends when nobody holds it: its thread is not waited for, and may finish the tick that it is at.
final class DetachedBoard {
  /// The host's end; does not block. Readable when the board has said something or has ended.
  let descriptor: Int32

  init(
    _ capabilities: BoardCapabilities, _ statistics: BoardStatistics
  ) throws(ServingError) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw ServingError("no pair of sockets to be had: \(systemReason())")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    let ending: ServerEnding
    do throws(ServingError) {
      ending = try ServerEnding()
    } catch {
      for end in ends { close(end) }
      throw error
    }
    guard let host = HostConnection(ends[1], capabilities, ending, statistics) else {
      for end in ends { close(end) }
      throw ServingError("no memory for a board")
    }
    descriptor = ends[0]
    var thread = pthread_t()
    let context = Unmanaged.passRetained(host)
    let code = pthread_create(
      &thread, nil,
      { context in
        let host = Unmanaged<HostConnection>.fromOpaque(context!).takeRetainedValue()
        repeat {
          var wanted = pollfd(fd: host.descriptor, events: Int16(POLLIN), revents: 0)
          poll(&wanted, 1, -1)
        } while host.work()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      close(descriptor)
      throw ServingError("no thread to be had: \(String(cString: strerror(code)))")
    }
    pthread_detach(thread)
  }

  deinit { close(descriptor) }
}
