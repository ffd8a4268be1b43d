import NeuroKernels

extension FabricPart {
  /// Step 8: traces, and the mean of the dendrite. Source: docs/numerics.md 2.
  func trace(_ memory: UnsafeMutablePointer<PopulationMemory>, in tick: Tick) {
    let population = memory.pointee.population
    if population.has(.preTrace) {
      advance(memory.pointee.preTrace, population.preTrace, memory)
    }
    if population.has(.postTrace) {
      advance(memory.pointee.postTrace, population.postTrace, memory)
    }
    if population.has(.meanDendrite), tick.moment.stream == 0 {
      let ticks = UInt64(population.meanTicks)
      sumDendrite(memory, takesMean: (tick.moment.count &+ 1) % ticks == 0)
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
    var fired = memory.pointee.firing.neurons
    while let number = fired.next() {
      let neuron = number - memory.pointee.firstNeuron
      guard neuron >= 0, neuron < memory.pointee.count else { continue }
      values[neuron] = min(Law.stateLimit, values[neuron] &+ trace.step)
    }
  }

  private func sumDendrite(_ memory: UnsafeMutablePointer<PopulationMemory>, takesMean: Bool) {
    let shift = memory.pointee.population.dendriteViewShift
    let ticks = Int64(memory.pointee.population.meanTicks)
    let range = memory.pointee.population.range(of: .dendriteSum)
    for neuron in 0..<memory.pointee.count {
      // The sum is within 2^31 − 2^15 of 0, and so is this one.
      let value =
        memory.pointee.dendriteSum[neuron] &+ view(memory.pointee.state[3][neuron], shift: shift)
      let sum = min(max(value, range.low), range.high)
      memory.pointee.dendriteSum[neuron] = takesMean ? 0 : sum
      guard takesMean else { continue }
      let doubled = 2 &* Int64(sum) &+ ticks
      let (quotient, rest) = doubled.quotientAndRemainder(dividingBy: 2 &* ticks)
      memory.pointee.meanDendrite[neuron] = Int32(
        truncatingIfNeeded: rest < 0 ? quotient &- 1 : quotient)
    }
  }
}
