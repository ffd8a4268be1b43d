import CPlatform
import Foundation
import Testing
import WireProtocol

@testable import BoardSim

/// Bytes of a host until the board has worked on them, over a pair of sockets.
struct HostInputTests {
  private let stop = [UInt8].frame(type: 0x12, sequence: 2)
  private let run = [UInt8].frame(type: Request.run.rawValue, [1, 2, 3])

  @Test func `frames come out whole and in order`() throws {
    let input = try #require(InputUnderTest())
    for byte in run {
      #expect(input.next() == nil)
      input.send([byte])
      input.receive()
    }
    #expect(input.next() == run)
    #expect(input.next() == nil)
    input.send(stop + run + stop)
    input.receive()
    for frame in [stop, run, stop] { #expect(input.next() == frame) }
    #expect(input.next() == nil)
    #expect(input.byteCount == 2 * (run.count + stop.count))
  }

  @Test func `a stop is seen while a frame is worked on and leaves it alone`() throws {
    let input = try #require(InputUnderTest())
    input.send(run)
    input.receive()
    let frame = try #require(input.frame())
    #expect(!input.hasStop(2))
    input.send(Array(stop[..<19]))
    #expect(!input.hasStop(2))
    input.send(Array(stop[19...]))
    #expect(input.hasStop(2))
    #expect(input.stopIsWaiting(2), "it stays until it is worked on")
    #expect(Array(frame) == run)
    #expect(input.next() == stop)
    #expect(!input.hasStop(2))
  }

  @Test func `a frame that lacks a piece comes with the sync behind it`() throws {
    let input = try #require(InputUnderTest())
    let sync = [UInt8].frame(type: Request.sync.rawValue, sequence: 2, [9, 0, 0, 0])
    let part = [UInt8].frame(type: Request.write.rawValue, .init(repeating: 1, count: 99)).prefix(
      50)
    input.send(part + Array(sync[..<31]))
    input.receive()
    #expect(input.next() == nil)
    input.send([sync[31]])
    input.receive()
    #expect(input.next() == part + sync)
    #expect(input.next() == nil)
  }

  @Test func `a stop that came with the run is seen`() throws {
    let input = try #require(InputUnderTest())
    input.send(run + stop)
    input.receive()
    _ = input.next()
    #expect(input.stopIsWaiting(2))
  }

  @Test func `a stop of another number is none`() throws {
    let input = try #require(InputUnderTest())
    input.send(run + stop)
    input.receive()
    _ = input.next()
    #expect(!input.hasStop(1) && !input.hasStop(3))
    input.send(.frame(type: Request.stop.rawValue, sequence: 3))
    #expect(input.hasStop(3))
  }

  @Test func `a stop is seen behind other requests and garbage`() throws {
    let input = try #require(InputUnderTest())
    let garbage = [UInt8](repeating: 0x12, count: 40)
    input.send(run)
    input.receive()
    _ = input.next()
    input.send(run + garbage + run.dropLast() + stop.dropLast() + stop)
    #expect(input.hasStop(2))
    #expect(input.next() == run)
    #expect(input.hasStop(2))
    #expect(input.next() == garbage, "what is no frame is handed out as it is")
    var rest: [UInt8] = []
    while let bytes = input.next() { rest += bytes }
    #expect(rest == run.dropLast() + stop.dropLast() + stop)
    #expect(!input.hasStop(2))
  }

  @Test func `a host that hangs up has not asked to stop`() throws {
    let input = try #require(InputUnderTest())
    input.send(run)
    input.hangUp()
    input.receive()
    #expect(input.next() == run)
    #expect(!input.hasStop(2))
    #expect(input.isEnded)
  }

  @Test func `there is room for a stop behind the longest requests`() throws {
    let input = try #require(InputUnderTest())
    let longest = [UInt8].frame(
      type: Request.write.rawValue, [UInt8](repeating: 9, count: FrameHeader.requestLimit))
    let bytes = run + longest + longest + stop
    let writer = Thread {
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = Array(rest.prefix(1 << 16))
        input.send(piece)
        rest = rest.dropFirst(piece.count)
      }
    }
    writer.start()
    var frames: [[UInt8]] = []
    while frames.count < 4 {
      input.receive()
      while let frame = input.frame() {
        let copy = Array(frame)
        if frames.count == 2 {
          let deadline = inTenSeconds()
          while !input.stopIsWaiting(2), spk_platform_now() < deadline {}
          #expect(input.stopIsWaiting(2))
          #expect(Array(frame) == copy)
        }
        frames.append(copy)
      }
    }
    #expect(frames == [run, longest, longest, stop])
  }
}

/// An input, and the host's end of its socket.
private final class InputUnderTest: @unchecked Sendable {
  private var input: HostInput
  private let end: Int32
  private var host: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    (end, host) = (ends[0], ends[1])
    guard let input = HostInput(end) else { return nil }
    self.input = input
  }

  deinit {
    hangUp()
    close(end)
  }

  var isEnded: Bool { input.isEnded }
  var byteCount: Int { input.byteCount }

  func send(_ bytes: [UInt8]) {
    precondition(spk_platform_send(host, bytes, bytes.count) == bytes.count)
  }

  func hangUp() {
    if host >= 0 { close(host) }
    host = -1
  }

  func receive() { input.receive() }

  /// The next frame where it is.
  func frame() -> UnsafeRawBufferPointer? { input.next() }
  /// The next frame, copied.
  func next() -> [UInt8]? { input.next().map(Array.init) }

  func stopIsWaiting(_ number: UInt32) -> Bool { input.stopIsWaiting(number) }

  /// Asks as a run does, after long enough for the socket to be looked at again.
  func hasStop(_ number: UInt32) -> Bool {
    usleep(1_000)
    return input.stopIsWaiting(number)
  }
}
