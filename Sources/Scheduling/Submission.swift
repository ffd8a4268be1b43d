import CPlatform
import CSpikelet
import Fault
import Runtime

/// A run or a presentation that was submitted. Belongs to its lane, and is used again once it has ended.
///
/// What does not say otherwise is touched by the thread that steps, or under the dispatcher's lock.
struct Submission: ~Copyable {
  typealias Pointer = UnsafeMutablePointer<Submission>

  let lane: Lane.Pointer
  var next: Pointer?
  /// Keeps the request from the submission until it is sent.
  var buffer = RequestBuffer()
  var run: PreparedRun?
  var target = spk_submission()
  var scores: UnsafeMutablePointer<spk_scores>?
  /// 1: it shall end. Changed atomically.
  var isCancelled: UInt64 = 0
  var completion = spk_completion()
  var message = Sentence()

  init(lane: Lane.Pointer) { self.lane = lane }

  /// What became of it, once its session is done with it.
  mutating func end(_ status: spk_status, _ session: inout Session, _ progress: RunProgress?) {
    var status = status
    completion.ticks = progress?.ticksDone ?? 0
    completion.best = UInt32(progress?.best ?? 0)
    completion.event_count = session.waitingEventCount
    completion.probe_count = 0
    if progress?.ticksDone != nil {
      scores?.pointee.count = UInt32(session.shape.outputCount)
      scores?.pointee.best = completion.best
    }
    let room = UnsafeMutableBufferPointer(
      start: target.events_out, count: target.events_out == nil ? 0 : target.event_capacity)
    var isCut = session.takeEvents(room) < completion.event_count && target.events_out != nil
    if let values = target.probe_values {
      completion.probe_count = session.readProbe(
        target.probe, into: values, capacity: target.probe_capacity)
    } else if let values = target.probe_units {
      completion.probe_count = session.readProbe(
        target.probe, units: values, capacity: target.probe_capacity)
    }
    isCut = isCut || completion.probe_count > target.probe_capacity
    if status != .SPK_OK {
      message = ThreadMessage.sentence
    } else if isCut {
      status = .SPK_ERROR_TOO_SMALL
      message = "the run gave more spikes or probe values than there was room for; the rest is lost"
    }
    completion.status = status.rawValue
  }
}

/// A first-in, first-out queue of submissions.
struct SubmissionQueue {
  private var first: Submission.Pointer?
  private var last: Submission.Pointer?

  var isEmpty: Bool { first == nil }
  var head: Submission.Pointer? { first }

  mutating func append(_ submission: Submission.Pointer) {
    submission.pointee.next = nil
    if let last { last.pointee.next = submission } else { first = submission }
    last = submission
  }

  mutating func removeFirst() -> Submission.Pointer? {
    guard let submission = first else { return nil }
    first = submission.pointee.next
    if first == nil { last = nil }
    return submission
  }

  /// Takes out what belongs to a lane, and hands it to `body`.
  mutating func removeAll(of lane: Lane.Pointer, _ body: (Submission.Pointer) -> Void) {
    var rest = SubmissionQueue()
    while let submission = removeFirst() {
      if submission.pointee.lane == lane { body(submission) } else { rest.append(submission) }
    }
    self = rest
  }
}
