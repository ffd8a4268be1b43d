import Testing
import WireProtocol

/// Known answers of RFC 3720 appendix B.4, and the check value of CRC-32C.
@Suite struct ChecksumTests {
  private static let answers: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: answers)
  func `the checksum is that of the standard`(bytes: [UInt8], checksum: UInt32) {
    #expect(bytes.withUnsafeBytes { Checksum.update(0, $0) } == checksum)
  }

  @Test func `a checksum carries on over pieces`() {
    let bytes = Array("123456789".utf8)
    for cut in 0...bytes.count {
      let sum = bytes.withUnsafeBytes { all in
        Checksum.update(
          Checksum.update(0, UnsafeRawBufferPointer(rebasing: all[..<cut])),
          UnsafeRawBufferPointer(rebasing: all[cut...]))
      }
      #expect(sum == 0xE306_9283)
    }
  }
}
