import NeuroCore

/// What the terms of a rule can see of one synapse: its weight and the views of its target. Section 4.
public struct SynapseViews: Sendable {
  public var weight: Int
  public var membrane: Int
  public var current: Int
  public var dendrite: Int

  public init(weight: Int, membrane: Int = 0, current: Int = 0, dendrite: Int = 0) {
    self.weight = weight
    self.membrane = membrane
    self.current = current
    self.dendrite = dendrite
  }

  func factor(_ factor: Factor) -> Int {
    switch factor {
    case .one: 1
    case .weight: weight
    case .membrane: membrane
    case .current: current
    case .dendrite: dendrite
    case .meanDendrite, .preTrace, .postTrace:
      preconditionFailure("reserved in law version 1")
    }
  }
}

/// The numbers that a rounding draws: c and c_lo of the column, ρ of the row. Section 4.2.
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
  /// x of section 4: the sum of m · A · B · 2^(K − k) over the terms whose gate is open.
  public func x(_ views: SynapseViews) -> Int {
    let largestShift = shift
    var sum = 0
    for index in 0..<Int(termCount) {
      let term = terms[index]
      if !term.isOpen(views) { continue }
      let product = Int(term.mantissa) * views.factor(term.factorA) * views.factor(term.factorB)
      sum += product * (1 << (largestShift - Int(term.shift)))
    }
    return sum
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
  public func newWeight(_ views: SynapseViews, rate: Int, bits n: Int, draws: RoundingDraws)
    -> Int
  {
    let delta = change(scaled: rate * x(views), bits: n, draws: draws)
    let w = saturated(views.weight + delta, bits: n)
    return min(Int(highLimit), max(Int(lowLimit), w))
  }
}
