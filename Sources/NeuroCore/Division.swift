/// How the work of a tick is divided: each population is cut into runs of neurons, one for each thread.
struct Division: BitwiseCopyable {
  let threads: Int
  /// Whether the network is complete, and cut.
  var isDone = false
  /// [threads + 1][populations] the neuron that each share begins with, and the end.
  let cuts: UnsafeMutablePointer<Int32>
  /// [threads + 1][projections] for sparse ones: [sources] where the synapses of each share begin in a row, and the end.
  let rowCuts: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  /// [threads − 1][rows of all sparse projections] those that lie between the first and the last.
  fileprivate let innerCuts: UnsafeMutablePointer<UInt32>
  /// [populations + 1] where the blocks of 64 neurons of a population begin, and [blocks] what a tick of each costs.
  let blockStarts: UnsafeMutablePointer<Int>
  let blockCosts: UnsafeMutablePointer<Int>
  /// [projections] what a row costs.
  let rowCosts: UnsafeMutablePointer<Int>
  /// What neurons cost in a tick, whether rows arrive or not; and their traces.
  var neuronCosts = 0
  var traceCosts = 0
  /// Ticks that cost less are not worth to be shared.
  var leastCost = 80_000

  init(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>,
    threads: Int, _ arena: inout Arena
  ) {
    self.threads = threads
    cuts = arena.take(Int32.self, (threads + 1) * populations.count)
    rowCuts = arena.take(UnsafeMutablePointer<UInt32>.self, (threads + 1) * projections.count)
    blockStarts = arena.take(Int.self, populations.count + 1)
    rowCosts = arena.take(Int.self, projections.count)
    var rows = 0
    for projection in projections where projection.connectivity == .sparse {
      rows += Int(populations[Int(projection.source)].neuronCount)
    }
    innerCuts = arena.take(UInt32.self, (threads - 1) * rows)
    var blocks = 0
    for population in populations { blocks += blockCount(Int(population.neuronCount)) }
    blockCosts = arena.take(Int.self, blocks)
  }
}

// Costs are in units of about 60 ps.
private let neuronCost = 8
/// A row arrives in one tick of so many, as far as cuts go.
private let ticksPerRow = 64

/// Blocks of 64 neurons, the last one maybe less.
private func blockCount(_ neurons: Int) -> Int { (neurons + 63) / 64 }

extension ProjectionMemory {
  /// What a synapse costs whose row arrives.
  fileprivate var synapseCost: Int {
    if projection.blankOut > 0 || (projection.hasRule && !isByColumn) { return 64 }
    switch projection.connectivity {
    case .dense: return projection.hasRule ? 3 : 1
    case .sparse: return projection.hasRule ? 32 : 16
    case .oneToOne, .sharedKernel: return 64
    }
  }
}

extension Fabric {
  /// Cuts the network for the threads of its crew, if it has one. Its synapses are all there, and stay where they are.
  ///
  /// - Complexity: O(synapses).
  public mutating func divide() {
    guard var division, !division.isDone else { return }
    countCosts(&division)
    cut(&division)
    cutRows(division)
    division.isDone = true
    self.division = division
  }

  private func countCosts(_ division: inout Division) {
    var next = 0
    for index in 0..<populationCount {
      division.blockStarts[index] = next
      next += blockCount(populations[index].count)
      let traced = populations[index].hasTraces ? neuronCost * populations[index].count : 0
      let fixed =
        populations[index].hasMembrane ? neuronCost * populations[index].count : 0
      division.traceCosts += traced
      division.neuronCosts += fixed
      for block in division.blockStarts[index]..<next {
        division.blockCosts[block] =
          (traced + fixed) * 64 * ticksPerRow / max(populations[index].count, 1)
      }
    }
    division.blockStarts[populationCount] = next
    for index in 0..<projectionCount {
      let memory = projections + index
      let cost = memory.pointee.synapseCost
      division.rowCosts[index] =
        cost * memory.pointee.weightCount / max(memory.pointee.sourceCount, 1)
      let isAnalogue =
        populations[Int(memory.pointee.projection.source)].population.kind == .analogue
      let weight = isAnalogue ? cost * ticksPerRow : cost
      let target = Int(memory.pointee.projection.target)
      let costs = division.blockCosts + division.blockStarts[target]
      if memory.pointee.projection.connectivity == .sparse {
        for synapse in 0..<memory.pointee.weightCount {
          costs[memory.pointee.target(synapse) / 64] += weight
        }
      } else {
        let perBlock = 64 * weight * memory.pointee.weightCount / memory.pointee.targetCount
        for block in 0..<blockCount(populations[target].count) { costs[block] += perBlock }
      }
    }
  }

  /// Shares follow each other through the blocks of all populations, each with the same cost. Groups stay whole.
  private func cut(_ division: inout Division) {
    var total = 0
    for block in 0..<division.blockStarts[populationCount] { total += division.blockCosts[block] }
    var boundary = 1
    var cost = 0
    for index in 0..<populationCount {
      let count = Int32(populations[index].count)
      for other in 0...division.threads {
        division.cuts[other * populationCount + index] =
          other < boundary && other < division.threads ? 0 : count
      }
      let group = max(1, Int(populations[index].population.groupSize))
      let start = division.blockStarts[index]
      for block in start..<division.blockStarts[index + 1] {
        let half = division.blockCosts[block] / 2
        while boundary < division.threads, 64 * (block - start) % group == 0,
          cost + half >= total / division.threads * boundary
        {
          division.cuts[boundary * populationCount + index] = Int32(64 * (block - start))
          boundary += 1
        }
        cost += division.blockCosts[block]
      }
    }
  }

  private func cutRows(_ division: Division) {
    var inner = division.innerCuts
    for index in 0..<projectionCount
    where projections[index].projection.connectivity == .sparse {
      let memory = projections[index]
      let target = Int(memory.projection.target)
      division.rowCuts[index] = memory.rowStarts
      division.rowCuts[division.threads * projectionCount + index] = memory.rowEnds
      for boundary in 1..<division.threads {
        let first = Int(division.cuts[boundary * populationCount + target])
        for row in 0..<memory.sourceCount {
          inner[row] = UInt32(truncatingIfNeeded: memory.synapse(from: first, row: row))
        }
        division.rowCuts[boundary * projectionCount + index] = inner
        inner += memory.sourceCount
      }
    }
  }
}
