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
