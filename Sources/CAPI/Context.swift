import CSpikelet
import Fault
import NeuroCore

/// A context has no state of its own: it counts its children and gives sentences an owner.
struct ContextBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .context }
}

@c @implementation
public func spk_context_create(_ context: UnsafeMutablePointer<OpaquePointer?>?) -> spk_status {
  do throws(Fault) {
    let context = try require(context, "context")
    context.pointee = try makeHandle(ContextBody(), context: 0)
    return .SPK_OK
  } catch {
    return report(error, context: 0)
  }
}

@c @implementation
public func spk_context_close(_ context: OpaquePointer?) -> spk_status {
  close(context, ContextBody.self) { _ in }
}

@c @implementation
public func spk_version() -> UnsafePointer<CChar>? {
  let version: StaticString = "0.1.0"
  return UnsafeRawPointer(version.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func spk_law_version() -> UInt32 { UInt32(Law.version) }
