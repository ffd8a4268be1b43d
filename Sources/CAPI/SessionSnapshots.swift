import CSpikelet
import Scheduling
import Fault
import Model
import Runtime
import Transport

/// Runs `body` on a session, its board and a model, alone.
@inline(never)
private func enterSession(
  _ session: OpaquePointer?, with model: OpaquePointer?,
  _ body: (inout Session, inout BoardConnection, inout Model) throws(Fault) -> Void
) -> spk_status {
  enter(session, SessionBody.self) { object throws(Fault) in
    try withSession(object, and: model, body)
  }
}

/// The same for the object of a session that was entered.
@inline(never)
private func withSession(
  _ object: ObjectPointer<SessionBody>, and model: OpaquePointer?,
  _ body: (inout Session, inout BoardConnection, inout Model) throws(Fault) -> Void
) throws(Fault) {
  // Not under the board's lock: it may wait for a close, and that for a call that waits for the board.
  let raw = try HandleTable.enter(model, .model)
  defer { HandleTable.leave(model) }
  let source = raw.assumingMemoryBound(to: Object<ModelBody>.self)
  try withSession(object, isTransfer: true) { (session, board, _) throws(Fault) in
    source.lock()
    defer { source.unlock() }
    try body(&session, &board, &source.pointee.body.model)
  }
}

@c @implementation
public func spk_session_store(_ session: OpaquePointer?, _ model: OpaquePointer?) -> spk_status {
  enterSession(session, with: model) { session, board, model throws(Fault) in
    try session.store(&board, in: &model)
  }
}

@c @implementation
public func spk_session_snapshot(
  _ session: OpaquePointer?, _ model: OpaquePointer?
) -> spk_status {
  enterSession(session, with: model) { session, board, model throws(Fault) in
    try session.snapshot(&board, in: &model)
  }
}

@c @implementation
public func spk_session_restore(
  _ session: OpaquePointer?, _ model: OpaquePointer?
) -> spk_status {
  enterSession(session, with: model) { session, board, model throws(Fault) in
    try session.restore(&board, from: model)
  }
}

@c @implementation
public func spk_session_resume(
  _ session: OpaquePointer?, _ model: OpaquePointer?,
  _ report: UnsafeMutablePointer<spk_resume_report>?
) -> spk_status {
  enter(session, SessionBody.self) { object throws(Fault) in
    let device = object.pointee.body.device
    let place = device.pointee.body.locator
    let simulated = device.pointee.body.simulated
    let links = device.pointee.body.parent.pointee.body.links
    if let report {
      try checkStruct(report, MemoryLayout<spk_resume_report>.stride, "report")
    }
    try withSession(object, and: model) { (session, board, model) throws(Fault) in
      let wasLost = board.isLost
      try session.shape.check(model)
      if wasLost {
        // A board that is there answers soon, and one that is not may be tried again.
        let milliseconds = max(session.timeoutMilliseconds, 1_000)
        board.beginCall(milliseconds: milliseconds)
        defer { board.beginCall(milliseconds: milliseconds, isTransfer: true) }
        try board.reopen { (interrupt, deadline) throws(Fault) in
          try links.open(place, simulated, interrupt, deadline: deadline)
        }
      }
      let undone = try session.reload(&board, from: model, isReopened: wasLost)
      guard let report else { return }
      report.pointee.was_lost = wasLost ? 1 : 0
      report.pointee.learning_ticks = undone.learningTicks
      report.pointee.frozen_ticks = undone.frozenTicks
      report.pointee.uncertain = undone.isUncertain ? 1 : 0
      report.pointee.reserved = 0
    }
    object.pointee.logger.notice("board \"\(place.sentence)\": the session goes on")
  }
}
