import WireProtocol

/// When and how a host asks a board what got lost. docs/wire-protocol.md 4.
struct Resynchroniser: BitwiseCopyable {
  /// Time without a frame before the first question; it doubles with each one that is not answered.
  private static let firstNanoseconds: Int64 = 40_000_000
  private static let lastNanoseconds: Int64 = 640_000_000
  private static let frameBytes = FrameHeader.byteCount + 4

  private var frame = InlineArray<32, UInt8>(repeating: 0)
  private var sent = Resynchroniser.frameBytes
  private var token: UInt32 = 0
  private var isAsked = false
  private var interval = Resynchroniser.firstNanoseconds
  /// When to ask; 0: never, since nothing is expected.
  private(set) var time: Int64 = 0

  /// Whether part of a question is sent, and the rest is not.
  var isBetween: Bool { sent > 0 && hasUnsent }

  var hasUnsent: Bool { sent < Resynchroniser.frameBytes }

  /// Something is expected from here on, or has come.
  mutating func begin(now: Int64) {
    interval = Resynchroniser.firstNanoseconds
    time = now &+ interval
  }

  /// Bytes have come.
  mutating func wait(now: Int64) { time = now &+ interval }

  /// Nothing is expected.
  mutating func end() {
    time = 0
    isAsked = false
  }

  mutating func removeAll() {
    end()
    sent = Resynchroniser.frameBytes
  }

  /// Whether it is time to ask again, because nothing has come.
  mutating func isDue(now: Int64) -> Bool {
    guard time != 0, now >= time else { return false }
    interval = min(2 * interval, Resynchroniser.lastNanoseconds)
    time = now &+ interval
    return true
  }

  /// Whether to ask at once, because something wrong has come: not while an answer is due.
  mutating func mayHurry() -> Bool {
    defer { isAsked = true }
    return !isAsked
  }

  /// Makes the question, unless one is to be sent still.
  ///
  /// - Parameters:
  ///   - header: names the request that is unanswered and the frames of its answer that are here.
  mutating func ask(_ header: FrameHeader) {
    guard !hasUnsent else { return }
    isAsked = true
    token &+= 1
    if token == 0 { token = 1 }
    withUnsafeMutableBytes(of: &frame) { room in
      let start = room.baseAddress.unsafelyUnwrapped
      var writer = PayloadWriter(start, capacity: 4)
      writer.put(token)
      _ = writer.seal(header)
    }
    sent = 0
  }

  /// Whether an answer is that to the last question.
  mutating func takes(_ reply: SyncReply) -> Bool {
    guard isAsked, reply.token == token else { return false }
    isAsked = false
    return true
  }

  /// What is left of the question to be sent.
  var unsent: (bytes: InlineArray<32, UInt8>, range: Range<Int>) {
    (frame, sent..<Resynchroniser.frameBytes)
  }

  /// Bytes of `unsent` were sent.
  mutating func advance(_ bytes: Int) { sent += bytes }
}
