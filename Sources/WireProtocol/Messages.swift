import NeuroCore

/// Requests of the host; a reply has the same number with the top bit set. Source: docs/wire-protocol.md.
public enum Request: UInt8, Sendable {
  case hello = 0x01
  case beginNetwork = 0x02
  case population = 0x03
  case projection = 0x04
  case slice = 0x05
  case commit = 0x06
  case write = 0x07
  case start = 0x08
  case read = 0x09
  case set = 0x0A
  case clear = 0x0B
  case record = 0x0C
  case probe = 0x0D
  case run = 0x0E
  case present = 0x0F
  case ticks = 0x10
  case endNetwork = 0x11
  case stop = 0x12
  case sync = 0x13
  case counters = 0x14
  case reset = 0x15

  public var reply: UInt8 { rawValue | 0x80 }
}

/// Frames that come before the last reply of a run or a presentation.
public enum Report {
  public static let events: UInt8 = 0xA0
  public static let probe: UInt8 = 0xA1
  public static let scores: UInt8 = 0xA2
}

/// What a `write` or `read` request is about. Numbers below 16 are those of `NeuronParameter`.
public enum ArrayKind {
  public static let weights: UInt8 = 16
  public static let rowStarts: UInt8 = 17
  public static let targets: UInt8 = 18
  public static let values: UInt8 = 19
  /// Spikes and values under way.
  public static let history: UInt8 = 20
  /// 32 + the number of a `StateVariable`.
  public static let state: UInt8 = 32
}

/// What a `set` request changes.
public enum Setting: UInt8, Sendable {
  case enabled = 0
  case learning = 1
  case rate = 2
}

public enum RunFlag {
  public static let learn: UInt32 = 1
  public static let clear: UInt32 = 2
  public static let labelled: UInt32 = 4
  public static let all: UInt32 = 7
}

/// Why a board refused a request.
public enum BoardError: UInt16, Error {
  /// The request's number is unknown.
  case unknownRequest = 1
  /// A payload is too short, too long, or holds a number that is not defined.
  case malformed = 2
  /// Not legal now: no network, or one under way.
  case state = 3
  /// A population, projection, slice or index that does not exist.
  case index = 4
  /// A description breaks the law.
  case law = 5
  /// More neurons or synapse bytes on a core than it has, or more probe values than a tick may give.
  case resources = 6
  /// Memory is short, on the board or on the way to the host.
  case noMemory = 7
  /// The host and the board have no version of the protocol in common.
  case version = 8
  /// The session with the board is another one, or there is none: the board has begun anew.
  case epoch = 9
  /// The frames that are to be sent again are not kept any more.
  case gone = 10
  /// A sequence number that is further from the one expected than the window is deep.
  case window = 11
}
