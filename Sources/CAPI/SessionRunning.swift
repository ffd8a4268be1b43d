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
  enterSession(session) { session, board throws(Fault) in
    let options = try readStruct(options, "options")
    guard options.reserved == 0 else {
      throw Fault(.SPK_ERROR_ARGUMENT, "options->reserved: \(options.reserved) found, 0 expected")
    }
    let inputs = try array(eventsIn, countIn, "events_in")
    let outputs = try array(eventsOut, capacity, "events_out")
    guard capacity == 0 || countOut != nil else {
      throw Fault(.SPK_ERROR_ARGUMENT, "count_out is null, and events_out is not empty")
    }
    try session.run(&board, ticks: options.ticks, flags: options.flags, inputs: inputs)
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
  enterSession(session) { session, board throws(Fault) in
    let source = try readStruct(presentation, "presentation")
    let request = Presentation(
      ticks: source.ticks,
      intensities: try array(
        source.intensities, source.intensity_count, "presentation->intensities"),
      label: source.label, labelPeriod: source.label_period,
      firstLearningTick: source.first_learning_tick, flags: source.flags)
    var arrays = ScoreArrays(counts: nil, potentials: nil, firstSpikes: nil)
    if let scores {
      try checkStruct(scores, MemoryLayout<spk_scores>.stride, "scores")
      arrays = try scoreArrays(scores.pointee, outputCount: session.outputCount)
    }
    let best = try session.present(&board, request, scores: arrays)
    scores?.pointee.count = UInt32(session.outputCount)
    scores?.pointee.best = UInt32(best)
  }
}

private func scoreArrays(
  _ scores: spk_scores, outputCount: Int
) throws(Fault) -> ScoreArrays {
  let wanted = scores.counts != nil || scores.potentials != nil || scores.first_spikes != nil
  guard !wanted || scores.capacity >= outputCount else {
    throw Fault(
      .SPK_ERROR_TOO_SMALL,
      "scores->capacity: room for \(scores.capacity) found, \(outputCount) output neurons expected; nothing was presented"
    )
  }
  return ScoreArrays(
    counts: scores.counts, potentials: scores.potentials, firstSpikes: scores.first_spikes)
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
