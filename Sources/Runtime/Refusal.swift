import CSpikelet
import Fault
import Memory
import WireProtocol

/// What a program is told when a board refuses a request.
func refusal(_ code: UInt16, request: UInt8) -> Fault {
  let (status, reason): (spk_status, StaticString) =
    switch BoardError(rawValue: code) {
    case .unknownRequest: (.SPK_ERROR_PROTOCOL, "its firmware does not know it")
    case .malformed: (.SPK_ERROR_PROTOCOL, "its payload is malformed")
    case .state: (.SPK_ERROR_INTERNAL, "it is not legal in this state")
    case .index: (.SPK_ERROR_INTERNAL, "it names something that does not exist")
    case .law: (.SPK_ERROR_INTERNAL, "it breaks the numeric law")
    case .resources:
      (.SPK_ERROR_DOES_NOT_FIT, "the board has not enough neurons, synapse memory or probe values")
    case .noMemory: (.SPK_ERROR_NO_MEMORY, "the board is out of memory")
    case .version:
      (.SPK_ERROR_PROTOCOL, "it speaks other versions of the protocol; update the older one")
    case .epoch: (.SPK_ERROR_LOST, "it has begun anew, or another program has it")
    case .gone: (.SPK_ERROR_LOST, "an answer got lost on the way that it does not keep any more")
    case .window: (.SPK_ERROR_LOST, "it is out of step")
    case nil: (.SPK_ERROR_PROTOCOL, "for a reason that this host does not know")
    }
  return Fault(status, "the board refused request \(request): \(reason) (code \(code))")
}
