import CSpikelet
import Scheduling
import Fault
import Runtime

@c @implementation
public func spk_session_submit_run(
  _ session: OpaquePointer?, _ options: UnsafePointer<spk_run_options>?,
  _ eventsIn: UnsafePointer<spk_event>?, _ countIn: Int,
  _ submission: UnsafePointer<spk_submission>?, _ ticket: UnsafeMutablePointer<UInt64>?
) -> spk_status {
  submit(session, submission, nil, ticket) { shape, buffer throws(Fault) in
    try shape.prepare(try runInput(options, eventsIn, countIn), in: &buffer)
  }
}

@c @implementation
public func spk_session_submit_present(
  _ session: OpaquePointer?, _ presentation: UnsafePointer<spk_presentation>?,
  _ scores: UnsafeMutablePointer<spk_scores>?, _ submission: UnsafePointer<spk_submission>?,
  _ ticket: UnsafeMutablePointer<UInt64>?
) -> spk_status {
  submit(session, submission, scores, ticket) { shape, buffer throws(Fault) in
    try shape.prepare(
      try presentationInput(presentation),
      scores: try scoreArrays(scores, outputCount: shape.outputCount), in: &buffer)
  }
}

/// Gives what never changes in a session to `prepare`: the session itself is under a lock that is not held here.
@inline(never)
private func submit(
  _ session: OpaquePointer?, _ submission: UnsafePointer<spk_submission>?,
  _ scores: UnsafeMutablePointer<spk_scores>?, _ ticket: UnsafeMutablePointer<UInt64>?,
  _ prepare: (SessionShape, inout RequestBuffer) throws(Fault) -> PreparedRun
) -> spk_status {
  enter(session, SessionBody.self) { object throws(Fault) in
    let lane = object.pointee.body.lane
    var target = spk_submission()
    if submission != nil {
      // The first version ended before `probe_units`.
      target = try readStruct(
        submission, zero: spk_submission(), first: 56, "submission")
      _ = try array(target.events_out, target.event_capacity, "submission->events_out")
      if target.probe_units == nil {
        _ = try array(target.probe_values, target.probe_capacity, "submission->probe_values")
      } else {
        _ = try array(target.probe_units, target.probe_capacity, "submission->probe_units")
      }
      guard target.probe_values == nil || target.probe_units == nil else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "submission: probe_values and probe_units are both there, one of them was expected")
      }
    }
    let number = try Dispatcher.submit(lane, target, scores) { buffer throws(Fault) in
      try prepare(lane.pointee.shape, &buffer)
    }
    ticket?.pointee = number
  }
}

@c @implementation
public func spk_session_pending(
  _ session: OpaquePointer?, _ count: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enter(session, SessionBody.self, waits: false) { object throws(Fault) in
    try require(count, "count").pointee = UInt32(
      truncatingIfNeeded: Lane.pending(object.pointee.body.lane))
  }
}

@c @implementation
public func spk_session_cancel(_ session: OpaquePointer?, _ ticket: UInt64) -> spk_status {
  enter(session, SessionBody.self, waits: false) { object throws(Fault) in
    try Dispatcher.cancel(object.pointee.body.lane, ticket: ticket)
  }
}

@c @implementation
public func spk_session_drain(
  _ session: OpaquePointer?, _ timeoutMilliseconds: UInt32
) -> spk_status {
  enter(session, SessionBody.self) { object throws(Fault) in
    try checkOutside("submissions cannot be waited for")
    try Dispatcher.drain(object.pointee.body.lane, milliseconds: timeoutMilliseconds)
  }
}

@c @implementation
public func spk_context_next_completion(
  _ context: OpaquePointer?, _ completion: UnsafeMutablePointer<spk_completion>?,
  _ timeoutMilliseconds: UInt32
) -> spk_status {
  enter(context, ContextBody.self) { object throws(Fault) in
    let result = try require(completion, "completion")
    try checkStruct(result, MemoryLayout<spk_completion>.stride, "completion")
    try checkOutside("completions cannot be taken")
    try Dispatcher.takeCompletion(
      object.pointee.body.dispatcher, result, milliseconds: timeoutMilliseconds)
    ThreadMessage.context = key(context)
  }
}

@c @implementation
public func spk_context_process(
  _ context: OpaquePointer?, _ timeoutMilliseconds: UInt32, _ handled: UnsafeMutablePointer<UInt32>?
) -> spk_status {
  enter(context, ContextBody.self) { object throws(Fault) in
    try checkOutside("a context cannot be processed")
    let count = try Dispatcher.process(
      object.pointee.body.dispatcher, milliseconds: timeoutMilliseconds)
    handled?.pointee = count
  }
}

@c @implementation
public func spk_context_descriptor(
  _ context: OpaquePointer?, _ descriptor: UnsafeMutablePointer<Int32>?
) -> spk_status {
  enter(context, ContextBody.self) { object throws(Fault) in
    let result = try require(descriptor, "descriptor")
    result.pointee = try Dispatcher.descriptor(object.pointee.body.dispatcher)
  }
}
