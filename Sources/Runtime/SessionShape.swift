import CSpikelet
import Fault
import Memory
import Model
import NeuroCore

/// What never changes in a session: checks and sentences, and writing down a run, need nothing else, and so no lock.
///
/// Points into its session, which must outlive it.
public struct SessionShape: BitwiseCopyable {
  let populations: UnsafeBufferPointer<PopulationShape>
  let projections: UnsafeBufferPointer<ProjectionShape>
  let stimulus: Int?
  let labels: Int?
  let output: Int?

  /// Neurons of the output population.
  public var outputCount: Int { output.map { populations[$0].count } ?? 0 }
}

/// A population of a session.
struct PopulationShape: BitwiseCopyable {
  var name = Name()
  var population = Population(kind: .input, neuronCount: 0)
  /// 0: not stated.
  var countsPerUnit: Int32 = 0
  /// Rows of its history, as `Model.historyRows` counts them.
  var historyRows = 0

  init() {}

  init(_ entry: PopulationEntry, historyRows: Int) {
    self.historyRows = historyRows
    name = entry.name
    population = entry.population
    countsPerUnit = entry.countsPerUnit
  }

  var kind: PopulationKind { population.kind }
  var count: Int { Int(population.neuronCount) }
  var valueLimit: Int { Int(population.valueLimit) }
}

/// A projection of a session.
struct ProjectionShape: BitwiseCopyable {
  var name = Name()
  /// As it was loaded; its switches may have changed since.
  var projection = Projection(source: 0, target: 0)
  var weightCount = 0
  /// Bytes of each, as they are stored.
  var weightBytes = 0
  var lowLimit = 0
  var highLimit = 0

  init() {}

  init(_ entry: ProjectionEntry) {
    name = entry.name
    projection = entry.projection
    weightCount = entry.weightCount
    weightBytes = projection.storage == .int8 ? 1 : 2
    lowLimit = Int(projection.storage.minimum)
    highLimit = Int(projection.storage.maximum)
    if projection.hasRule {
      lowLimit = max(lowLimit, Int(projection.rule.lowLimit))
      highLimit = min(highLimit, Int(projection.rule.highLimit))
    }
  }
}
