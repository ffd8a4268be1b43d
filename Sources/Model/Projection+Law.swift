import Fault
import NeuroCore

extension Projection {
  /// The same projection with standard values in the fields that nothing uses, and without synapses.
  var canonical: Projection {
    var result = self
    result.synapseCount = 0
    guard hasRule else {
      result.rule = Rule()
      return result
    }
    for index in result.rule.terms.indices {
      if index >= Int(rule.termCount) {
        result.rule.terms[index] = Term()
      } else if rule.terms[index].gate == .none {
        result.rule.terms[index].gateVariable = .current
        result.rule.terms[index].gateLow = 0
        result.rule.terms[index].gateHigh = 0
      }
    }
    return result
  }

  /// The range of a stored weight: of the storage, narrowed by the limits of the rule.
  var weightRange: (low: Int32, high: Int32) {
    guard hasRule else { return (storage.minimum, storage.maximum) }
    return (
      max(storage.minimum, Int32(rule.lowLimit)), min(storage.maximum, Int32(rule.highLimit))
    )
  }

  /// Checks the fields by themselves, not against the populations.
  ///
  /// - Throws: `SPK_ERROR_MODEL` if a field breaks docs/numerics.md 1.2 or 4; `SPK_ERROR_UNSUPPORTED` if it is reserved.
  func check() throws(Fault) {
    guard connectivity != .sharedKernel else {
      throw Fault(
        .SPK_ERROR_UNSUPPORTED,
        "connectivity shared_kernel is reserved and not built yet; use sparse")
    }
    var copy = self
    try copy.visit(.checking)
    try FieldVisitor.check("term_count", Int(rule.termCount), 0, Law.termLimit)
    let (low, high) = weightRange
    guard low <= high else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "low_limit \(rule.lowLimit) and high_limit \(rule.highLimit) leave no weight of \(storage.word)"
      )
    }
    for index in 0..<Int(rule.termCount) {
      do throws(Fault) {
        try rule.terms[index].check(ruleShift: rule.shift)
      } catch {
        throw error.at("term \(index)")
      }
    }
  }
}

extension Term {
  /// - Parameter ruleShift: K, the largest shift of the rule's terms.
  fileprivate func check(ruleShift: Int) throws(Fault) {
    if trigger == .every {
      try FieldVisitor.check("period_ticks", Int(periodTicks), 1, 65_535)
    } else if periodTicks != 0 {
      throw Fault(
        .SPK_ERROR_MODEL,
        "period_ticks is \(periodTicks) with trigger \(trigger.word), expected 0; it is for every")
    }
    guard gate == .none || (gateVariable != .one && gateVariable != .weight) else {
      throw Fault(
        .SPK_ERROR_MODEL, "gate_variable is \(gateVariable.word), expected a variable of a neuron")
    }
    var copy = self
    try copy.visit(.checking)
    guard ruleShift - Int(shift) <= Law.termShiftSpread else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "shift is \(shift) where another term has \(ruleShift); expected at most \(Law.termShiftSpread) between them"
      )
    }
  }
}
