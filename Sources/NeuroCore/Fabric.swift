import NeuroKernels

/// A network at run time: all cores of a board, tick by tick, as docs/numerics.md says. Where neurons are placed changes nothing, and
/// is not looked at here.
///
/// Works in one block of memory given by its owner; allocates nothing and never fails once it is set up. Its caller
/// has checked the network: ranges and indices are preconditions here.
public struct Fabric: ~Copyable {
  public var seed: UInt64
  let populationCount: Int
  let projectionCount: Int
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  /// The whole, and behind it, where several threads share the work, the part of each.
  let parts: UnsafeMutablePointer<FabricPart>
  private(set) var partCount = 1
  /// Nil, both: one thread does it all.
  let crew: TickCrew?
  var division: Division?
  var tickIsOpen = false

  /// Bytes of memory that a network needs; nil if they overflow.
  ///
  /// - Parameters:
  ///   - threads: that may share the work of a tick.
  public static func requiredBytes(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>,
    threads: Int = 1
  ) -> Int? {
    var arena = Arena(nil)
    let layout = Layout(populations, projections, threads: threads, &arena)
    if threads > 1 {
      let division = Division(populations, projections, threads: threads, &arena)
      for thread in 0..<threads { _ = layout.part(thread, of: division, &arena) }
    }
    for index in 0..<populations.count {
      _ = PopulationMemory(
        populations[index],
        historyTicks: Layout.historyTicks(of: index, projections), arena: &arena)
    }
    for index in 0..<projections.count {
      _ = Layout.memory(of: index, populations, projections, &arena)
    }
    _ = layout
    return arena.overflowed ? nil : max(arena.used, 64)
  }

  /// - Parameters:
  ///   - crew: who shares the work of a tick once `divide` was called; must outlive the fabric. Nil: nobody.
  ///   - memory: `requiredBytes`, aligned to 64; stays the caller's, and must outlive the fabric.
  public init(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>,
    seed: UInt64, crew: TickCrew? = nil, memory: UnsafeMutableRawPointer
  ) {
    var arena = Arena(memory)
    let layout = Layout(populations, projections, threads: crew?.count ?? 1, &arena)
    self.seed = seed
    populationCount = populations.count
    projectionCount = projections.count
    self.populations = layout.populations
    self.projections = layout.projections
    parts = layout.parts
    self.crew = crew
    for index in 0..<populations.count {
      let ticks = Layout.historyTicks(of: index, projections)
      (self.populations + index).initialize(
        to: PopulationMemory(populations[index], historyTicks: ticks, arena: &arena))
    }
    for index in 0..<projections.count {
      (self.projections + index).initialize(
        to: Layout.memory(of: index, populations, projections, &arena))
      let projection = projections[index]
      self.populations[Int(projection.target)].liveCompartments |=
        1 << projection.compartment.rawValue
    }
    layout.fill(populations, projections)
    layout.scratch.fillNumbers()
    parts.initialize(to: layout.part(share: nil, layout.scratch))
    guard let crew else { return }
    let division = Division(populations, projections, threads: crew.count, &arena)
    self.division = division
    for thread in 0..<crew.count {
      let part = layout.part(thread, of: division, &arena)
      part.scratch.fillNumbers()
      (parts + 1 + thread).initialize(to: part)
    }
    partCount += crew.count
  }
}

/// The arrays that a fabric has beside those of its populations and projections.
struct Layout {
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let parts: UnsafeMutablePointer<FabricPart>
  let scratch: Scratch
  private let populationCount: Int
  private let projectionCount: Int
  private let size: ScratchSize
  private let mostRuns: Int

  init(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>,
    threads: Int, _ arena: inout Arena
  ) {
    populationCount = populations.count
    projectionCount = projections.count
    self.populations = arena.take(PopulationMemory.self, populations.count)
    self.projections = arena.take(ProjectionMemory.self, projections.count)
    incoming = arena.take(Int32.self, projections.count)
    incomingStarts = arena.take(Int32.self, populations.count + 1)
    parts = arena.take(FabricPart.self, threads > 1 ? threads + 1 : 1)
    size = ScratchSize(populations, projections)
    mostRuns = SpikeList.runCount(neurons: size.neurons)
    scratch = Scratch(size, arena: &arena)
  }

  func part(share: Share?, _ scratch: Scratch) -> FabricPart {
    FabricPart(
      populationCount: populationCount, populations: populations, projections: projections,
      incoming: incoming, incomingStarts: incomingStarts, scratch: scratch, share: share)
  }

  /// The part of one thread. The first works with the scratch of the whole, which then has nothing to do.
  func part(_ thread: Int, of division: Division, _ arena: inout Arena) -> FabricPart {
    let share = Share(
      firsts: division.cuts + thread * populationCount,
      ends: division.cuts + (thread + 1) * populationCount,
      rowStarts: division.rowCuts + thread * projectionCount,
      rowEnds: division.rowCuts + (thread + 1) * projectionCount,
      spikeEnds: arena.take(Int32.self, populationCount * mostRuns), mostRuns: mostRuns,
      population: arena.take(PopulationMemory.self, 1),
      projection: arena.take(ProjectionMemory.self, 1))
    return part(
      share: share, thread == 0 ? scratch : Scratch(size, arena: &arena))
  }

  static func historyTicks(
    of population: Int, _ projections: UnsafeBufferPointer<Projection>
  ) -> Int {
    var longest = 0
    for projection in projections {
      if Int(projection.source) == population { longest = max(longest, Int(projection.delayTicks)) }
      if Int(projection.target) == population, projection.rule.has(.postsynaptic) {
        longest = max(longest, 1)
      }
    }
    return longest + 1
  }

  static func memory(
    of index: Int, _ populations: UnsafeBufferPointer<Population>,
    _ projections: UnsafeBufferPointer<Projection>, _ arena: inout Arena
  ) -> ProjectionMemory {
    let projection = projections[index]
    return ProjectionMemory(
      projection, source: populations[Int(projection.source)],
      target: populations[Int(projection.target)], arena: &arena)
  }

  func fill(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>
  ) {
    var next = 0
    for target in 0..<populations.count {
      incomingStarts[target] = Int32(next)
      for index in 0..<projections.count where Int(projections[index].target) == target {
        incoming[next] = Int32(index)
        next += 1
      }
    }
    incomingStarts[populations.count] = Int32(next)
  }
}
