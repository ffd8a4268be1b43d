import NeuroCore
import WireProtocol

/// Bytes of a slice in a payload.
private let sliceBytes = 16

extension Firmware {
  mutating func beginNetwork(_ reader: inout PayloadReader) throws(BoardError) {
    let head = reader.readNetworkHead()
    guard reader.isComplete else { throw .malformed }
    guard network == nil else { throw .state }
    guard head.lawVersion == Law.version, head.populations <= Law.populationCountLimit,
      head.projections <= Law.projectionCountLimit, head.slices <= WireLimit.slices
    else { throw .law }
    let begun = LoadedNetwork(
      seed: head.seed, populations: Int(head.populations), projections: Int(head.projections),
      slices: Int(head.slices), seam: seam)
    guard let begun else { throw .noMemory }
    guard let raw = seam.allocate(MemoryLayout<LoadedNetwork>.stride) else {
      begun.release(seam)
      throw .noMemory
    }
    let place = raw.bindMemory(to: LoadedNetwork.self, capacity: 1)
    place.initialize(to: begun)
    network = place
  }

  mutating func endNetwork() {
    dropNetwork()
    network = nil
    probes = ProbeTable()
    learningCount = 0
    frozenCount = 0
  }

  func dropNetwork() {
    network?.pointee.release(seam)
    seam.release(network)
  }

  mutating func describePopulation(_ reader: inout PayloadReader) throws(BoardError) {
    let index = reader.readIndex()
    let population = reader.readPopulation()
    guard reader.isComplete else { throw .malformed }
    let network = try describing()
    guard index < network.pointee.populationCount else { throw .index }
    guard population.isLawful else { throw .law }
    network.pointee.populations[index] = population
    network.pointee.described[index] = 1
  }

  mutating func describeProjection(_ reader: inout PayloadReader) throws(BoardError) {
    let index = reader.readIndex()
    let projection = reader.readProjection()
    guard reader.isComplete else { throw .malformed }
    let network = try describing()
    guard index < network.pointee.projectionCount else { throw .index }
    let source = try network.pointee.describedPopulation(projection.source)
    let target = try network.pointee.describedPopulation(projection.target)
    guard projection.isLawful(source: source, target: target) else { throw .law }
    network.pointee.projections[index] = projection
    network.pointee.described[network.pointee.populationCount + index] = 1
  }

  /// Slices first …, as many as the payload holds.
  mutating func describeSlices(_ reader: inout PayloadReader) throws(BoardError) {
    let first = reader.readIndex()
    let network = try describing()
    let count = reader.remaining / sliceBytes
    guard !reader.failed, reader.remaining == count * sliceBytes else { throw .malformed }
    guard first <= network.pointee.sliceCount, count <= network.pointee.sliceCount - first else {
      throw .index
    }
    for index in first..<(first + count) { network.pointee.slices[index] = reader.readSlice() }
  }

  mutating func commit(_ reader: inout PayloadReader) throws(BoardError) {
    guard reader.isComplete else { throw .malformed }
    let network = try describing()
    guard network.pointee.isDescribed else { throw .state }
    guard network.pointee.projectionsAreLawful,
      network.pointee.slicesAreLawful(cores: Int(capabilities.cores))
    else { throw .law }
    guard fits(network), sparseSynapsesFit(network) else { throw .resources }
    guard network.pointee.build(seam) else { throw .noMemory }
    network.pointee.stage = .committed
  }

  mutating func start(_ reader: inout PayloadReader) throws(BoardError) {
    guard reader.isComplete else { throw .malformed }
    guard let network, network.pointee.stage == .committed, let fabric = network.pointee.fabric
    else {
      throw .state
    }
    for index in 0..<network.pointee.projectionCount
    where network.pointee.projections[index].connectivity == .sparse {
      guard fabric.pointee.synapsesAreValid(projection: index) else { throw .law }
    }
    guard fits(network) else { throw .resources }
    fabric.pointee.divide()
    network.pointee.stage = .running
  }

  @inline(never)
  private func describing() throws(BoardError) -> UnsafeMutablePointer<LoadedNetwork> {
    guard let network, network.pointee.stage == .describing else { throw .state }
    return network
  }

  /// Whether each core has the neurons and the synapse bytes that it is asked for. Source: docs/numerics.md 7. Sparse
  /// projections are counted once their rows are there.
  private func fits(_ network: UnsafeMutablePointer<LoadedNetwork>) -> Bool {
    for core in 0..<Int32(capabilities.cores) {
      var neurons = 0
      var bytes: UInt64 = 0
      for index in 0..<network.pointee.sliceCount where network.pointee.slices[index].core == core {
        neurons += Int(network.pointee.slices[index].count)
        for projection in 0..<network.pointee.projectionCount
        where network.pointee.projections[projection].target
          == network.pointee.slices[index].population
        {
          bytes &+= UInt64(charge(network, projection, slice: index))
        }
      }
      if neurons > Int(capabilities.neuronsPerCore) || bytes > capabilities.synapseBytesPerCore {
        return false
      }
    }
    return true
  }

  /// Whether the board as a whole has room for the sparse synapses that are announced.
  private func sparseSynapsesFit(_ network: UnsafeMutablePointer<LoadedNetwork>) -> Bool {
    var bytes: UInt64 = 0
    for projection in network.pointee.allProjections where projection.connectivity == .sparse {
      bytes &+= UInt64(projection.synapseCount) &* UInt64(projection.storage.bytes + 2)
    }
    return bytes / UInt64(capabilities.cores) <= capabilities.synapseBytesPerCore
  }

  private func charge(_ network: UnsafeMutablePointer<LoadedNetwork>, _ index: Int, slice: Int)
    -> Int
  {
    let projection = network.pointee.projections[index]
    let sources = Int(network.pointee.populations[Int(projection.source)].neuronCount)
    let slice = network.pointee.slices[slice]
    let columns = Int(slice.count)
    switch projection.connectivity {
    case .dense: return sources * columns * projection.storage.bytes
    case .oneToOne, .sharedKernel: return columns * projection.storage.bytes
    case .sparse:
      let synapses =
        network.pointee.fabric?.pointee.synapseCount(projection: index, slice: slice) ?? 0
      return synapses * (projection.storage.bytes + 2) + 4 * (sources + 1)
    }
  }
}

extension LoadedNetwork {
  fileprivate func describedPopulation(_ index: Int32) throws(BoardError) -> Population {
    guard index >= 0, index < Int32(populationCount) else { throw .index }
    guard described[Int(index)] == 1 else { throw .state }
    return populations[Int(index)]
  }
}
