import CPlatform
import Glibc
import WireProtocol

/// One host's connection to a board whose link has faults: bytes are carried between the host's socket and a board on a
/// thread of its own.
final class FaultyHost {
  private static let pieceBytes = 1 << 16

  private let descriptor: Int32
  private let link: FaultyLink
  private let capabilities: BoardCapabilities
  private let statistics: BoardStatistics
  private var board: DetachedBoard
  /// Out of a lane, and not taken by its end yet.
  private var boardRest: ArraySlice<UInt8> = []
  private var hostRest: ArraySlice<UInt8> = []
  private var isBoardEnded = false

  /// - Throws: if no board is to be had; the socket is then the caller's still.
  init(
    _ descriptor: Int32, _ capabilities: BoardCapabilities, _ link: FaultyLink,
    _ statistics: BoardStatistics
  ) throws(ServingError) {
    board = try DetachedBoard(capabilities, statistics)
    self.descriptor = descriptor
    self.link = link
    self.capabilities = capabilities
    self.statistics = statistics
    link.clear()
  }

  deinit { close(descriptor) }

  var wakeTime: Int64? { link.wakeTime }

  /// The host's socket and the board's, with what there is to wait for.
  var wanted: [pollfd] {
    func entry(_ descriptor: Int32, reads: Bool, writes: Bool) -> pollfd {
      let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
      return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }
    guard !link.standsStill else { return [entry(-1, reads: false, writes: false)] }
    return [
      entry(
        descriptor, reads: boardRest.isEmpty && !link.toBoard.holds, writes: !hostRest.isEmpty),
      entry(
        board.descriptor, reads: hostRest.isEmpty && !link.toHost.holds && !isBoardEnded,
        writes: !boardRest.isEmpty),
    ]
  }

  /// Carries what can be carried at once.
  ///
  /// - Returns: false if the host or the board is gone.
  func work() -> Bool {
    link.wake(now: spk_platform_now())
    guard carryToBoard(), carryToHost() else { return false }
    return link.goneUntil == nil
      && !(isBoardEnded && hostRest.isEmpty && !link.toHost.holds)
  }

  private func carryToBoard() -> Bool {
    while !link.standsStill {
      if !boardRest.isEmpty {
        guard send(&boardRest, board.descriptor) else { break }
        continue
      }
      if !link.toBoard.holds {
        let (bytes, isEnded) = receive(descriptor)
        if isEnded { return false }
        if bytes.isEmpty { break }
        link.toBoard.put(bytes)
      }
      switch link.toBoard.take(Self.pieceBytes, now: spk_platform_now()) {
      case .bytes(let bytes): boardRest = bytes[...]
      case .nothing: continue
      case .wait: return true
      case .fault(let fault): guard act(fault) else { return false }
      }
    }
    return true
  }

  private func carryToHost() -> Bool {
    while !link.standsStill {
      if !hostRest.isEmpty {
        guard send(&hostRest, descriptor) else { break }
        continue
      }
      if !link.toHost.holds {
        guard !isBoardEnded else { break }
        let (bytes, isEnded) = receive(board.descriptor)
        isBoardEnded = isEnded
        if bytes.isEmpty { break }
        link.toHost.put(bytes)
      }
      switch link.toHost.take(Self.pieceBytes, now: spk_platform_now()) {
      case .bytes(let bytes): hostRest = bytes[...]
      case .nothing: continue
      case .wait: return true
      case .fault(let fault): guard act(fault) else { return false }
      }
    }
    return true
  }

  /// - Returns: false if there is no board any more.
  private func act(_ fault: BoardFault) -> Bool {
    link.act(fault, now: spk_platform_now(), stallStops: true)
    guard link.isReset else { return true }
    link.clear()
    boardRest = []
    hostRest = []
    isBoardEnded = false
    do throws(ServingError) {
      board = try DetachedBoard(capabilities, statistics)
      return true
    } catch {
      return false
    }
  }

  private func receive(_ source: Int32) -> (bytes: [UInt8], isEnded: Bool) {
    var count = 0
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { room, length in
      count = recv(source, room.baseAddress, room.count, 0)
      failure = errno
      length = max(0, count)
    }
    return (bytes, count == 0 || (count < 0 && failure != EAGAIN && failure != EINTR))
  }

  /// - Returns: false if nothing could be sent; a peer that is gone shows when it is read from.
  private func send(_ rest: inout ArraySlice<UInt8>, _ target: Int32) -> Bool {
    let count = rest.withUnsafeBytes { spk_platform_send(target, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if errno != EAGAIN, errno != EINTR {
      rest = []
    }
    return count > 0
  }
}
