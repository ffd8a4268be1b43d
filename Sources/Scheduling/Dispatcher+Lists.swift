import CPlatform
import CSpikelet
import Fault
import Runtime
import Transport

extension UnsafeMutablePointer where Pointee == Dispatcher {
  /// Runs `body` under the dispatcher's lock.
  func locked<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<Dispatcher>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(&self.pointee.lock)
    defer { pthread_mutex_unlock(&self.pointee.lock) }
    return try body(self)
  }
}

extension Dispatcher {
  static func add(_ lane: Lane.Pointer) {
    let dispatcher = lane.pointee.dispatcher
    dispatcher.locked {
      lane.pointee.next = $0.pointee.lanes
      $0.pointee.lanes = lane
    }
  }

  static func remove(_ lane: Lane.Pointer) {
    let dispatcher = lane.pointee.dispatcher
    dispatcher.locked {
      $0.pointee.completions.removeAll(of: lane) { lane.pointee.free.append($0) }
      $0.pointee.showReady()
      guard $0.pointee.lanes != lane else {
        $0.pointee.lanes = lane.pointee.next
        return
      }
      var before = $0.pointee.lanes
      while let link = before, link.pointee.next != lane { before = link.pointee.next }
      before?.pointee.next = lane.pointee.next
    }
  }

  /// Queues a submission.
  ///
  /// - Parameters:
  ///   - prepare: checks the request and writes it into the submission's buffer.
  /// - Returns: its ticket.
  /// - Throws: FULL, IO if a thread or descriptors cannot be had, NO_MEMORY, and what `prepare` throws; nothing is queued then.
  public static func submit(
    _ lane: Lane.Pointer, _ target: spk_submission, _ scores: UnsafeMutablePointer<spk_scores>?,
    _ prepare: (inout RequestBuffer) throws(Fault) -> PreparedRun
  ) throws(Fault) -> UInt64 {
    let dispatcher = lane.pointee.dispatcher
    try dispatcher.pointee.start(dispatcher)
    let submission = try dispatcher.locked { (dispatcher) throws(Fault) in
      try lane.pointee.take(lane, depth: dispatcher.pointee.depth)
    }
    do throws(Fault) {
      submission.pointee.run = try prepare(&submission.pointee.buffer)
    } catch {
      dispatcher.locked { _ in lane.pointee.free.append(submission) }
      throw error
    }
    submission.pointee.target = target
    submission.pointee.scores = scores
    submission.pointee.message = Sentence()
    spk_platform_store(&submission.pointee.isCancelled, 0)
    return dispatcher.locked {
      lane.pointee.lastTicket += 1
      submission.pointee.completion = spk_completion(
        struct_size: UInt32(MemoryLayout<spk_completion>.stride), status: 0,
        ticket: lane.pointee.lastTicket, session: lane.pointee.handle, user: target.user,
        event_count: 0, probe_count: 0, ticks: 0, best: 0, message: nil)
      lane.pointee.waiting.append(submission)
      _ = spk_platform_add(&lane.pointee.waitingCount, 1)
      _ = spk_platform_add(&lane.pointee.pendingCount, 1)
      spk_platform_signal($0.pointee.wake)
      return lane.pointee.lastTicket
    }
  }

  /// Asks submissions to end: all (0) or one.
  ///
  /// - Throws: NOT_FOUND if the ticket is not on its way.
  public static func cancel(_ lane: Lane.Pointer, ticket: UInt64) throws(Fault) {
    let interrupt = lane.pointee.board.pointee.interrupt
    try lane.pointee.dispatcher.locked { (dispatcher) throws(Fault) in
      var isFound = ticket == 0
      if let active = lane.pointee.active,
        ticket == 0 || active.pointee.completion.ticket == ticket
      {
        spk_platform_store(&active.pointee.isCancelled, 1)
        isFound = true
      }
      var next = lane.pointee.waiting.head
      while let submission = next {
        if ticket == 0 || submission.pointee.completion.ticket == ticket {
          spk_platform_store(&submission.pointee.isCancelled, 1)
          isFound = true
        }
        next = submission.pointee.next
      }
      guard isFound else {
        throw Fault(
          .SPK_ERROR_NOT_FOUND,
          "submission \(ticket) of the session is not on its way: it has ended, or there was none")
      }
      if let active = lane.pointee.active {
        if spk_platform_load(&active.pointee.isCancelled) != 0 { Interrupt.raise(interrupt) }
      } else if ticket == 0 {
        Interrupt.raise(interrupt)
      }
      spk_platform_signal(dispatcher.pointee.wake)
    }
  }

  /// Waits until every submission of a lane has ended and its callback has returned.
  ///
  /// - Throws: TIMEOUT if some have not.
  public static func drain(_ lane: Lane.Pointer, milliseconds: UInt32) throws(Fault) {
    let isDone = try wait(lane.pointee.dispatcher, milliseconds) { _ in Lane.pending(lane) == 0 }
    guard isDone else {
      throw Fault(
        .SPK_ERROR_TIMEOUT,
        "\(Lane.pending(lane)) submissions have not ended after \(milliseconds) ms; wait longer, or cancel them"
      )
    }
  }

  /// Takes the completion that came first.
  ///
  /// - Throws: TIMEOUT if there is none.
  public static func takeCompletion(
    _ dispatcher: Pointer, _ result: UnsafeMutablePointer<spk_completion>, milliseconds: UInt32
  ) throws(Fault) {
    var message = Sentence()
    let isTaken = try wait(dispatcher, milliseconds) {
      guard let submission = $0.pointee.completions.removeFirst() else { return false }
      $0.pointee.showReady()
      let size = result.pointee.struct_size
      result.pointee = submission.pointee.completion
      result.pointee.struct_size = size
      message = submission.pointee.message
      submission.pointee.lane.pointee.free.append(submission)
      return true
    }
    guard isTaken else {
      throw Fault(.SPK_ERROR_TIMEOUT, "no submission has ended in \(milliseconds) ms")
    }
    ThreadMessage.keep(message)
    result.pointee.message = ThreadMessage.text
  }

  /// Waits until `isDone`, which runs under the lock, gives true; steps meanwhile where there is no thread.
  private static func wait(
    _ dispatcher: Pointer, _ milliseconds: UInt32, _ isDone: (Pointer) -> Bool
  ) throws(Fault) -> Bool {
    let deadline = spk_platform_now() &+ Int64(milliseconds) &* 1_000_000
    let steps = !dispatcher.pointee.hasThread
    if steps { try dispatcher.pointee.start(dispatcher) }
    // With no time at all, what is due is still done once.
    var owesStep = steps
    while true {
      let isOver: Bool? = dispatcher.locked {
        while true {
          if isDone($0) { return true }
          if !owesStep, spk_platform_now() >= deadline { return false }
          owesStep = false
          if steps, $0.pointee.takeTurn() { return nil }
          spk_platform_condition_wait(&$0.pointee.changed, &$0.pointee.lock, deadline)
        }
      }
      if let isOver { return isOver }
      _ = stepInTurn(dispatcher, until: deadline)
    }
  }

  /// Makes `ready` readable if completions wait, and only then. The lock is held.
  mutating func showReady() {
    if completions.isEmpty { spk_platform_unsignal(ready) } else { spk_platform_signal(ready) }
  }
}
