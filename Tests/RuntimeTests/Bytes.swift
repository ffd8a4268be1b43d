import WireProtocol

/// SplitMix64 (S. Vigna): the same numbers everywhere for a seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

  /// True in `percent` of 100 cases.
  mutating func chance(_ percent: Int) -> Bool { integer(0...99) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[integer(0...elements.count - 1)]
  }
}

extension [UInt8] {
  /// Appends a number, little-endian.
  mutating func put(_ value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// The number of four bytes at `offset`.
  func word(_ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << UInt32(8 * $1) }
  }

  var hexadecimal: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// A whole frame.
  static func frame(
    type: UInt8, flags: UInt8 = 0, index: UInt16 = 0, sequence: UInt32, epoch: UInt32 = 1,
    _ payload: [UInt8]
  ) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount) + payload
    frame.withUnsafeMutableBytes {
      FrameHeader(
        type: type, flags: flags, index: index, sequence: sequence, epoch: epoch,
        payloadBytes: payload.count
      ).seal($0.baseAddress!)
    }
    return frame
  }

  /// What a writer of descriptions writes.
  static func payload(_ fill: (inout PayloadWriter) -> Void) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount + 4096)
    let count = frame.withUnsafeMutableBytes { bytes in
      var writer = PayloadWriter(bytes.baseAddress!, capacity: 4096)
      fill(&writer)
      return writer.payloadBytes
    }
    return Array(frame[FrameHeader.byteCount..<(FrameHeader.byteCount + count)])
  }
}
