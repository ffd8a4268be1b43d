// How a host and a board meet: the whole of `hello`, and its reply. docs/wire-protocol.md.

/// Versions of the protocol that this code speaks. A host of version n talks to a board of version n − 1 and n + 1.
public enum ProtocolVersion {
  public static let newest: UInt32 = 1
  public static let oldest: UInt32 = 1
}

/// What a host says of itself.
public struct HelloHead: BitwiseCopyable, Equatable, Sendable {
  /// Versions that it speaks.
  public var oldest = ProtocolVersion.oldest
  public var newest = ProtocolVersion.newest
  /// Whether the board shall keep its answers, so that they can be sent again.
  public var keepsAnswers: Bool

  public init(keepsAnswers: Bool) { self.keepsAnswers = keepsAnswers }

  /// The newest version that both speak, where the board speaks all from `oldest` to `newest`.
  public func common(oldest: UInt32, newest: UInt32) -> UInt32? {
    let version = min(self.newest, newest)
    return version >= max(self.oldest, oldest) ? version : nil
  }
}

/// What a board says of itself.
public struct BoardCapabilities: BitwiseCopyable, Sendable {
  /// The version that is spoken from here on.
  public var protocolVersion = ProtocolVersion.newest
  public var lawVersion: UInt32 = 1
  public var firmwareVersion: UInt32 = 0
  public var cores: UInt32
  public var neuronsPerCore: UInt32
  public var delayTicks: UInt32 = 63
  public var synapseBytesPerCore: UInt64
  /// Requests that may be unanswered at a time.
  public var windowDepth: UInt32 = RequestWindow.depth
  /// Bytes that may be sent behind the first request that is unanswered.
  public var windowBytes: UInt32 = RequestWindow.bytes
  /// Bytes of answers that the board keeps.
  public var keptBytes: UInt32 = 0
  /// Which board it is, the same whenever it is asked; 0 for one that does not know.
  public var identity: UInt64 = 0
  /// Kinds of populations that it runs, bit by `PopulationKind`.
  public var populationKinds: UInt32 = BoardCapabilities.allKinds

  public static let allKinds: UInt32 = 0b1111
  /// Of boards that do not say.
  public static let firstKinds: UInt32 = 0b0111

  public init(cores: UInt32, neuronsPerCore: UInt32, synapseBytesPerCore: UInt64) {
    self.cores = cores
    self.neuronsPerCore = neuronsPerCore
    self.synapseBytesPerCore = synapseBytesPerCore
  }
}

/// The credit that this board's firmware gives.
public enum RequestWindow {
  public static let depth: UInt32 = 8
  public static let bytes: UInt32 = 1 << 19
}

extension PayloadWriter {
  public mutating func put(_ head: HelloHead) {
    put(head.oldest)
    put(head.newest)
    put(UInt32(head.keepsAnswers ? 1 : 0))
  }

  public mutating func put(_ capabilities: BoardCapabilities) {
    put(capabilities.protocolVersion)
    put(capabilities.lawVersion)
    put(capabilities.firmwareVersion)
    put(capabilities.cores)
    put(capabilities.neuronsPerCore)
    put(capabilities.delayTicks)
    put(capabilities.synapseBytesPerCore)
    put(capabilities.windowDepth)
    put(capabilities.windowBytes)
    put(capabilities.keptBytes)
    put(capabilities.identity)
    put(capabilities.populationKinds)
  }
}

extension PayloadReader {
  /// What a newer host says beyond it is not looked at.
  public mutating func readHello() -> HelloHead {
    var head = HelloHead(keepsAnswers: false)
    head.oldest = read(UInt32.self)
    head.newest = read(UInt32.self)
    head.keepsAnswers = read(UInt32.self) & 1 != 0
    skipRest()
    return head
  }

  /// What a newer board says beyond it is not looked at.
  public mutating func readCapabilities() -> BoardCapabilities {
    var capabilities = BoardCapabilities(cores: 0, neuronsPerCore: 0, synapseBytesPerCore: 0)
    capabilities.protocolVersion = read(UInt32.self)
    capabilities.lawVersion = read(UInt32.self)
    capabilities.firmwareVersion = read(UInt32.self)
    capabilities.cores = read(UInt32.self)
    capabilities.neuronsPerCore = read(UInt32.self)
    capabilities.delayTicks = read(UInt32.self)
    capabilities.synapseBytesPerCore = read(UInt64.self)
    capabilities.windowDepth = read(UInt32.self)
    capabilities.windowBytes = read(UInt32.self)
    capabilities.keptBytes = read(UInt32.self)
    capabilities.identity = read(UInt64.self)
    capabilities.populationKinds =
      remaining == 0 ? BoardCapabilities.firstKinds : read(UInt32.self)
    skipRest()
    return capabilities
  }
}
