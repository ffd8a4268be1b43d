import NeuroKernels

extension FabricPart {
  /// Steps 5 and 6: who fires, and what that does to it. Source: docs/numerics.md 2.
  ///
  /// - Parameters:
  ///   - list: room for as many as there are.
  /// - Returns: how many fired.
  func fire(
    _ memory: UnsafeMutablePointer<PopulationMemory>, into list: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let count = memory.pointee.count
    guard memory.pointee.population.hasThreshold else {
      wait(memory.pointee.refractory, count)
      return 0
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
    return finish(memory, reset, into: list)
  }

  /// Steps 4 to 6 at once, if the population is one of those for which they can be; how many fired, as above.
  func integrateAndFire(
    _ memory: UnsafeMutablePointer<PopulationMemory>, into list: UnsafeMutablePointer<UInt32>
  ) -> Int? {
    guard memory.pointee.isPlain, memory.pointee.arrivalCompartments & 0b0110 == 0,
      !memory.pointee.mayWait
    else { return nil }
    let decays = memory.pointee.firstDecays
    decay(memory, .dendrite, decays.dendrite)
    let reset = SharedReset(memory)
    kernels.integrateAndFire(
      memory.pointee.state[0], scratch.arrivals[0], keep: 4096 - Int32(decays.membrane),
      bias: memory.pointee.population.bias, lowerBound: memory.pointee.population.lowerBound,
      above: memory.pointee.population.threshold, reset: reset.value, kept: reset.kept,
      into: scratch.flags, count: memory.pointee.width)
    return finish(memory, reset, into: list)
  }

  /// Lists those that fired, and resets them if that has not been done.
  private func finish(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ reset: SharedReset,
    into list: UnsafeMutablePointer<UInt32>
  ) -> Int {
    endFlags(memory.pointee.count)
    let found = kernels.collect(
      scratch.flags, count: memory.pointee.count, into: list, room: memory.pointee.count)
    if !reset.isDone {
      for place in 0..<found { self.reset(memory, Int(list[place])) }
    }
    let first = UInt32(truncatingIfNeeded: memory.pointee.firstNeuron)
    if first != 0 {
      for place in 0..<found { list[place] &+= first }
    }
    return found
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
    _ memory: UnsafeMutablePointer<PopulationMemory>, into list: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let population = memory.pointee.population
    let size = Int(population.groupSize)
    let refractory = memory.pointee.refractory
    let end = memory.pointee.count
    var found = 0
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
        list[found] = UInt32(truncatingIfNeeded: memory.pointee.firstNeuron + winner)
        found += 1
      }
    }
    return found
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
