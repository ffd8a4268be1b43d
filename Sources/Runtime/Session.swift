import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// A model on a board. The board is lent for each call, and belongs to its device.
public struct Session: ~Copyable {
  /// What `shape` points to.
  private let populationShapes: Buffer<PopulationShape>
  private let projectionShapes: Buffer<ProjectionShape>
  public let shape: SessionShape
  /// [projections], as they are on the board.
  let switches: Buffer<ProjectionSwitches>
  /// Spikes of the last run that were not read yet.
  var events: List<spk_event>
  var eventsRead = 0
  var probes: ProbeValues
  /// [populations]: 1 if the spikes are recorded.
  let recorded: Buffer<UInt8>
  /// Seed and ticks, as far as the host knows.
  public internal(set) var position: DrawPosition
  /// Whether a run was refused that may have taken place in part: the board is asked for its ticks before the next one.
  var isPositionStale = false
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
    let switches = try Buffer<ProjectionSwitches>(
      count: model.projectionCount, repeating: .init())
    for index in 0..<projections.count {
      projections[index] = ProjectionShape(model.projection(index))
      switches[index] = ProjectionSwitches(model.projection(index).projection)
    }
    let recorded = try Buffer<UInt8>(count: model.populationCount, repeating: 0)
    if let output = model.population(role: .output) { recorded[output] = 1 }
    board.beginCall(milliseconds: timeoutMilliseconds, isTransfer: true)
    do throws(Fault) {
      try board.load(model, placement, seed: seed)
      for index in 0..<recorded.count where recorded[index] != 0 {
        try board.connection.record(population: index, true)
      }
      try board.connection.settle()
    } catch {
      let cause = error.sentence
      board.endNetwork()
      throw Fault(error.status, "\(cause)")
    }
    shape = SessionShape(
      populations: UnsafeBufferPointer(populations.elements),
      projections: UnsafeBufferPointer(projections.elements),
      stimulus: model.population(role: .stimulus), labels: model.population(role: .label),
      output: model.population(role: .output))
    populationShapes = populations
    projectionShapes = projections
    self.switches = switches
    self.recorded = recorded
    self.timeoutMilliseconds = timeoutMilliseconds
    position = DrawPosition(seed: seed, learning: 0, frozen: 0)
    events = List()
    probes = ProbeValues()
  }
}

extension Session {
  var populations: UnsafeBufferPointer<PopulationShape> { shape.populations }
  var projections: UnsafeBufferPointer<ProjectionShape> { shape.projections }
}

/// What a session may change of a projection's description.
struct ProjectionSwitches: BitwiseCopyable {
  var enabled = false
  var learning = false
  var rate: UInt16 = 0

  init() {}

  init(_ projection: Projection) {
    enabled = projection.enabled
    learning = projection.learning
    rate = projection.rate
  }
}

extension BoardConnection {
  /// Takes the network off the board; a board that is lost has none.
  ///
  /// - Parameters:
  ///   - milliseconds: how long to wait for it, a second at most.
  public mutating func endNetwork(milliseconds: UInt32 = 1_000) {
    let deadline = connection.deadline
    connection.beginCall(milliseconds: min(milliseconds, 1_000))
    do throws(Fault) { try connection.command(.endNetwork) } catch {}
    connection.deadline = deadline
  }
}
