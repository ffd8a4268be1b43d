import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// A model on a board. The board is lent for each call, and belongs to its device.
public struct Session: ~Copyable {
  /// The shape of what was loaded, for checks and sentences.
  let populations: Buffer<PopulationShape>
  let projections: Buffer<ProjectionShape>
  let stimulus: Int?
  let labels: Int?
  let output: Int?
  /// Spikes of the last run that were not read yet.
  var events: List<spk_event>
  var eventsRead = 0
  var probes: ProbeValues
  /// [populations]: 1 if the spikes are recorded.
  let recorded: Buffer<UInt8>
  /// Seed and ticks, as far as the host knows.
  public internal(set) var position: DrawPosition
  /// Whether a run may have taken place in part that the board has not told of.
  public internal(set) var isUncertain = false
  public let timeoutMilliseconds: UInt32

  /// Places the model on the board and loads it.
  ///
  /// - Throws: MODEL, DOES_NOT_FIT, and what links throw; the board is then empty.
  public init(
    _ model: borrowing Model, on board: inout BoardConnection, seed: UInt64,
    timeoutMilliseconds: UInt32
  ) throws(Fault) {
    let placement = try Placement(model, on: board.size)
    let populations = try Buffer<PopulationShape>(count: model.populationCount, repeating: .init())
    for index in 0..<populations.count {
      populations[index] = PopulationShape(
        model.population(index), historyRows: model.historyRows(population: index))
    }
    let projections = try Buffer<ProjectionShape>(count: model.projectionCount, repeating: .init())
    for index in 0..<projections.count {
      projections[index] = ProjectionShape(model.projection(index))
    }
    let recorded = try Buffer<UInt8>(count: model.populationCount, repeating: 0)
    if let output = model.population(role: .output) { recorded[output] = 1 }
    board.connection.timeoutMilliseconds = timeoutMilliseconds
    do throws(Fault) {
      try board.connection.upload(model, placement, seed: seed)
      for index in 0..<recorded.count where recorded[index] != 0 {
        try board.connection.record(population: index, true)
      }
    } catch {
      let cause = error.sentence
      board.endNetwork()
      throw Fault(error.status, "\(cause)")
    }
    stimulus = model.population(role: .stimulus)
    labels = model.population(role: .label)
    output = model.population(role: .output)
    self.populations = populations
    self.projections = projections
    self.recorded = recorded
    self.timeoutMilliseconds = timeoutMilliseconds
    position = DrawPosition(seed: seed, learning: 0, frozen: 0)
    events = List()
    probes = ProbeValues()
  }
}

/// A population of a session.
struct PopulationShape: BitwiseCopyable {
  var name = Name()
  var kind = PopulationKind.input
  var count = 0
  var valueLimit = 0
  /// Rows of its history: the longest delay from here, and for an analogue one the held values.
  var historyRows = 0

  init() {}

  init(_ entry: PopulationEntry, historyRows: Int) {
    self.historyRows = historyRows
    name = entry.name
    kind = entry.population.kind
    count = Int(entry.population.neuronCount)
    valueLimit = Int(entry.population.valueLimit)
  }
}

/// A projection of a session.
struct ProjectionShape: BitwiseCopyable {
  var name = Name()
  var projection = Projection(source: 0, target: 0)
  var weightCount = 0
  var lowLimit = 0
  var highLimit = 0

  init() {}

  init(_ entry: ProjectionEntry) {
    name = entry.name
    projection = entry.projection
    weightCount = entry.weightCount
    lowLimit = Int(projection.storage.minimum)
    highLimit = Int(projection.storage.maximum)
    if projection.hasRule {
      lowLimit = max(lowLimit, Int(projection.rule.lowLimit))
      highLimit = min(highLimit, Int(projection.rule.highLimit))
    }
  }
}

extension BoardConnection {
  /// Takes the network off the board; a board that is lost has none. Waits a second at most.
  public mutating func endNetwork() {
    let timeoutMilliseconds = connection.timeoutMilliseconds
    connection.timeoutMilliseconds = min(timeoutMilliseconds, 1_000)
    do throws(Fault) { try connection.command(.endNetwork) } catch {}
    connection.timeoutMilliseconds = timeoutMilliseconds
  }
}
