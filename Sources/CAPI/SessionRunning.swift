import CSpikelet
import Fault
import Runtime

@c @implementation
public func spk_session_run(
  _ session: OpaquePointer?, _ options: UnsafePointer<spk_run_options>?,
  _ eventsIn: UnsafePointer<spk_event>?, _ countIn: Int,
  _ eventsOut: UnsafeMutablePointer<spk_event>?, _ capacity: Int,
  _ countOut: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterSession(session) { (session, board, buffer) throws(Fault) in
    let input = try runInput(options, eventsIn, countIn)
    let outputs = try array(eventsOut, capacity, "events_out")
    guard capacity == 0 || countOut != nil else {
      throw Fault(.SPK_ERROR_ARGUMENT, "count_out is null, and events_out is not empty")
    }
    do throws(Fault) {
      try session.run(&board, input, &buffer)
    } catch {
      if error.status == .SPK_ERROR_TIMEOUT || error.status == .SPK_ERROR_CANCELLED {
        countOut?.pointee = session.takeEvents(outputs)
      }
      throw error
    }
    countOut?.pointee = session.takeEvents(outputs)
    guard capacity > 0 else { return }
    guard session.waitingEventCount == 0 else {
      throw Fault(
        .SPK_ERROR_TOO_SMALL,
        "events_out: the run gave \(session.waitingEventCount) events more than the \(capacity) there is room for; read them by spk_session_read_events"
      )
    }
  }
}

@c @implementation
public func spk_session_read_events(
  _ session: OpaquePointer?, _ events: UnsafeMutablePointer<spk_event>?, _ capacity: Int,
  _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enterSession(session) { session, _ throws(Fault) in
    let count = try require(count, "count")
    count.pointee = session.takeEvents(try array(events, capacity, "events"))
  }
}

@c @implementation
public func spk_session_present(
  _ session: OpaquePointer?, _ presentation: UnsafePointer<spk_presentation>?,
  _ scores: UnsafeMutablePointer<spk_scores>?
) -> spk_status {
  enterSession(session) { (session, board, buffer) throws(Fault) in
    var best: Int?
    defer {
      if let best {
        scores?.pointee.count = UInt32(session.shape.outputCount)
        scores?.pointee.best = UInt32(best)
      }
    }
    try session.present(
      &board, try presentationInput(presentation),
      scores: try scoreArrays(scores, outputCount: session.shape.outputCount), &buffer, best: &best)
  }
}

@c @implementation
public func spk_session_clear(_ session: OpaquePointer?) -> spk_status {
  enterSession(session) { session, board throws(Fault) in try session.clear(&board) }
}

@c @implementation
public func spk_session_ticks(
  _ session: OpaquePointer?, _ learning: UnsafeMutablePointer<UInt64>?,
  _ frozen: UnsafeMutablePointer<UInt64>?
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    let counts = try session.ticks(&board, set: nil)
    learning?.pointee = counts.learning
    frozen?.pointee = counts.frozen
  }
}

@c @implementation
public func spk_session_set_ticks(
  _ session: OpaquePointer?, _ learning: UInt64, _ frozen: UInt64
) -> spk_status {
  enterSession(session) { session, board throws(Fault) in
    _ = try session.ticks(&board, set: (learning, frozen))
  }
}
