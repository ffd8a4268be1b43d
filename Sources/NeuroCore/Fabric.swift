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
  /// Projections sorted by target, and [populations + 1] where a target's begin.
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let scratch: Scratch
  var kernels = Kernels()
  var tickIsOpen = false

  /// Bytes of memory that a network needs; nil if they overflow.
  public static func requiredBytes(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>
  ) -> Int? {
    var arena = Arena(nil)
    let layout = Layout(populations, projections, &arena)
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
  ///   - memory: `requiredBytes`, aligned to 64; stays the caller's, and must outlive the fabric.
  public init(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>,
    seed: UInt64, memory: UnsafeMutableRawPointer
  ) {
    var arena = Arena(memory)
    let layout = Layout(populations, projections, &arena)
    self.seed = seed
    populationCount = populations.count
    projectionCount = projections.count
    self.populations = layout.populations
    self.projections = layout.projections
    incoming = layout.incoming
    incomingStarts = layout.incomingStarts
    scratch = layout.scratch
    for index in 0..<populations.count {
      let ticks = Layout.historyTicks(of: index, projections)
      (self.populations + index).initialize(
        to: PopulationMemory(populations[index], historyTicks: ticks, arena: &arena))
    }
    for index in 0..<projections.count {
      (self.projections + index).initialize(
        to: Layout.memory(of: index, populations, projections, &arena))
      let projection = projections[index]
      self.populations[Int(projection.target)].arrivalCompartments |=
        1 << projection.compartment.rawValue
    }
    layout.fill(populations, projections)
  }
}

/// The arrays that a fabric has beside those of its populations and projections.
struct Layout {
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let scratch: Scratch

  init(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>,
    _ arena: inout Arena
  ) {
    self.populations = arena.take(PopulationMemory.self, populations.count)
    self.projections = arena.take(ProjectionMemory.self, projections.count)
    incoming = arena.take(Int32.self, projections.count)
    incomingStarts = arena.take(Int32.self, populations.count + 1)
    var columns = 0
    var neurons = 0
    for population in populations {
      neurons = max(neurons, Int(population.neuronCount))
      if population.kind.hasMembrane { columns = max(columns, Int(population.neuronCount)) }
    }
    var wideColumns = 0
    for projection in projections
    where projection.hasRule && !(projection.rule.isByColumn && projection.rule.isNarrow) {
      wideColumns = max(wideColumns, Int(populations[Int(projection.target)].neuronCount))
    }
    scratch = Scratch(
      columns: columns, neurons: neurons, wideColumns: wideColumns, arena: &arena)
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
    for number in 0..<scratch.numberCount {
      scratch.numbers[number] = UInt32(truncatingIfNeeded: number)
    }
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
