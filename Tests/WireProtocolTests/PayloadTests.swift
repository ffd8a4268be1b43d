import Testing
import WireProtocol

@Suite struct PayloadTests {
  @Test func `numbers are little-endian at any offset`() {
    let bytes = payload {
      $0.put(UInt8(0xA1))
      $0.put(Int16(-2))
      $0.put(UInt32(0x0403_0201))
      $0.put(Int64(-3))
      $0.put(true)
    }
    let tail: [UInt8] = [0xFD] + [UInt8](repeating: 0xFF, count: 7) + [1]
    #expect(bytes == [0xA1, 0xFE, 0xFF, 1, 2, 3, 4] + tail)
    let values = read(bytes) {
      ($0.read(UInt8.self), $0.read(Int16.self), $0.read(UInt32.self), $0.read(Int64.self))
    }
    #expect(values == nil, "one byte was left")
    let flag = read(bytes) {
      _ = $0.readBytes(15)
      return $0.readFlag()
    }
    #expect(flag == true)
  }

  @Test func `reading past the end gives zero and fails for good`() {
    [UInt8]([1, 2, 3]).withUnsafeBytes { bytes in
      var reader = PayloadReader(bytes)
      #expect(reader.read(UInt32.self) == 0)
      #expect(reader.failed)
      #expect(reader.read(UInt8.self) == 0)
      #expect(reader.readBytes(1).isEmpty)
      #expect(!reader.isComplete)
    }
  }

  @Test(arguments: [-1, 4, Int.max, Int.min])
  func `a count that is not there fails`(count: Int) {
    [UInt8]([1, 2, 3]).withUnsafeBytes { bytes in
      var reader = PayloadReader(bytes)
      #expect(reader.readBytes(count).isEmpty)
      #expect(reader.failed)
    }
  }

  @Test func `an empty payload is complete`() {
    var reader = PayloadReader(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(reader.isComplete)
    #expect(reader.readBytes(0).isEmpty)
    #expect(reader.isComplete)
  }

  @Test func `what does not fit marks the frame and writes nothing`() {
    var frame = [UInt8](repeating: 0x77, count: FrameHeader.byteCount + 8)
    frame.withUnsafeMutableBytes { bytes in
      var writer = PayloadWriter(bytes.baseAddress!, capacity: 3)
      writer.put(UInt16(1))
      writer.put(UInt32(2))
      #expect(writer.overflowed)
      writer.put(UInt8(3))
      #expect(writer.payloadBytes == 2)
    }
    #expect(frame[(FrameHeader.byteCount + 2)...].allSatisfy { $0 == 0x77 })
  }

  @Test func `capabilities are read back`() {
    var capabilities = BoardCapabilities(
      cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 1 << 40)
    capabilities.firmwareVersion = 0x0001_0203
    capabilities.keptBytes = 77
    capabilities.identity = 1 << 60
    let bytes = payload { $0.put(capabilities) }
    #expect(bytes.count == 56)
    // A newer board says more.
    let back = read(bytes + [1, 2, 3]) { $0.readCapabilities() }
    #expect(back?.cores == 8)
    #expect(back?.neuronsPerCore == 1024)
    #expect(back?.synapseBytesPerCore == 1 << 40)
    #expect(back?.firmwareVersion == 0x0001_0203)
    #expect(back?.delayTicks == 63)
    #expect(back?.windowDepth == 8 && back?.windowBytes == 1 << 19)
    #expect(back?.keptBytes == 77 && back?.identity == 1 << 60)
    #expect(back?.populationKinds == 0b1111)
    // One of before quadratic neurons does not say which kinds it runs.
    let older = read(Array(bytes.prefix(52))) { $0.readCapabilities() }
    #expect(older?.identity == 1 << 60 && older?.populationKinds == 0b0111)
    #expect(read(Array(bytes.prefix(54))) { $0.readCapabilities() } == nil)
  }

  @Test func `hello is read back and names the newest version that both speak`() {
    let bytes = payload { $0.put(HelloHead(keepsAnswers: true)) }
    #expect(bytes.count == 12)
    #expect(read(bytes + [9]) { $0.readHello() } == HelloHead(keepsAnswers: true))
    #expect(read(Array(bytes.dropLast())) { $0.readHello() } == nil)
    var head = HelloHead(keepsAnswers: false)
    head.oldest = 3
    head.newest = 4
    // A host of version 4 and boards of versions 1 to 6, each with the version before its own.
    let spoken = (UInt32(1)...6).map { head.common(oldest: $0 - 1, newest: $0) }
    #expect(spoken == [nil, nil, 3, 4, 4, nil])
  }
}
