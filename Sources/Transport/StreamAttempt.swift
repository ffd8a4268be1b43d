import CPlatform
import CSpikelet
import Fault

/// One try to connect: a descriptor, or why there is none.
struct StreamAttempt {
  /// Connected, and the caller's to close; -1 if there is none.
  private(set) var descriptor: Int32 = -1
  /// An errno, or a negative number of the resolver. EAGAIN: the queue of a `unix:` socket stayed full.
  private(set) var code: Int32 = 0

  init(_ locator: Locator, deadline: Int64) {
    precondition(locator.kind == .unix || locator.kind == .tcp)
    locator.withPlace { place, port in
      if locator.kind == .unix {
        connectUnix(place, deadline)
      } else {
        connectTCP(place, port, deadline)
      }
    }
  }

  private mutating func connectUnix(_ path: UnsafePointer<CChar>, _ deadline: Int64) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A locator's path is shorter than `sun_path`, which is zero.
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.baseAddress.unsafelyUnwrapped.copyMemory(from: path, byteCount: strlen(path))
    }
    withUnsafeBytes(of: &address) { bytes in
      connect(
        AF_UNIX, bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self),
        socklen_t(bytes.count), deadline)
    }
  }

  /// Tries each address of the host until one answers.
  private mutating func connectTCP(
    _ host: UnsafePointer<CChar>, _ port: UnsafePointer<CChar>, _ deadline: Int64
  ) {
    var list: UnsafeMutablePointer<addrinfo>?
    code = spk_platform_resolve(host, port, 0, &list)
    guard code == 0 else {
      if code == EAI_SYSTEM { code = spk_platform_errno() }
      return
    }
    var next = list
    while let entry = next, descriptor < 0 {
      if let address = entry.pointee.ai_addr {
        connect(entry.pointee.ai_family, address, entry.pointee.ai_addrlen, deadline)
      }
      next = entry.pointee.ai_next
    }
    freeaddrinfo(list)
  }

  private mutating func connect(
    _ family: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t, _ deadline: Int64
  ) {
    let socket = spk_platform_socket(family)
    guard socket >= 0 else {
      code = spk_platform_errno()
      return
    }
    repeat {
      code = CPlatform.connect(socket, address, length) == 0 ? 0 : spk_platform_errno()
      // Only a full queue says EAGAIN, and nothing tells when it has room again.
    } while code == EAGAIN && spk_platform_now() < deadline && poll(nil, 0, 5) <= 0
    if code == EINPROGRESS || code == EINTR {
      code =
        StreamSocket.wait(socket, POLLOUT, deadline)
        ? spk_platform_socket_error(socket) : ETIMEDOUT
    }
    if code == 0 {
      descriptor = socket
    } else {
      close(socket)
    }
  }

  /// The failure in words.
  func fault(_ locator: Locator) -> Fault {
    let reason = bytes(code < 0 ? gai_strerror(code) : UnsafePointer(strerror(code)))
    let fault: Fault
    switch code {
    case ENOENT, ECONNREFUSED, ..<0:
      fault = locator.withPlace { place, port in
        locator.kind == .unix
          ? Fault(
            .SPK_ERROR_NOT_FOUND,
            "nobody is there (\(reason)); start spikelet-board --unix \(bytes(place)), or check the path"
          )
          : Fault(
            .SPK_ERROR_NOT_FOUND,
            "nobody is there (\(reason)); start spikelet-board --tcp \(bytes(port)) there, or check host and port"
          )
      }
    case ETIMEDOUT, EAGAIN:
      fault = Fault(
        .SPK_ERROR_TIMEOUT,
        "no connection in the time given; see whether the board is busy or the network is down")
    default:
      fault = Fault(
        .SPK_ERROR_IO,
        "cannot connect (\(reason)); see that this user may, and that the way is open")
    }
    return fault.at("\(locator.sentence)")
  }
}

@inline(never)
private func bytes(_ text: UnsafePointer<CChar>?) -> UnsafeBufferPointer<UInt8> {
  guard let text else { return UnsafeBufferPointer(start: nil, count: 0) }
  return UnsafeBufferPointer(
    start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
}
