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
  /// Bytes of a frame that has not arrived whole.
  private var pending: UnsafeMutablePointer<UInt8>?
  private var pendingCapacity = 0
  private var pendingCount = 0

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
    seam.release(pending)
    seam.release(scoreRoom)
  }

  /// Takes bytes of the host, in pieces of any size, and answers each whole frame.
  ///
  /// - Returns: false if a frame could not be understood, or a reply not be sent: the link is then of no more use.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while rest.count > 0 {
      if pendingCount == 0, let length = frameLength(rest), length <= rest.count {
        guard length > 0, handle(UnsafeRawBufferPointer(rebasing: rest[..<length])) else {
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[length...])
      } else {
        guard collect(&rest) else { return false }
      }
    }
    return true
  }

  /// Bytes of the frame that starts here; 0 if none can; nil if its header is not whole.
  private func frameLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    do throws(FrameDefect) {
      guard let header = try FrameHeader.parse(bytes, limit: FrameHeader.requestLimit) else {
        return nil
      }
      return FrameHeader.byteCount + header.payloadBytes
    } catch {
      return 0
    }
  }

  /// Moves bytes behind those pending, up to the end of a header or of its frame, and handles a whole frame.
  private mutating func collect(_ rest: inout UnsafeRawBufferPointer) -> Bool {
    var wanted = FrameHeader.byteCount
    if pendingCount >= wanted {
      guard let length = frameLength(UnsafeRawBufferPointer(start: pending, count: pendingCount)),
        length > 0
      else { return false }
      wanted = length
    }
    guard reserve(wanted), let pending else { return false }
    let taken = min(wanted - pendingCount, rest.count)
    if let start = rest.baseAddress, taken > 0 {
      UnsafeMutableRawPointer(pending + pendingCount).copyMemory(from: start, byteCount: taken)
    }
    pendingCount += taken
    rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    guard pendingCount >= FrameHeader.byteCount else { return true }
    let whole = UnsafeRawBufferPointer(start: pending, count: pendingCount)
    guard let length = frameLength(whole), length > 0 else { return false }
    guard pendingCount == length else { return true }
    pendingCount = 0
    return handle(whole)
  }

  private mutating func reserve(_ bytes: Int) -> Bool {
    guard bytes > pendingCapacity else { return true }
    guard let larger = seam.make(UInt8.self, bytes) else { return false }
    if let pending { larger.update(from: pending, count: pendingCount) }
    seam.release(pending)
    pending = larger
    pendingCapacity = bytes
    return true
  }

  private mutating func handle(_ frame: UnsafeRawBufferPointer) -> Bool {
    var writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
    let type = frame[4]
    var sequence: UInt32 = 0
    do throws(BoardError) {
      do throws(FrameDefect) {
        if let header = try FrameHeader.parse(frame, limit: FrameHeader.requestLimit) {
          sequence = header.sequence
        }
        try FrameHeader.verify(frame)
      } catch {
        throw .frame
      }
      guard let request = Request(rawValue: type) else { throw .unknownRequest }
      var reader = PayloadReader(
        UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
      try answer(request, &reader, &writer, sequence: sequence)
      return send(writer.seal(type: request.reply, sequence: sequence))
    } catch {
      writer = PayloadWriter(replyFrame, capacity: FrameHeader.replyLimit)
      writer.put(error.rawValue)
      return send(writer.seal(type: type | 0x80, flags: FrameFlag.error, sequence: sequence))
    }
  }

  func send(_ frame: UnsafeRawBufferPointer) -> Bool {
    guard let start = frame.baseAddress else { return false }
    return seam.send(seam.context, start, frame.count)
  }

  private mutating func answer(
    _ request: Request, _ reader: inout PayloadReader, _ writer: inout PayloadWriter,
    sequence: UInt32
  ) throws(BoardError) {
    switch request {
    case .hello:
      guard reader.isComplete else { throw .malformed }
      writer.put(capabilities)
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
