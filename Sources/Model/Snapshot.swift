import CPlatform
import Fault
import Memory
import NeuroCore

/// Where a session stood when it was written into a model; the state itself is in the arrays of the populations.
public struct Snapshot: BitwiseCopyable, Equatable, Sendable {
  public var seed: UInt64
  /// Ticks of learning runs and of frozen ones, each below 2^56.
  public var learningTicks: UInt64
  public var frozenTicks: UInt64

  public init(seed: UInt64, learningTicks: UInt64, frozenTicks: UInt64) {
    self.seed = seed
    self.learningTicks = learningTicks
    self.frozenTicks = frozenTicks
  }
}

/// State of the populations of a model, on its way into it.
public struct SnapshotArrays: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var state: UnsafeMutablePointer<Int32>?
    var history: UnsafeMutablePointer<Int16>?
  }

  private let entries: Buffer<Entry>

  /// Zeros for every population of `model`.
  public static func make(_ model: borrowing Model) throws(Fault) -> SnapshotArrays {
    let arrays = SnapshotArrays(
      entries: try Buffer(count: model.populationCount, repeating: Entry()))
    let entries = arrays.entries.base
    for index in 0..<model.populationCount {
      let (stateCount, historyCount) = model.snapshotCounts(population: index)
      if stateCount > 0 {
        entries[index].state = try allocateZeros(Int32.self, count: stateCount)
      }
      if historyCount > 0 {
        entries[index].history = try allocateZeros(Int16.self, count: historyCount)
      }
    }
    return arrays
  }

  private init(entries: consuming Buffer<Entry>) { self.entries = entries }

  /// [variables that it has][neurons]; may be empty.
  public func state(_ model: borrowing Model, _ index: Int) -> UnsafeMutableBufferPointer<Int32> {
    UnsafeMutableBufferPointer(
      start: entries[index].state, count: model.snapshotCounts(population: index).state)
  }

  /// [rows][neurons] of spikes or values under way; may be empty.
  public func history(_ model: borrowing Model, _ index: Int) -> UnsafeMutableBufferPointer<Int16> {
    UnsafeMutableBufferPointer(
      start: entries[index].history, count: model.snapshotCounts(population: index).history)
  }

  /// Trades the arrays for those of the model.
  fileprivate func swap(_ model: inout Model) {
    for index in 0..<entries.count {
      let entry = model.populationPointer(index)
      let mine = entries[index]
      entries[index] = Entry(state: entry.pointee.state, history: entry.pointee.history)
      entry.pointee.state = mine.state
      entry.pointee.history = mine.history
    }
  }

  deinit {
    for index in 0..<entries.count {
      free(entries[index].state)
      free(entries[index].history)
    }
  }
}

extension Model {
  /// Rows of the history of a population: as many as the longest delay of a projection from it, one at least where a rule asks
  /// who fired last, and for an analogue one a first row of held values.
  public func historyRows(population: Int) -> Int {
    var rows = 0
    for index in 0..<projectionCount {
      let projection = projectionPointer(index).pointee.projection
      if Int(projection.source) == population { rows = max(rows, Int(projection.delayTicks)) }
      if Int(projection.target) == population, projection.rule.has(.postsynaptic) {
        rows = max(rows, 1)
      }
    }
    return populationPointer(population).pointee.population.kind == .analogue ? rows + 1 : rows
  }

  /// Elements that a snapshot has of a population.
  func snapshotCounts(population index: Int) -> (state: Int, history: Int) {
    let population = populationPointer(index).pointee.population
    let neurons = Int(population.neuronCount)
    return (population.variableCount * neurons, historyRows(population: index) * neurons)
  }

  /// [variables that the population has][neurons]; nil without a snapshot, and without variables.
  public func snapshotState(population: Int) -> UnsafeMutablePointer<Int32>? {
    populationPointer(population).pointee.state
  }

  /// [historyRows][neurons]; nil without a snapshot, and without rows.
  public func snapshotHistory(population: Int) -> UnsafeMutablePointer<Int16>? {
    populationPointer(population).pointee.history
  }

  /// Takes a snapshot in; never fails.
  public mutating func adopt(_ snapshot: Snapshot, _ arrays: borrowing SnapshotArrays) {
    arrays.swap(&self)
    self.snapshot = snapshot
  }

  /// Forgets the snapshot, which is of another network than the one that was changed.
  mutating func dropSnapshot() {
    snapshot = nil
    for index in 0..<populationCount {
      let entry = populationPointer(index)
      free(entry.pointee.state)
      free(entry.pointee.history)
      entry.pointee.state = nil
      entry.pointee.history = nil
    }
  }

  /// Sets what a session may change of a projection's description.
  public mutating func setSwitches(
    projection index: Int, enabled: Bool, learning: Bool, rate: UInt16
  ) {
    let entry = projectionPointer(index)
    entry.pointee.projection.enabled = enabled
    entry.pointee.projection.learning = learning
    entry.pointee.projection.rate = rate
  }

  /// Checks that the arrays of a file make up a snapshot, and lie in its ranges.
  ///
  /// - Throws: `SPK_ERROR_FORMAT` for an array too few or too many, `SPK_ERROR_MODEL` for a value out of range.
  func checkSnapshot() throws(Fault) {
    for index in 0..<populationCount {
      let entry = populationPointer(index)
      let counts = snapshotCounts(population: index)
      let isThere = snapshot != nil
      guard (entry.pointee.state != nil) == (isThere && counts.state > 0),
        (entry.pointee.history != nil) == (isThere && counts.history > 0)
      else {
        throw Fault(
          .SPK_ERROR_FORMAT,
          "population \"\(entry.pointee.name)\": arrays \"state\" and \"history\" go with \"snapshot\" in the description, one is there without the other"
        )
      }
      guard isThere else { continue }
      do throws(Fault) {
        try entry.pointee.checkState()
        try entry.pointee.checkHistory(count: counts.history)
      } catch {
        throw error.at("population \"\(entry.pointee.name)\"")
      }
    }
  }
}

extension PopulationEntry {
  fileprivate func checkState() throws(Fault) {
    guard var row = state else { return }
    try population.forEachVariable { (variable) throws(Fault) in
      let range = population.range(of: variable)
      for neuron in 0..<Int(population.neuronCount) {
        try FieldVisitor.check("state", Int(row[neuron]), Int(range.low), Int(range.high))
      }
      row += Int(population.neuronCount)
    }
  }

  fileprivate func checkHistory(count: Int) throws(Fault) {
    guard let history else { return }
    let high = population.kind == .analogue ? Int(population.valueLimit) : 1
    let low = population.kind == .analogue ? -high : 0
    for index in 0..<count { try FieldVisitor.check("history", Int(history[index]), low, high) }
  }
}

extension Snapshot {
  /// Keys and ranges of its fields. Source: docs/file-format.md 2.
  mutating func visit(_ visitor: FieldVisitor) throws(Fault) {
    var low = UInt32(truncatingIfNeeded: seed)
    var high = UInt32(truncatingIfNeeded: seed >> 32)
    let most = Int(UInt32.max)
    try visitor.integer("seed_low", &low, 0, most, standard: 0)
    try visitor.integer("seed_high", &high, 0, most, standard: 0)
    seed = UInt64(high) << 32 | UInt64(low)
    try visitor.integer("learning_ticks", &learningTicks, 0, 1 << 56 - 1, standard: 0)
    try visitor.integer("frozen_ticks", &frozenTicks, 0, 1 << 56 - 1, standard: 0)
  }
}
