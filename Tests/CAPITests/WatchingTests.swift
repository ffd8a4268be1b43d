import CPlatform
import CSpikelet
import Glibc
import Testing

/// Watches, which look for boards between submissions and call back.
@Suite(.serialized) struct WatchingTests {
  @Test func `boards that cannot be reached leave submissions their pace`() throws {
    let rig = try Rig()
    let deaf = try DeafListener()
    defer { deaf.close() }
    let watched = Watched()
    let locators = (1...6).map { "tcp:127.0.0.\($0):\(deaf.port)" }
    for locator in locators {
      try expectOK(spk_device_watch(rig.context, locator, nil, nil))
    }
    try expectOK(spk_device_watch(rig.context, "sim:", Watched.callback, watched.pointer))
    var ended = 0
    let start = monotonicSeconds()
    while monotonicSeconds() - start < 2 {
      #expect(rig.submit(ticks: 1) == .SPK_OK)
      #expect(rig.take(milliseconds: 5_000).status == .SPK_OK)
      ended += 1
    }
    #expect(ended >= 100, "\(ended) submissions in two seconds")
    // Looks go on, and reach each board.
    #expect(waits(5) { watched.calls.current == [1] })
    for locator in locators { #expect(spk_device_unwatch(rig.context, locator) == .SPK_OK) }
    #expect(spk_device_unwatch(rig.context, "sim:") == .SPK_OK)
    rig.end()
  }

  @Test func `a watch that ended in the log callback of another thread calls back no more`() throws
  {
    let watched = Watched()
    watched.pause = 200_000
    let context = try Rig.makeContext(
      log: { user, level, _ in
        guard level == SPK_LOG_ERROR else { return }
        let watched = Watched.of(user)
        watched.status.with { $0 = spk_device_unwatch(watched.context, "sim:") }
        watched.wasInside.with { $0 = watched.isInside.current }
      }, user: watched.pointer)
    watched.context = context
    try expectOK(spk_device_watch(context, "sim:", Watched.callback, watched.pointer))
    try #require(waits(5) { watched.isInside.current })
    #expect(spk_device_watch(context, "nowhere", nil, nil) == .SPK_ERROR_ARGUMENT)
    #expect(watched.status.current == .SPK_OK)
    #expect(watched.wasInside.current == false)
    #expect(watched.calls.current == [1])
    #expect(spk_context_close(context) == .SPK_OK)
  }

  @Test func `a watch that ended in the notice of a board does not call back`() throws {
    let watched = Watched()
    let context = try Rig.makeContext(
      log: { user, level, _ in
        guard level == SPK_LOG_NOTICE else { return }
        let watched = Watched.of(user)
        watched.status.with { $0 = spk_device_unwatch(watched.context, "sim:") }
        watched.wasInside.with { $0 = false }
      }, user: watched.pointer)
    watched.context = context
    try expectOK(spk_device_watch(context, "sim:", Watched.callback, watched.pointer))
    try #require(waits(5) { watched.wasInside.current != nil })
    #expect(watched.status.current == .SPK_OK)
    usleep(50_000)
    #expect(watched.calls.current.isEmpty)
    #expect(spk_context_close(context) == .SPK_OK)
  }

  @Test func `a watch ends inside its own callback, however deep`() throws {
    let watched = Watched()
    let context = try Rig.makeContext(
      log: { user, level, _ in
        guard level == SPK_LOG_ERROR else { return }
        let watched = Watched.of(user)
        watched.status.with { $0 = spk_device_unwatch(watched.context, "sim:") }
      }, user: watched.pointer)
    watched.context = context
    watched.fails = true
    try expectOK(spk_device_watch(context, "sim:", Watched.callback, watched.pointer))
    try #require(waits(5) { watched.calls.current.count == 1 && !watched.isInside.current })
    #expect(watched.status.current == .SPK_OK)
    #expect(spk_context_close(context) == .SPK_OK)
  }
}

/// What the callback of a watch has seen.
private final class Watched: @unchecked Sendable {
  /// Set before the watch begins: the context, how long the callback takes, and whether it makes a call that fails.
  var context: OpaquePointer?
  var pause: UInt32 = 0
  var fails = false
  let calls = Guarded([UInt32]())
  let isInside = Guarded(false)
  let wasInside = Guarded(Bool?.none)
  let status = Guarded(spk_status.SPK_ERROR_INTERNAL)

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static func of(_ user: UnsafeMutableRawPointer?) -> Watched {
    Unmanaged<Watched>.fromOpaque(user!).takeUnretainedValue()
  }

  static let callback: spk_board_callback = { user, _, isPresent in
    let watched = Watched.of(user)
    watched.isInside.with { $0 = true }
    if watched.fails { _ = spk_device_watch(watched.context, "nowhere", nil, nil) }
    usleep(watched.pause)
    watched.calls.with { $0.append(isPresent) }
    watched.isInside.with { $0 = false }
  }
}

/// A TCP port that takes no connection and refuses none, as a board behind a cut cable.
private struct DeafListener {
  let port: UInt16
  private var sockets: [Int32] = []

  init() throws {
    let listener = spk_platform_socket(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutableBytes(of: &address) {
      let raw = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      precondition(bind(listener, raw, length) == 0 && listen(listener, 0) == 0)
      precondition(getsockname(listener, raw, &length) == 0)
    }
    port = UInt16(bigEndian: address.sin_port)
    sockets = [listener]
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    // Fill the queue of connections, until one more gets no answer.
    for _ in 0..<8 {
      let filler = spk_platform_socket(AF_INET)
      sockets.append(filler)
      withUnsafeBytes(of: &address) {
        _ = connect(filler, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
      }
      var wanted = pollfd(fd: filler, events: Int16(POLLOUT), revents: 0)
      if poll(&wanted, 1, 50) == 0 { return }
    }
    throw Refused(status: .SPK_ERROR_INTERNAL, sentence: "the queue of connections is never full")
  }

  func close() { for socket in sockets { _ = Glibc.close(socket) } }
}
