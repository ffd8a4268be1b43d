import NeuroKernels

extension Fabric {
  /// Lets an input neuron fire in the coming tick. Neurons of one population come strictly ascending.
  public mutating func fire(population: Int, neuron: Int) {
    openTick()
    populations[population].append(neuron)
  }

  /// Sets the held value of an analogue neuron as of the coming tick.
  public mutating func setValue(population: Int, neuron: Int, to value: Int16) {
    openTick()
    let memory = populations + population
    memory.pointee.values[memory.pointee.slot * memory.pointee.count + neuron] = value
  }

  /// Draws the spikes of the coming tick of an input population. Source: docs/numerics.md 6.
  ///
  /// - Parameters:
  ///   - intensities: [neurons], 0 .. 255.
  @inline(never)
  public mutating func drawSpikes(
    population: Int, intensities: UnsafePointer<UInt8>, stream: UInt8, count: UInt64
  ) {
    openTick()
    let memory = populations + population
    let floor = memory.pointee.population.floor
    let gain = UInt32(bitPattern: memory.pointee.population.gain)
    let moment = DrawMoment(seed: seed, stream: stream, count: count)
    var block = SIMD4<UInt32>()
    var current = -1
    for neuron in 0..<memory.pointee.count where intensities[neuron] > floor {
      if neuron &>> 3 != current {
        current = neuron &>> 3
        block = moment.block(.input, object: population, index: current)
      }
      let draw = block[(neuron &>> 1) & 3] &>> UInt32((neuron & 1) &* 16) & 0xFFFF
      if draw < (UInt32(intensities[neuron]) &* gain) &>> 8 { memory.pointee.append(neuron) }
    }
  }

  /// Runs one tick: steps 1 to 6, and 8, of docs/numerics.md 2.
  ///
  /// - Parameters:
  ///   - stream, count: what the draws of this tick depend on.
  ///   - learning: whether weights may change in this tick.
  ///   - labelled: whether label-gated projections act.
  /// - Complexity: O(neurons + synapses of the rows that arrive); of a projection for which a trigger of its own is due, all synapses.
  public mutating func tick(stream: UInt8, count: UInt64, learning: Bool, labelled: Bool) {
    openTick()
    let moment = DrawMoment(seed: seed, stream: stream, count: count)
    for index in 0..<sliceCount {
      let slice = slices[index]
      let target = Int(slice.population)
      for position in Int(incomingStarts[target])..<Int(incomingStarts[target + 1]) {
        deliver(
          Int(incoming[position]), slice: slice, ordinal: Int(sliceOrdinals[index]),
          moment: moment, learning: learning, labelled: labelled)
      }
      integrate(slice, moment: moment)
      fire(slice)
    }
    for index in 0..<populationCount where populations[index].hasTraces {
      trace(populations + index, stream: stream, count: count)
    }
    tickIsOpen = false
  }

  /// Neurons of a population that fired in the tick just run, ascending; valid until the next call that changes the
  /// fabric.
  public func spikes(population: Int) -> UnsafeBufferPointer<UInt32> {
    populations[population].fired(slot: populations[population].slot)
  }

  /// [neurons] state of a leaky population.
  public func state(population: Int, compartment: Compartment) -> UnsafeMutablePointer<Int32> {
    populations[population].state[Int(compartment.rawValue)]
  }

  /// Sets state to 0 and forgets spikes and values under way; weights stay.
  public mutating func clear() {
    for population in 0..<populationCount { populations[population].clear() }
  }

  mutating func openTick() {
    guard !tickIsOpen else { return }
    for population in 0..<populationCount { (populations + population).pointee.advance() }
    tickIsOpen = true
  }

  /// Step 4: state decays and takes its arrivals.
  private func integrate(_ slice: Slice, moment: DrawMoment) {
    let memory = populations + Int(slice.population)
    let population = memory.pointee.population
    let first = Int(slice.first)
    let count = Int(slice.count)
    let individual =
      population.hasArray(.decayIndex) || population.hasArray(.bias)
      || population.hasArray(.lowerBound) || population.noiseAmplitude != 0
    guard !individual else {
      return integrateEach(slice, moment: moment)
    }
    let decays = population.decays[0]
    let fractions: InlineArray<4, UInt16> = [
      decays.membrane, decays.current1, decays.current2, decays.dendrite,
    ]
    for compartment in 1..<Compartment.count {
      let keep = 4096 - Int32(fractions[compartment])
      let state = memory.pointee.state[compartment] + first
      if memory.pointee.arrivalCompartments & (1 << UInt8(compartment)) != 0 {
        decayAndAdd(
          state, memory.pointee.arrivals[compartment] + first, keep: keep, count: count)
      }
    }
    NeuroKernels.integrate(
      memory.pointee.state[0] + first, memory.pointee.state[1] + first,
      memory.pointee.state[2] + first, memory.pointee.arrivals[0] + first,
      keep: 4096 - Int32(decays.membrane), currentShift: Int32(population.currentShift),
      bias: population.bias, lowerBound: population.lowerBound, count: count)
  }

  /// Step 4 where parameters differ from neuron to neuron, or noise is added.
  private func integrateEach(_ slice: Slice, moment: DrawMoment) {
    let memory = populations + Int(slice.population)
    let population = memory.pointee.population
    let shift = Int32(population.currentShift)
    let half: Int32 = shift == 0 ? 0 : 1 &<< (shift &- 1)
    for neuron in Int(slice.first)..<Int(slice.first + slice.count) {
      let decays = memory.pointee.decays(neuron)
      let input1 = add(memory, 1, neuron, decay: decays.current1)
      let input2 = add(memory, 2, neuron, decay: decays.current2)
      _ = add(memory, 3, neuron, decay: decays.dendrite)
      var sum = NeuroKernels.decay(
        memory.pointee.state[0][neuron], keep: 4096 - Int32(decays.membrane))
      sum &+= (input1 &+ input2 &+ half) &>> shift
      sum &+= bound(memory.pointee.arrivals[0][neuron])
      sum &+= memory.pointee.value(.bias, shared: population.bias, neuron)
      sum &+= noise(Int(slice.population), population.noiseAmplitude, neuron, moment)
      let lower = memory.pointee.value(.lowerBound, shared: population.lowerBound, neuron)
      memory.pointee.state[0][neuron] = max(lower, saturate(sum))
      memory.pointee.arrivals[0][neuron] = 0
    }
  }

  @inline(__always)
  private func add(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ compartment: Int, _ neuron: Int,
    decay fraction: UInt16
  ) -> Int32 {
    let kept = NeuroKernels.decay(
      memory.pointee.state[compartment][neuron], keep: 4096 - Int32(fraction))
    let sum = saturate(kept &+ bound(memory.pointee.arrivals[compartment][neuron]))
    memory.pointee.state[compartment][neuron] = sum
    memory.pointee.arrivals[compartment][neuron] = 0
    return sum
  }

  private func noise(
    _ population: Int, _ amplitude: Int32, _ neuron: Int, _ moment: DrawMoment
  ) -> Int32 {
    guard amplitude != 0 else { return 0 }
    let word = moment.block(.noise, object: population, index: neuron &>> 2)[neuron & 3]
    let sum = (word & 255) &+ (word &>> 8 & 255) &+ (word &>> 16 & 255) &+ (word &>> 24)
    return ((Int32(bitPattern: sum) &- 510) &* amplitude &+ 128) &>> 8
  }
}
