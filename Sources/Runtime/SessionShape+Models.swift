import CSpikelet
import Fault
import Model
import NeuroCore

extension SessionShape {
  /// - Throws: ARGUMENT if a model is not of the session's shape.
  public func check(_ model: borrowing Model) throws(Fault) {
    try checkPopulations(model)
    try checkProjections(model)
  }

  func checkPopulations(_ model: borrowing Model) throws(Fault) {
    guard model.populationCount == populations.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "the model has \(model.populationCount) populations, the session \(populations.count); a model of the session's shape was expected"
      )
    }
    for index in 0..<populations.count {
      let shape = populations.baseAddress.unsafelyUnwrapped + index
      let population = model.population(index)
      guard population.population.kind == shape.pointee.kind,
        Int(population.population.neuronCount) == shape.pointee.count,
        Int(population.population.valueLimit) == shape.pointee.valueLimit,
        population.countsPerUnit == shape.pointee.countsPerUnit,
        population.population.hasVariables(of: shape.pointee.population),
        model.historyRows(population: index) == shape.pointee.historyRows
      else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "population \"\(population.name)\" of the model is not of the shape of \"\(shape.pointee.name)\" of the session (kind, neurons, value limit, counts per unit, traces, mean, delays)"
        )
      }
    }
  }

  /// Projections alone.
  func checkProjections(_ model: borrowing Model) throws(Fault) {
    guard model.projectionCount == projections.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "the model has \(model.projectionCount) projections, the session \(projections.count); store into a model of the session's shape"
      )
    }
    for index in 0..<projections.count {
      let other = ProjectionShape(model.projection(index))
      let shape = projections.baseAddress.unsafelyUnwrapped + index
      guard other.weightCount == shape.pointee.weightCount,
        other.projection.connectivity == shape.pointee.projection.connectivity,
        other.projection.storage == shape.pointee.projection.storage,
        other.projection.source == shape.pointee.projection.source,
        other.projection.target == shape.pointee.projection.target,
        other.projection.hasRule == shape.pointee.projection.hasRule,
        other.lowLimit == shape.pointee.lowLimit, other.highLimit == shape.pointee.highLimit
      else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "projection \"\(other.name)\" of the model is not of the shape of \"\(shape.pointee.name)\" of the session (populations, connectivity, storage, rule, limits, number of weights)"
        )
      }
    }
  }
}
