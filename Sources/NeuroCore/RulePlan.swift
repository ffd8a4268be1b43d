/// What is due of a rule in one tick, and how.
struct RulePlan: BitwiseCopyable {
  let rule: Rule
  /// Terms that are due, for some synapse at least.
  private(set) var isDue = InlineArray<4, Bool>(repeating: false)
  /// Whether some term is due whether or not its row arrives.
  private(set) var isDueWithoutRow = false
  /// Whether all synapses of a column change by the same X.
  let isByColumn: Bool

  /// No rule acts.
  static var idle: RulePlan {
    RulePlan(Rule(), count: 0, rowsArrive: false, targetsFired: false)
  }

  /// - Parameters:
  ///   - count: of the ticks of learning runs.
  ///   - rowsArrive, targetsFired: whether there are any.
  init(_ rule: Rule, count: UInt64, rowsArrive: Bool, targetsFired: Bool) {
    self.rule = rule
    isByColumn =
      !rule.uses(.weight) && !rule.uses(.preTrace) && !rule.has(.postsynaptic) && !rule.has(.every)
      && !rule.skipsDiagonal
    for index in 0..<Int(rule.termCount) {
      let term = rule.terms[index]
      switch term.trigger {
      case .presynaptic: isDue[index] = rowsArrive
      case .postsynaptic: isDue[index] = targetsFired
      case .every: isDue[index] = count % UInt64(term.periodTicks) == 0
      }
      if term.trigger != .presynaptic, isDue[index] { isDueWithoutRow = true }
    }
  }

  /// What a term's amount is multiplied by in a row, but for its factor w; 0 if the term is not due or closed there.
  ///
  /// - Parameters:
  ///   - trace: the view of x.
  func rowFactor(_ index: Int, arrives: Bool, trace: Int32) -> Int64 {
    let term = rule.terms[index]
    guard isDue[index], arrives || term.trigger != .presynaptic else { return 0 }
    if term.gate != .none, term.gateVariable == .preTrace, !term.isOpen(trace) { return 0 }
    let a: Int64 = term.factorA == .preTrace ? Int64(trace) : 1
    return term.factorB == .preTrace ? a &* Int64(trace) : a
  }
}

extension Term {
  /// Whether the gate is open for a value of its variable.
  @inline(__always)
  func isOpen(_ value: Int32) -> Bool {
    let isInside = value >= Int32(gateLow) && value <= Int32(gateHigh)
    return isInside == (gate == .inside)
  }
}
