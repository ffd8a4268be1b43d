import NeuroKernels

/// A placed network at run time: all cores of a board, tick by tick, as docs/numerics.md says.
///
/// Works in one block of memory given by its owner; allocates nothing and never fails once it is set up. Its caller
/// has checked the network: ranges and indices are preconditions here.
public struct Fabric: ~Copyable {
  public var seed: UInt64
  let populationCount: Int
  let projectionCount: Int
  let sliceCount: Int
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  let slices: UnsafeMutablePointer<Slice>
  /// [slices] number of a slice among those of its population.
  let sliceOrdinals: UnsafeMutablePointer<Int32>
  /// Projections sorted by target, and [populations + 1] where a target's begin.
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let scratch: Scratch
  var tickIsOpen = false

  /// Bytes of memory that a network needs; nil if they overflow.
  ///
  /// - Parameters:
  ///   - slices: every leaky neuron in exactly one, sorted by population and first neuron.
  public static func requiredBytes(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>,
    slices: UnsafeBufferPointer<Slice>
  ) -> Int? {
    var arena = Arena(nil)
    let layout = Layout(populations, projections, slices, &arena)
    for index in 0..<populations.count {
      _ = PopulationMemory(
        populations[index],
        historyTicks: Layout.historyTicks(of: index, projections), arena: &arena)
    }
    for index in 0..<projections.count {
      _ = Layout.memory(of: index, populations, projections, slices, &arena)
    }
    _ = layout
    return arena.overflowed ? nil : max(arena.used, 64)
  }

  /// - Parameters:
  ///   - memory: `requiredBytes`, aligned to 64; stays the caller's, and must outlive the fabric.
  public init(
    populations: UnsafeBufferPointer<Population>, projections: UnsafeBufferPointer<Projection>,
    slices: UnsafeBufferPointer<Slice>, seed: UInt64, memory: UnsafeMutableRawPointer
  ) {
    var arena = Arena(memory)
    let layout = Layout(populations, projections, slices, &arena)
    self.seed = seed
    populationCount = populations.count
    projectionCount = projections.count
    sliceCount = slices.count
    self.populations = layout.populations
    self.projections = layout.projections
    self.slices = layout.slices
    sliceOrdinals = layout.sliceOrdinals
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
        to: Layout.memory(of: index, populations, projections, slices, &arena))
      let projection = projections[index]
      self.populations[Int(projection.target)].arrivalCompartments |=
        1 << projection.compartment.rawValue
    }
    layout.fill(populations, projections, slices)
  }
}

/// The arrays that a fabric has beside those of its populations and projections.
struct Layout {
  let populations: UnsafeMutablePointer<PopulationMemory>
  let projections: UnsafeMutablePointer<ProjectionMemory>
  let slices: UnsafeMutablePointer<Slice>
  let sliceOrdinals: UnsafeMutablePointer<Int32>
  let incoming: UnsafeMutablePointer<Int32>
  let incomingStarts: UnsafeMutablePointer<Int32>
  let scratch: Scratch

  init(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>,
    _ slices: UnsafeBufferPointer<Slice>, _ arena: inout Arena
  ) {
    self.populations = arena.take(PopulationMemory.self, populations.count)
    self.projections = arena.take(ProjectionMemory.self, projections.count)
    self.slices = arena.take(Slice.self, slices.count)
    sliceOrdinals = arena.take(Int32.self, slices.count)
    incoming = arena.take(Int32.self, projections.count)
    incomingStarts = arena.take(Int32.self, populations.count + 1)
    var widest = 0
    for slice in slices { widest = max(widest, Int(slice.count)) }
    scratch = Scratch(columns: widest, arena: &arena)
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
    _ projections: UnsafeBufferPointer<Projection>, _ slices: UnsafeBufferPointer<Slice>,
    _ arena: inout Arena
  ) -> ProjectionMemory {
    let projection = projections[index]
    var sliceCount = 0
    for slice in slices where slice.population == projection.target { sliceCount += 1 }
    return ProjectionMemory(
      projection, source: populations[Int(projection.source)],
      target: populations[Int(projection.target)], sliceCount: sliceCount, arena: &arena)
  }

  func fill(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>,
    _ slices: UnsafeBufferPointer<Slice>
  ) {
    var ordinal: Int32 = 0
    for index in 0..<slices.count {
      let follows = index > 0 && slices[index - 1].population == slices[index].population
      ordinal = follows ? ordinal + 1 : 0
      self.slices[index] = slices[index]
      sliceOrdinals[index] = ordinal
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
