// Heads of requests as bytes, written by the host and read by the board. docs/wire-protocol.md.

/// Limits that both sides keep.
public enum WireLimit {
  /// Ticks of one run.
  public static let ticks: UInt32 = 65_536
  /// Elements of one `read`: a reply of 32-bit elements fits a frame.
  public static let readElements = 16_000
  public static let probes = 16
  /// Values of all probes in one tick.
  public static let probeValues = 8_192
  /// Slices of one network.
  public static let slices = 1 << 20
  /// Input spikes of one run.
  public static let events = (FrameHeader.requestLimit - RunHead.byteCount) / SpikeRecord.byteCount
  /// Signals of one run.
  public static let signals = 64
}

/// The head of `beginNetwork`.
public struct NetworkHead: BitwiseCopyable {
  public var lawVersion: UInt32
  public var populations: UInt32
  public var projections: UInt32
  public var slices: UInt32
  public var seed: UInt64

  public init(
    lawVersion: UInt32, populations: UInt32, projections: UInt32, slices: UInt32, seed: UInt64
  ) {
    self.lawVersion = lawVersion
    self.populations = populations
    self.projections = projections
    self.slices = slices
    self.seed = seed
  }
}

/// Which piece of which array a `write` or `read` is about.
public struct Place: BitwiseCopyable {
  public static let byteCount = 16

  /// One of `ArrayKind`, or a `NeuronParameter`.
  public var kind: UInt8
  public var object: Int
  public var first: Int
  public var count: Int

  public init(kind: UInt8, object: Int, first: Int, count: Int) {
    self.kind = kind
    self.object = object
    self.first = first
    self.count = count
  }
}

/// The whole of `probe`.
public struct ProbeRequest: BitwiseCopyable {
  public var slot: UInt8
  public var isOn: Bool
  public var population: UInt16
  public var variable: UInt8
  /// Reported after ticks whose number, counted from 1, is a multiple of it: 1 .. 65,536.
  public var period: UInt32
  public var first: UInt32
  public var count: UInt32

  public init(
    slot: UInt8, isOn: Bool, population: UInt16, variable: UInt8, period: UInt32 = 1,
    first: UInt32, count: UInt32
  ) {
    self.slot = slot
    self.isOn = isOn
    self.population = population
    self.variable = variable
    self.period = period
    self.first = first
    self.count = count
  }
}

/// The head of `run`; events follow, then for each signal its population (4) and its values, [ticks][neurons] of 2 bytes.
public struct RunHead: BitwiseCopyable {
  public static let byteCount = 16

  public var ticks: UInt32
  /// Those of `RunFlag`.
  public var flags: UInt32
  public var events: UInt32
  public var signals: UInt32

  public init(ticks: UInt32, flags: UInt32, events: UInt32, signals: UInt32) {
    self.ticks = ticks
    self.flags = flags
    self.events = events
    self.signals = signals
  }
}

/// What draws depend on beside the network: the whole of `ticks`, and its reply without the flag.
public struct DrawPosition: BitwiseCopyable, Equatable, Sendable {
  public var seed: UInt64
  /// Ticks of learning runs and of frozen ones, each below 2^56.
  public var learning: UInt64
  public var frozen: UInt64

  public init(seed: UInt64, learning: UInt64, frozen: UInt64) {
    self.seed = seed
    self.learning = learning
    self.frozen = frozen
  }

  /// Ticks of both: what the periods of probes count.
  public var ticks: UInt64 { learning &+ frozen }
}

/// The head of `present`; intensities follow.
public struct PresentHead: BitwiseCopyable {
  public static let byteCount = 32

  public var ticks: UInt32
  /// Those of `RunFlag`.
  public var flags: UInt32
  public var stimulus: UInt32
  public var labelPopulation: UInt32
  /// −1: none.
  public var label: Int32
  public var labelPeriod: UInt32
  public var firstLearningTick: UInt32
  public var output: UInt32

  public init(
    ticks: UInt32, flags: UInt32, stimulus: UInt32, labelPopulation: UInt32, label: Int32,
    labelPeriod: UInt32, firstLearningTick: UInt32, output: UInt32
  ) {
    self.ticks = ticks
    self.flags = flags
    self.stimulus = stimulus
    self.labelPopulation = labelPopulation
    self.label = label
    self.labelPeriod = labelPeriod
    self.firstLearningTick = firstLearningTick
    self.output = output
  }
}

/// A spike: of an input population on the way to the board, of a recorded one on the way back.
public struct SpikeRecord: BitwiseCopyable {
  public static let byteCount = 12

  public var tick: UInt32
  public var population: UInt32
  public var neuron: UInt32

  public init(tick: UInt32, population: UInt32, neuron: UInt32) {
    self.tick = tick
    self.population = population
    self.neuron = neuron
  }

  /// Whether `other` may follow: ascending by tick, population and neuron.
  @inline(__always)
  public func isBefore(_ other: SpikeRecord) -> Bool {
    if tick != other.tick { return tick < other.tick }
    if population != other.population { return population < other.population }
    return neuron < other.neuron
  }
}

/// Spikes one after the other, as they lie in a payload.
public struct SpikeRecords {
  private let bytes: UnsafeRawBufferPointer
  public let count: Int

  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    count = bytes.count / SpikeRecord.byteCount
  }

  /// The spike at an index below `count`.
  @inline(__always)
  public subscript(index: Int) -> SpikeRecord {
    let start = bytes.baseAddress.unsafelyUnwrapped + SpikeRecord.byteCount &* index
    func word(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    return SpikeRecord(tick: word(0), population: word(4), neuron: word(8))
  }

  /// Where the number of the neuron of a spike lies; those of the next ones follow, each `SpikeRecord.byteCount` bytes further.
  public func neurons(from index: Int) -> UnsafeRawPointer {
    bytes.baseAddress.unsafelyUnwrapped + (SpikeRecord.byteCount * index + 8)
  }
}

/// What an output neuron did in a presentation.
public struct ScoreRecord: BitwiseCopyable {
  public static let byteCount = 16

  public var spikes: UInt32
  public var potential: Int64
  /// −1: none.
  public var firstSpike: Int32

  public init(spikes: UInt32, potential: Int64, firstSpike: Int32) {
    self.spikes = spikes
    self.potential = potential
    self.firstSpike = firstSpike
  }
}
