import CSpikelet
import Scheduling
import Fault
import NeuroCore

/// A context counts its children, gives sentences an owner, and has a dispatcher and links.
struct ContextBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .context }
  let links: Links
  let dispatcher: Dispatcher.Pointer

  /// Ends what a context has; its thread first, which looks for boards.
  func discard() {
    Dispatcher.discard(dispatcher)
    links.discard()
  }
}

@c @implementation
public func spk_context_create(
  _ options: UnsafePointer<spk_context_options>?, _ context: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  do throws(Fault) {
    let context = try require(context, "context")
    var settings = spk_context_options()
    settings.queue_depth = 16
    if options != nil { settings = try readStruct(options, "options") }
    guard settings.flags & ~1 == 0, settings.reserved == 0 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "options: flags \(settings.flags) and reserved \(settings.reserved) found, SPK_CONTEXT_NO_THREADS or 0, and 0 expected"
      )
    }
    let depth = try inRange(settings.queue_depth, 1, 4_096, "options->queue_depth")
    context.pointee = try makeContext(
      hasThread: settings.flags == 0, depth: UInt32(depth),
      Logger(settings.log, user: settings.log_user))
    return .SPK_OK
  } catch {
    return report(error, context: 0)
  }
}

private func makeContext(
  hasThread: Bool, depth: UInt32, _ logger: Logger
) throws(Fault) -> OpaquePointer {
  let links = try Links()
  var dispatcher: Dispatcher.Pointer?
  do throws(Fault) {
    let made = try Dispatcher.make(hasThread: hasThread, depth: depth, links.seam(logger))
    dispatcher = made
    return try makeHandle(ContextBody(links: links, dispatcher: made), context: 0, logger: logger)
  } catch {
    if let dispatcher { Dispatcher.discard(dispatcher) }
    links.discard()
    throw error
  }
}

@c @implementation
public func spk_context_close(_ context: OpaquePointer?) -> spk_status {
  close(context, ContextBody.self) { $0.pointee.body.discard() }
}

@c @implementation
public func spk_version() -> UnsafePointer<CChar>? {
  let version: StaticString = "0.1.0"
  return UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func spk_law_version() -> UInt32 { UInt32(Law.version) }
