/// Where arrivals are added. Numbers as in docs/numerics.md 1.2.
public enum Compartment: UInt8, BitwiseCopyable, Sendable {
  case membrane = 0
  case current1 = 1
  case current2 = 2
  case dendrite = 3

  public static let count = 4
}

public enum Connectivity: UInt8, BitwiseCopyable, Sendable {
  case dense = 0
  case sparse = 1
  case oneToOne = 2
  /// Reserved.
  case sharedKernel = 3
}

public enum WeightStorage: UInt8, BitwiseCopyable, Sendable {
  case int8 = 0
  /// int16, of which the top 8 bits act.
  case int16Master = 1

  public var bytes: Int { self == .int8 ? 1 : 2 }
  public var minimum: Int32 { self == .int8 ? -128 : -32768 }
  public var maximum: Int32 { self == .int8 ? 127 : 32767 }
}

public enum Trigger: UInt8, BitwiseCopyable, Sendable {
  case presynaptic = 0
  case postsynaptic = 1
  case every = 2
}

public enum GateKind: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  case inside = 1
  case outside = 2
}

/// What a term multiplies, and what a gate looks at. Source: docs/numerics.md 4.
public enum Factor: UInt8, BitwiseCopyable, Sendable {
  case one = 0
  case weight = 1
  case membrane = 2
  case current = 3
  case dendrite = 4
  case meanDendrite = 5
  case preTrace = 6
  case postTrace = 7
}

public enum Rounding: UInt8, BitwiseCopyable, Sendable {
  case nearest = 0
  case stochastic = 1
  case stochasticByColumn = 2
}

/// mantissa · 2^−shift · A · B, while the gate is open.
public struct Term: BitwiseCopyable, Sendable {
  public var trigger: Trigger = .presynaptic
  public var periodTicks: UInt16 = 0
  public var gate: GateKind = .none
  public var gateVariable: Factor = .current
  public var gateLow: Int16 = 0
  public var gateHigh: Int16 = 0
  public var factorA: Factor = .one
  public var factorB: Factor = .one
  public var mantissa: Int8 = 0
  public var shift: UInt8 = 0

  public init() {}

  /// Whether it multiplies a factor, or its gate looks at it.
  public func uses(_ factor: Factor) -> Bool {
    factorA == factor || factorB == factor || (gate != .none && gateVariable == factor)
  }
}

/// How the weights of a projection change: 1 to 4 terms, rounding, and limits of the stored weight.
public struct Rule: BitwiseCopyable, Sendable {
  public var termCount: UInt8 = 0
  public var rounding: Rounding = .stochastic
  public var lowLimit: Int16 = -32768
  public var highLimit: Int16 = 32767
  /// Synapses from a neuron to the one of the same number do not learn.
  public var skipsDiagonal = false
  public var terms: InlineArray<4, Term> = .init(repeating: Term())

  public init() {}

  /// K of the law: the largest shift of the terms.
  public var shift: Int {
    var largest = 0
    for index in 0..<Int(termCount) { largest = max(largest, Int(terms[index].shift)) }
    return largest
  }

  /// Whether some term multiplies a factor or looks at it.
  public func uses(_ factor: Factor) -> Bool {
    for index in 0..<Int(termCount) where terms[index].uses(factor) { return true }
    return false
  }

  public func has(_ trigger: Trigger) -> Bool {
    for index in 0..<Int(termCount) where terms[index].trigger == trigger { return true }
    return false
  }
}

/// One projection without its weights. Source: docs/numerics.md 1.2.
public struct Projection: BitwiseCopyable, Sendable {
  public var source: Int32
  public var target: Int32
  public var compartment: Compartment = .current1
  public var connectivity: Connectivity = .dense
  public var storage: WeightStorage = .int8
  public var shift: UInt8 = 0
  public var delayTicks: UInt8 = 1
  /// Each synapse drops each row with this probability, in 1/256.
  public var blankOut: UInt8 = 0
  public var enabled = true
  public var labelGated = false
  public var learning = false
  /// Scales every term of the rule, in 1/256: 0 .. 256.
  public var rate: UInt16 = 256
  /// Sparse projections: synapses in all.
  public var synapseCount: Int64 = 0
  public var rule = Rule()

  public init(source: Int32, target: Int32) {
    self.source = source
    self.target = target
  }

  public var hasRule: Bool { rule.termCount > 0 }
}
