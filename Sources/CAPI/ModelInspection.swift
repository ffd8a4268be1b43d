import CSpikelet
import Fault
import Model
import NeuroCore

@c @implementation
public func spk_model_counts(
  _ model: OpaquePointer?, _ populations: UnsafeMutablePointer<UInt32>?,
  _ projections: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let populations = try require(populations, "populations")
    let projections = try require(projections, "projections")
    populations.pointee = UInt32(model.populationCount)
    projections.pointee = UInt32(model.projectionCount)
  }
}

@c @implementation
public func spk_model_get_population(
  _ model: OpaquePointer?, _ index: UInt32, _ population: UnsafeMutablePointer<spk_population>?,
  _ name: UnsafeMutablePointer<CChar>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let number = try model.checkedPopulation(index)
    let result = try require(population, "population")
    if Int(result.pointee.struct_size) != olderPopulationBytes {
      try checkStruct(result, MemoryLayout<spk_population>.stride, "population")
    }
    let entry = model.population(number)
    write(entry, to: result)
    copy(entry.name, to: name)
  }
}

@c @implementation
public func spk_model_get_projection(
  _ model: OpaquePointer?, _ index: UInt32, _ projection: UnsafeMutablePointer<spk_projection>?,
  _ name: UnsafeMutablePointer<CChar>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let number = try model.checkedProjection(index)
    let result = try require(projection, "projection")
    try checkStruct(result, MemoryLayout<spk_projection>.stride, "projection")
    let entry = model.projection(number)
    write(entry, to: result)
    copy(entry.name, to: name)
  }
}

@c @implementation
public func spk_model_find_population(
  _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ index: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try require(index, "index")
    let wanted = try text(name, "name")
    guard let found = model.findPopulation(wanted) else {
      throw Fault(.SPK_ERROR_NOT_FOUND, "the model has no population \"\(wanted)\"")
    }
    index.pointee = UInt32(found)
  }
}

@c @implementation
public func spk_model_find_projection(
  _ model: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ index: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let index = try require(index, "index")
    let wanted = try text(name, "name")
    guard let found = model.findProjection(wanted) else {
      throw Fault(.SPK_ERROR_NOT_FOUND, "the model has no projection \"\(wanted)\"")
    }
    index.pointee = UInt32(found)
  }
}

/// Copies a name and a closing zero to [64]; null is allowed.
private func copy(_ name: Name, to destination: UnsafeMutablePointer<CChar>?) {
  guard let destination else { return }
  for index in 0..<name.count { destination[index] = CChar(bitPattern: name[index]) }
  destination[name.count] = 0
}

@c @implementation
public func spk_model_get_synapses(
  _ model: OpaquePointer?, _ projection: UInt32, _ rowStarts: UnsafeMutablePointer<UInt32>?,
  _ targets: UnsafeMutablePointer<UInt32>?, _ weights: UnsafeMutablePointer<Int16>?,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let count = try require(count, "count")
    _ = try array(targets, targets == nil ? 0 : capacity, "targets")
    _ = try array(weights, weights == nil ? 0 : capacity, "weights")
    guard projection < model.projectionCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \(projection) was asked for, the model has \(model.projectionCount)")
    }
    let entry = model.projection(Int(projection))
    guard entry.projection.connectivity == .sparse, let starts = entry.rowStarts else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \"\(entry.name)\" is not sparse; spk_model_get_weights() reads its weights")
    }
    count.pointee = entry.weightCount
    guard targets == nil && weights == nil || capacity >= entry.weightCount else {
      throw Fault(
        .SPK_ERROR_TOO_SMALL,
        "room for \(capacity) synapses found, \(entry.weightCount) needed")
    }
    let sources = model.population(Int(entry.projection.source)).population.neuronCount
    rowStarts?.update(from: starts, count: Int(sources) + 1)
    if let targets, let from = entry.targets {
      targets.update(from: from, count: entry.weightCount)
    }
    guard let weights else { return }
    for index in 0..<entry.weightCount { weights[index] = entry.weight(index) }
  }
}

@c @implementation
public func spk_model_snapshot(
  _ model: OpaquePointer?, _ snapshot: UnsafeMutablePointer<spk_snapshot>?
) -> spk_status {
  enterModel(model) { model throws(Fault) in
    let result = try require(snapshot, "snapshot")
    try checkStruct(result, MemoryLayout<spk_snapshot>.stride, "snapshot")
    result.pointee.is_there = model.snapshot == nil ? 0 : 1
    result.pointee.seed = model.snapshot?.seed ?? 0
    result.pointee.learning_ticks = model.snapshot?.learningTicks ?? 0
    result.pointee.frozen_ticks = model.snapshot?.frozenTicks ?? 0
  }
}
