import Testing
import WireProtocol

@Suite struct FrameHeaderTests {
  private static var header: FrameHeader {
    FrameHeader(
      type: 0x0E, flags: 1, index: 0x0605, sequence: 0x0403_0201, epoch: 0x0A09_0807,
      payloadBytes: 5)
  }

  /// A sealed frame of five bytes of payload.
  private static var frame: [UInt8] {
    var frame = [UInt8](repeating: 0xEE, count: FrameHeader.byteCount) + [9, 8, 7, 6, 5]
    frame.withUnsafeMutableBytes { header.seal($0.baseAddress!) }
    return frame
  }

  private static func scan(_ bytes: [UInt8], limit: Int = 5) -> FrameScan {
    bytes.withUnsafeBytes { FrameHeader.scan($0, limit: limit) }
  }

  /// The header of a whole frame at the start; nil if there is none.
  private static func whole(_ bytes: [UInt8], limit: Int = 5) -> FrameHeader? {
    guard case .frame(let header) = scan(bytes, limit: limit) else { return nil }
    return header
  }

  @Test func `a sealed header has its fields where the document says`() throws {
    #expect(
      Self.frame[..<20] == [
        0x53, 0x50, 0x4B, 1, 0x0E, 1, 5, 6, 1, 2, 3, 4, 7, 8, 9, 10, 5, 0, 0, 0,
      ])
    let found = try #require(Self.whole(Self.frame))
    #expect(found.type == 0x0E && found.flags == 1 && found.index == 0x0605)
    #expect(found.sequence == 0x0403_0201 && found.epoch == 0x0A09_0807)
    #expect(found.payloadBytes == 5 && found.frameBytes == 33)
  }

  @Test func `a frame that is cut says how much it wants`() {
    for count in 1..<Self.frame.count {
      guard case .incomplete(let wanted) = Self.scan(Array(Self.frame[..<count])) else {
        Issue.record("\(count) bytes")
        continue
      }
      #expect(wanted == (count < 28 ? 28 : 33))
    }
  }

  @Test func `a payload above the limit is no frame`() {
    guard case .damaged(let skip) = Self.scan(Self.frame, limit: 4) else {
      Issue.record("taken")
      return
    }
    #expect(skip == 33)
  }

  @Test func `every flipped bit is found`() {
    for index in Self.frame.indices {
      for bit in 0..<8 {
        var frame = Self.frame
        frame[index] ^= 1 << UInt8(bit)
        #expect(Self.whole(frame) == nil)
      }
    }
  }

  @Test func `a frame without payload is whole`() {
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    frame.withUnsafeMutableBytes {
      FrameHeader(type: 1, sequence: 1, epoch: 1, payloadBytes: 0).seal($0.baseAddress!)
    }
    #expect(Self.whole(frame, limit: 0)?.payloadBytes == 0)
  }

  /// Where the first frame of some bytes is found, by skipping what is none.
  private static func place(_ bytes: [UInt8]) -> Int? {
    var start = 0
    while start < bytes.count {
      switch scan(Array(bytes[start...])) {
      case .frame: return start
      case .incomplete: return nil
      case .damaged(let skip):
        guard skip > 0 else { return nil }
        start += skip
      }
    }
    return nil
  }

  @Test func `the next frame is found behind any garbage`() {
    for garbage: [UInt8] in [
      [0], [0x53], [0x53, 0x50], [0x53, 0x50, 0x4B], [0x53, 0x50, 0x4B, 1],
      [0x53, 0x53, 0x50, 0x53, 0x50, 0x4B], [UInt8](repeating: 0x53, count: 70),
    ] {
      #expect(Self.place(garbage + Self.frame) == garbage.count)
    }
  }

  @Test func `the next frame is found behind one that has lost bytes or has some too many`() {
    for index in Self.frame.indices {
      var short = Self.frame
      short.remove(at: index)
      var long = Self.frame
      long.insert(0x77, at: index)
      // What is missing may be taken from the frame behind, so a third one follows.
      for damaged in [short, long] {
        let found = Self.place(damaged + Self.frame + Self.frame)
        #expect(found == damaged.count || (index == 0 && found == 1), "byte \(index)")
      }
    }
  }

  @Test func `a magic that is cut at the end is kept`() {
    for count in 1...3 {
      let bytes = [7, 7] + Array(Self.frame[..<count])
      guard case .damaged(let skip) = Self.scan(bytes) else {
        Issue.record("no damage")
        continue
      }
      #expect(skip == 2)
    }
  }
}
