// How frames that got lost are found again. docs/wire-protocol.md 4.

/// The payload of the answer to `sync`, and of the notice that a board gives unasked.
public struct SyncReply: BitwiseCopyable, Equatable, Sendable {
  /// What the host sent; 0 in a notice.
  public var token: UInt32
  /// The number of the request that the board takes next.
  public var next: UInt32

  public init(token: UInt32, next: UInt32) {
    self.token = token
    self.next = next
  }
}

/// What a board has counted since it was made: the reply to `counters`.
public struct BoardCounters: BitwiseCopyable, Equatable, Sendable {
  public var requests: UInt64 = 0
  public var refusals: UInt64 = 0
  /// Pieces of input that were no frame, or that did not follow on what came before.
  public var damages: UInt64 = 0
  /// Times that a host asked for something again.
  public var syncs: UInt64 = 0
  /// Frames that were sent again.
  public var repeats: UInt64 = 0
  public var ticks: UInt64 = 0

  public init() {}
}

extension PayloadWriter {
  public mutating func put(_ reply: SyncReply) {
    put(reply.token)
    put(reply.next)
  }

  public mutating func put(_ counters: BoardCounters) {
    put(counters.requests)
    put(counters.refusals)
    put(counters.damages)
    put(counters.syncs)
    put(counters.repeats)
    put(counters.ticks)
  }
}

extension PayloadReader {
  public mutating func readSyncReply() -> SyncReply {
    let token = read(UInt32.self)
    return SyncReply(token: token, next: read(UInt32.self))
  }

  public mutating func readBoardCounters() -> BoardCounters {
    var counters = BoardCounters()
    counters.requests = read(UInt64.self)
    counters.refusals = read(UInt64.self)
    counters.damages = read(UInt64.self)
    counters.syncs = read(UInt64.self)
    counters.repeats = read(UInt64.self)
    counters.ticks = read(UInt64.self)
    return counters
  }
}
