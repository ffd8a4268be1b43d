/// What one thread works on in a tick, and with: all neurons, or its share of each population, and the columns of weights onto them.
///
/// Parts write to nothing that another one reads or writes in the same step.
struct FabricPart: BitwiseCopyable {
  let populationCount: Int
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  /// Projections sorted by target, and [populations + 1] where a target's begin.
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let scratch: Scratch
  /// Nil: all neurons.
  let share: Share?
  var kernels = Kernels()

  /// Steps 1 to 6 of docs/numerics.md 2.
  func advance(_ tick: Tick) {
    for target in 0..<populationCount where populations[target].hasMembrane {
      let memory = share(ofPopulation: target)
      guard memory.pointee.count > 0 else { continue }
      for position in Int(incomingStarts[target])..<Int(incomingStarts[target + 1]) {
        deliver(Int(incoming[position]), to: memory, in: tick)
      }
      let whole = memory.pointee.firing
      let list = share.map { $0.fired(population: target, of: whole) } ?? whole
      if !integrateAndFire(memory, into: list) {
        integrate(target, memory, moment: tick.moment)
        fire(memory, into: list)
      }
    }
  }

  /// Step 8.
  func trace(_ tick: Tick) {
    for index in 0..<populationCount where populations[index].hasTraces {
      let memory = share(ofPopulation: index)
      if memory.pointee.count > 0 { trace(memory, in: tick) }
    }
  }

  /// The neurons of a population that it has; valid until it is asked for the next.
  private func share(ofPopulation index: Int) -> UnsafeMutablePointer<PopulationMemory> {
    guard let share else { return populations + index }
    share.population.pointee = populations[index].view(
      first: Int(share.firsts[index]), end: Int(share.ends[index]))
    return share.population
  }

  /// The columns of a projection that it has; valid until it is asked for the next.
  func share(ofProjection index: Int) -> UnsafeMutablePointer<ProjectionMemory> {
    guard let share else { return projections + index }
    let target = Int(projections[index].projection.target)
    share.projection.pointee = projections[index].view(
      first: Int(share.firsts[target]), end: Int(share.ends[target]),
      rowStarts: share.rowStarts[index], rowEnds: share.rowEnds[index])
    return share.projection
  }
}

/// Which neurons a part has: firsts ..< ends of each population.
struct Share: BitwiseCopyable {
  /// [populations] each.
  let firsts: UnsafeMutablePointer<Int32>
  let ends: UnsafeMutablePointer<Int32>
  /// [projections] of sparse ones: [sources] each, where the synapses onto those neurons begin and end.
  let rowStarts: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  let rowEnds: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  /// [populations][mostRuns] ends of the lists of these neurons that fired in the tick.
  let spikeEnds: UnsafeMutablePointer<Int32>
  let mostRuns: Int
  /// The views that are looked at.
  let population: UnsafeMutablePointer<PopulationMemory>
  let projection: UnsafeMutablePointer<ProjectionMemory>

  /// Those of them that fire in the tick: at the place of the first of them in the list of the population.
  func fired(population: Int, of whole: SpikeList) -> SpikeList {
    SpikeList(
      halves: whole.halves + Int(firsts[population]), ends: spikeEnds + population * mostRuns,
      runCount: whole.runCount)
  }
}
