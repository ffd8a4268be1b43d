import CSpikelet
import Fault
import Model
import NeuroCore

// spk_projection and Projection, both ways. Ranges that the law sets are checked by the model.

func projection(_ source: spk_projection) throws(Fault) -> Projection {
  let from = try inRange(source.source, 0, 4_095, "projection->source")
  let to = try inRange(source.target, 0, 4_095, "projection->target")
  var result = Projection(source: Int32(from), target: Int32(to))
  result.compartment = try oneOf(
    source.compartment, Compartment.self, "projection->compartment")
  result.connectivity = try oneOf(
    source.connectivity, Connectivity.self, "projection->connectivity")
  result.storage = try oneOf(source.storage, WeightStorage.self, "projection->storage")
  result.shift = UInt8(try inRange(source.shift, 0, 15, "projection->shift"))
  result.delayTicks = UInt8(try inRange(source.delay_ticks, 1, 63, "projection->delay_ticks"))
  result.blankOut = UInt8(try inRange(source.blank_out, 0, 255, "projection->blank_out"))
  result.enabled = try !flag(source.disabled, "projection->disabled")
  result.labelGated = try flag(source.label_gated, "projection->label_gated")
  result.learning = try flag(source.learning, "projection->learning")
  result.rate = UInt16(try inRange(source.rate, 0, 256, "projection->rate"))
  let terms = try inRange(source.term_count, 0, 4, "projection->term_count")
  guard terms > 0 else { return result }
  result.rule.termCount = UInt8(terms)
  result.rule.rounding = try oneOf(source.rounding, Rounding.self, "projection->rounding")
  result.rule.lowLimit = Int16(
    try inRange(source.low_limit, -32_768, 32_767, "projection->low_limit"))
  result.rule.highLimit = Int16(
    try inRange(source.high_limit, -32_768, 32_767, "projection->high_limit"))
  result.rule.skipsDiagonal = try flag(source.skip_diagonal, "projection->skip_diagonal")
  var copy = source.terms
  for index in 0..<terms {
    let item = withUnsafeMutableBytes(of: &copy) { $0.bindMemory(to: spk_term.self)[index] }
    result.rule.terms[index] = try term(item)
  }
  return result
}

private func term(_ source: spk_term) throws(Fault) -> Term {
  var result = Term()
  result.trigger = try oneOf(source.trigger, Trigger.self, "term.trigger")
  result.periodTicks = UInt16(try inRange(source.period_ticks, 0, 65_535, "term.period_ticks"))
  result.gate = try oneOf(source.gate, GateKind.self, "term.gate")
  if result.gate != .none {
    result.gateVariable = try oneOf(source.gate_variable, Factor.self, "term.gate_variable")
    result.gateLow = Int16(try inRange(source.gate_low, -32_768, 32_767, "term.gate_low"))
    result.gateHigh = Int16(try inRange(source.gate_high, -32_768, 32_767, "term.gate_high"))
  }
  result.factorA = try oneOf(source.factor_a, Factor.self, "term.factor_a")
  result.factorB = try oneOf(source.factor_b, Factor.self, "term.factor_b")
  result.mantissa = Int8(try inRange(source.mantissa, -128, 127, "term.mantissa"))
  result.shift = UInt8(try inRange(source.shift, 0, 24, "term.shift"))
  return result
}

/// Writes all but `struct_size`.
func write(_ entry: ProjectionEntry, to result: UnsafeMutablePointer<spk_projection>) {
  let source = entry.projection
  let size = result.pointee.struct_size
  result.pointee = spk_projection()
  result.pointee.struct_size = size
  result.pointee.source = UInt32(source.source)
  result.pointee.target = UInt32(source.target)
  result.pointee.compartment = UInt32(source.compartment.rawValue)
  result.pointee.connectivity = UInt32(source.connectivity.rawValue)
  result.pointee.storage = UInt32(source.storage.rawValue)
  result.pointee.shift = UInt32(source.shift)
  result.pointee.delay_ticks = UInt32(source.delayTicks)
  result.pointee.blank_out = UInt32(source.blankOut)
  result.pointee.disabled = source.enabled ? 0 : 1
  result.pointee.label_gated = source.labelGated ? 1 : 0
  result.pointee.learning = source.learning ? 1 : 0
  result.pointee.rate = UInt32(source.rate)
  result.pointee.low_limit = Int32(source.rule.lowLimit)
  result.pointee.high_limit = Int32(source.rule.highLimit)
  write(source.rule, to: result)
}

/// Writes all of a rule but its limits.
func write(_ rule: Rule, to result: UnsafeMutablePointer<spk_projection>) {
  result.pointee.rounding = UInt32(rule.rounding.rawValue)
  result.pointee.skip_diagonal = rule.skipsDiagonal ? 1 : 0
  result.pointee.term_count = UInt32(rule.termCount)
  withUnsafeMutableBytes(of: &result.pointee.terms) { bytes in
    let terms = bytes.bindMemory(to: spk_term.self)
    for index in 0..<Int(rule.termCount) { terms[index] = described(rule.terms[index]) }
  }
}

private func described(_ source: Term) -> spk_term {
  spk_term(
    trigger: UInt32(source.trigger.rawValue), period_ticks: UInt32(source.periodTicks),
    gate: UInt32(source.gate.rawValue), gate_variable: UInt32(source.gateVariable.rawValue),
    gate_low: Int32(source.gateLow), gate_high: Int32(source.gateHigh),
    factor_a: UInt32(source.factorA.rawValue), factor_b: UInt32(source.factorB.rawValue),
    mantissa: Int32(source.mantissa), shift: UInt32(source.shift))
}
