import NeuroCore

/// A network on the board: first described, then committed to memory, then started.
struct LoadedNetwork: BitwiseCopyable {
  enum Stage: BitwiseCopyable { case describing, committed, running }

  var stage = Stage.describing
  let seed: UInt64
  let populationCount: Int
  let projectionCount: Int
  let sliceCount: Int
  let populations: UnsafeMutablePointer<Population>
  let projections: UnsafeMutablePointer<Projection>
  let slices: UnsafeMutablePointer<Slice>
  /// [populations] and [projections]: 1 once described.
  let described: UnsafeMutablePointer<UInt8>
  /// [populations]: 1 if the spikes are sent.
  let recorded: UnsafeMutablePointer<UInt8>
  /// From the commit on.
  var fabric: UnsafeMutablePointer<Fabric>?
  private var memory: UnsafeMutableRawPointer?

  /// Nil if memory is short.
  init?(seed: UInt64, populations: Int, projections: Int, slices: Int, seam: BoardSeam) {
    guard let populationTable = seam.make(Population.self, populations) else { return nil }
    guard let projectionTable = seam.make(Projection.self, projections) else {
      seam.release(populationTable)
      return nil
    }
    guard let sliceTable = seam.make(Slice.self, slices) else {
      seam.release(populationTable)
      seam.release(projectionTable)
      return nil
    }
    guard let flags = seam.make(UInt8.self, 2 * populations + projections) else {
      seam.release(populationTable)
      seam.release(projectionTable)
      seam.release(sliceTable)
      return nil
    }
    self.seed = seed
    populationCount = populations
    projectionCount = projections
    sliceCount = slices
    self.populations = populationTable
    self.projections = projectionTable
    self.slices = sliceTable
    described = flags
    recorded = flags + populations + projections
  }

  func release(_ seam: BoardSeam) {
    fabric?.deinitialize(count: 1)
    seam.release(fabric)
    seam.release(memory)
    seam.release(populations)
    seam.release(projections)
    seam.release(slices)
    seam.release(described)
  }

  var isDescribed: Bool {
    for index in 0..<(populationCount + projectionCount) where described[index] == 0 {
      return false
    }
    return true
  }

  var allPopulations: UnsafeBufferPointer<Population> {
    UnsafeBufferPointer(start: populations, count: populationCount)
  }
  var allProjections: UnsafeBufferPointer<Projection> {
    UnsafeBufferPointer(start: projections, count: projectionCount)
  }
  var allSlices: UnsafeBufferPointer<Slice> {
    UnsafeBufferPointer(start: slices, count: sliceCount)
  }

  /// Whether projections are lawful between the populations as they are now: those may have been described anew.
  var projectionsAreLawful: Bool {
    for projection in allProjections {
      guard
        projection.isLawful(
          source: populations[Int(projection.source)], target: populations[Int(projection.target)])
      else { return false }
    }
    return true
  }

  /// Whether the slices are sorted, cover every neuron with a membrane once, split no group, and name cores that exist.
  func slicesAreLawful(cores: Int) -> Bool {
    var next = 0
    for index in 0..<populationCount {
      let population = populations[index]
      guard population.kind.hasMembrane else { continue }
      var covered: Int32 = 0
      while covered < population.neuronCount {
        guard next < sliceCount else { return false }
        let slice = slices[next]
        guard slice.population == Int32(index), slice.first == covered, slice.count >= 1,
          slice.count <= population.neuronCount - covered, slice.core >= 0,
          slice.core < Int32(cores)
        else { return false }
        if population.groupSize > 1, slice.first % population.groupSize != 0 { return false }
        covered += slice.count
        next += 1
      }
    }
    return next == sliceCount
  }

  /// Takes memory for the fabric; false if there is not enough.
  mutating func build(_ seam: BoardSeam) -> Bool {
    let bytes = Fabric.requiredBytes(
      populations: allPopulations, projections: allProjections, threads: seam.crew?.count ?? 1)
    guard let bytes, let memory = seam.allocate(bytes) else { return false }
    guard let raw = seam.allocate(MemoryLayout<Fabric>.size) else {
      seam.release(memory)
      return false
    }
    let fabric = raw.bindMemory(to: Fabric.self, capacity: 1)
    fabric.initialize(
      to: Fabric(
        populations: allPopulations, projections: allProjections, seed: seed, crew: seam.crew,
        memory: memory))
    self.memory = memory
    self.fabric = fabric
    return true
  }
}
