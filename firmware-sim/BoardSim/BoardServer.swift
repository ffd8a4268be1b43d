import BoardFirmware
import CPlatform
import Glibc
import WireProtocol

/// A board behind a socket, on a thread of its own.
///
/// It serves one connection at a time, each with a fresh board; others wait for their turn, and those of them that hang
/// up are forgotten.
public final class BoardServer: @unchecked Sendable {
  public let statistics: BoardStatistics
  private let listener: BoardListener
  private let ending: ServerEnding
  private let capabilities: BoardCapabilities
  /// The thread, from `start` to `stop`.
  private var thread: pthread_t?
  // The thread's own from here.
  private var host: HostConnection?
  /// What goes wrong, and the host that it happens to instead.
  private let faults: FaultyLink?
  private var faultyHost: FaultyHost?
  private var waiting: [Int32] = []
  /// Connections that wait here; more of them wait in the system's queue.
  private static let waitingLimit = 64

  /// Listens; connections are served from `start` on.
  ///
  /// - Parameters:
  ///   - number: what the board calls itself; 0: it does not know.
  /// - Throws: if the address is in use or not to be had.
  public init(
    at address: BoardAddress, cores: Int, neuronsPerCore: Int, synapseBytesPerCore: Int,
    number: UInt64 = 0, faults plan: FaultPlan? = nil,
    statistics: BoardStatistics = BoardStatistics()
  ) throws(ServingError) {
    ending = try ServerEnding()
    listener = try BoardListener(address)
    self.statistics = statistics
    var capabilities = BoardCapabilities(
      cores: UInt32(cores), neuronsPerCore: UInt32(neuronsPerCore),
      synapseBytesPerCore: UInt64(synapseBytesPerCore))
    capabilities.firmwareVersion = Firmware.version
    capabilities.identity = number
    self.capabilities = capabilities
    faults = plan.map { FaultyLink($0, statistics) }
  }

  /// What a host opens the board by.
  public var locator: String { listener.address.locator }

  /// Begins to serve. Once.
  public func start() throws(ServingError) {
    precondition(thread == nil, "a server starts once")
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<BoardServer>.fromOpaque(context!).takeRetainedValue().serve()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw ServingError("no thread to be had: \(String(cString: strerror(code)))")
    }
    self.thread = thread
  }

  /// Ends the connections and the thread, and removes the file of the socket. Waits for a request that is under way.
  ///
  /// From the thread that started the server.
  public func stop() {
    ending.begin()
    if let thread { pthread_join(thread, nil) }
    thread = nil
    removeFile()
  }

  /// Removes the file of a `unix:` socket: all that has to be done before the process ends.
  public func removeFile() { listener.removeFile() }

  private func serve() {
    while !ending.hasBegun {
      if let faults { comeOrGo(faults) }
      if host == nil, faultyHost == nil, !waiting.isEmpty { welcome(waiting.removeFirst()) }
      var wanted = [
        ending.pollEntry,
        pollfd(
          fd: waiting.count < Self.waitingLimit ? listener.descriptor : -1,
          events: Int16(POLLIN), revents: 0),
      ]
      if let host { wanted.append(pollfd(fd: host.descriptor, events: Int16(POLLIN), revents: 0)) }
      if let faultyHost { wanted += faultyHost.wanted }
      let wake = faultyHost?.wakeTime ?? goneUntil
      guard poll(&wanted, nfds_t(wanted.count), pollTimeout(until: wake)) >= 0 else { continue }
      if wanted[1].revents != 0 {
        dropHungUp()
        if let socket = listener.accept() { waiting.append(socket) }
      }
      let isDue =
        wanted.dropFirst(2).contains { $0.revents != 0 }
        || wake.map { $0 <= spk_platform_now() } ?? false
      guard isDue else { continue }
      if let host, !host.work() { self.host = nil }
      if let faultyHost, !faultyHost.work() {
        // Before the host notices, and tries again.
        if let faults { comeOrGo(faults) }
        self.faultyHost = nil
      }
    }
    host = nil
    faultyHost = nil
    for socket in waiting { close(socket) }
    waiting = []
  }

  /// Nobody can connect where no board is.
  private func comeOrGo(_ faults: FaultyLink) {
    faults.wake(now: spk_platform_now())
    listener.isOpen = faults.goneUntil == nil
    guard !listener.isOpen else { return }
    for socket in waiting { close(socket) }
    waiting = []
  }

  /// When to look again while nobody can connect.
  private var goneUntil: Int64? {
    listener.isOpen ? nil : faults?.goneUntil ?? spk_platform_now() + 50_000_000
  }

  private func welcome(_ socket: Int32) {
    guard let faults else {
      statistics.add(.connections, 1)
      host = HostConnection(socket, capabilities, ending, statistics)
      if host == nil { close(socket) }
      return
    }
    statistics.add(.connections, 1)
    do throws(ServingError) {
      faultyHost = try FaultyHost(socket, capabilities, faults, statistics)
    } catch {
      close(socket)
    }
  }

  /// Forgets those who wait and have hung up: whoever watches for the board connects, and closes at once.
  private func dropHungUp() {
    waiting.removeAll { socket in
      var byte: UInt8 = 0
      let length = recv(socket, &byte, 1, Int32(MSG_PEEK))
      let isGone = length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR)
      if isGone { close(socket) }
      return isGone
    }
  }
}
