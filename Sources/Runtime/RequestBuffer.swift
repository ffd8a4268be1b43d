import CPlatform
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

/// Room for each request that may be under way, which grows as needed and is used again.
struct RequestBuffers: ~Copyable {
  private var rooms = InlineArray<8, UnsafeMutableRawBufferPointer>(
    repeating: UnsafeMutableRawBufferPointer(start: nil, count: 0))

  /// As that of `RequestBuffer`; what was in the place before is gone.
  mutating func writer(_ place: Int, capacity: Int) throws(Fault) -> PayloadWriter {
    let bytes = FrameHeader.byteCount + capacity
    if rooms[place].count < bytes {
      let larger = try allocate(UInt8.self, count: bytes)
      free(rooms[place].baseAddress)
      rooms[place] = UnsafeMutableRawBufferPointer(start: larger, count: bytes)
    }
    return PayloadWriter(rooms[place].baseAddress.unsafelyUnwrapped, capacity: capacity)
  }

  deinit { for place in 0..<rooms.count { free(rooms[place].baseAddress) } }
}
