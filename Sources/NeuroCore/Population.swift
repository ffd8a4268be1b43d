/// Numbers and ranges of the law (docs/numerics.md) that a description must keep to.
public enum Law {
  public static let version = 1
  public static let populationCountLimit = 4096
  public static let projectionCountLimit = 4096
  public static let neuronCountLimit = 1 << 20
  public static let stateLimit: Int32 = (1 << 23) - 1
  public static let stateMinimum: Int32 = -(1 << 23)
  public static let decayLimit: UInt16 = 4096
  public static let decaySetLimit = 16
  public static let delayLimit = 63
  public static let shiftLimit = 15
  public static let termLimit = 4
  public static let termShiftLimit = 24
  public static let termShiftSpread = 14
  public static let groupLimit = 65_536
  /// Length of the circle of quadratic neurons, which is past its middle where they fire.
  public static let circle: Int32 = 1 << 20
}

/// Numbers as in docs/numerics.md 1.1; the same in the file and on the wire.
public enum PopulationKind: UInt8, BitwiseCopyable, Sendable {
  case input = 0
  case analogue = 1
  case leaky = 2
  case quadratic = 3

  /// Whether its neurons have a membrane, and projections may lead to them.
  public var hasMembrane: Bool { self == .leaky || self == .quadratic }
}

public enum ResetKind: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  case value = 1
  case subtract = 2
}

/// Fractions of the magnitude lost each tick, in 1/4096.
public struct DecaySet: BitwiseCopyable, Equatable, Sendable {
  public var membrane: UInt16
  public var current1: UInt16
  public var current2: UInt16
  public var dendrite: UInt16

  public init(
    membrane: UInt16 = 4096, current1: UInt16 = 4096, current2: UInt16 = 4096,
    dendrite: UInt16 = 4096
  ) {
    self.membrane = membrane
    self.current1 = current1
    self.current2 = current2
    self.dendrite = dendrite
  }
}

/// What a neuron remembers of its spikes. Source: docs/numerics.md 2, step 8.
public struct Trace: BitwiseCopyable, Equatable, Sendable {
  /// What a spike adds; 0: there is no trace.
  public var step: Int32 = 0
  /// Fraction lost each tick, in 1/4096.
  public var decay: UInt16 = 0
  public var viewShift: UInt8 = 0

  public init(step: Int32 = 0, decay: UInt16 = 0, viewShift: UInt8 = 0) {
    self.step = step
    self.decay = decay
    self.viewShift = viewShift
  }

  public var isThere: Bool { step != 0 }
}

/// The arrays that a population may carry in place of a shared value.
public enum NeuronParameter: UInt8, BitwiseCopyable, Sendable {
  case threshold = 0
  case bias = 1
  case resetValue = 2
  case lowerBound = 3
  case decayIndex = 4

  public static let count = 5
  /// Bits of those that quadratic neurons have.
  public static let ofQuadratic = Self.bias.bit | Self.decayIndex.bit
  public var bit: UInt8 { 1 << rawValue }
}

/// One population: its kind and the parameters that its neurons share. Source: docs/numerics.md 1.1.
public struct Population: BitwiseCopyable, Sendable {
  public var kind: PopulationKind
  public var neuronCount: Int32
  public var hasThreshold = true
  public var reset: ResetKind = .value
  /// Bits of `NeuronParameter`: which parameters come as arrays of one value a neuron.
  public var perNeuron: UInt8 = 0
  public var decaySetCount: UInt8 = 1
  public var currentShift: UInt8 = 0
  public var refractoryTicks: UInt8 = 0
  public var membraneViewShift: UInt8 = 0
  public var currentViewShift: UInt8 = 0
  public var dendriteViewShift: UInt8 = 0
  /// Input populations: intensities up to this one are silent.
  public var floor: UInt8 = 0
  public var threshold: Int32 = 0
  public var bias: Int32 = 0
  public var resetValue: Int32 = 0
  public var lowerBound: Int32 = Law.stateMinimum
  public var noiseAmplitude: Int32 = 0
  /// 0, or the size of the groups in which at most one neuron fires a tick.
  public var groupSize: Int32 = 0
  /// Input populations: a spike's probability in 1/65536 is (intensity × gain) >> 8.
  public var gain: Int32 = 0
  /// Analogue populations: the largest magnitude of a value.
  public var valueLimit: Int32 = 32767
  public var decays: InlineArray<16, DecaySet> = .init(repeating: DecaySet())
  /// Of neurons that spike, for rules of projections from here.
  public var preTrace = Trace()
  /// Of neurons with a membrane, for rules of projections to here.
  public var postTrace = Trace()
  /// Ticks of learning runs over which the mean of the dendrite is taken; 0: it is not.
  public var meanTicks: UInt16 = 0

  public init(kind: PopulationKind, neuronCount: Int32) {
    self.kind = kind
    self.neuronCount = neuronCount
  }

  /// Quadratic neurons have the threshold and the reset of their circle, whatever the fields say. Source: docs/numerics.md 1.1.
  @inline(never)
  public mutating func closeCircle() {
    guard kind == .quadratic else { return }
    hasThreshold = true
    reset = .subtract
    threshold = Law.circle / 2
    resetValue = 0
    lowerBound = -Law.circle / 2
  }

  @inline(__always)
  public func hasArray(_ parameter: NeuronParameter) -> Bool { perNeuron & parameter.bit != 0 }
}
