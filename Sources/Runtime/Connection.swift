import CPlatform
import Fault
import Memory
import Transport
import WireProtocol

/// Requests and replies over a link.
///
/// One request is under way at a time, and a request to stop it. After a fault of the link or the protocol the board is lost,
/// and every call says so until the link is replaced.
public struct Connection: ~Copyable {
  /// One frame of an answer; valid until the next call on the connection.
  struct Reply {
    let type: UInt8
    let hasMore: Bool
    let payload: UnsafeRawBufferPointer
  }

  private var link: Link
  private var request = RequestBuffer()
  private let replies: Buffer<UInt8>
  private var start = 0
  private var end = 0
  /// Of the request sent last.
  private var sequence: UInt32 = 0
  /// Requests whose last reply has not come.
  private(set) var unansweredCount: UInt32 = 0
  public private(set) var isLost = false
  private var deadline: Int64 = 0
  var timeoutMilliseconds: UInt32
  public var counters = LinkCounters()

  public init(_ link: consuming Link, timeoutMilliseconds: UInt32) throws(Fault) {
    self.link = link
    self.timeoutMilliseconds = timeoutMilliseconds
    replies = try Buffer<UInt8>(
      count: 2 * (FrameHeader.byteCount + FrameHeader.replyLimit), repeating: 0)
  }

  /// Closes the link of a board that is lost.
  mutating func drop() {
    precondition(isLost)
    link = .lost
  }

  /// Goes on over another link, to a board that knows nothing yet.
  mutating func replace(_ link: consuming Link) {
    self.link = link
    start = 0
    end = 0
    unansweredCount = 0
    isLost = false
  }

  /// The descriptor to poll for the board's answer; −1 where it is there as soon as a request is sent.
  public var descriptor: Int32 { isLost ? -1 : link.descriptor }

  /// Room for the payload of the next request, at most `capacity` bytes; good until that is sent.
  mutating func writer(capacity: Int = 256) throws(Fault) -> PayloadWriter {
    try checkThere()
    return try request.writer(capacity: capacity)
  }

  func checkThere() throws(Fault) {
    guard !isLost else {
      throw Fault(
        .SPK_ERROR_LOST,
        "the board was lost in an earlier call; spk_session_resume() goes on from a snapshot, or close the session and the device"
      )
    }
  }

  mutating func send(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    let after = spk_platform_now() &+ Int64(timeoutMilliseconds) &* 1_000_000
    try send(type, writer, deadline: after)
  }

  /// - Parameters:
  ///   - deadline: for sending, and for `reply`; monotonic, in nanoseconds.
  mutating func send(_ type: Request, _ writer: PayloadWriter, deadline: Int64) throws(Fault) {
    try checkThere()
    guard !writer.overflowed else {
      throw Fault(.SPK_ERROR_INTERNAL, "request \(type.rawValue) did not fit its frame")
    }
    sequence &+= 1
    unansweredCount += 1
    self.deadline = deadline
    let frame = writer.seal(type: type.rawValue, sequence: sequence)
    counters.requests &+= 1
    counters.bytesOut &+= UInt64(frame.count)
    do throws(Fault) {
      try link.send(frame, deadline: deadline)
    } catch {
      throw lose(error)
    }
  }

  /// The next frame that answers a request; waits for it until the deadline of the request sent last.
  ///
  /// - Throws: what the board refused, or what the link or the protocol did.
  mutating func reply() throws(Fault) -> Reply {
    while true {
      if let reply = try replyNow() { return reply }
      do throws(Fault) {
        _ = try receive(waits: true)
      } catch {
        throw lose(error)
      }
    }
  }

  /// The next frame that answers a request; nil if it is not there yet.
  mutating func replyNow() throws(Fault) -> Reply? {
    do throws(Fault) {
      guard let frame = try nextFrame() else { return nil }
      let hasMore = frame.flags & FrameFlag.more != 0
      if !hasMore { unansweredCount -= 1 }
      guard frame.flags & FrameFlag.error != 0 else {
        return Reply(type: frame.type, hasMore: hasMore, payload: frame.payload)
      }
      counters.refusals &+= 1
      var reader = PayloadReader(frame.payload)
      throw refusal(reader.read(UInt16.self), request: frame.type & 0x7F)
    } catch {
      throw error.status == .SPK_ERROR_LOST || error.status == .SPK_ERROR_PROTOCOL
        ? lose(error) : error
    }
  }

  /// Waits until bytes of the board are there, the interrupt is raised or the deadline has passed.
  func wait(_ interrupt: Interrupt.Pointer?, until deadline: Int64) {
    spk_platform_wait(link.descriptor, interrupt?.pointee.descriptor ?? -1, deadline)
  }

  /// Sends a request whose answer is one frame.
  mutating func exchange(
    _ type: Request, _ writer: PayloadWriter
  ) throws(Fault) -> PayloadReader {
    try send(type, writer)
    let reply = try reply()
    guard reply.type == type.reply, !reply.hasMore else {
      throw lose(
        Fault(
          .SPK_ERROR_PROTOCOL,
          "the board answered request \(type.rawValue) with a frame of type \(reply.type)"))
    }
    return PayloadReader(reply.payload)
  }

  /// Sends a request without a payload, whose answer is empty.
  mutating func command(_ type: Request) throws(Fault) {
    try command(type, try writer())
  }

  /// Sends a request whose answer is empty.
  mutating func command(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    let isEmpty = try exchange(type, writer).isComplete
    guard isEmpty else { throw malformedReply(type) }
  }

  /// Marks an answer as wrong: what the board sent could not be read.
  mutating func malformedReply(_ type: Request) -> Fault {
    lose(
      Fault(
        .SPK_ERROR_PROTOCOL, "the board's answer to request \(type.rawValue) is malformed"))
  }

  /// Gives the board up.
  mutating func lose(_ cause: Fault) -> Fault {
    if !isLost { counters.losses &+= 1 }
    isLost = true
    return cause
  }

  private mutating func nextFrame() throws(Fault) -> (
    type: UInt8, flags: UInt8, payload: UnsafeRawBufferPointer
  )? {
    var found = try wholeFrame()
    while found == nil {
      guard try receive(waits: false) > 0 else { return nil }
      found = try wholeFrame()
    }
    let header = found.unsafelyUnwrapped
    let payload = UnsafeRawBufferPointer(
      start: replies.base + start + FrameHeader.byteCount, count: header.payloadBytes)
    start += FrameHeader.byteCount + header.payloadBytes
    let expected = sequence &+ 1 &- unansweredCount
    guard header.sequence == expected, unansweredCount > 0 else {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board answers request number \(header.sequence), number \(expected) was expected")
    }
    return (header.type, header.flags, payload)
  }

  /// The header of the frame that has come first; nil if it is not there whole.
  private func wholeFrame() throws(Fault) -> FrameHeader? {
    let bytes = UnsafeRawBufferPointer(start: replies.base + start, count: end - start)
    do throws(FrameDefect) {
      guard let header = try FrameHeader.parse(bytes, limit: FrameHeader.replyLimit) else {
        return nil
      }
      let length = FrameHeader.byteCount + header.payloadBytes
      guard length <= bytes.count else { return nil }
      try FrameHeader.verify(UnsafeRawBufferPointer(rebasing: bytes[..<length]))
      return header
    } catch {
      throw Fault(
        .SPK_ERROR_PROTOCOL, "a frame of the board is damaged (magic, length or checksum)")
    }
  }

  /// Takes bytes of the board: what is there, or after waiting at least one.
  ///
  /// - Returns: how many.
  private mutating func receive(waits: Bool) throws(Fault) -> Int {
    if start > 0 {
      replies.base.update(from: replies.base + start, count: end - start)
      end -= start
      start = 0
    }
    let free = UnsafeMutableRawBufferPointer(
      start: replies.base + end, count: replies.count - end)
    let count =
      waits ? try link.receive(into: free, deadline: deadline) : try link.receiveNow(into: free)
    counters.bytesIn &+= UInt64(count)
    end += count
    return count
  }
}

/// What passed between host and board since the device was opened.
public struct LinkCounters: BitwiseCopyable, Sendable {
  public var requests: UInt64 = 0
  public var refusals: UInt64 = 0
  public var losses: UInt64 = 0
  public var bytesOut: UInt64 = 0
  public var bytesIn: UInt64 = 0
  public var ticks: UInt64 = 0
  public var eventsOut: UInt64 = 0
  public var eventsIn: UInt64 = 0
}
