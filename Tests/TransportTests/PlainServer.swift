import CPlatform
import Fault
import Glibc
import Transport

/// A listening socket without a board behind it.
///
/// A host is connected before the server accepts, so one thread can play both.
final class PlainServer: @unchecked Sendable {
  enum Kind: Sendable { case unix, tcp, tcp6 }

  /// The kinds that this machine has.
  static let kinds: [Kind] = {
    let probe = spk_platform_socket(AF_INET6)
    defer { close(probe) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    return [.unix, .tcp] + (bindCode(probe, &address) == 0 ? [.tcp6] : [])
  }()

  let locator: Locator
  private(set) var descriptor: Int32
  private let path: String?

  init(_ kind: Kind, backlog: Int32 = 16) throws {
    descriptor = spk_platform_socket(
      kind == .unix ? AF_UNIX : kind == .tcp ? AF_INET : AF_INET6)
    path = kind == .unix ? PlainServer.freshPath() : nil
    switch kind {
    case .unix:
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { [path] in $0.copyBytes(from: path!.utf8) }
      bind(descriptor, &address)
    case .tcp:
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      bind(descriptor, &address)
    case .tcp6:
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_addr = in6addr_loopback
      bind(descriptor, &address)
    }
    precondition(listen(descriptor, backlog) == 0)
    let port = PlainServer.port(descriptor)
    locator = try Locator(
      kind == .unix ? "unix:\(path!)" : kind == .tcp ? "tcp:localhost:\(port)" : "tcp:[::1]:\(port)"
    )
  }

  deinit { end() }

  /// A path that no other test has.
  static func freshPath() -> String {
    "/tmp/spikelet-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  }

  /// Nobody listens any more; the file stays.
  func end() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  func removeFile() { if let path { unlink(path) } }

  /// The other end of the next connection.
  func accept() -> PlainPeer {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    precondition(poll(&wanted, 1, 10_000) == 1, "nobody has connected")
    return PlainPeer(Glibc.accept(descriptor, nil, nil))
  }

  private static func port(_ descriptor: Int32) -> Int {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &address) {
      getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
      return Int($0[2]) << 8 | Int($0[3])
    }
  }
}

private func bind<Address>(_ descriptor: Int32, _ address: inout Address) {
  precondition(bindCode(descriptor, &address) == 0, "no address to be had")
}

private func bindCode<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
  withUnsafeBytes(of: &address) {
    let start = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
    return Glibc.bind(descriptor, start, socklen_t($0.count))
  }
}

/// The board's end of a connection, with calls that block.
final class PlainPeer: @unchecked Sendable {
  private var descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { end() }

  func send(_ bytes: [UInt8]) {
    precondition(spk_platform_send(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// Exactly `count` bytes, fewer at the end of the stream.
  func receive(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let length = recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
    return Array(bytes[..<max(0, length)])
  }

  func end() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
