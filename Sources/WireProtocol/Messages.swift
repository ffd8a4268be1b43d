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
  /// 32 + the compartment's number; after the last compartment come the refractory counts.
  public static let state: UInt8 = 32
  public static let refractory: UInt8 = state + UInt8(Compartment.count)
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
  /// The frame's checksum is wrong.
  case frame = 8
}

/// What a board says of itself when it is asked.
public struct BoardCapabilities: BitwiseCopyable, Sendable {
  public static let protocolVersion: UInt32 = 1

  public var protocolVersion = BoardCapabilities.protocolVersion
  public var lawVersion: UInt32 = 1
  public var firmwareVersion: UInt32 = 0
  public var cores: UInt32
  public var neuronsPerCore: UInt32
  public var delayTicks: UInt32 = 63
  public var synapseBytesPerCore: UInt64

  public init(cores: UInt32, neuronsPerCore: UInt32, synapseBytesPerCore: UInt64) {
    self.cores = cores
    self.neuronsPerCore = neuronsPerCore
    self.synapseBytesPerCore = synapseBytesPerCore
  }
}

extension PayloadWriter {
  public mutating func put(_ capabilities: BoardCapabilities) {
    put(capabilities.protocolVersion)
    put(capabilities.lawVersion)
    put(capabilities.firmwareVersion)
    put(capabilities.cores)
    put(capabilities.neuronsPerCore)
    put(capabilities.delayTicks)
    put(capabilities.synapseBytesPerCore)
  }
}

extension PayloadReader {
  public mutating func readCapabilities() -> BoardCapabilities {
    var capabilities = BoardCapabilities(cores: 0, neuronsPerCore: 0, synapseBytesPerCore: 0)
    capabilities.protocolVersion = read(UInt32.self)
    capabilities.lawVersion = read(UInt32.self)
    capabilities.firmwareVersion = read(UInt32.self)
    capabilities.cores = read(UInt32.self)
    capabilities.neuronsPerCore = read(UInt32.self)
    capabilities.delayTicks = read(UInt32.self)
    capabilities.synapseBytesPerCore = read(UInt64.self)
    return capabilities
  }
}
