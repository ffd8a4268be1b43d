import CPlatform
import Glibc

/// Boards as USB devices for hosts that speak USB/IP, on a thread of its own: `usbip attach -r HOST -b 1-1`.
///
/// Each board is one host's at a time, which finds it fresh.
public final class UsbipServer: @unchecked Sendable {
  /// The port that is reserved for USB/IP.
  public static let port = 3_240

  private let listener: BoardListener?
  private let ending: ServerEnding
  private let exports: [UsbipExport]
  private var thread: pthread_t?
  /// The kernel that boards are put back into when they return.
  private var hub: VhciHub?
  private var nextTry: Int64 = 0
  private var connections: [UsbipConnection] = []
  /// Connections beyond which the next wait in the system's queue.
  private static let connectionLimit = 256

  /// Listens; hosts are served from `start` on.
  ///
  /// - Parameter address: nil for boards that are handed over by `attach` alone.
  public init(at address: BoardAddress?, _ boards: [UsbBoard]) throws(ServingError) {
    ending = try ServerEnding()
    listener = if let address { try BoardListener(address) } else { nil }
    exports = boards.enumerated().map { UsbipExport($1, index: $0) }
  }

  /// `HOST:PORT`, to be given to `usbip --tcp-port PORT attach -r HOST`; nil if nothing is listened at.
  public var place: String? {
    listener.map { String($0.address.locator.dropFirst("tcp:".count)) }
  }

  /// What hosts name the boards by.
  public var busIdentifiers: [String] { exports.map(\.busIdentifier) }

  /// Hands each board to the kernel of this machine, before `start`.
  ///
  /// - Throws: if the kernel does not take one.
  public func attach(to hub: VhciHub) throws(ServingError) {
    self.hub = hub
    precondition(thread == nil, "boards are attached before the server starts")
    for export in exports {
      let descriptor = try hub.attach(device: export.device, speed: export.board.identity.speed)
      connections.append(UsbipConnection(descriptor, exports, export: export))
    }
  }

  /// Begins to serve. Once.
  public func start() throws(ServingError) {
    precondition(thread == nil, "a server starts once")
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<UsbipServer>.fromOpaque(context!).takeRetainedValue().serve()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw ServingError("no thread to be had: \(String(cString: strerror(code)))")
    }
    self.thread = thread
  }

  /// Hangs up on every host and ends the thread. From the thread that started the server.
  public func stop() {
    ending.begin()
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  private func serve() {
    while !ending.hasBegun {
      let hasRoom = connections.count < Self.connectionLimit
      var wanted = [
        ending.pollEntry,
        pollfd(
          fd: hasRoom ? listener?.descriptor ?? -1 : -1, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections { wanted += connection.wanted }
      let times = connections.map(\.wakeTime) + [returnTime]
      let wake = times.compactMap(\.self).min()
      guard poll(&wanted, nfds_t(wanted.count), pollTimeout(until: wake)) >= 0 else { continue }
      let now = spk_platform_now()
      var stay: [UsbipConnection] = []
      for (index, connection) in connections.enumerated() {
        let isAwake = times[index].map { $0 <= now } ?? false
        let isDue =
          isAwake || wanted[2 + 2 * index].revents != 0 || wanted[3 + 2 * index].revents != 0
        if !isDue || connection.work() { stay.append(connection) }
      }
      connections = stay
      if wanted[1].revents != 0, let socket = listener?.accept() {
        connections.append(UsbipConnection(socket, exports))
      }
      putBack(now)
    }
    connections = []
  }

  /// When a board that the kernel had is to be given to it again.
  private var returnTime: Int64? {
    guard hub != nil else { return nil }
    let times = exports.compactMap { $0.isTaken ? nil : $0.board.returnTime }
    return times.min().map { max($0, nextTry) }
  }

  /// Attaches the boards that return. The kernel may still have the port of old: then again a little later.
  private func putBack(_ now: Int64) {
    guard let hub, let time = returnTime, time <= now else { return }
    for export in exports {
      guard !export.isTaken, let time = export.board.returnTime, time <= now else { continue }
      do throws(ServingError) {
        let descriptor = try hub.attach(
          device: export.device, speed: export.board.identity.speed)
        connections.append(UsbipConnection(descriptor, exports, export: export))
        export.board.wake()
      } catch {
        nextTry = now + 100_000_000
      }
    }
  }
}
