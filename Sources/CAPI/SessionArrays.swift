import CSpikelet
import Fault
import Model
import Runtime

@c @implementation
public func spk_session_read_weights(
  _ session: OpaquePointer?, _ projection: UInt32, _ weights: UnsafeMutablePointer<Int16>?,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterSession(session, isTransfer: true) { session, board throws(Fault) in
    let room = try array(weights, capacity, "weights")
    let needed = try session.weightCount(projection)
    guard try fits(room, count, needed: needed, "weights") else { return }
    try session.readWeights(
      &board, projection, into: UnsafeMutableBufferPointer(start: room.baseAddress, count: needed))
  }
}

@c @implementation
public func spk_session_write_weights(
  _ session: OpaquePointer?, _ projection: UInt32, _ weights: UnsafePointer<Int16>?, _ count: Int
) -> spk_status {
  enterSession(session, isTransfer: true) { session, board throws(Fault) in
    try session.writeWeights(&board, projection, try array(weights, count, "weights"))
  }
}

@c @implementation
public func spk_session_read_state(
  _ session: OpaquePointer?, _ population: UInt32, _ variable: UInt32, _ first: UInt32,
  _ values: UnsafeMutablePointer<Int32>?, _ count: Int
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.readState(
      &board, population: population, variable: variable, first: first,
      into: try array(values, count, "values"))
  }
}

@c @implementation
public func spk_session_read_state_units(
  _ session: OpaquePointer?, _ population: UInt32, _ variable: UInt32, _ first: UInt32,
  _ values: UnsafeMutablePointer<Float>?, _ count: Int
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.readState(
      &board, population: population, variable: variable, first: first,
      units: try array(values, count, "values"))
  }
}

@c @implementation
public func spk_session_set_values(
  _ session: OpaquePointer?, _ population: UInt32, _ values: UnsafePointer<Int16>?, _ count: Int
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    let values = try array(values, count, "values")
    try session.setValues(
      &board, population, SignalValues(counts: values.baseAddress), count: count)
  }
}

@c @implementation
public func spk_session_set_values_units(
  _ session: OpaquePointer?, _ population: UInt32, _ values: UnsafePointer<Float>?, _ count: Int
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    let values = try array(values, count, "values")
    try session.setValues(
      &board, population, SignalValues(units: values.baseAddress), count: count)
  }
}

@c @implementation
public func spk_session_add_probe(
  _ session: OpaquePointer?, _ population: UInt32, _ variable: UInt32, _ first: UInt32,
  _ count: UInt32, _ probe: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    let probe = try require(probe, "probe")
    probe.pointee = UInt32(
      try session.addProbe(
        &board, population: population, variable: variable, first: first, count: count))
  }
}

@c @implementation
public func spk_session_set_probe_period(
  _ session: OpaquePointer?, _ probe: UInt32, _ ticks: UInt32
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.setProbePeriod(&board, probe, ticks: ticks)
  }
}

@c @implementation
public func spk_session_remove_probe(_ session: OpaquePointer?, _ probe: UInt32) -> spk_status {
  enterSession(session) { session, board throws(Fault) in try session.removeProbe(&board, probe) }
}

@c @implementation
public func spk_session_read_probe(
  _ session: OpaquePointer?, _ probe: UInt32, _ values: UnsafeMutablePointer<Int32>?,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterSession(session) { session, _ throws(Fault) in
    let room = try array(values, capacity, "values")
    let needed = try session.probeValueCount(probe)
    guard try fits(room, count, needed: needed, "values") else { return }
    if let start = room.baseAddress { session.readProbe(probe, into: start) }
  }
}

@c @implementation
public func spk_session_read_probe_units(
  _ session: OpaquePointer?, _ probe: UInt32, _ values: UnsafeMutablePointer<Float>?,
  _ capacity: Int, _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterSession(session) { session, _ throws(Fault) in
    let room = try array(values, capacity, "values")
    try session.checkProbeScale(probe)
    let needed = try session.probeValueCount(probe)
    guard try fits(room, count, needed: needed, "values") else { return }
    if let start = room.baseAddress {
      _ = session.readProbe(probe, units: start, capacity: needed)
    }
  }
}

@c @implementation
public func spk_session_write_state(
  _ session: OpaquePointer?, _ population: UInt32, _ variable: UInt32, _ first: UInt32,
  _ values: UnsafePointer<Int32>?, _ count: Int
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.writeState(
      &board, population: population, variable: variable, first: first,
      try array(values, count, "values"))
  }
}
