import CPlatform
import Glibc
import Synchronization

/// A listening socket, and the file that a `unix:` one has while it listens.
final class BoardListener: @unchecked Sendable {
  /// −1 while nobody can connect.
  private(set) var descriptor: Int32 = -1
  /// With the port that the system picked, if it was asked to.
  private(set) var address: BoardAddress
  /// Which file is this listener's, so that it never removes another's.
  private let file = Mutex<(device: dev_t, number: ino_t)?>(nil)

  /// - Throws: if the address is in use or not to be had.
  init(_ address: BoardAddress) throws(ServingError) {
    self.address = address
    descriptor = try listen()
    if case .tcp(let host, port: 0) = address {
      self.address = .tcp(host: host, port: boundPort(descriptor))
    }
  }

  private func listen() throws(ServingError) -> Int32 {
    switch address {
    case .unix(let path):
      let socket = try listenUnix(path)
      file.withLock {
        var status = stat()
        $0 = lstat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
      }
      return socket
    case .tcp(let host, let port): return try listenTCP(host, port)
    }
  }

  /// Whether hosts can connect. It stays false if the address is not to be had again.
  var isOpen: Bool {
    get { descriptor >= 0 }
    set {
      guard newValue != isOpen else { return }
      if newValue {
        descriptor = (try? listen()) ?? -1
      } else {
        removeFile()
        close(descriptor)
        descriptor = -1
      }
    }
  }

  /// The next connection, which does not block; nil if none is there.
  func accept() -> Int32? {
    let socket = Glibc.accept(descriptor, nil, nil)
    guard socket >= 0 else {
      // Without a descriptor to give, the connection stays where it is: not to be asked for at once again.
      if errno == EMFILE || errno == ENFILE || errno == ENOMEM { poll(nil, 0, 50) }
      return nil
    }
    var on: Int32 = 1
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    if case .tcp = address {
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    return socket
  }

  func removeFile() {
    guard case .unix(let path) = address else { return }
    file.withLock {
      var status = stat()
      if let file = $0, lstat(path, &status) == 0, status.st_dev == file.device,
        status.st_ino == file.number
      {
        unlink(path)
      }
      $0 = nil
    }
  }

  deinit { isOpen = false }
}

/// Connections that wait before others are turned away.
private let backlog: Int32 = 128

private func listenUnix(_ path: String) throws(ServingError) -> Int32 {
  let socket = spk_platform_socket(AF_UNIX)
  guard socket >= 0 else { throw ServingError("unix:\(path): \(systemReason())") }
  do throws(ServingError) {
    if withUnixAddress(path, { bind(socket, $0, $1) }) != 0 {
      guard errno == EADDRINUSE else { throw ServingError("unix:\(path): \(systemReason())") }
      try removeStaleFile(path)
      guard withUnixAddress(path, { bind(socket, $0, $1) }) == 0 else {
        throw ServingError("unix:\(path): \(systemReason())")
      }
    }
    guard listen(socket, backlog) == 0 else {
      throw ServingError("unix:\(path): \(systemReason())")
    }
    return socket
  } catch {
    close(socket)
    throw error
  }
}

/// Removes a socket file that nobody listens at, as a board leaves it that was killed.
private func removeStaleFile(_ path: String) throws(ServingError) {
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
    throw ServingError("unix:\(path): a file that is no socket is there; remove it or use another")
  }
  let probe = spk_platform_socket(AF_UNIX)
  defer { close(probe) }
  let answer = withUnixAddress(path) { connect(probe, $0, $1) == 0 ? 0 : errno }
  switch answer {
  case ECONNREFUSED: unlink(path)
  case 0, EAGAIN:
    throw ServingError("unix:\(path): another program serves there; end it or use another path")
  default:
    throw ServingError("unix:\(path): \(String(cString: strerror(answer)))")
  }
}

private func withUnixAddress<Result>(
  _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  precondition(path.utf8.count <= BoardAddress.pathLimit)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return withUnsafeBytes(of: &address) {
    body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
  }
}

private func listenTCP(_ host: String, _ port: Int) throws(ServingError) -> Int32 {
  let locator = BoardAddress.tcp(host: host, port: port).locator
  var list: UnsafeMutablePointer<addrinfo>?
  let code = spk_platform_resolve(host, "\(port)", AI_PASSIVE, &list)
  guard code == 0, let first = list?.pointee else {
    throw ServingError("\(locator): \(String(cString: gai_strerror(code)))")
  }
  defer { freeaddrinfo(list) }
  let socket = spk_platform_socket(first.ai_family)
  guard socket >= 0 else { throw ServingError("\(locator): \(systemReason())") }
  var on: Int32 = 1
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
  guard bind(socket, first.ai_addr, first.ai_addrlen) == 0, listen(socket, backlog) == 0 else {
    let reason = systemReason()
    close(socket)
    throw ServingError("\(locator): \(reason)")
  }
  return socket
}

/// The port of a socket that was bound to port 0.
private func boundPort(_ socket: Int32) -> Int {
  var address = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  let done = withUnsafeMutableBytes(of: &address) {
    getsockname(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
  }
  guard done == 0 else { return 0 }
  // The port stands at offset 2 of both kinds of address, high byte first.
  return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
}
