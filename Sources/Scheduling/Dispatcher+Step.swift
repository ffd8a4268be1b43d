import CPlatform
import CSpikelet
import Fault
import Runtime
import Transport

extension Dispatcher {
  /// Does what is due, for every session and every watch; waits until something was done or the deadline has passed.
  ///
  /// For the context's thread; others take turns, by `stepInTurn`.
  ///
  /// - Returns: submissions that ended, and boards that came or went.
  static func step(_ dispatcher: Pointer, until deadline: Int64) -> UInt32 {
    while true {
      spk_platform_unsignal(dispatcher.pointee.wake)
      var handled = look(dispatcher)
      let pass = turnAll(dispatcher)
      handled += pass.ended
      spk_platform_timer_set(dispatcher.pointee.timer, pass.next)
      if pass.hasMore { spk_platform_signal(dispatcher.pointee.wake) }
      if handled > 0 || spk_platform_now() >= deadline { return handled }
      if dispatcher.locked({ $0.pointee.isClosing }) { return handled }
      spk_platform_wait(dispatcher.pointee.inner, 0, -1, deadline)
    }
  }

  /// `process` of a context without a thread.
  public static func process(_ dispatcher: Pointer, milliseconds: UInt32) throws(Fault) -> UInt32 {
    guard !dispatcher.pointee.hasThread else {
      throw Fault(
        .SPK_ERROR_STATE,
        "the context has a thread of its own; create it with SPK_CONTEXT_NO_THREADS to process by hand"
      )
    }
    try dispatcher.pointee.start(dispatcher)
    let deadline = spk_platform_now() &+ Int64(milliseconds) &* 1_000_000
    let isMine = dispatcher.locked {
      while !$0.pointee.takeTurn() {
        guard spk_platform_now() < deadline else { return false }
        spk_platform_condition_wait(&$0.pointee.changed, &$0.pointee.lock, deadline)
      }
      return true
    }
    return isMine ? stepInTurn(dispatcher, until: deadline) : 0
  }

  /// Gives the caller the turn to step, if nobody has it; `stepInTurn` follows. The lock is held.
  mutating func takeTurn() -> Bool {
    guard !isStepping else { return false }
    isStepping = true
    return true
  }

  /// Steps, and gives the turn back.
  static func stepInTurn(_ dispatcher: Pointer, until deadline: Int64) -> UInt32 {
    let handled = step(dispatcher, until: deadline)
    dispatcher.locked {
      $0.pointee.isStepping = false
      pthread_cond_broadcast(&$0.pointee.changed)
    }
    return handled
  }

  /// Gives each lane a turn.
  ///
  /// - Returns: submissions that ended, whether more can be done at once, and when something is due by the clock (0: never).
  private static func turnAll(
    _ dispatcher: Pointer
  ) -> (ended: UInt32, hasMore: Bool, next: Int64) {
    pthread_mutex_lock(&dispatcher.pointee.lock)
    defer { pthread_mutex_unlock(&dispatcher.pointee.lock) }
    var ended: UInt32 = 0
    var hasMore = false
    var next = dispatcher.pointee.nextLook
    var current = dispatcher.pointee.lanes
    while let lane = current {
      // One that has not begun waits as long as a blocking call has the board; later no call has it for long.
      let begins =
        lane.pointee.active == nil && !lane.pointee.waiting.isEmpty && lane.pointee.lock.takeNow()
      if begins { lane.pointee.active = lane.pointee.waiting.removeFirst() }
      if let submission = lane.pointee.active {
        // A lane with a submission cannot be closed; one without may be, as soon as the lock is given up.
        let isEnded = turn(dispatcher, lane, submission, hasBoard: begins)
        if isEnded { ended += 1 }
        if let due = lane.pointee.dueTime { next = next == 0 ? due : min(next, due) }
        hasMore = hasMore || (isEnded ? !lane.pointee.waiting.isEmpty : lane.pointee.hasMore)
      }
      current = lane.pointee.next
    }
    return (ended, hasMore, next)
  }

  /// Moves the active submission of a lane on; the lock is held before and after, and given up between.
  ///
  /// - Parameters:
  ///   - hasBoard: the device's lock is held already.
  /// - Returns: whether it has ended.
  private static func turn(
    _ dispatcher: Pointer, _ lane: Lane.Pointer, _ submission: Submission.Pointer, hasBoard: Bool
  ) -> Bool {
    pthread_mutex_unlock(&dispatcher.pointee.lock)
    if !hasBoard { lane.pointee.lock.take() }
    let isEnded = advance(lane, submission)
    lane.pointee.lock.giveUp()
    pthread_mutex_lock(&dispatcher.pointee.lock)
    guard isEnded else { return false }
    lane.pointee.active = nil
    _ = spk_platform_add(&lane.pointee.waitingCount, UInt64.max)
    guard let callback = submission.pointee.target.callback else {
      // First let go, so that whoever sees the completion may close the session.
      leave(dispatcher, lane)
      dispatcher.pointee.completions.append(submission)
      dispatcher.pointee.showReady()
      return true
    }
    // The callback may submit again, and have the place of this one.
    var completion = submission.pointee.completion
    let message = submission.pointee.message
    lane.pointee.free.append(submission)
    pthread_mutex_unlock(&dispatcher.pointee.lock)
    if completion.status != 0 {
      ThreadMessage.keep(message)
      dispatcher.pointee.seam.logger.logFault()
    }
    message.withText { text in
      completion.message = text
      ThreadMessage.call(lane) { callback(&completion) }
    }
    pthread_mutex_lock(&dispatcher.pointee.lock)
    leave(dispatcher, lane)
    return true
  }

  /// Lets a lane go whose submission has ended: once the lock is given up it may be closed. The lock is held.
  private static func leave(_ dispatcher: Pointer, _ lane: Lane.Pointer) {
    _ = spk_platform_add(&lane.pointee.pendingCount, UInt64.max)
    pthread_cond_broadcast(&dispatcher.pointee.changed)
  }

  /// Sends a submission to its board, or takes what the board has answered. The device's lock is held.
  ///
  /// - Returns: whether it has ended.
  private static func advance(_ lane: Lane.Pointer, _ submission: Submission.Pointer) -> Bool {
    var status = spk_status.SPK_OK
    do throws(Fault) {
      if lane.pointee.progress == nil { try begin(lane, submission) }
      guard try takeAnswer(lane, submission) else { return false }
    } catch {
      status = error.status
      // What did not begin gives nothing of the run before it.
      if lane.pointee.progress == nil { lane.pointee.session.forgetRun() }
    }
    submission.pointee.end(status, &lane.pointee.session, lane.pointee.progress)
    lane.pointee.progress = nil
    if lane.pointee.polled >= 0 {
      spk_platform_set_remove(lane.pointee.dispatcher.pointee.inner, lane.pointee.polled)
      lane.pointee.polled = -1
    }
    return true
  }

  private static func begin(
    _ lane: Lane.Pointer, _ submission: Submission.Pointer
  ) throws(Fault) {
    // First lowered, then asked: a cancel after this is seen by the run itself.
    Interrupt.lower(lane.pointee.board.pointee.interrupt)
    guard let run = submission.pointee.run,
      spk_platform_load(&submission.pointee.isCancelled) == 0
    else {
      throw Fault(.SPK_ERROR_CANCELLED, "the submission was cancelled before it began")
    }
    let deadline = lane.pointee.session.deadline(from: spk_platform_now())
    lane.pointee.progress = try lane.pointee.session.begin(
      &lane.pointee.board.pointee, run, deadline: deadline)
    let descriptor = lane.pointee.board.pointee.descriptor
    if descriptor >= 0,
      spk_platform_set_add(lane.pointee.dispatcher.pointee.inner, descriptor) == 0
    {
      lane.pointee.polled = descriptor
      lane.pointee.isPolledForRoom = false
    }
  }

  private static func takeAnswer(
    _ lane: Lane.Pointer, _ submission: Submission.Pointer
  ) throws(Fault) -> Bool {
    guard var progress = lane.pointee.progress else { return true }
    defer { lane.pointee.progress = progress }
    let board = lane.pointee.board
    let state = try lane.pointee.session.advance(&board.pointee, &progress)
    if state == .ended { return true }
    lane.pointee.pollRoom()
    lane.pointee.hasMore = state == .more
    let now = spk_platform_now()
    let isCancelled =
      !progress.isStopping && spk_platform_load(&submission.pointee.isCancelled) != 0
    if isCancelled || now > progress.deadline
      || (state == .waits && board.pointee.descriptor < 0)
    {
      try lane.pointee.session.stop(
        &board.pointee, &progress, isCancelled ? .cancelled : .timeout, now: now)
    }
    return false
  }
}
