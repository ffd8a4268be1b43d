import WireProtocol

/// The payload that `fill` writes.
func payload(capacity: Int = 4096, _ fill: (inout PayloadWriter) -> Void) -> [UInt8] {
  var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount + capacity)
  let count = frame.withUnsafeMutableBytes { bytes in
    var writer = PayloadWriter(bytes.baseAddress!, capacity: capacity)
    fill(&writer)
    return writer.payloadBytes
  }
  return Array(frame[FrameHeader.byteCount..<(FrameHeader.byteCount + count)])
}

/// What `take` reads of a payload; nil if the payload is wrong, or longer than what was read.
func read<Value>(_ payload: [UInt8], _ take: (inout PayloadReader) -> Value) -> Value? {
  payload.withUnsafeBytes { bytes in
    var reader = PayloadReader(bytes)
    let value = take(&reader)
    return reader.isComplete ? value : nil
  }
}
