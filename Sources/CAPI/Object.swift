import CPlatform
import CSpikelet
import Fault
import Memory

/// What a handle stands for: a body, its lock, its parent, and how many objects stand on it.
struct Object<Body: ~Copyable>: ~Copyable {
  /// The key of the context, for sentences, and who is told of them.
  let context: UInt64
  let logger: Logger
  var mutex = pthread_mutex_t()
  /// Open objects that need this one. Changed atomically.
  var children: UInt64 = 0
  var body: Body

  init(context: UInt64, logger: Logger, body: consuming Body) {
    self.context = context
    self.logger = logger
    self.body = body
  }
}

/// A body that knows its kind of handle.
protocol HandleBody: ~Copyable {
  static var kind: HandleKind { get }
}

typealias ObjectPointer<Body: ~Copyable> = UnsafeMutablePointer<Object<Body>>

extension UnsafeMutablePointer where Pointee: ~Copyable {
  /// The lock itself, which stays where it is as long as the object lives.
  func mutex<Body: ~Copyable>() -> UnsafeMutablePointer<pthread_mutex_t>
  where Pointee == Object<Body> {
    withUnsafeMutablePointer(to: &self.pointee.mutex) { $0 }
  }

  func lock<Body: ~Copyable>() where Pointee == Object<Body> {
    pthread_mutex_lock(&self.pointee.mutex)
  }

  func unlock<Body: ~Copyable>() where Pointee == Object<Body> {
    pthread_mutex_unlock(&self.pointee.mutex)
  }

  func addChild<Body: ~Copyable>() where Pointee == Object<Body> {
    _ = spk_platform_add(&self.pointee.children, 1)
  }

  func removeChild<Body: ~Copyable>() where Pointee == Object<Body> {
    _ = spk_platform_add(&self.pointee.children, UInt64.max)
  }
}

/// Makes an object and its handle.
///
/// - Parameters:
///   - context: the context's key; 0 for a context itself.
func makeHandle<Body: HandleBody & ~Copyable>(
  _ body: consuming Body, context: UInt64, logger: Logger
) throws(Fault) -> OpaquePointer {
  guard let raw = spk_platform_allocate(MemoryLayout<Object<Body>>.stride) else {
    throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a \(Body.kind.name)")
  }
  let object = raw.bindMemory(to: Object<Body>.self, capacity: 1)
  object.initialize(to: Object(context: context, logger: logger, body: body))
  pthread_mutex_init(&object.pointee.mutex, nil)
  do throws(Fault) {
    return try HandleTable.insert(raw, Body.kind)
  } catch {
    destroy(object)
    throw error
  }
}

private func destroy<Body: ~Copyable>(_ object: ObjectPointer<Body>) {
  pthread_mutex_destroy(&object.pointee.mutex)
  object.deinitialize(count: 1)
  free(object)
}

/// Runs `body` on the object of a handle; a fault becomes a status, and its sentence this thread's message.
///
/// - Parameters:
///   - waits: for a close that is under way.
func enter<Body: HandleBody & ~Copyable>(
  _ handle: OpaquePointer?, _ type: Body.Type, waits: Bool = true,
  _ body: (ObjectPointer<Body>) throws(Fault) -> Void
) -> spk_status {
  do throws(Fault) {
    let raw = try HandleTable.enter(handle, Body.kind, waits: waits)
    defer { HandleTable.leave(handle) }
    let object = raw.assumingMemoryBound(to: Object<Body>.self)
    let context = Body.kind == .context ? key(handle) : object.pointee.context
    do throws(Fault) {
      try body(object)
      return .SPK_OK
    } catch {
      return report(error, context: context, object.pointee.logger)
    }
  } catch {
    return report(error, context: 0)
  }
}

/// - Throws: STATE inside a callback, for calls that could wait for it.
func checkOutside(_ call: StaticString) throws(Fault) {
  guard !ThreadMessage.isInCallback else {
    throw Fault(
      .SPK_ERROR_STATE, "\(call) inside a callback of the library; do it after the callback")
  }
}

/// Closes an object that nothing is on its way in.
func close<Body: HandleBody & ~Copyable>(
  _ handle: OpaquePointer?, _ type: Body.Type, _ parent: (ObjectPointer<Body>) -> Void
) -> spk_status {
  close(handle, type, check: { (_) throws(Fault) in }, parent)
}

/// Closes the object of a handle; null is allowed.
///
/// - Parameters:
///   - check: throws if something is still on its way; nothing is closed then.
///   - parent: runs once nothing can fail any more, before the object is gone.
func close<Body: HandleBody & ~Copyable>(
  _ handle: OpaquePointer?, _ type: Body.Type,
  check: (ObjectPointer<Body>) throws(Fault) -> Void,
  _ parent: (ObjectPointer<Body>) -> Void
) -> spk_status {
  guard handle != nil else { return .SPK_OK }
  do throws(Fault) {
    try checkOutside("a handle cannot be closed")
    let raw = try HandleTable.beginClose(handle, Body.kind)
    let object = raw.assumingMemoryBound(to: Object<Body>.self)
    do throws(Fault) {
      // Looked at while calls are inside too: what makes it fail need not wait for them.
      while true {
        let isDecided = HandleTable.decide(handle)
        let children = spk_platform_load(&object.pointee.children)
        guard children == 0 else {
          throw Fault(
            .SPK_ERROR_BUSY,
            "the \(Body.kind.name) still has \(children) open objects that need it; close them first"
          )
        }
        try check(object)
        guard !isDecided else { break }
        spk_platform_pause()
      }
    } catch {
      let context = Body.kind == .context ? key(handle) : object.pointee.context
      let logger = object.pointee.logger
      HandleTable.reopen(handle)
      defer { HandleTable.leave(handle) }
      return report(error, context: context, logger)
    }
    HandleTable.go(handle)
    parent(object)
    HandleTable.remove(handle)
    destroy(object)
    return .SPK_OK
  } catch {
    return report(error, context: 0)
  }
}

/// A handle as a number.
func key(_ handle: OpaquePointer?) -> UInt64 { UInt64(UInt(bitPattern: handle)) }
