import CSpikelet
import Fault
import Runtime

@c @implementation
public func spk_session_record(
  _ session: OpaquePointer?, _ population: UInt32, _ on: UInt32
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.record(&board, population, try flag(on, "on"))
  }
}

@c @implementation
public func spk_session_set_enabled(
  _ session: OpaquePointer?, _ projection: UInt32, _ on: UInt32
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.setEnabled(&board, projection, try flag(on, "on"))
  }
}

@c @implementation
public func spk_session_set_learning(
  _ session: OpaquePointer?, _ projection: UInt32, _ on: UInt32
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.setLearning(&board, projection, try flag(on, "on"))
  }
}

@c @implementation
public func spk_session_set_rate(
  _ session: OpaquePointer?, _ projection: UInt32, _ rate: UInt32
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    try session.setRate(&board, projection, rate)
  }
}
