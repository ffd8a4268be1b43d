import WireProtocol

/// The requests that a board has not answered whole, in the order of their numbers, and how far they are sent.
struct PendingRequests: BitwiseCopyable {
  /// As many as a host sends ahead, whatever the board would allow.
  static let depth = 8

  private var frames = InlineArray<8, UnsafeRawBufferPointer>(
    repeating: UnsafeRawBufferPointer(start: nil, count: 0))
  /// The number of the first one, or of the next that there will be.
  private(set) var first: UInt32
  private(set) var count = 0
  /// Those that are wholly sent; and of the one after, so many bytes.
  private(set) var sentCount = 0
  private var offset = 0
  /// Where sending goes on once the frame under way is whole.
  private var restart: Int?

  init(first: UInt32) { self.first = first }

  /// The number of the next request.
  var next: UInt32 { first &+ UInt32(count) }

  var isEmpty: Bool { count == 0 }

  /// Whether part of a frame is sent, and the rest is not.
  var isBetween: Bool { offset > 0 }

  /// Whether something is to be sent.
  var hasUnsent: Bool { sentCount < count || restart != nil }

  /// What the first one asks for; there is one.
  var firstType: UInt8 { frames[slot(0)][4] }

  mutating func append(_ frame: UnsafeRawBufferPointer) {
    frames[slot(count)] = frame
    count += 1
  }

  /// The first one is answered.
  mutating func removeFirst() {
    if sentCount == 0 { offset = 0 }
    sentCount = max(sentCount - 1, 0)
    restart = restart.map { max($0 - 1, 0) }
    first &+= 1
    count -= 1
  }

  mutating func removeAll() {
    first = next
    count = 0
    sentCount = 0
    offset = 0
    restart = nil
  }

  /// Sends once more from the request of this number on, of those that are sent.
  mutating func resend(from sequence: UInt32) {
    let place = Int(sequence &- first)
    if place < sentCount { restart = min(place, restart ?? place) }
  }

  /// What is to be sent next.
  mutating func unsent() -> UnsafeRawBufferPointer? {
    if offset == 0, let place = restart {
      sentCount = min(sentCount, place)
      restart = nil
    }
    guard sentCount < count else { return nil }
    return UnsafeRawBufferPointer(rebasing: frames[slot(sentCount)][offset...])
  }

  /// Bytes of `unsent` were sent.
  mutating func advance(_ bytes: Int) {
    offset += bytes
    guard offset == frames[slot(sentCount)].count else { return }
    offset = 0
    sentCount += 1
  }

  /// Bytes that are not answered behind the first request.
  var bytesAhead: Int {
    var bytes = 0
    for place in 1..<max(count, 1) { bytes += frames[slot(place)].count }
    return bytes
  }

  private func slot(_ place: Int) -> Int {
    Int((first &+ UInt32(place)) % UInt32(PendingRequests.depth))
  }
}
