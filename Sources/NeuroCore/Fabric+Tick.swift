import CKernels
import NeuroKernels

/// What the work of one tick depends on.
struct Tick: BitwiseCopyable {
  let moment: DrawMoment
  /// Whether weights may change, and whether label-gated projections act.
  let learning: Bool
  let labelled: Bool
}

extension Fabric {
  /// Lets an input neuron fire in the coming tick. Neurons of one population come strictly ascending.
  public mutating func fire(population: Int, neuron: Int) {
    openTick()
    populations[population].firing.append(neuron)
  }

  /// Lets input neurons fire in the coming tick, as above.
  ///
  /// - Parameters:
  ///   - neurons: the first of `count` numbers, little-endian, `stride` bytes apart.
  public mutating func fire(
    population: Int, neurons: UnsafeRawPointer, stride: Int, count: Int
  ) {
    openTick()
    let list = populations[population].firing
    let isOneRun = list.runCount == 1
    let start = list.count
    for index in 0..<count {
      let bytes = neurons.loadUnaligned(fromByteOffset: index &* stride, as: UInt32.self)
      let number = UInt32(littleEndian: bytes)
      if isOneRun {
        list.halves[start &+ index] = UInt16(truncatingIfNeeded: number)
      } else {
        list.append(Int(number))
      }
    }
    if isOneRun { list.grow(run: 0, by: count) }
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
  public mutating func drawSpikes(
    population: Int, intensities: UnsafePointer<UInt8>, stream: UInt8, count: UInt64
  ) {
    openTick()
    parts[0].drawSpikes(
      population, intensities, DrawMoment(seed: seed, stream: stream, count: count))
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
    run(
      Tick(
        moment: DrawMoment(seed: seed, stream: stream, count: count), learning: learning,
        labelled: labelled))
    tickIsOpen = false
  }

  /// Neurons of a population that fired in the tick just run, ascending; valid until the next call that changes the
  /// fabric.
  public func spikes(population: Int) -> SpikeList { populations[population].firing }

  /// [neurons] state of a population with a membrane.
  public func state(population: Int, compartment: Compartment) -> UnsafeMutablePointer<Int32> {
    populations[population].state[Int(compartment.rawValue)]
  }

  /// Sets state to 0 and forgets spikes and values under way; weights stay.
  public mutating func clear() {
    for population in 0..<populationCount { (populations + population).pointee.clear() }
  }

  mutating func openTick() {
    guard !tickIsOpen else { return }
    for population in 0..<populationCount { (populations + population).pointee.advance() }
    tickIsOpen = true
  }
}

extension FabricPart {
  @inline(never)
  func drawSpikes(
    _ population: Int, _ intensities: UnsafePointer<UInt8>, _ moment: DrawMoment
  ) {
    let count = populations[population].count
    for run in 0..<populations[population].firing.runCount {
      let first = run * SpikeList.runLength
      drawSpikes(
        population, intensities + first, run: run, min(count - first, SpikeList.runLength), moment)
    }
  }

  /// Those of one run.
  ///
  /// - Parameters:
  ///   - intensities: [neurons] of the run.
  private func drawSpikes(
    _ population: Int, _ intensities: UnsafePointer<UInt8>, run: Int, _ neurons: Int,
    _ moment: DrawMoment
  ) {
    let memory = populations + population
    let floor = memory.pointee.population.floor
    kernels.flag(intensities, above: floor, into: scratch.flags, count: neurons)
    endFlags(neurons)
    // Blocks of eight neurons of which some are above the floor.
    let firstBlock = run * SpikeList.runLength >> 3
    var blocks = 0
    var first = 0
    while first < neurons {
      if UnsafeRawPointer(scratch.flags + first).load(as: UInt64.self) != 0 {
        let copy = UnsafeMutableRawPointer(scratch.rowBytes + 8 * blocks)
        copy.storeBytes(of: eight(intensities + first, neurons - first), as: UInt64.self)
        scratch.blocks[blocks] = UInt32(truncatingIfNeeded: firstBlock + first >> 3)
        blocks += 1
      }
      first += 8
    }
    draw(moment, .input, object: population, scratch.blocks, count: blocks, into: scratch.draws)
    kernels.flag(
      scratch.rowBytes, floor: floor, gain: UInt32(memory.pointee.population.gain),
      draws: UnsafeRawPointer(scratch.draws).assumingMemoryBound(to: UInt16.self),
      into: scratch.flags, count: padded(8 * blocks, to: neuronsAtOnce))
    endFlags(8 * blocks)
    let list = memory.pointee.firing
    let halves = list.halves + list.count
    let found = kernels.collect(
      scratch.flags, count: 8 * blocks, offset: 0, into: halves,
      room: memory.pointee.count - list.count)
    for index in 0..<found {
      let place = halves[index]
      let block = scratch.blocks[Int(place >> 3)]
      halves[index] = UInt16(truncatingIfNeeded: block &* 8) &+ place & 7
    }
    list.grow(run: run, by: found)
  }

  /// Eight bytes as a word, as they lie in memory; zeros from the end on.
  private func eight(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    guard count < 8 else { return UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self) }
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(bytes[index]) &<< UInt64(8 &* index) }
    return word.littleEndian
  }

  /// Step 4: state decays and takes its arrivals.
  ///
  /// - Parameters:
  ///   - target: which population, for its draws.
  func integrate(
    _ target: Int, _ memory: UnsafeMutablePointer<PopulationMemory>, moment: DrawMoment
  ) {
    let count = memory.pointee.width
    guard !memory.pointee.population.hasArray(.decayIndex) else {
      return integrateEach(target, memory, moment: moment)
    }
    let decays = memory.pointee.population.decays[0]
    decay(memory, .current1, decays.current1)
    decay(memory, .current2, decays.current2)
    decay(memory, .dendrite, decays.dendrite)
    let arrivals = scratch.membraneArrivals
    var bias = memory.pointee.population.bias
    if memory.pointee.population.hasArray(.bias) {
      addBounded(memory.pointee.array(.bias), to: arrivals, count: count)
      bias = 0
    }
    if memory.pointee.population.noiseAmplitude != 0 {
      addBounded(fillNoise(target, memory, moment), to: arrivals, count: count)
    }
    guard memory.pointee.population.kind == .leaky else {
      return kernels.turn(
        memory.pointee.state[0], memory.pointee.state[1], memory.pointee.state[2], arrivals,
        loss: Int32(decays.membrane), currentShift: Int32(memory.pointee.population.currentShift),
        bias: bias, count: count)
    }
    let hasBounds = memory.pointee.population.hasArray(.lowerBound)
    let lowerBound = hasBounds ? Law.stateMinimum : memory.pointee.population.lowerBound
    let keep = 4096 - Int32(decays.membrane)
    if memory.pointee.liveCompartments & 0b0110 == 0 {
      kernels.integrate(
        memory.pointee.state[0], arrivals, keep: keep, bias: bias, lowerBound: lowerBound,
        count: count)
    } else {
      kernels.integrate(
        memory.pointee.state[0], memory.pointee.state[1], memory.pointee.state[2], arrivals,
        keep: keep, currentShift: Int32(memory.pointee.population.currentShift), bias: bias,
        lowerBound: lowerBound, count: count)
    }
    if hasBounds {
      raise(memory.pointee.state[0], to: memory.pointee.array(.lowerBound), count: count)
    }
  }

  func decay(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ compartment: Compartment,
    _ fraction: UInt16
  ) {
    let number = Int(compartment.rawValue)
    guard memory.pointee.liveCompartments & (1 << compartment.rawValue) != 0 else { return }
    let state = memory.pointee.state[number]
    let keep = 4096 - Int32(fraction)
    if let arrivals = scratch.arrivals[number] {
      kernels.decayAndAdd(state, arrivals, keep: keep, count: memory.pointee.width)
    } else {
      // Nothing ever arrives, but a program has written there.
      for neuron in 0..<memory.pointee.count {
        state[neuron] = NeuroKernels.decay(state[neuron], keep: keep)
      }
    }
  }

  /// The noise of each neuron, where draws lie. Source: docs/numerics.md 5.
  private func fillNoise(
    _ target: Int, _ memory: UnsafeMutablePointer<PopulationMemory>, _ moment: DrawMoment
  ) -> UnsafeMutablePointer<Int32> {
    let count = memory.pointee.count
    let amplitude = memory.pointee.population.noiseAmplitude
    draw(
      moment, .noise, object: target, scratch.numbers + memory.pointee.firstNeuron >> 2,
      count: (count + 3) >> 2, into: scratch.draws)
    let noises = UnsafeMutableRawPointer(scratch.draws).assumingMemoryBound(to: Int32.self)
    for neuron in 0..<count { noises[neuron] = noise(scratch.draws[neuron], amplitude) }
    return noises
  }

  /// Step 4 where parameters differ from neuron to neuron, or noise is added.
  private func integrateEach(
    _ target: Int, _ memory: UnsafeMutablePointer<PopulationMemory>, moment: DrawMoment
  ) {
    let population = memory.pointee.population
    let shift = Int32(population.currentShift)
    let half: Int32 = shift == 0 ? 0 : 1 &<< (shift &- 1)
    let noises = population.noiseAmplitude != 0 ? fillNoise(target, memory, moment) : nil
    for neuron in 0..<memory.pointee.count {
      let decays = memory.pointee.decays(neuron)
      let input1 = add(memory, 1, neuron, decay: decays.current1)
      let input2 = add(memory, 2, neuron, decay: decays.current2)
      _ = add(memory, 3, neuron, decay: decays.dendrite)
      var drive = (input1 &+ input2 &+ half) &>> shift
      drive &+= bound(scratch.membraneArrivals[neuron])
      drive &+= memory.pointee.value(.bias, shared: population.bias, neuron)
      if let noises { drive &+= noises[neuron] }
      scratch.membraneArrivals[neuron] = 0
      let before = memory.pointee.state[0][neuron]
      guard population.kind == .leaky else {
        memory.pointee.state[0][neuron] = turned(
          before, drive: drive, loss: Int32(decays.membrane))
        continue
      }
      let sum = NeuroKernels.decay(before, keep: 4096 - Int32(decays.membrane)) &+ drive
      let lower = memory.pointee.value(.lowerBound, shared: population.lowerBound, neuron)
      memory.pointee.state[0][neuron] = max(lower, saturate(sum))
    }
  }

  @inline(__always)
  private func add(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ compartment: Int, _ neuron: Int,
    decay fraction: UInt16
  ) -> Int32 {
    let kept = NeuroKernels.decay(
      memory.pointee.state[compartment][neuron], keep: 4096 - Int32(fraction))
    let arrivals = scratch.arrivals[compartment]
    let sum = saturate(kept &+ bound(arrivals?[neuron] ?? 0))
    memory.pointee.state[compartment][neuron] = sum
    arrivals?[neuron] = 0
    return sum
  }

  @inline(__always)
  private func noise(_ word: UInt32, _ amplitude: Int32) -> Int32 {
    let sum = (word & 255) &+ (word &>> 8 & 255) &+ (word &>> 16 & 255) &+ (word &>> 24)
    return ((Int32(bitPattern: sum) &- 510) &* amplitude &+ 128) &>> 8
  }
}
