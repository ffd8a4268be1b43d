import CPlatform
import CSpikelet
import Scheduling
import Fault
import Model
import Runtime
import Transport

/// A session with its submissions, and the device whose board it runs on. Its lock is the device's.
struct SessionBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .session }
  let device: ObjectPointer<DeviceBody>
  let lane: Lane.Pointer
  /// For the requests of blocking calls.
  var buffer = RequestBuffer()

  init(device: ObjectPointer<DeviceBody>, lane: Lane.Pointer) {
    self.device = device
    self.lane = lane
  }
}

/// Runs `body` on a session and its board, alone.
///
/// - Parameters:
///   - isTransfer: whether it moves weights, for which the session's timeout may be too short.
@inline(never)
func enterSession(
  _ handle: OpaquePointer?, isTransfer: Bool = false,
  _ body: (inout Session, inout BoardConnection) throws(Fault) -> Void
) -> spk_status {
  enter(handle, SessionBody.self) { object throws(Fault) in
    try withSession(object, isTransfer: isTransfer) { (session, board, _) throws(Fault) in
      try body(&session, &board)
    }
  }
}

/// The same for a call that sends a request of any size.
@inline(never)
func enterSession(
  _ handle: OpaquePointer?,
  _ body: (inout Session, inout BoardConnection, inout RequestBuffer) throws(Fault) -> Void
) -> spk_status {
  enter(handle, SessionBody.self) { object throws(Fault) in try withSession(object, body) }
}

/// Runs `body` on the session of an object that was entered, and its board, alone.
@inline(never)
func withSession(
  _ object: ObjectPointer<SessionBody>, isTransfer: Bool = false,
  _ body: (inout Session, inout BoardConnection, inout RequestBuffer) throws(Fault) -> Void
) throws(Fault) {
  let lane = object.pointee.body.lane
  let device = object.pointee.body.device
  try Lane.checkIdle(lane)
  device.lock()
  defer { device.unlock() }
  // One that came since may have begun: its answer is not to be taken for another.
  try Lane.checkIdle(lane)
  Interrupt.lower(lane.pointee.board.pointee.interrupt)
  lane.pointee.board.pointee.beginCall(
    milliseconds: lane.pointee.session.timeoutMilliseconds, isTransfer: isTransfer)
  try body(&lane.pointee.session, &lane.pointee.board.pointee, &object.pointee.body.buffer)
}

@c @implementation
public func spk_session_open(
  _ device: OpaquePointer?, _ model: OpaquePointer?,
  _ options: UnsafePointer<spk_session_options>?, _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  enter(device, DeviceBody.self) { board throws(Fault) in
    let result = try require(session, "session")
    var settings = spk_session_options()
    settings.timeout_milliseconds = 10_000
    settings.seed = 1
    if options != nil { settings = try readStruct(options, "options") }
    _ = try inRange(settings.timeout_milliseconds, 1, .max, "options->timeout_milliseconds")
    let raw = try HandleTable.enter(model, .model)
    defer { HandleTable.leave(model) }
    let source = raw.assumingMemoryBound(to: Object<ModelBody>.self)
    // Locks after handles, since looking one up may wait for a close; the device before the model, as all that hold both.
    board.lock()
    defer { board.unlock() }
    guard !board.pointee.body.hasSession else {
      throw Fault(.SPK_ERROR_BUSY, "the device has a session already; close that one first")
    }
    source.lock()
    defer { source.unlock() }
    let connection = board.pointee.body.board
    let opened = try Session(
      source.pointee.body.model, on: &connection.pointee, seed: settings.seed,
      timeoutMilliseconds: settings.timeout_milliseconds)
    do throws(Fault) {
      let lane = try Lane.make(opened, on: connection, lock: board.boardLock)
      do throws(Fault) {
        result.pointee = try makeHandle(
          SessionBody(device: board, lane: lane), context: board.pointee.context,
          logger: board.pointee.logger)
      } catch {
        Lane.discard(lane)
        throw error
      }
      lane.pointee.handle = result.pointee
    } catch {
      connection.pointee.endNetwork()
      throw error
    }
    board.pointee.body.hasSession = true
    board.addChild()
  }
}

@c @implementation
public func spk_session_close(_ session: OpaquePointer?) -> spk_status {
  close(session, SessionBody.self) { (object) throws(Fault) in
    let count = Lane.pending(object.pointee.body.lane)
    guard count == 0 else {
      throw Fault(
        .SPK_ERROR_BUSY,
        "\(count) submissions of the session are on their way; cancel or drain them first")
    }
  } _: { object in
    let device = object.pointee.body.device
    let milliseconds = object.pointee.body.lane.pointee.session.timeoutMilliseconds
    Lane.discard(object.pointee.body.lane)
    device.lock()
    device.pointee.body.board.pointee.endNetwork(milliseconds: milliseconds)
    device.pointee.body.hasSession = false
    device.unlock()
    device.removeChild()
  }
}
