import CPlatform
import Glibc

/// A socket between a host and a board's server, that can be cut as a cable is.
final class Relay: @unchecked Sendable {
  let path = freshPath()
  private let listener: Int32
  private let target: String
  private let isCut = Guarded(false)
  private let crew = Crew()

  init(to target: String) {
    self.target = target
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    precondition(withAddress(path) { bind(listener, $0, $1) } == 0 && listen(listener, 8) == 0)
    crew.start { self.serve() }
  }

  /// Ends all connections, whatever is on its way, and takes no more.
  func cut() {
    isCut.with { $0 = true }
    precondition(crew.hasEnded())
  }

  private func serve() {
    var near: Int32 = -1
    var far: Int32 = -1
    var bytes = [UInt8](repeating: 0, count: 65_536)
    while !isCut.current {
      var wanted = [listener, near, far].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&wanted, 3, 5) > 0 else { continue }
      if wanted[0].revents != 0, near < 0 {
        near = accept(listener, nil, nil)
        far = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        precondition(withAddress(target) { connect(far, $0, $1) } == 0)
      }
      for (from, to, entry) in [(near, far, wanted[1]), (far, near, wanted[2])]
      where entry.revents != 0 && from >= 0 {
        let count = recv(from, &bytes, bytes.count, 0)
        if count > 0, spk_platform_send(to, bytes, count) == count { continue }
        close(near)
        close(far)
        near = -1
        far = -1
        break
      }
    }
    for descriptor in [near, far, listener] where descriptor >= 0 { close(descriptor) }
    unlink(path)
  }
}

private func withAddress<Result>(
  _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return withUnsafeBytes(of: &address) {
    body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
  }
}
