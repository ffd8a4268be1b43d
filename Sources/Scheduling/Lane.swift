import CPlatform
import CSpikelet
import Fault
import Runtime

/// A session with the submissions that it is given: they take place one after the other.
public struct Lane: ~Copyable {
  public typealias Pointer = UnsafeMutablePointer<Lane>

  let dispatcher: Dispatcher.Pointer
  /// The device's.
  let lock: BoardLock
  public let board: UnsafeMutablePointer<BoardConnection>
  /// Under `lock`.
  public var session: Session
  /// That of the session, for whoever does not hold the lock.
  public let shape: SessionShape
  /// What completions name.
  public var handle: OpaquePointer?

  var next: Pointer?
  var waiting = SubmissionQueue()
  var free = SubmissionQueue()
  var submissionCount: UInt32 = 0
  var lastTicket: UInt64 = 0
  var active: Submission.Pointer?
  /// Of the active submission, once the board was sent it; touched by the thread that steps.
  var progress: RunProgress?
  /// The board's descriptor while its answer is waited for, else −1. A board that is lost meanwhile still has it.
  var polled: Int32 = -1
  var isPolledForRoom = false
  /// Whether more of the answer has come than was taken.
  var hasMore = false
  /// Submissions that have not taken place, and those that have not ended: the first less those whose callback runs. Changed
  /// under the dispatcher's lock, read atomically.
  var waitingCount: UInt64 = 0
  var pendingCount: UInt64 = 0

  public static func make(
    _ session: consuming Session, on board: UnsafeMutablePointer<BoardConnection>,
    lock: BoardLock
  ) throws(Fault) -> Pointer {
    guard let raw = spk_platform_allocate(MemoryLayout<Lane>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a session")
    }
    let lane = raw.bindMemory(to: Lane.self, capacity: 1)
    lane.initialize(to: Lane(session, board, lock))
    Dispatcher.add(lane)
    return lane
  }

  private init(
    _ session: consuming Session, _ board: UnsafeMutablePointer<BoardConnection>,
    _ lock: BoardLock
  ) {
    shape = session.shape
    self.session = session
    self.board = board
    self.lock = lock
    dispatcher = lock.dispatcher
  }

  /// Ends a lane that nothing is on its way in; completions that were not taken are gone.
  public static func discard(_ lane: Pointer) {
    Dispatcher.remove(lane)
    while let submission = lane.pointee.free.removeFirst() {
      submission.deinitialize(count: 1)
      CPlatform.free(submission)
    }
    lane.deinitialize(count: 1)
    CPlatform.free(lane)
  }

  /// Submissions that have not ended.
  public static func pending(_ lane: Pointer) -> UInt64 {
    spk_platform_load(&lane.pointee.pendingCount)
  }

  /// - Throws: BUSY while submissions wait or run, unless the caller is the lane's own callback.
  public static func checkIdle(_ lane: Pointer) throws(Fault) {
    guard
      spk_platform_load(&lane.pointee.waitingCount) == 0
        || ThreadMessage.session == UnsafeMutableRawPointer(lane)
    else {
      throw Fault(
        .SPK_ERROR_BUSY,
        "\(pending(lane)) submissions of the session are on their way; drain or cancel them first")
    }
  }

  /// When the active submission has to be advanced, whatever its board says; nil: never. Read under the dispatcher's lock, by the
  /// thread that steps.
  var dueTime: Int64? {
    guard let progress else { return nil }
    let wake = board.pointee.wakeTime
    return wake == 0 ? progress.deadline : min(wake, progress.deadline)
  }

  /// Has the board's descriptor polled for room exactly while there is something to send.
  mutating func pollRoom() {
    let wanted = board.pointee.waitsForRoom
    guard polled >= 0, wanted != isPolledForRoom else { return }
    isPolledForRoom = wanted
    spk_platform_set_change(dispatcher.pointee.inner, polled, wanted ? 1 : 0)
  }

  /// A submission to be filled in and queued; FULL if as many as may are on their way.
  ///
  /// The dispatcher's lock is held.
  mutating func take(_ lane: Pointer, depth: UInt32) throws(Fault) -> Submission.Pointer {
    if let submission = free.removeFirst() { return submission }
    guard submissionCount < depth else {
      throw Fault(
        .SPK_ERROR_FULL,
        "\(depth) submissions are on their way or not taken, which is all that the context allows; take completions and try again"
      )
    }
    guard let raw = spk_platform_allocate(MemoryLayout<Submission>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a submission")
    }
    submissionCount += 1
    let submission = raw.bindMemory(to: Submission.self, capacity: 1)
    submission.initialize(to: Submission(lane: lane))
    return submission
  }
}
