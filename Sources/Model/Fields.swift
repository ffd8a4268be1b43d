import Fault
import NeuroCore

extension Population {
  /// What SPK_POPULATION_INIT and a file that leaves out every field say.
  static func standard(_ kind: PopulationKind) -> Population {
    var population = Population(kind: kind, neuronCount: 0)
    if kind == .input { population.gain = 32768 }
    population.closeCircle()
    return population
  }

  /// Keys, ranges and defaults of the fields that the kind uses, all but the decay sets. Source: docs/numerics.md 1.1.
  mutating func visit(_ visitor: FieldVisitor) throws(Fault) {
    let standard = Population.standard(kind)
    try visitor.integer("neuron_count", &neuronCount, 1, Law.neuronCountLimit, standard: 0)
    switch kind {
    case .input:
      try visitor.integer("gain", &gain, 0, 65_535, standard: standard.gain)
      try visitor.integer("floor", &floor, 0, 255, standard: standard.floor)
      try visitPreTrace(visitor)
    case .analogue:
      try visitor.integer("value_limit", &valueLimit, 1, 32_767, standard: standard.valueLimit)
    case .leaky, .quadratic:
      try visitMembrane(visitor, standard)
      try visitRest(visitor, standard)
      try visitPreTrace(visitor)
      try postTrace.visit(
        visitor, step: "post_trace_step", decay: "post_trace_decay", shift: "post_trace_view_shift")
      try visitor.integer("mean_ticks", &meanTicks, 0, 65_535, standard: 0)
    }
  }

  private mutating func visitPreTrace(_ visitor: FieldVisitor) throws(Fault) {
    try preTrace.visit(
      visitor, step: "pre_trace_step", decay: "pre_trace_decay", shift: "pre_trace_view_shift")
  }

  private mutating func visitMembrane(
    _ visitor: FieldVisitor, _ standard: Population
  ) throws(Fault) {
    let low = Int(Law.stateMinimum)
    let high = Int(Law.stateLimit)
    guard kind == .leaky else {
      return try visitor.integer("bias", &bias, low, high, standard: standard.bias)
    }
    var readsOut = !hasThreshold
    try visitor.flag("reads_out", &readsOut, standard: false)
    hasThreshold = !readsOut
    try visitor.integer("threshold", &threshold, low, high, standard: standard.threshold)
    try visitor.integer("bias", &bias, low, high, standard: standard.bias)
    try visitor.word("reset", &reset, standard: standard.reset)
    try visitor.integer("reset_to", &resetValue, low, high, standard: standard.resetValue)
    try visitor.integer("lower_bound", &lowerBound, low, high, standard: standard.lowerBound)
  }

  private mutating func visitRest(
    _ visitor: FieldVisitor, _ standard: Population
  ) throws(Fault) {
    let shift = Law.shiftLimit
    try visitor.integer("refractory_ticks", &refractoryTicks, 0, 255, standard: 0)
    try visitor.integer("current_shift", &currentShift, 0, shift, standard: 0)
    try visitor.integer("noise", &noiseAmplitude, 0, 32_767, standard: 0)
    try visitor.integer("group_size", &groupSize, 0, Law.groupLimit, standard: 0)
    try visitor.integer("membrane_view_shift", &membraneViewShift, 0, shift, standard: 0)
    try visitor.integer("current_view_shift", &currentViewShift, 0, shift, standard: 0)
    try visitor.integer("dendrite_view_shift", &dendriteViewShift, 0, shift, standard: 0)
  }
}

extension PopulationKind {
  /// The scale of a population of this kind: 0 for an input population, which has neither values nor state.
  func visitScale(_ visitor: FieldVisitor, _ countsPerUnit: inout Int32) throws(Fault) {
    guard self != .input else {
      countsPerUnit = 0
      return
    }
    try visitor.integer(
      "counts_per_unit", &countsPerUnit, 0, Int(Law.stateLimit) + 1, standard: 0)
  }
}

extension Trace {
  fileprivate mutating func visit(
    _ visitor: FieldVisitor, step stepKey: StaticString, decay decayKey: StaticString,
    shift shiftKey: StaticString
  ) throws(Fault) {
    try visitor.integer(stepKey, &step, 0, Int(Law.stateLimit), standard: 0)
    try visitor.integer(decayKey, &decay, 0, Int(Law.decayLimit), standard: 0)
    try visitor.integer(shiftKey, &viewShift, 0, Law.shiftLimit, standard: 0)
  }
}

extension Projection {
  /// Keys, ranges and defaults of all fields but source, target and rule. Source: docs/numerics.md 1.2.
  mutating func visit(_ visitor: FieldVisitor) throws(Fault) {
    try visitor.word("compartment", &compartment, standard: .current1)
    try visitor.word("connectivity", &connectivity, standard: .dense)
    try visitor.word("storage", &storage, standard: .int8)
    try visitor.integer("shift", &shift, 0, Law.shiftLimit, standard: 0)
    try visitor.integer("delay_ticks", &delayTicks, 1, Law.delayLimit, standard: 1)
    try visitor.integer("blank_out", &blankOut, 0, 255, standard: 0)
    var disabled = !enabled
    try visitor.flag("disabled", &disabled, standard: false)
    enabled = !disabled
    try visitor.flag("label_gated", &labelGated, standard: false)
    try visitor.flag("learning", &learning, standard: false)
    try visitor.integer("rate", &rate, 0, 256, standard: 256)
  }
}

extension Rule {
  /// Keys, ranges and defaults of all fields but the terms. Source: docs/numerics.md 4.
  mutating func visit(_ visitor: FieldVisitor) throws(Fault) {
    try visitor.word("rounding", &rounding, standard: .stochastic)
    try visitor.integer("low_limit", &lowLimit, -32_768, 32_767, standard: -32_768)
    try visitor.integer("high_limit", &highLimit, -32_768, 32_767, standard: 32_767)
    try visitor.flag("skip_diagonal", &skipsDiagonal, standard: false)
  }
}

extension Term {
  /// Keys, ranges and defaults of a term. Source: docs/numerics.md 4.
  mutating func visit(_ visitor: FieldVisitor) throws(Fault) {
    try visitor.word("trigger", &trigger, standard: .presynaptic)
    try visitor.integer("period_ticks", &periodTicks, 0, 65_535, standard: 0)
    try visitor.word("gate", &gate, standard: .none)
    try visitor.word("gate_variable", &gateVariable, standard: .current)
    try visitor.integer("gate_low", &gateLow, -32_768, 32_767, standard: 0)
    try visitor.integer("gate_high", &gateHigh, -32_768, 32_767, standard: 0)
    try visitor.word("factor_a", &factorA, standard: .one)
    try visitor.word("factor_b", &factorB, standard: .one)
    try visitor.integer("mantissa", &mantissa, -128, 127, standard: 0)
    try visitor.integer("shift", &shift, 0, Law.termShiftLimit, standard: 0)
  }
}
