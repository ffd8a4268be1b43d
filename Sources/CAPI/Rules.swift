import CSpikelet
import Fault
import Model
import NeuroCore

@c @implementation
public func spk_rule_apply(
  _ context: OpaquePointer?, _ options: UnsafePointer<spk_rule_options>?,
  _ projection: UnsafeMutablePointer<spk_projection>?
) -> spk_status {
  enter(context, ContextBody.self) { (_) throws(Fault) in
    let source = try readStruct(options, "options")
    let result = try require(projection, "projection")
    try checkStruct(result, MemoryLayout<spk_projection>.stride, "projection")
    let ready = try oneOf(source.rule, ReadyRule.self, "options->rule")
    let storage = try oneOf(result.pointee.storage, WeightStorage.self, "projection->storage")
    var rule = Rule()
    rule.rounding = try oneOf(source.rounding, Rounding.self, "options->rounding")
    try rule.setTerms(ready, settings(source, ready), storage: storage)
    rule.skipsDiagonal =
      ready.skipsDiagonal && result.pointee.source == result.pointee.target
    write(rule, to: result)
    result.pointee.learning = 1
  }
}

private func settings(
  _ source: spk_rule_options, _ ready: ReadyRule
) throws(Fault) -> RuleSettings {
  var result = RuleSettings(rate: try positive(source.rate, "options->rate"))
  if ready.hasRatio { result.ratio = try positive(source.ratio, "options->ratio") }
  if ready == .balance {
    result.membraneUnit = try positive(source.membrane_unit, "options->membrane_unit")
    result.traceUnit =
      source.trace_unit == 0 ? 0 : try positive(source.trace_unit, "options->trace_unit")
  }
  if ready.hasPeriod {
    result.periodTicks = UInt16(
      try inRange(source.period_ticks, 1, 65_535, "options->period_ticks"))
  }
  result.gateLow = Int16(try inRange(source.gate_low, -32_768, 32_767, "options->gate_low"))
  result.gateHigh = Int16(try inRange(source.gate_high, -32_768, 32_767, "options->gate_high"))
  return result
}

/// A number above 0 and not beyond reason, so that products of a few stay finite.
@inline(never)
private func positive(_ value: Double, _ name: StaticString) throws(Fault) -> Double {
  guard value > 0, value <= 1e30 else {
    throw Fault(.SPK_ERROR_ARGUMENT, "\(name): a number above 0 and up to 1e30 expected")
  }
  return value
}
