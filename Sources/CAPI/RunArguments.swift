import CSpikelet
import Fault
import Runtime

/// The arguments of spk_session_run() and spk_session_submit_run().
func runInput(
  _ options: UnsafePointer<spk_run_options>?, _ events: UnsafePointer<spk_event>?, _ count: Int
) throws(Fault) -> RunInput {
  // The first version ended after what is `signal_count` now, and had 0 there; the second after `signals`.
  let options = try readStruct(
    options, zero: spk_run_options(), first: 16, second: 24, "options")
  return RunInput(
    ticks: options.ticks, flags: options.flags, events: try array(events, count, "events_in"),
    signals: try array(options.signals, Int(options.signal_count), "options->signals"),
    unitSignals: try array(
      options.unit_signals, options.unit_signal_count, "options->unit_signals"))
}

/// The arguments of spk_session_present() and spk_session_submit_present().
func presentationInput(
  _ presentation: UnsafePointer<spk_presentation>?
) throws(Fault) -> Presentation {
  let source = try readStruct(presentation, "presentation")
  return Presentation(
    ticks: source.ticks,
    intensities: try array(
      source.intensities, source.intensity_count, "presentation->intensities"),
    label: source.label, labelPeriod: source.label_period,
    firstLearningTick: source.first_learning_tick, flags: source.flags)
}

/// Where the scores go; null: nowhere.
func scoreArrays(
  _ scores: UnsafeMutablePointer<spk_scores>?, outputCount: Int
) throws(Fault) -> ScoreArrays {
  guard let scores else { return .none }
  try checkStruct(scores, MemoryLayout<spk_scores>.stride, "scores")
  let source = scores.pointee
  let wanted = source.counts != nil || source.potentials != nil || source.first_spikes != nil
  guard !wanted || source.capacity >= outputCount else {
    throw Fault(
      .SPK_ERROR_TOO_SMALL,
      "scores->capacity: room for \(source.capacity) found, \(outputCount) output neurons expected; nothing was presented"
    )
  }
  return ScoreArrays(
    counts: source.counts, potentials: source.potentials, firstSpikes: source.first_spikes)
}
