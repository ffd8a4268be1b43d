import CPlatform
import Fault
import Memory
import Transport
import WireProtocol

/// Requests and replies over a link.
///
/// One request is under way at a time. After a fault of the link or the protocol the connection is broken, and says so.
public struct Connection: ~Copyable {
  /// One frame of an answer; valid until the next call on the connection.
  struct Reply {
    let type: UInt8
    let hasMore: Bool
    let payload: UnsafeRawBufferPointer
  }

  private let link: Link
  private var request: Buffer<UInt8>
  private let replies: Buffer<UInt8>
  private var start = 0
  private var end = 0
  private var sequence: UInt32 = 0
  private var isBroken = false
  private var deadline: Int64 = 0
  var timeoutMilliseconds: UInt32

  public init(_ link: consuming Link, timeoutMilliseconds: UInt32) throws(Fault) {
    let request = try Buffer<UInt8>(count: 1 << 12, repeating: 0)
    let replies = try Buffer<UInt8>(
      count: 2 * (FrameHeader.byteCount + FrameHeader.replyLimit), repeating: 0)
    self.link = link
    self.request = request
    self.replies = replies
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Room for the payload of the next request, at most `capacity` bytes; good until that is sent.
  mutating func writer(capacity: Int = 256) throws(Fault) -> PayloadWriter {
    guard !isBroken else {
      throw Fault(
        .SPK_ERROR_STATE, "the board was lost in an earlier call; close the session and the device")
    }
    if FrameHeader.byteCount + capacity > request.count {
      request = try Buffer(count: FrameHeader.byteCount + capacity, repeating: 0)
    }
    return PayloadWriter(request.base, capacity: capacity)
  }

  mutating func send(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    guard !writer.overflowed else {
      throw Fault(.SPK_ERROR_INTERNAL, "request \(type.rawValue) did not fit its frame")
    }
    sequence &+= 1
    deadline = spk_platform_now() &+ Int64(timeoutMilliseconds) &* 1_000_000
    let frame = writer.seal(type: type.rawValue, sequence: sequence)
    do throws(Fault) {
      try link.send(frame, deadline: deadline)
    } catch {
      isBroken = true
      throw error
    }
  }

  /// The next frame that answers the last request.
  ///
  /// - Throws: what the board refused, or what the link or the protocol did.
  mutating func reply() throws(Fault) -> Reply {
    do throws(Fault) {
      let frame = try nextFrame()
      if frame.flags & FrameFlag.error == 0 {
        return Reply(
          type: frame.type, hasMore: frame.flags & FrameFlag.more != 0, payload: frame.payload)
      }
      var reader = PayloadReader(frame.payload)
      let code = reader.read(UInt16.self)
      throw refusal(code, request: frame.type & 0x7F)
    } catch {
      if error.status == .SPK_ERROR_IO || error.status == .SPK_ERROR_TIMEOUT
        || error.status == .SPK_ERROR_PROTOCOL
      {
        isBroken = true
      }
      throw error
    }
  }

  /// Sends a request whose answer is one frame.
  mutating func exchange(
    _ type: Request, _ writer: PayloadWriter
  ) throws(Fault) -> PayloadReader {
    try send(type, writer)
    let reply = try reply()
    guard reply.type == type.reply, !reply.hasMore else {
      isBroken = true
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board answered request \(type.rawValue) with a frame of type \(reply.type)")
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
    isBroken = true
    return Fault(
      .SPK_ERROR_PROTOCOL, "the board's answer to request \(type.rawValue) is malformed")
  }

  private mutating func nextFrame() throws(Fault) -> (
    type: UInt8, flags: UInt8, payload: UnsafeRawBufferPointer
  ) {
    while true {
      let bytes = UnsafeRawBufferPointer(start: replies.base + start, count: end - start)
      guard let header = try wholeFrame(bytes) else {
        try receiveMore()
        continue
      }
      let frame = UnsafeRawBufferPointer(
        rebasing: bytes[..<(FrameHeader.byteCount + header.payloadBytes)])
      start += frame.count
      guard header.sequence == sequence else {
        throw Fault(
          .SPK_ERROR_PROTOCOL,
          "the board answers request number \(header.sequence), number \(sequence) is under way")
      }
      return (
        header.type, header.flags,
        UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...])
      )
    }
  }

  /// The header of the frame that `bytes` begin with; nil if it has not arrived whole.
  private func wholeFrame(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> FrameHeader? {
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

  private mutating func receiveMore() throws(Fault) {
    if start > 0 {
      replies.base.update(from: replies.base + start, count: end - start)
      end -= start
      start = 0
    }
    let free = UnsafeMutableRawBufferPointer(
      start: replies.base + end, count: replies.count - end)
    end += try link.receive(into: free, deadline: deadline)
  }
}
