import CSpikelet
import Fault
import Memory
import Model
import NeuroCore

/// The size of a board.
public struct BoardSize: BitwiseCopyable, Sendable {
  public var cores: Int
  public var neuronsPerCore: Int
  public var synapseBytesPerCore: Int

  public init(cores: Int, neuronsPerCore: Int, synapseBytesPerCore: Int) {
    self.cores = cores
    self.neuronsPerCore = neuronsPerCore
    self.synapseBytesPerCore = synapseBytesPerCore
  }
}

/// What one core of a placement holds.
public struct CoreUse: BitwiseCopyable, Sendable {
  public var neurons = 0
  public var slices = 0
  public var synapses = 0
  public var bytes = 0
}

/// A model cut into slices, each on a core. Source of the charges: docs/numerics.md 7.
public struct Placement: ~Copyable {
  public let size: BoardSize
  public private(set) var slices: List<Slice>
  public let cores: Buffer<CoreUse>

  /// Columns that kernels like slices to be multiples of.
  private static let columnQuantum = 64

  /// Places each population in the order of the model: whole on the first core that takes the rest of it, else in
  /// pieces on the cores with most room.
  ///
  /// - Throws: MODEL if the model breaks the law; DOES_NOT_FIT, with what, where and by how much.
  /// - Complexity: O(neurons + synapses of sparse projections + slices · cores).
  public init(_ model: borrowing Model, on size: BoardSize) throws(Fault) {
    try model.check()
    var placement = Placement(
      size: size, cores: try Buffer(count: size.cores, repeating: CoreUse()))
    for index in 0..<model.populationCount
    where model.population(index).population.kind.hasMembrane {
      let cost = try ColumnCost(model, population: index)
      try placement.place(model, index, cost)
    }
    self = placement
  }

  private init(size: BoardSize, cores: consuming Buffer<CoreUse>) {
    self.size = size
    self.cores = cores
    slices = List()
  }

  private mutating func place(
    _ model: borrowing Model, _ index: Int, _ cost: borrowing ColumnCost
  ) throws(Fault) {
    let population = model.population(index).population
    let count = Int(population.neuronCount)
    let unit = max(1, Int(population.groupSize))
    var first = 0
    while first < count {
      let (core, columns) = bestCore(first: first, count: count, unit: unit, cost)
      guard columns > 0 else {
        throw shortage(model, index, first: first, unit: min(unit, count - first), cost)
      }
      let use = cost.use(first: first, count: columns)
      let taken = cores.base + core
      taken.pointee.neurons += columns
      taken.pointee.slices += 1
      taken.pointee.synapses += use.synapses
      taken.pointee.bytes += use.bytes
      try slices.append(
        Slice(
          core: Int32(core), population: Int32(index), first: Int32(first), count: Int32(columns)))
      first += columns
    }
  }

  /// The core for the neurons from `first` on, and how many it takes; 0 if none takes a unit.
  private func bestCore(
    first: Int, count: Int, unit: Int, _ cost: borrowing ColumnCost
  ) -> (core: Int, columns: Int) {
    var best = (core: 0, columns: 0)
    for core in 0..<cores.count {
      let columns = room(core: core, first: first, count: count, unit: unit, cost)
      if columns == count - first { return (core, columns) }
      if columns > best.columns { best = (core, columns) }
    }
    return best
  }

  /// Neurons from `first` on that a core can take: all that are left, or a multiple of `unit`, of 64 where that is
  /// possible.
  private func room(
    core: Int, first: Int, count: Int, unit: Int, _ cost: borrowing ColumnCost
  ) -> Int {
    let freeNeurons = min(size.neuronsPerCore - cores[core].neurons, count - first)
    let freeBytes = size.synapseBytesPerCore - cores[core].bytes
    var low = 0
    var high = freeNeurons
    while low < high {
      let middle = (low + high + 1) / 2
      if cost.use(first: first, count: middle).bytes <= freeBytes {
        low = middle
      } else {
        high = middle - 1
      }
    }
    if low == count - first { return low }
    let units = low / unit * unit
    let quantum = unit == 1 || Placement.columnQuantum % unit == 0 ? Placement.columnQuantum : unit
    return units >= quantum ? units / quantum * quantum : units
  }

  private func shortage(
    _ model: borrowing Model, _ index: Int, first: Int, unit: Int, _ cost: borrowing ColumnCost
  ) -> Fault {
    var roomiest = 0
    var freeNeurons = 0
    for core in 0..<cores.count {
      freeNeurons += size.neuronsPerCore - cores[core].neurons
      if cores[core].bytes < cores[roomiest].bytes { roomiest = core }
    }
    let name = model.population(index).name
    let left = Int(model.population(index).population.neuronCount) - first
    let rest = cost.use(first: first, count: left).bytes
    let needed = cost.use(first: first, count: unit).bytes
    let free = size.synapseBytesPerCore - cores[roomiest].bytes
    if unit > size.neuronsPerCore {
      return Fault(
        .SPK_ERROR_DOES_NOT_FIT,
        "population \"\(name)\": groups of \(unit) neurons stay on one core, and a core has \(size.neuronsPerCore); use smaller groups or a board with larger cores"
      )
    }
    if needed > free {
      return Fault(
        .SPK_ERROR_DOES_NOT_FIT,
        "population \"\(name)\": neurons \(first) .. \(first + left - 1) need \(rest) synapse bytes, \(needed) at the least on one core, and core \(roomiest), the emptiest of \(cores.count), has \(free) free; use smaller layers or a board with more synapse memory"
      )
    }
    return Fault(
      .SPK_ERROR_DOES_NOT_FIT,
      "population \"\(name)\": neurons \(first) .. \(first + left - 1) find no room, \(left) neurons and \(rest) synapse bytes are needed and the \(cores.count) cores have \(freeNeurons) neurons free in all, at most \(free) synapse bytes on one core; use smaller layers or a larger board"
    )
  }
}
