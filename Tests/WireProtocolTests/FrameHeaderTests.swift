import Testing
import WireProtocol

@Suite struct FrameHeaderTests {
  private static var header: FrameHeader {
    FrameHeader(type: 0x0E, flags: 1, sequence: 0x0403_0201, payloadBytes: 5)
  }

  /// A sealed frame of five bytes of payload.
  private static var frame: [UInt8] {
    var frame = [UInt8](repeating: 0xEE, count: FrameHeader.byteCount) + [9, 8, 7, 6, 5]
    frame.withUnsafeMutableBytes { header.seal($0.baseAddress!) }
    return frame
  }

  private static func parse(_ bytes: [UInt8], limit: Int = 5) throws(FrameDefect) -> FrameHeader? {
    let result = bytes.withUnsafeBytes { bytes -> Result<FrameHeader?, FrameDefect> in
      do throws(FrameDefect) {
        return .success(try FrameHeader.parse(bytes, limit: limit))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      do throws(FrameDefect) {
        try FrameHeader.verify(bytes)
        return true
      } catch {
        return false
      }
    }
  }

  @Test func `a sealed header has its fields where the document says`() {
    #expect(Self.frame[..<16] == [0x53, 0x50, 0x4B, 1, 0x0E, 1, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0])
    #expect(Self.isWhole(Self.frame))
  }

  @Test func `a sealed header is read back`() throws {
    #expect(try Self.parse(Self.frame) == Self.header)
  }

  @Test func `fewer bytes than a header give none`() throws {
    for count in 0..<FrameHeader.byteCount {
      #expect(try Self.parse(Array(Self.frame[..<count])) == nil)
    }
  }

  @Test func `a payload above the limit is refused`() {
    #expect(throws: FrameDefect.length) { try Self.parse(Self.frame, limit: 4) }
    var longest = Self.frame
    longest.replaceSubrange(12..<16, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(throws: FrameDefect.length) { try Self.parse(longest, limit: 4 << 20) }
  }

  @Test func `any other magic, or bytes that must be 0, are refused`() {
    for index in [0, 1, 2, 3, 6, 7] {
      for bit in 0..<8 {
        var frame = Self.frame
        frame[index] ^= 1 << UInt8(bit)
        #expect(throws: FrameDefect.magic) { try Self.parse(frame) }
      }
    }
  }

  @Test func `every flipped bit is found`() {
    for index in Self.frame.indices {
      for bit in 0..<8 {
        var frame = Self.frame
        frame[index] ^= 1 << UInt8(bit)
        #expect(!Self.isWhole(frame))
      }
    }
  }

  @Test func `a frame without payload is whole`() throws {
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    frame.withUnsafeMutableBytes {
      FrameHeader(type: 1, sequence: 1, payloadBytes: 0).seal($0.baseAddress!)
    }
    #expect(Self.isWhole(frame))
    #expect(try Self.parse(frame, limit: 0)?.payloadBytes == 0)
  }
}
