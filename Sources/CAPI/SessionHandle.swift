import CPlatform
import CSpikelet
import Fault
import Model
import Runtime

/// A session, and the device whose board it runs on. Its lock is the device's.
struct SessionBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .session }
  let device: ObjectPointer<DeviceBody>
  var session: Session

  init(device: ObjectPointer<DeviceBody>, session: consuming Session) {
    self.device = device
    self.session = session
  }
}

/// Runs `body` on a session and its board, alone.
@inline(never)
func enterSession(
  _ handle: OpaquePointer?,
  _ body: (inout Session, inout BoardConnection) throws(Fault) -> Void
) -> spk_status {
  enter(handle, SessionBody.self) { object throws(Fault) in
    let device = object.pointee.body.device
    device.lock()
    defer { device.unlock() }
    try body(&object.pointee.body.session, &device.pointee.body.board)
  }
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
    let raw = try HandleTable.enter(model, .model)
    defer { HandleTable.leave(model) }
    let source = raw.assumingMemoryBound(to: Object<ModelBody>.self)
    board.lock()
    defer { board.unlock() }
    guard !board.pointee.body.hasSession else {
      throw Fault(.SPK_ERROR_BUSY, "the device has a session already; close that one first")
    }
    source.lock()
    defer { source.unlock() }
    let opened = try Session(
      source.pointee.body.model, on: &board.pointee.body.board, seed: settings.seed,
      timeoutMilliseconds: settings.timeout_milliseconds)
    do throws(Fault) {
      result.pointee = try makeHandle(
        SessionBody(device: board, session: opened),
        context: board.pointee.context)
    } catch {
      board.pointee.body.board.endNetwork()
      throw error
    }
    board.pointee.body.hasSession = true
    board.addChild()
  }
}

@c @implementation
public func spk_session_close(_ session: OpaquePointer?) -> spk_status {
  close(session, SessionBody.self) { object in
    let device = object.pointee.body.device
    device.lock()
    device.pointee.body.board.endNetwork()
    device.pointee.body.hasSession = false
    device.unlock()
    device.removeChild()
  }
}
