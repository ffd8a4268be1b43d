import CSpikelet
import Fault
import Model
import NeuroCore

@c @implementation
public func spk_model_add_population(
  _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ population: UnsafePointer<spk_population>?, _ index: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let name = try CAPI.name(name, "name")
    let (description, role, countsPerUnit) = try CAPI.population(
      try readStruct(
        population, zero: spk_population(), first: olderPopulationBytes, "population"))
    let added = try model.addPopulation(
      name: name, role: role, description, countsPerUnit: countsPerUnit)
    index?.pointee = UInt32(added)
  }
}

@c @implementation
public func spk_model_add_projection(
  _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ projection: UnsafePointer<spk_projection>?, _ index: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let name = try CAPI.name(name, "name")
    let description = try CAPI.projection(try readStruct(projection, "projection"))
    let added = try model.addProjection(name: name, description)
    index?.pointee = UInt32(added)
  }
}

@c @implementation
public func spk_model_set_parameters(
  _ model: OpaquePointer?, _ population: UInt32, _ parameter: UInt32,
  _ values: UnsafePointer<Int32>?, _ count: Int
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try model.checkedPopulation(population)
    let parameter = try oneOf(parameter, NeuronParameter.self, "parameter")
    try model.setParameters(
      population: index, parameter, try array(values, count, "values"))
  }
}

@c @implementation
public func spk_model_get_parameters(
  _ model: OpaquePointer?, _ population: UInt32, _ parameter: UInt32,
  _ values: UnsafeMutablePointer<Int32>?, _ count: Int
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try model.checkedPopulation(population)
    let parameter = try oneOf(parameter, NeuronParameter.self, "parameter")
    let entry = model.population(index)
    let room = try array(values, count, "values")
    guard room.count == Int(entry.population.neuronCount) else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "values: room for \(room.count) found, \(entry.population.neuronCount) expected, one a neuron"
      )
    }
    let shared: Int32 =
      switch parameter {
      case .threshold: entry.population.threshold
      case .bias: entry.population.bias
      case .resetValue: entry.population.resetValue
      case .lowerBound: entry.population.lowerBound
      case .decayIndex: 0
      }
    for neuron in 0..<room.count { room[neuron] = entry.array(parameter)?[neuron] ?? shared }
  }
}

@c @implementation
public func spk_model_set_weights(
  _ model: OpaquePointer?, _ projection: UInt32, _ weights: UnsafePointer<Int16>?, _ count: Int
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try model.checkedProjection(projection)
    try model.setWeights(projection: index, try array(weights, count, "weights"))
  }
}

@c @implementation
public func spk_model_get_weights(
  _ model: OpaquePointer?, _ projection: UInt32, _ weights: UnsafeMutablePointer<Int16>?,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try model.checkedProjection(projection)
    let room = try array(weights, capacity, "weights")
    let needed = model.projection(index).weightCount
    guard try fits(room, count, needed: needed, "weights") else { return }
    model.getWeights(
      projection: index, into: UnsafeMutableBufferPointer(start: room.baseAddress, count: needed))
  }
}

@c @implementation
public func spk_model_set_synapses(
  _ model: OpaquePointer?, _ projection: UInt32, _ rowStarts: UnsafePointer<UInt32>?,
  _ targets: UnsafePointer<UInt32>?, _ weights: UnsafePointer<Int16>?, _ count: Int
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try model.checkedProjection(projection)
    let source = Int(model.projection(index).projection.source)
    let sources = Int(model.population(source).population.neuronCount)
    try model.setSynapses(
      projection: index, rowStarts: try array(rowStarts, sources + 1, "row_starts"),
      targets: try array(targets, count, "targets"), weights: try array(weights, count, "weights"))
  }
}

extension Model {
  @inline(never)
  func checkedPopulation(_ index: UInt32) throws(Fault) -> Int {
    guard index < populationCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \(index) does not exist; the model has \(populationCount), numbered from 0")
    }
    return Int(index)
  }

  @inline(never)
  func checkedProjection(_ index: UInt32) throws(Fault) -> Int {
    guard index < projectionCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \(index) does not exist; the model has \(projectionCount), numbered from 0")
    }
    return Int(index)
  }
}
