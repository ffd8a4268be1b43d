import NeuroCore

/// What the terms of a rule can see of one synapse. Section 4.
public struct SynapseViews: Sendable {
  public var weight = 0
  public var membrane = 0
  public var current = 0
  public var dendrite = 0
  public var meanDendrite = 0
  public var preTrace = 0
  public var postTrace = 0

  public init(weight: Int = 0) { self.weight = weight }

  func factor(_ factor: Factor) -> Int {
    switch factor {
    case .one: 1
    case .weight: weight
    case .membrane: membrane
    case .current: current
    case .dendrite: dendrite
    case .meanDendrite: meanDendrite
    case .preTrace: preTrace
    case .postTrace: postTrace
    }
  }
}

/// What has happened that terms may be due for.
public struct SynapseTriggers: Sendable {
  public var rowArrives = false
  public var targetFired = false
  /// The count of section 3.
  public var count: UInt64 = 0

  public init(rowArrives: Bool = false, targetFired: Bool = false, count: UInt64 = 0) {
    self.rowArrives = rowArrives
    self.targetFired = targetFired
    self.count = count
  }
}

/// The numbers that a rounding draws: c of the column, c_lo of the projection, ρ of the row. Section 4.2.
public struct RoundingDraws: Sendable {
  public var c: Int
  public var cLow: Int
  public var rho: Int

  public init(c: Int = 0, cLow: Int = 0, rho: Int = 0) {
    self.c = c
    self.cLow = cLow
    self.rho = rho
  }
}

extension Term {
  func isDue(_ triggers: SynapseTriggers) -> Bool {
    switch trigger {
    case .presynaptic: triggers.rowArrives
    case .postsynaptic: triggers.targetFired
    case .every: triggers.count % UInt64(periodTicks) == 0
    }
  }

  func isOpen(_ views: SynapseViews) -> Bool {
    let g = views.factor(gateVariable)
    let isInside = Int(gateLow) <= g && g <= Int(gateHigh)
    switch gate {
    case .none: return true
    case .inside: return isInside
    case .outside: return !isInside
    }
  }
}

extension Rule {
  /// The sum of m · A · B · 2^(K − k) over the terms that are due and whose gate is open; nil if none is due.
  public func sum(_ views: SynapseViews, _ triggers: SynapseTriggers) -> Int? {
    var isDue = false
    let largestShift = shift
    var sum = 0
    for index in 0..<Int(termCount) {
      let term = terms[index]
      if !term.isDue(triggers) { continue }
      isDue = true
      if !term.isOpen(views) { continue }
      let product = Int(term.mantissa) * views.factor(term.factorA) * views.factor(term.factorB)
      sum += product * (1 << (largestShift - Int(term.shift)))
    }
    return isDue ? sum : nil
  }

  /// Δ of section 4.2, of X = R · x, for a stored weight of n bits; `shift` is the law's K.
  public func change(scaled: Int, bits n: Int, draws: RoundingDraws) -> Int {
    switch rounding {
    case .nearest:
      return saturated((scaled + (1 << (shift + 7))) >> (shift + 8), bits: n)
    case .stochastic, .stochasticByColumn:
      let rho = rounding == .stochastic ? draws.rho : 0
      let d = (scaled + draws.cLow) >> shift
      let q = saturated(d >> 8, bits: n)
      let f = d & 0xFF
      let u = (draws.c + rho) % 256
      return f > u ? saturated(q + 1, bits: n) : q
    }
  }

  /// The new weight w' of section 4.2.
  public func newWeight(
    _ views: SynapseViews, _ triggers: SynapseTriggers, rate: Int, bits n: Int,
    draws: RoundingDraws
  ) -> Int {
    guard let sum = sum(views, triggers) else { return views.weight }
    let delta = change(scaled: rate * sum, bits: n, draws: draws)
    let w = saturated(views.weight + delta, bits: n)
    return min(Int(highLimit), max(Int(lowLimit), w))
  }
}
