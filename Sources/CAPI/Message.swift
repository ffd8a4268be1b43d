import CSpikelet
import Fault

/// Says whose the sentence of a fault is, and tells the context's log.
func report(_ fault: Fault, context: UInt64, _ logger: Logger = .none) -> spk_status {
  ThreadMessage.context = context
  logger.logFault()
  return fault.status
}

@c @implementation
public func spk_context_message(_ context: OpaquePointer?) -> UnsafePointer<CChar>? {
  let empty: StaticString = ""
  let none = UnsafeRawPointer(empty.utf8Start).assumingMemoryBound(to: CChar.self)
  let owner = ThreadMessage.context
  guard context == nil || owner == 0 || owner == key(context) else { return none }
  return ThreadMessage.text ?? none
}

@c @implementation
public func spk_status_string(_ status: spk_status) -> UnsafePointer<CChar>? {
  let text: StaticString =
    switch status.rawValue {
    case 0: "ok"
    case 1: "argument"
    case 2: "handle"
    case 3: "state"
    case 4: "busy"
    case 5: "no memory"
    case 6: "not found"
    case 7: "format"
    case 8: "model"
    case 9: "unsupported"
    case 10: "does not fit"
    case 11: "input/output"
    case 12: "timeout"
    case 13: "protocol"
    case 14: "too small"
    case 15: "internal"
    case 16: "lost"
    case 17: "cancelled"
    case 18: "full"
    default: "unknown status"
    }
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
