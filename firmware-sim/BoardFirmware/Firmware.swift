import NeuroCore
import WireProtocol

/// The command interpreter of a board: frames in, frames out, a fabric behind. docs/wire-protocol.md.
///
/// Trusts nothing that it is sent: a wrong request gets an error reply and changes nothing.
public struct Firmware: ~Copyable {
  public static let version: UInt32 = 0 << 16 | 1 << 8 | 0

  let seam: BoardSeam
  let capabilities: BoardCapabilities
  var network: UnsafeMutablePointer<LoadedNetwork>?
  var probes = ProbeTable()
  var learningCount: UInt64 = 0
  var frozenCount: UInt64 = 0
  /// Room for one reply, and for one frame of events or probe values under way beside it.
  private let replyFrame: UnsafeMutablePointer<UInt8>
  let eventFrame: UnsafeMutablePointer<UInt8>
  let probeFrame: UnsafeMutablePointer<UInt8>
  /// Room for the scores of so many neurons.
  var scoreRoom: UnsafeMutableRawPointer?
  var scoreNeurons = 0
  private var input = FrameInput()
  /// What the host has called this session; 0: there is none.
  private var epoch: UInt32 = 0
  /// The number that the first request had, `hello`, and that the next one has.
  private var firstSequence: UInt32 = 0
  private(set) var nextSequence: UInt32 = 0
  /// Frames of the answer under way that were sent.
  private var answerIndex: UInt16 = 0
  private var answers: AnswerStore?
  private var keepsAnswers = false
  /// Whether the host knows that something got lost: no notice until a request follows on the last one.
  private var hasNoticed = false
  var counters = BoardCounters()

  /// Nil if memory is short.
  public init?(_ capabilities: BoardCapabilities, seam: BoardSeam) {
    let frameBytes = FrameHeader.byteCount + FrameHeader.replyLimit
    guard let frames = seam.make(UInt8.self, 3 * frameBytes) else { return nil }
    replyFrame = frames
    eventFrame = frames + frameBytes
    probeFrame = frames + 2 * frameBytes
    self.seam = seam
    self.capabilities = capabilities
  }

  deinit {
    dropNetwork()
    seam.release(replyFrame)
    input.release(seam)
    answers?.release(seam)
    seam.release(scoreRoom)
  }

  /// Takes bytes of the host, in pieces of any size, and answers each whole frame.
  ///
  /// - Returns: false if memory is short for a frame, or an answer cannot be sent: the link is then of no more use.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while true {
      switch input.next(&rest, seam) {
      case .frame(let header, let payload): guard handle(header, payload) else { return false }
      case .damage: guard notice() else { return false }
      case .nothing: return true
      case .noMemory: return false
      }
    }
  }

  /// Takes one frame that is whole.
  private mutating func handle(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) -> Bool {
    let request = Request(rawValue: header.type)
    if request == .hello { return meet(header, payload) }
    guard header.epoch == epoch, epoch != 0 else { return refuse(header, .epoch) }
    if request == .sync { return sync(header, payload) }
    let distance = Int32(bitPattern: header.sequence &- nextSequence)
    guard distance.magnitude <= RequestWindow.depth else { return refuse(header, .window) }
    // One that was taken before is a repeat, and one too far on follows on others that got lost.
    guard distance >= 0 else { return true }
    guard distance == 0 else { return notice() }
    hasNoticed = false
    nextSequence &+= 1
    return take(header, payload)
  }

  /// Answers a request that follows on the one before.
  private mutating func take(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer
  ) -> Bool {
    answerIndex = 0
    counters.requests &+= 1
    var writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
    do throws(BoardError) {
      guard let request = Request(rawValue: header.type) else { throw .unknownRequest }
      var reader = PayloadReader(payload)
      try answer(request, &reader, &writer, sequence: header.sequence)
      let isSent = send(&writer, type: request.reply, flags: 0, header.sequence)
      if request == .reset { beginAnew() }
      return isSent
    } catch {
      counters.refusals &+= 1
      writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
      writer.put(error.rawValue)
      return send(&writer, type: header.type | 0x80, flags: FrameFlag.error, header.sequence)
    }
  }

  /// `hello`: a session begins, on a board that knows nothing. The same one again is a repeat.
  private mutating func meet(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Bool {
    if header.epoch != 0, header.epoch == epoch {
      guard header.sequence == firstSequence, nextSequence == firstSequence &+ 1 else {
        return true
      }
      guard let kept = answers?.frames(from: 0, of: firstSequence) else { return true }
      return send(kept)
    }
    var reader = PayloadReader(payload)
    let head = reader.readHello()
    guard header.epoch != 0, reader.isComplete else { return refuse(header, .malformed) }
    guard let version = head.common(oldest: ProtocolVersion.oldest, newest: ProtocolVersion.newest)
    else { return refuse(header, .version) }
    beginAnew()
    epoch = header.epoch
    firstSequence = header.sequence
    nextSequence = header.sequence &+ 1
    keepsAnswers = head.keepsAnswers
    if keepsAnswers, answers == nil { answers = AnswerStore(seam) }
    answerIndex = 0
    counters.requests &+= 1
    var reply = capabilities
    reply.protocolVersion = version
    reply.keptBytes = keepsAnswers && answers != nil ? UInt32(AnswerStore.keptBytes) : 0
    var writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
    writer.put(reply)
    return send(&writer, type: Request.hello.reply, flags: 0, header.sequence)
  }

  /// `sync`: says which request is next, and sends again what the host lacks of answers.
  private mutating func sync(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Bool {
    var reader = PayloadReader(payload)
    let token = reader.read(UInt32.self)
    guard reader.isComplete else { return refuse(header, .malformed) }
    counters.syncs &+= 1
    hasNoticed = false
    var lacking = UnsafeRawBufferPointer(start: nil, count: 0)
    if Int32(bitPattern: header.sequence &- nextSequence) < 0 {
      guard let kept = answers?.frames(from: header.index, of: header.sequence) else {
        return refuse(header, .gone)
      }
      lacking = kept
      counters.repeats &+= 1
    }
    return tell(SyncReply(token: token, next: nextSequence), header.sequence)
      && (lacking.isEmpty || send(lacking))
  }

  /// Tells the host that something got lost; once, until a request follows on the last one.
  private mutating func notice() -> Bool {
    counters.damages &+= 1
    guard epoch != 0, !hasNoticed else { return true }
    hasNoticed = true
    return tell(SyncReply(token: 0, next: nextSequence), nextSequence)
  }

  private func tell(_ reply: SyncReply, _ sequence: UInt32) -> Bool {
    var writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
    writer.put(reply)
    return send(
      writer.seal(
        FrameHeader(
          type: Request.sync.reply, sequence: sequence, epoch: epoch, payloadBytes: 0)))
  }

  /// Refuses a frame that is no request of the session.
  private func refuse(_ header: FrameHeader, _ error: BoardError) -> Bool {
    var writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
    writer.put(error.rawValue)
    var reply = header
    reply.type = header.type | 0x80
    reply.flags = FrameFlag.error
    reply.index = 0
    return send(writer.seal(reply))
  }

  /// Sends a frame of the answer under way, and keeps it.
  mutating func send(
    _ writer: inout PayloadWriter, type: UInt8, flags: UInt8, _ sequence: UInt32
  ) -> Bool {
    let frame = writer.seal(
      FrameHeader(
        type: type, flags: flags, index: answerIndex, sequence: sequence, epoch: epoch,
        payloadBytes: 0))
    guard send(frame) else { return false }
    answerIndex &+= 1
    if keepsAnswers { answers?.append(frame) }
    return true
  }

  private func send(_ frame: UnsafeRawBufferPointer) -> Bool {
    guard let start = frame.baseAddress else { return false }
    return seam.send(seam.context, start, frame.count)
  }

  /// Forgets the network and the session.
  private mutating func beginAnew() {
    endNetwork()
    epoch = 0
    answers?.removeAll()
    hasNoticed = false
  }

  private mutating func answer(
    _ request: Request, _ reader: inout PayloadReader, _ writer: inout PayloadWriter,
    sequence: UInt32
  ) throws(BoardError) {
    switch request {
    case .hello, .sync: throw .state
    case .beginNetwork: try beginNetwork(&reader)
    case .population: try describePopulation(&reader)
    case .projection: try describeProjection(&reader)
    case .slice: try describeSlices(&reader)
    case .commit: try commit(&reader)
    case .start: try start(&reader)
    case .endNetwork:
      guard reader.isComplete else { throw .malformed }
      endNetwork()
    case .write: try write(&reader)
    case .read: try read(&reader, &writer)
    case .set: try set(&reader)
    case .clear: try clear(&reader)
    case .record: try record(&reader)
    case .probe: try probe(&reader)
    case .run: try run(&reader, &writer, sequence: sequence)
    case .present: try present(&reader, &writer, sequence: sequence)
    case .ticks: try ticks(&reader, &writer)
    case .stop:
      // A run under way was stopped through the seam before this request was read.
      guard reader.isComplete else { throw .malformed }
    case .counters:
      guard reader.isComplete else { throw .malformed }
      writer.put(counters)
    case .reset:
      guard reader.isComplete else { throw .malformed }
    }
  }
}

extension Firmware {
  /// A board of a given size; nil if memory is short.
  public init?(cores: Int, neuronsPerCore: Int, synapseBytesPerCore: Int, seam: BoardSeam) {
    var capabilities = BoardCapabilities(
      cores: UInt32(cores), neuronsPerCore: UInt32(neuronsPerCore),
      synapseBytesPerCore: UInt64(synapseBytesPerCore))
    capabilities.firmwareVersion = Firmware.version
    self.init(capabilities, seam: seam)
  }
}
