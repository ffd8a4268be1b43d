import CSpikelet
import Fault
import Model
import NeuroCore

// spk_population and Population, both ways. Ranges that the law sets are checked by the model.

/// Bytes of the struct before it had `counts_per_unit`.
let olderPopulationBytes = 240

func population(
  _ source: spk_population
) throws(Fault) -> (population: Population, role: Role, countsPerUnit: Int32) {
  let kind = try oneOf(source.kind, PopulationKind.self, "population->kind")
  let role = try oneOf(source.role, Role.self, "population->role")
  let count = try inRange(source.neuron_count, 1, 1 << 20, "population->neuron_count")
  var result = Population(kind: kind, neuronCount: Int32(count))
  switch kind {
  case .input:
    result.gain = Int32(try inRange(source.gain, 0, 65_535, "population->gain"))
    result.floor = UInt8(try inRange(source.floor, 0, 255, "population->floor"))
    result.preTrace = try preTrace(source)
  case .analogue:
    result.valueLimit = Int32(
      try inRange(source.value_limit, 1, 32_767, "population->value_limit"))
  case .leaky:
    result.hasThreshold = try !flag(source.reads_out, "population->reads_out")
    result.reset = try oneOf(source.reset, ResetKind.self, "population->reset")
    try convertMembrane(source, &result)
  case .quadratic: try convertMembrane(source, &result)
  }
  let countsPerUnit =
    kind == .input
    ? 0 : try inRange(source.counts_per_unit, 0, 1 << 23, "population->counts_per_unit")
  return (result, role, Int32(countsPerUnit))
}

private func convertMembrane(_ source: spk_population, _ result: inout Population) throws(Fault) {
  result.threshold = source.threshold
  result.bias = source.bias
  result.resetValue = source.reset_to
  result.lowerBound = source.lower_bound
  result.refractoryTicks = UInt8(
    try inRange(source.refractory_ticks, 0, 255, "population->refractory_ticks"))
  result.currentShift = try shift(source.current_shift, "population->current_shift")
  result.membraneViewShift = try shift(
    source.membrane_view_shift, "population->membrane_view_shift")
  result.currentViewShift = try shift(source.current_view_shift, "population->current_view_shift")
  result.dendriteViewShift = try shift(
    source.dendrite_view_shift, "population->dendrite_view_shift")
  result.noiseAmplitude = Int32(try inRange(source.noise, 0, 32_767, "population->noise"))
  result.groupSize = Int32(try inRange(source.group_size, 0, 65_536, "population->group_size"))
  result.preTrace = try preTrace(source)
  result.postTrace = try trace(
    source.post_trace, "population->post_trace.step", "population->post_trace.decay",
    "population->post_trace.view_shift")
  result.meanTicks = UInt16(
    try inRange(source.mean_ticks, 0, 65_535, "population->mean_ticks"))
  result.decaySetCount = UInt8(
    try inRange(source.decay_set_count, 1, 16, "population->decay_set_count"))
  let sets = Int(result.decaySetCount)
  withUnsafeBytes(of: source.decays) { bytes in
    let decays = bytes.bindMemory(to: spk_decay_set.self)
    for index in 0..<sets {
      result.decays[index] = DecaySet(
        membrane: decays[index].membrane, current1: decays[index].current1,
        current2: decays[index].current2, dendrite: decays[index].dendrite)
    }
  }
}

private func preTrace(_ source: spk_population) throws(Fault) -> Trace {
  try trace(
    source.pre_trace, "population->pre_trace.step", "population->pre_trace.decay",
    "population->pre_trace.view_shift")
}

private func trace(
  _ source: spk_trace, _ step: StaticString, _ decay: StaticString, _ viewShift: StaticString
) throws(Fault) -> Trace {
  Trace(
    step: Int32(try inRange(source.step, 0, 8_388_607, step)),
    decay: UInt16(try inRange(source.decay, 0, 4_096, decay)),
    viewShift: try shift(source.view_shift, viewShift))
}

private func described(_ source: Trace) -> spk_trace {
  spk_trace(
    step: UInt32(source.step), decay: UInt32(source.decay), view_shift: UInt32(source.viewShift))
}

private func shift(_ value: UInt32, _ name: StaticString) throws(Fault) -> UInt8 {
  UInt8(try inRange(value, 0, 15, name))
}

/// Writes all but `struct_size`, as much as the caller knows of.
func write(_ entry: PopulationEntry, to destination: UnsafeMutablePointer<spk_population>) {
  var described = spk_population()
  described.struct_size = destination.pointee.struct_size
  withUnsafeMutablePointer(to: &described) { write(entry, filling: $0) }
  UnsafeMutableRawPointer(destination).copyMemory(
    from: &described,
    byteCount: min(Int(described.struct_size), MemoryLayout<spk_population>.stride))
}

private func write(
  _ entry: PopulationEntry, filling result: UnsafeMutablePointer<spk_population>
) {
  let source = entry.population
  result.pointee.kind = UInt32(source.kind.rawValue)
  result.pointee.neuron_count = UInt32(source.neuronCount)
  result.pointee.role = UInt32(entry.role.rawValue)
  result.pointee.reads_out = source.hasThreshold ? 0 : 1
  result.pointee.reset = UInt32(source.reset.rawValue)
  result.pointee.threshold = source.threshold
  result.pointee.bias = source.bias
  result.pointee.reset_to = source.resetValue
  result.pointee.lower_bound = source.lowerBound
  result.pointee.refractory_ticks = UInt32(source.refractoryTicks)
  result.pointee.current_shift = UInt32(source.currentShift)
  result.pointee.noise = UInt32(source.noiseAmplitude)
  result.pointee.group_size = UInt32(source.groupSize)
  result.pointee.membrane_view_shift = UInt32(source.membraneViewShift)
  result.pointee.current_view_shift = UInt32(source.currentViewShift)
  result.pointee.dendrite_view_shift = UInt32(source.dendriteViewShift)
  result.pointee.gain = UInt32(source.gain)
  result.pointee.floor = UInt32(source.floor)
  result.pointee.value_limit = UInt32(source.valueLimit)
  result.pointee.pre_trace = described(source.preTrace)
  result.pointee.post_trace = described(source.postTrace)
  result.pointee.mean_ticks = UInt32(source.meanTicks)
  result.pointee.counts_per_unit = UInt32(entry.countsPerUnit)
  result.pointee.decay_set_count = UInt32(source.decaySetCount)
  withUnsafeMutableBytes(of: &result.pointee.decays) { bytes in
    let decays = bytes.bindMemory(to: spk_decay_set.self)
    for index in 0..<Int(source.decaySetCount) {
      decays[index].membrane = source.decays[index].membrane
      decays[index].current1 = source.decays[index].current1
      decays[index].current2 = source.decays[index].current2
      decays[index].dendrite = source.decays[index].dendrite
    }
  }
}
