import NeuroKernels

extension FabricPart {
  /// Steps 5 and 6: who fires, and what that does to it. Source: docs/numerics.md 2.
  ///
  /// - Parameters:
  ///   - list: room for as many as there are.
  func fire(_ memory: UnsafeMutablePointer<PopulationMemory>, into list: SpikeList) {
    let count = memory.pointee.count
    guard memory.pointee.population.hasThreshold else {
      list.clear()
      return wait(memory.pointee.refractory, count)
    }
    guard memory.pointee.population.groupSize <= 1 else {
      return fireGroups(memory, into: list)
    }
    let membrane = memory.pointee.state[0]
    let reset = SharedReset(memory)
    if memory.pointee.population.hasArray(.threshold) {
      kernels.fire(
        membrane, aboveEach: memory.pointee.array(.threshold), reset: reset.value,
        kept: reset.kept, refractory: memory.pointee.refractory,
        ticks: memory.pointee.population.refractoryTicks, into: scratch.flags,
        count: memory.pointee.width)
    } else {
      kernels.fire(
        membrane, above: memory.pointee.population.threshold, reset: reset.value, kept: reset.kept,
        refractory: memory.pointee.refractory, ticks: memory.pointee.population.refractoryTicks,
        into: scratch.flags, count: memory.pointee.width)
    }
    finish(memory, reset, into: list)
  }

  /// Steps 4 to 6 at once, if the population is one of those for which they can be.
  func integrateAndFire(
    _ memory: UnsafeMutablePointer<PopulationMemory>, into list: SpikeList
  ) -> Bool {
    guard memory.pointee.isPlain, memory.pointee.liveCompartments & 0b0110 == 0,
      !memory.pointee.mayWait
    else { return false }
    let decays = memory.pointee.firstDecays
    decay(memory, .dendrite, decays.dendrite)
    let reset = SharedReset(memory)
    kernels.integrateAndFire(
      memory.pointee.state[0], scratch.membraneArrivals, keep: 4096 - Int32(decays.membrane),
      bias: memory.pointee.population.bias, lowerBound: memory.pointee.population.lowerBound,
      above: memory.pointee.population.threshold, reset: reset.value, kept: reset.kept,
      into: scratch.flags, count: memory.pointee.width)
    finish(memory, reset, into: list)
    return true
  }

  /// Lists those that fired, and resets them if that has not been done.
  private func finish(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ reset: SharedReset, into list: SpikeList
  ) {
    endFlags(memory.pointee.count)
    list.clear()
    let firstNeuron = memory.pointee.firstNeuron
    var first = 0
    while first < memory.pointee.count {
      // Views begin with a multiple of 64, too, so that no run ends within what is read at once.
      let run = (firstNeuron + first) / SpikeList.runLength
      let end = min(memory.pointee.count, (run + 1) * SpikeList.runLength - firstNeuron)
      let halves = list.halves + list.count
      let found = kernels.collect(
        scratch.flags + first, count: end - first, offset: firstNeuron + first, into: halves,
        room: memory.pointee.count - list.count)
      list.grow(run: run, by: found)
      if !reset.isDone {
        let start = run * SpikeList.runLength - firstNeuron
        for place in 0..<found { self.reset(memory, start + Int(halves[place])) }
      }
      first = end
    }
  }

  /// Refractory counts of neurons that cannot fire go down by one: only a program that wrote them made any.
  private func wait(_ refractory: UnsafeMutablePointer<UInt8>, _ count: Int) {
    for neuron in 0..<count { refractory[neuron] &-= refractory[neuron] == 0 ? 0 : 1 }
  }

  /// Clears the flags after the last one, so that they can be read 64 at a time.
  func endFlags(_ count: Int) {
    let end = UnsafeMutableRawPointer(scratch.flags + count)
    for word in 0..<8 { end.storeBytes(of: 0, toByteOffset: 8 * word, as: UInt64.self) }
  }

  /// Of each group the candidate furthest above its threshold fires, the lowest index among equals.
  private func fireGroups(
    _ memory: UnsafeMutablePointer<PopulationMemory>, into list: SpikeList
  ) {
    list.clear()
    let population = memory.pointee.population
    let size = Int(population.groupSize)
    let refractory = memory.pointee.refractory
    let end = memory.pointee.count
    var neuron = 0
    while neuron < end {
      let groupEnd = min(end, (neuron / size + 1) * size)
      var winner = -1
      var best: Int32 = 0
      while neuron < groupEnd {
        let threshold = memory.pointee.value(.threshold, shared: population.threshold, neuron)
        let excess = memory.pointee.state[0][neuron] &- threshold
        if refractory[neuron] != 0 {
          refractory[neuron] &-= 1
        } else if excess > best {
          best = excess
          winner = neuron
        }
        neuron += 1
      }
      if winner >= 0 {
        reset(memory, winner)
        list.append(memory.pointee.firstNeuron + winner)
      }
    }
  }

  /// Fields are read one by one: a copy of the population would cost more than all the rest.
  @inline(__always)
  private func reset(_ memory: UnsafeMutablePointer<PopulationMemory>, _ neuron: Int) {
    let membrane = memory.pointee.state[0]
    switch memory.pointee.population.reset {
    case .none: break
    case .value:
      membrane[neuron] = memory.pointee.value(
        .resetValue, shared: memory.pointee.population.resetValue, neuron)
    case .subtract:
      let threshold = memory.pointee.value(
        .threshold, shared: memory.pointee.population.threshold, neuron)
      // A quadratic neuron has gone round the circle, twice as far.
      let times: Int32 = memory.pointee.population.kind == .quadratic ? 2 : 1
      membrane[neuron] = saturate(membrane[neuron] &- times &* threshold)
    }
    let lower = memory.pointee.value(
      .lowerBound, shared: memory.pointee.population.lowerBound, neuron)
    membrane[neuron] = max(lower, membrane[neuron])
    memory.pointee.refractory[neuron] = memory.pointee.population.refractoryTicks
  }
}

/// What firing does to the membrane where that is the same for all neurons: V & kept | value. Otherwise it leaves V alone, and resets come
/// one by one.
private struct SharedReset {
  let value: Int32
  let kept: Int32
  let isDone: Bool

  @inline(__always)
  init(_ memory: UnsafeMutablePointer<PopulationMemory>) {
    let kind = memory.pointee.population.reset
    let isSet =
      kind == .value
      && !memory.pointee.population.hasArray(.resetValue)
      && !memory.pointee.population.hasArray(.lowerBound)
    isDone = isSet || kind == .none
    kept = isSet ? 0 : -1
    value =
      isSet
      ? max(memory.pointee.population.lowerBound, memory.pointee.population.resetValue) : 0
  }
}
