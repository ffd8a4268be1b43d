import Fault
import NeuroCore

/// Rules that are ready-made. Numbers and formulas: include/spikelet/rules.h; sources: docs/rules.md.
public enum ReadyRule: UInt8, Sendable {
  case erbp = 1
  case balance = 2
  case balanceLiteral = 3
  case dynamics = 4
  case feedForward = 5
  case pairSTDP = 6

  /// Whether a neuron's synapse onto itself is its reset, and not for the rule to change.
  public var skipsDiagonal: Bool { self == .balance || self == .balanceLiteral }

  public var hasRatio: Bool { self == .balance || self == .feedForward || self == .pairSTDP }
  public var hasPeriod: Bool { self == .balanceLiteral || self == .dynamics }
}

/// What a ready-made rule is made from. Rates are in acting weights.
public struct RuleSettings {
  public var rate: Double
  public var ratio = 1.0
  /// Acting weights that one unit of the view of V, and of y, is.
  public var membraneUnit = 1.0
  public var traceUnit = 1.0
  public var periodTicks: UInt16 = 1
  /// Of the current; none if both are 0.
  public var gateLow: Int16 = 0
  public var gateHigh: Int16 = 0

  public init(rate: Double) { self.rate = rate }
}

extension Rule {
  /// Puts the terms of a ready-made rule in place of those there are.
  ///
  /// - Throws: ARGUMENT if a product of rates has no mantissa and shift, or if they are too far apart for one rule.
  public mutating func setTerms(
    _ rule: ReadyRule, _ settings: RuleSettings, storage: WeightStorage
  ) throws(Fault) {
    termCount = 0
    // Stored units an acting one has. The stored weight as a factor has them already.
    let stored = storage == .int8 ? 1.0 : 256.0
    let rate = settings.rate * stored
    switch rule {
    case .erbp:
      var term = try Term(rate, "rate", .presynaptic, .dendrite)
      if settings.gateLow != 0 || settings.gateHigh != 0 {
        term.gate = .inside
        term.gateLow = settings.gateLow
        term.gateHigh = settings.gateHigh
      }
      append(term)
    case .balance:
      let strength = -rate * settings.ratio
      append(
        try Term(
          strength * settings.membraneUnit, "rate * ratio * membrane_unit", .presynaptic, .membrane)
      )
      if settings.traceUnit != 0 {
        append(
          try Term(
            strength * settings.traceUnit, "rate * ratio * trace_unit", .presynaptic, .postTrace))
      }
      append(try Term(-settings.rate, "rate", .presynaptic, .weight))
    case .balanceLiteral:
      append(try Term(-rate, "rate", .every, .membrane, .preTrace, settings.periodTicks))
    case .dynamics:
      append(try Term(rate, "rate", .every, .meanDendrite, .preTrace, settings.periodTicks))
    case .feedForward:
      append(try Term(rate * settings.ratio, "rate * ratio", .postsynaptic, .preTrace))
      append(try Term(-settings.rate, "rate", .postsynaptic, .weight))
    case .pairSTDP:
      append(try Term(-rate, "rate", .presynaptic, .postTrace))
      append(try Term(rate * settings.ratio, "rate * ratio", .postsynaptic, .preTrace))
    }
    try alignShifts()
  }

  /// Writes terms with larger shifts, where they would be too far from the largest for the law.
  private mutating func alignShifts() throws(Fault) {
    let limit = shift - 14
    for index in 0..<Int(termCount) {
      while terms[index].shift < limit, terms[index].doubles {
        terms[index].mantissa *= 2
        terms[index].shift += 1
      }
      guard terms[index].shift >= limit else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "options: terms with shifts \(terms[index].shift) and \(shift) found, 14 apart at most expected; bring rate, ratio and units closer to each other"
        )
      }
    }
  }

  private mutating func append(_ term: Term) {
    terms[Int(termCount)] = term
    termCount += 1
  }
}

extension Term {
  /// The term whose mantissa and shift are nearest to a coefficient in stored units, with the smallest shift that says the same.
  @inline(never)
  fileprivate init(
    _ coefficient: Double, _ product: StaticString, _ trigger: Trigger, _ factorA: Factor,
    _ factorB: Factor = .one,
    _ periodTicks: UInt16 = 0
  ) throws(Fault) {
    self.init()
    self.trigger = trigger
    self.factorA = factorA
    self.factorB = factorB
    self.periodTicks = periodTicks
    var magnitude = coefficient < 0 ? -coefficient : coefficient
    guard magnitude < 127.5 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "options: \(product) is above 127 stored units; make it smaller"
      )
    }
    while magnitude < 63.75, shift < 24 {
      magnitude *= 2
      shift += 1
    }
    var whole = Int(magnitude + 0.5)
    guard whole > 0 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "options: \(product) is below 2^-25 stored units; make it larger"
      )
    }
    while whole & 1 == 0, shift > 0 {
      whole >>= 1
      shift -= 1
    }
    mantissa = Int8(coefficient < 0 ? -whole : whole)
  }

  /// Whether twice the mantissa is one.
  fileprivate var doubles: Bool { mantissa >= -64 && mantissa <= 63 }
}
