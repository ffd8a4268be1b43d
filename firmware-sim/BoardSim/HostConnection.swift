import BoardFirmware
import CPlatform
import Glibc
import WireProtocol

/// One host's connection, and the board that it sees: a fresh one, which ends with it.
final class HostConnection {
  let descriptor: Int32
  private var input: HostInput
  private let firmware: UnsafeMutablePointer<Firmware>
  /// Whether there is a board, and the socket is this connection's.
  private var isReady = false
  private let ending: ServerEnding
  private let statistics: BoardStatistics

  /// Nil if memory is short; the socket is then the caller's still.
  init?(
    _ descriptor: Int32, _ capabilities: BoardCapabilities, _ ending: ServerEnding,
    _ statistics: BoardStatistics
  ) {
    guard let input = HostInput(descriptor) else { return nil }
    self.descriptor = descriptor
    self.input = input
    self.ending = ending
    self.statistics = statistics
    firmware = .allocate(capacity: 1)
    let seam = BoardSeam(
      allocate: { spk_platform_allocate($0) }, release: { free($0) },
      send: { context, bytes, count in HostConnection.at(context!).send(bytes, count) },
      stops: { context, number in HostConnection.at(context!).hasToStop(number) },
      context: Unmanaged.passUnretained(self).toOpaque())
    guard let board = Firmware(capabilities, seam: seam) else { return nil }
    firmware.initialize(to: board)
    isReady = true
  }

  deinit {
    if isReady {
      firmware.deinitialize(count: 1)
      close(descriptor)
    }
    firmware.deallocate()
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> HostConnection {
    Unmanaged<HostConnection>.fromOpaque(context).takeUnretainedValue()
  }

  /// Takes what has come and answers each whole frame.
  ///
  /// - Returns: false if the connection is of no more use.
  func work() -> Bool {
    let before = input.byteCount
    input.receive()
    statistics.add(.bytesIn, input.byteCount - before)
    while let bytes = input.next() {
      if FrameHeader.parse(bytes) != nil { statistics.add(.requests, 1) }
      guard firmware.pointee.receive(bytes), !ending.hasBegun else { return false }
    }
    return !input.isEnded
  }

  /// Whether a run should end: the host has sent the `stop` of this number, has hung up, or the server ends.
  private func hasToStop(_ number: UInt32) -> Bool {
    let before = input.byteCount
    defer { statistics.add(.bytesIn, input.byteCount - before) }
    return input.stopIsWaiting(number) || input.isEnded || ending.hasBegun
  }

  /// Waits for as long as the host does not read, unless the server ends.
  private func send(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
    var sent = 0
    while sent < count {
      let length = spk_platform_send(descriptor, bytes + sent, count - sent)
      if length >= 0 {
        sent += length
      } else if errno == EAGAIN {
        var wanted = [
          pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0), ending.pollEntry,
        ]
        poll(&wanted, 2, -1)
        guard !ending.hasBegun else { return false }
      } else if errno != EINTR {
        return false
      }
    }
    statistics.add(.bytesOut, count)
    return true
  }
}
