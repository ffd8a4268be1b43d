import BoardFirmware
import Glibc
import NeuroCore
import WireProtocol

/// What a board asks of the heap, as far as one test goes: blocks in use, and after how many to refuse.
final class HeapLedger: @unchecked Sendable {
  @TaskLocal static var current: HeapLedger?
  var blocksInUse = 0
  var blocksLeft = Int.max
  var largestBlock = 1 << 24

  /// A block aligned to 64 bytes, unless the ledger of the test refuses it.
  static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes <= current?.largestBlock ?? 1 << 24, current?.blocksLeft ?? 1 > 0 else {
      return nil
    }
    current?.blocksLeft -= 1
    current?.blocksInUse += 1
    return aligned_alloc(64, (bytes + 63) & ~63)
  }

  static func release(_ block: UnsafeMutableRawPointer?) {
    if block != nil { current?.blocksInUse -= 1 }
    free(block)
  }
}

/// One frame that a board sent.
struct BoardFrame: Equatable {
  let type: UInt8
  let flags: UInt8
  let index: UInt16
  let sequence: UInt32
  let epoch: UInt32
  let payload: [UInt8]

  /// The error that the frame reports.
  var error: BoardError? {
    guard flags == FrameFlag.error, payload.count == 2 else { return nil }
    return BoardError(rawValue: UInt16(payload[0]) | UInt16(payload[1]) << 8)
  }
}

/// A board without a link: bytes in, in pieces of any size, and frames out. It has been greeted, in epoch 1.
final class FirmwareUnderTest {
  private final class Outbox {
    var bytes: [UInt8] = []
    var takesBytes = true
    var ticksLeft = Int.max
  }

  private let outbox = Outbox()
  private var firmware: Firmware
  private(set) var isLost = false
  /// The number of the next request.
  private(set) var nextSequence: UInt32 = 1

  /// Nil if the ledger of the test gives no memory.
  init?(
    cores: Int = 2, neuronsPerCore: Int = 64, synapseBytesPerCore: Int = 4096, greets: Bool = true
  ) {
    let seam = BoardSeam(
      allocate: { HeapLedger.allocate($0) }, release: { HeapLedger.release($0) },
      send: { context, bytes, count in
        let outbox = Unmanaged<Outbox>.fromOpaque(context!).takeUnretainedValue()
        guard outbox.takesBytes else { return false }
        outbox.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
        return true
      },
      stops: { context, _ in
        let outbox = Unmanaged<Outbox>.fromOpaque(context!).takeUnretainedValue()
        outbox.ticksLeft -= 1
        return outbox.ticksLeft <= 0
      },
      context: Unmanaged.passUnretained(outbox).toOpaque())
    guard
      let firmware = Firmware(
        cores: cores, neuronsPerCore: neuronsPerCore, synapseBytesPerCore: synapseBytesPerCore,
        seam: seam)
    else { return nil }
    self.firmware = firmware
    guard greets else { return }
    let answer = ask(.hello, BoardConversation.hello.payload)
    precondition(answer.map(\.type) == [Request.hello.reply])
  }

  /// The host asks to stop once the next run has had so many ticks.
  func stop(after ticks: Int) { outbox.ticksLeft = ticks }

  func refuseReplies() { outbox.takesBytes = false }

  /// Hands bytes to the board, and takes what it answers.
  func take(_ bytes: some Collection<UInt8>) -> [BoardFrame] {
    // A block of its own, so that reading one byte too far is found.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    if !firmware.receive(UnsafeRawBufferPointer(copy)) { isLost = true }
    defer { outbox.bytes = [] }
    return Self.frames(outbox.bytes)
  }

  /// Sends one request; gives all frames of its answer.
  func ask(_ request: Request, _ payload: [UInt8] = []) -> [BoardFrame] {
    take(next(request.rawValue, payload))
  }

  /// The frame of the next request.
  func next(_ type: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
    defer { nextSequence &+= 1 }
    return .frame(type: type, sequence: nextSequence, payload)
  }

  /// The error of the answer to one request; nil if it was done.
  func refusal(_ request: Request, _ payload: [UInt8] = []) -> BoardError? {
    ask(request, payload).last?.error
  }

  /// Takes bytes apart into frames; each must be whole and no byte left over.
  static func frames(_ bytes: [UInt8]) -> [BoardFrame] {
    var frames: [BoardFrame] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let frame = rest.withUnsafeBytes { rest -> BoardFrame in
        guard case .frame(let header) = FrameHeader.scan(rest, limit: FrameHeader.replyLimit) else {
          preconditionFailure("the board sent what is no frame")
        }
        return BoardFrame(
          type: header.type, flags: header.flags, index: header.index, sequence: header.sequence,
          epoch: header.epoch, payload: Array(rest[FrameHeader.byteCount..<header.frameBytes]))
      }
      frames.append(frame)
      rest = rest.dropFirst(FrameHeader.byteCount + frame.payload.count)
    }
    return frames
  }
}
