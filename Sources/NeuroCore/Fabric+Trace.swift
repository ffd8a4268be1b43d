import NeuroKernels

extension Fabric {
  /// Step 8: traces, and the mean of the dendrite. Source: docs/numerics.md 2.
  func trace(_ memory: UnsafeMutablePointer<PopulationMemory>, stream: UInt8, count: UInt64) {
    let population = memory.pointee.population
    if population.preTrace.isThere {
      advance(memory.pointee.preTrace, population.preTrace, memory)
    }
    if population.postTrace.isThere, population.kind == .leaky {
      advance(memory.pointee.postTrace, population.postTrace, memory)
    }
    if population.meanTicks > 0, population.kind == .leaky, stream == 0 {
      let ticks = UInt64(population.meanTicks)
      sumDendrite(memory, takesMean: (count &+ 1) % ticks == 0)
    }
  }

  private func advance(
    _ values: UnsafeMutablePointer<Int32>, _ trace: Trace,
    _ memory: UnsafeMutablePointer<PopulationMemory>
  ) {
    let keep = 4096 - Int32(trace.decay)
    for neuron in 0..<memory.pointee.count {
      values[neuron] = NeuroKernels.decay(values[neuron], keep: keep)
    }
    for neuron in memory.pointee.fired(slot: memory.pointee.slot) {
      values[Int(neuron)] = min(Law.stateLimit, values[Int(neuron)] &+ trace.step)
    }
  }

  private func sumDendrite(_ memory: UnsafeMutablePointer<PopulationMemory>, takesMean: Bool) {
    let shift = memory.pointee.population.dendriteViewShift
    let ticks = Int64(memory.pointee.population.meanTicks)
    for neuron in 0..<memory.pointee.count {
      let sum =
        memory.pointee.dendriteSum[neuron] &+ view(memory.pointee.state[3][neuron], shift: shift)
      memory.pointee.dendriteSum[neuron] = takesMean ? 0 : sum
      guard takesMean else { continue }
      let doubled = 2 &* Int64(sum) &+ ticks
      let (quotient, rest) = doubled.quotientAndRemainder(dividingBy: 2 &* ticks)
      memory.pointee.meanDendrite[neuron] = Int32(
        truncatingIfNeeded: rest < 0 ? quotient &- 1 : quotient)
    }
  }
}
