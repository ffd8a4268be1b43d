import CPlatform
import Fault
import Memory
import Transport
import WireProtocol

/// Requests and replies over a link.
///
/// Several requests may be under way; their answers come in order. What a link damages or drops is asked for again; after a
/// fault that this does not mend the board is lost, and every call says so until the link is replaced.
public struct Connection: ~Copyable {
  /// One frame of an answer; valid until the next call on the connection.
  struct Reply {
    let type: UInt8
    let hasMore: Bool
    let payload: UnsafeRawBufferPointer
  }

  private var link: Link
  private var buffers = RequestBuffers()
  private var replies: ReplyBuffer
  private var pending = PendingRequests(first: 1)
  /// Frames of the first answer that have come.
  private var replyIndex: UInt16 = 0
  private var resynchroniser = Resynchroniser()
  /// What this session with the board is called; another one each time that it is greeted.
  private var epoch: UInt32
  /// Whether the board keeps its answers, so that they can be asked for again.
  private var isRepeating = false
  /// Whether `hello` is under way, which is repeated as a whole.
  private var isGreeting = false
  /// What the board allows.
  private var windowDepth = 1
  private var windowBytes = 0
  public private(set) var isLost = false
  /// When the call under way has taken too long; monotonic, in nanoseconds.
  var deadline: Int64 = 0
  public var counters = LinkCounters()

  public init(_ link: consuming Link) throws(Fault) {
    // A board in the process has one host, and others may remember the one before.
    let now = spk_platform_now()
    epoch = link.descriptor < 0 ? 0 : UInt32(truncatingIfNeeded: now ^ now >> 32)
    self.link = link
    replies = try ReplyBuffer()
  }

  /// Closes the link of a board that is lost.
  mutating func drop() {
    precondition(isLost)
    link = .lost
  }

  /// Goes on over another link, to a board that knows nothing yet.
  mutating func replace(_ link: consuming Link) {
    self.link = link
    replies.removeAll()
    pending.removeAll()
    replyIndex = 0
    resynchroniser.removeAll()
    isLost = false
  }

  /// The descriptor to poll for the board's answer; −1 where it is there as soon as a request is sent.
  public var descriptor: Int32 { isLost ? -1 : link.descriptor }

  /// Whether the descriptor has to be polled for room too.
  var waitsForRoom: Bool { hasUnsent && link.showsRoom }

  /// When `replyNow` has to be called again, whatever the descriptor says; 0: never.
  var wakeTime: Int64 { resynchroniser.time }

  var unansweredCount: Int { pending.count }

  /// The time that a call may take which begins now; what an earlier one has left unanswered is passed over.
  mutating func beginCall(milliseconds: UInt32) {
    beginCall(deadline: spk_platform_now() &+ Int64(milliseconds) &* 1_000_000)
  }

  mutating func beginCall(deadline: Int64) {
    self.deadline = deadline
    passOver()
  }

  /// Room for the payload of the next request, at most `capacity` bytes; good until that is answered.
  mutating func writer(capacity: Int = 256) throws(Fault) -> PayloadWriter {
    try checkThere()
    let place = Int(pending.next % UInt32(PendingRequests.depth))
    return try buffers.writer(place, capacity: capacity)
  }

  func checkThere() throws(Fault) {
    guard !isLost else {
      throw Fault(
        .SPK_ERROR_LOST,
        "the board was lost in an earlier call; spk_session_resume() goes on from a snapshot, or close the session and the device"
      )
    }
  }

  /// Sends a request as far as there is room; the rest goes with `replyNow`. Its bytes have to stay until it is answered.
  mutating func send(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    try checkThere()
    guard !writer.overflowed, pending.count < PendingRequests.depth else {
      throw Fault(.SPK_ERROR_INTERNAL, "request \(type.rawValue) did not fit its frame")
    }
    let frame = writer.seal(
      FrameHeader(
        type: type.rawValue, sequence: pending.next, epoch: epoch, payloadBytes: 0))
    counters.requests &+= 1
    if isRepeating || isGreeting, pending.isEmpty {
      resynchroniser.begin(now: spk_platform_now())
    }
    pending.append(frame)
    do throws(Fault) {
      try flush()
    } catch {
      throw lose(error)
    }
  }

  /// The next frame that answers a request; waits for it until the call has taken too long.
  ///
  /// - Throws: what the board refused, or what the link or the protocol did.
  mutating func reply() throws(Fault) -> Reply {
    while true {
      if let reply = try replyNow() { return reply }
      guard link.descriptor >= 0, spk_platform_now() < deadline else {
        throw lose(Fault(.SPK_ERROR_TIMEOUT, "the board did not answer in the time given"))
      }
      wait(nil, until: deadline)
    }
  }

  /// The next frame that answers a request; nil if it is not there yet. Sends what there is room for.
  mutating func replyNow() throws(Fault) -> Reply? {
    do throws(Fault) {
      guard let frame = try nextFrame() else { return nil }
      let hasMore = frame.header.flags & FrameFlag.more != 0
      if !hasMore { finishFirst() }
      guard frame.header.flags & FrameFlag.error != 0 else {
        return Reply(type: frame.header.type, hasMore: hasMore, payload: frame.payload)
      }
      counters.refusals &+= 1
      throw refusal(of: frame.header, frame.payload)
    } catch {
      throw error.status == .SPK_ERROR_LOST || error.status == .SPK_ERROR_PROTOCOL
        ? lose(error) : error
    }
  }

  private mutating func finishFirst() {
    pending.removeFirst()
    replyIndex = 0
    if pending.isEmpty { resynchroniser.end() }
  }

  private func refusal(of header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Fault {
    var reader = PayloadReader(payload)
    return Runtime.refusal(reader.read(UInt16.self), request: header.type & 0x7F)
  }

  /// Waits until the link has something to give or room to offer, the interrupt is raised or a time has come.
  func wait(_ interrupt: Interrupt.Pointer?, until deadline: Int64) {
    let wake = wakeTime
    spk_platform_wait_awake(
      link.descriptor, waitsForRoom ? 1 : 0, interrupt?.pointee.descriptor ?? -1,
      wake == 0 ? deadline : min(wake, deadline))
  }

  /// Sends a request whose answer is one frame, and waits for it, and before that for the answers to those that were posted.
  mutating func exchange(
    _ type: Request, _ writer: PayloadWriter
  ) throws(Fault) -> PayloadReader {
    try settle()
    try send(type, writer)
    return PayloadReader(try only())
  }

  /// The payload of the first answer, which is one frame.
  private mutating func only() throws(Fault) -> UnsafeRawBufferPointer {
    let request = pending.firstType
    let reply = try reply()
    guard reply.type == request | 0x80, !reply.hasMore else {
      throw lose(
        Fault(
          .SPK_ERROR_PROTOCOL,
          "the board answered request \(request) with a frame of type \(reply.type)"))
    }
    return reply.payload
  }

  /// Sends a request without a payload, whose answer is empty, and waits for it and for those that were posted.
  mutating func command(_ type: Request) throws(Fault) {
    try command(type, try writer())
  }

  mutating func command(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    try post(type, writer)
    try settle()
  }

  /// Sends a request whose answer is empty; waits only for room among those that are under way.
  mutating func post(_ type: Request, _ writer: PayloadWriter) throws(Fault) {
    try settle(leaving: windowDepth - 1, ahead: FrameHeader.byteCount + writer.payloadBytes)
    try send(type, writer)
    try settle(leaving: windowDepth - 1)
  }

  /// Waits for answers of requests that were posted, until at most `most` are left, and the board allows so many bytes more.
  ///
  /// - Throws: the first refusal, once all are answered.
  mutating func settle(leaving most: Int = 0, ahead bytes: Int = 0) throws(Fault) {
    while pending.count > most || (!pending.isEmpty && pending.bytesAhead + bytes > windowBytes) {
      do throws(Fault) {
        let request = pending.firstType
        let isEmpty = try only().isEmpty
        guard isEmpty else { throw malformedReply(request) }
      } catch {
        guard !isLost else { throw error }
        let cause = error.sentence
        passOver()
        throw Fault(error.status, "\(cause)")
      }
    }
  }

  /// Waits for what is unanswered, whatever comes of it.
  private mutating func passOver() {
    while !pending.isEmpty, !isLost {
      do throws(Fault) { _ = try reply() } catch {}
    }
  }

  /// Asks which board this is, and takes over what it allows.
  mutating func greet() throws(Fault) -> BoardCapabilities {
    epoch &+= 1
    if epoch == 0 { epoch = 1 }
    var writer = try writer()
    writer.put(HelloHead(keepsAnswers: link.descriptor >= 0))
    isRepeating = false
    isGreeting = link.descriptor >= 0
    defer { isGreeting = false }
    var reader = try exchange(.hello, writer)
    let capabilities = reader.readCapabilities()
    guard reader.isComplete else { throw malformedReply(.hello) }
    isRepeating = capabilities.keptBytes > 0
    windowDepth = min(Int(clamping: capabilities.windowDepth), PendingRequests.depth)
    windowBytes = Int(clamping: capabilities.windowBytes)
    return capabilities
  }

  /// Marks an answer as wrong: what the board sent could not be read.
  mutating func malformedReply(_ type: Request) -> Fault { malformedReply(type.rawValue) }

  private mutating func malformedReply(_ request: UInt8) -> Fault {
    lose(
      Fault(.SPK_ERROR_PROTOCOL, "the board's answer to request \(request) is malformed"))
  }

  /// Gives the board up.
  mutating func lose(_ cause: Fault) -> Fault {
    if !isLost { counters.losses &+= 1 }
    isLost = true
    return cause
  }
}

// Bytes to the board and back.
extension Connection {
  private var hasUnsent: Bool { pending.hasUnsent || resynchroniser.hasUnsent }

  /// Sends what there is room for.
  private mutating func flush() throws(Fault) {
    while hasUnsent {
      // Frames go out whole, one behind the other.
      if resynchroniser.hasUnsent, resynchroniser.isBetween || !pending.isBetween {
        try flushQuestion()
        if resynchroniser.hasUnsent { return }
      }
      guard let bytes = pending.unsent() else { continue }
      let count = try put(bytes)
      guard count > 0 else { return }
      pending.advance(count)
    }
  }

  private mutating func flushQuestion() throws(Fault) {
    var question = resynchroniser.unsent
    let count = try withUnsafeBytes(of: &question.bytes) { (bytes) throws(Fault) in
      try put(UnsafeRawBufferPointer(rebasing: bytes[question.range]))
    }
    resynchroniser.advance(count)
  }

  private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Int {
    let count = try link.send(bytes, deadline: deadline)
    counters.bytesOut &+= UInt64(count)
    return count
  }

  /// Asks the board what it lacks, and for what is lacking here.
  private mutating func askAgain() {
    guard !isGreeting else { return pending.resend(from: pending.first) }
    resynchroniser.ask(
      FrameHeader(
        type: Request.sync.rawValue, index: replyIndex, sequence: pending.first, epoch: epoch,
        payloadBytes: 0))
  }

  /// The next frame of the first answer; nil if it is not there.
  private mutating func nextFrame() throws(Fault) -> Frame? {
    // However fast a board sends what is of no use, its caller looks at the clock now and then.
    var bytesLeft = 4 * ReplyBuffer.capacity
    while bytesLeft > 0 {
      while let frame = try wholeFrame() {
        if try isNext(frame.header, frame.payload) { return frame }
      }
      try flush()
      let count = try receive()
      bytesLeft -= count
      guard count == 0 else { continue }
      guard resynchroniser.time != 0, resynchroniser.isDue(now: spk_platform_now()) else {
        return nil
      }
      // The rest of it may never come, and what comes may be something else.
      replies.skipPart()
      askAgain()
    }
    return nil
  }

  /// The frame that has come first, which is taken out; nil if it is not there whole.
  private mutating func wholeFrame() throws(Fault) -> Frame? {
    while let scan = replies.scan() {
      switch scan {
      case .frame(let header): return replies.take(header)
      case .incomplete: return nil
      case .damaged(let skip):
        replies.skip(skip)
        guard missSomething() else {
          throw Fault(
            .SPK_ERROR_PROTOCOL, "a frame of the board is damaged (magic, length or checksum)")
        }
      }
    }
    return nil
  }

  /// Whether a frame is the next one of the first answer; if not, it is done with.
  private mutating func isNext(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) throws(Fault) -> Bool {
    if header.type == Request.sync.reply, isRepeating || isGreeting {
      if header.epoch == epoch { try follow(header, payload) }
      return false
    }
    if header.epoch == epoch, header.sequence == pending.first, header.index == replyIndex,
      pending.sentCount > 0
    {
      replyIndex &+= 1
      if resynchroniser.time != 0 { resynchroniser.begin(now: spk_platform_now()) }
      return true
    }
    let distance = Int32(bitPattern: header.sequence &- pending.first)
    let isAhead = distance > 0 || (distance == 0 && header.index > replyIndex)
    if isAhead || !(isRepeating || isGreeting), !missSomething() {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board answers request number \(header.sequence), number \(pending.first) was expected"
      )
    }
    return false
  }

  /// Takes what a board says that was asked what it lacks, or that says unasked that something got lost.
  private mutating func follow(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) throws(Fault) {
    guard header.flags & FrameFlag.error == 0 else { throw refusal(of: header, payload) }
    var reader = PayloadReader(payload)
    let reply = reader.readSyncReply()
    guard reader.isComplete else { return }
    guard resynchroniser.takes(reply) else {
      if reply.token == 0, !pending.isEmpty, resynchroniser.mayHurry() { askAgain() }
      return
    }
    pending.resend(from: reply.next)
  }

  /// Asks for what is missing; false if the board does not repeat itself.
  private mutating func missSomething() -> Bool {
    guard isRepeating || isGreeting else { return false }
    counters.damages &+= 1
    if !pending.isEmpty, resynchroniser.mayHurry() { askAgain() }
    return true
  }

  /// Takes bytes of the board that are there.
  ///
  /// - Returns: how many.
  private mutating func receive() throws(Fault) -> Int {
    let count = try link.receive(into: replies.room())
    counters.bytesIn &+= UInt64(count)
    replies.append(count)
    if count > 0, resynchroniser.time != 0 { resynchroniser.wait(now: spk_platform_now()) }
    return count
  }
}
