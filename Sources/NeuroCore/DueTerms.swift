/// Which terms of a rule are due in one tick, for some synapse at least.
struct DueTerms: BitwiseCopyable {
  /// No rule acts.
  static let none = DueTerms()

  private var bits: UInt8 = 0
  /// Whether some term is due whether or not its row arrives.
  private(set) var withoutRow = false

  private init() {}

  /// All terms of a rule by column, whose rows arrive.
  static func byColumn(termCount: UInt8) -> DueTerms {
    var due = DueTerms()
    due.bits = 1 &<< termCount &- 1
    return due
  }

  /// - Parameters:
  ///   - count: of the ticks of learning runs.
  ///   - rowsArrive, targetsFired: whether there are any.
  init(_ rule: Rule, count: UInt64, rowsArrive: Bool, targetsFired: Bool) {
    for index in 0..<Int(rule.termCount) {
      let term = rule.terms[index]
      let isDue =
        switch term.trigger {
        case .presynaptic: rowsArrive
        case .postsynaptic: targetsFired
        case .every: count % UInt64(term.periodTicks) == 0
        }
      guard isDue else { continue }
      bits |= 1 << UInt8(index)
      if term.trigger != .presynaptic { withoutRow = true }
    }
  }

  subscript(index: Int) -> Bool { bits &>> UInt8(index) & 1 != 0 }
}

extension Rule {
  /// Whether all synapses of a column change by the same amount, and only as their rows arrive.
  var isByColumn: Bool {
    !uses(.weight) && !uses(.preTrace) && !has(.postsynaptic) && !has(.every) && !skipsDiagonal
  }
}

extension Rule {
  /// Whether X, without the draw that is added to it, fits 31 bits: one term of at most one factor.
  var isNarrow: Bool {
    termCount == 1 && rounding != .nearest
      && (terms[0].factorA == .one || terms[0].factorB == .one)
  }
}

extension Term {
  /// Whether the gate is open for a value of its variable.
  @inline(__always)
  func isOpen(_ value: Int32) -> Bool {
    let isInside = value >= Int32(gateLow) && value <= Int32(gateHigh)
    return isInside == (gate == .inside)
  }

  /// What the amount of a term that is due is multiplied by in a row, but for its factor w; 0 if its row has to arrive and
  /// does not, or its gate is closed there.
  ///
  /// - Parameters:
  ///   - trace: the view of x.
  func rowFactor(arrives: Bool, trace: Int32) -> Int64 {
    guard arrives || trigger != .presynaptic else { return 0 }
    if gate != .none, gateVariable == .preTrace, !isOpen(trace) { return 0 }
    let a: Int64 = factorA == .preTrace ? Int64(trace) : 1
    return factorB == .preTrace ? a &* Int64(trace) : a
  }
}
