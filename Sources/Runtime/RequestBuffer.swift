import Fault
import Memory
import WireProtocol

/// Room for one request, header included; it grows as needed and is used again.
public struct RequestBuffer: ~Copyable {
  private var bytes = List<UInt8>()

  public init() {}

  /// Room for a payload of at most `capacity` bytes; good until the next call.
  mutating func writer(capacity: Int) throws(Fault) -> PayloadWriter {
    try bytes.reserve(FrameHeader.byteCount + capacity)
    return PayloadWriter(bytes.start.unsafelyUnwrapped, capacity: capacity)
  }
}

/// A buffer for each request that may be under way. (The compiler has no inline arrays of what cannot be copied.)
struct RequestBuffers: ~Copyable {
  private var first = RequestBuffer()
  private var second = RequestBuffer()
  private var third = RequestBuffer()
  private var fourth = RequestBuffer()

  mutating func writer(_ place: Int, capacity: Int) throws(Fault) -> PayloadWriter {
    switch place {
    case 0: try first.writer(capacity: capacity)
    case 1: try second.writer(capacity: capacity)
    case 2: try third.writer(capacity: capacity)
    default: try fourth.writer(capacity: capacity)
    }
  }
}
