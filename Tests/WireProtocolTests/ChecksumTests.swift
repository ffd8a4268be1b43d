import CChecksum
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

  @Test func `the processor's instruction gives what the table gives, at every length and place`() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ $0 / 7) }
    bytes.withUnsafeBytes { bytes in
      for start in 0..<9 {
        for count in 0...(bytes.count - start) {
          let first = bytes.baseAddress! + start
          let seed = UInt32(truncatingIfNeeded: 0x9E37_79B9 &* UInt64(count))
          #expect(
            checksum_crc32c(seed, first, count) == checksum_crc32c_portable(seed, first, count))
        }
      }
    }
  }

  @Test func `long stretches side by side give what the table gives`() {
    let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ $0 / 7 &+ $0 / 911) }
    bytes.withUnsafeBytes { bytes in
      for count in [1_535, 1_536, 1_545, 3_072, 12_287, 12_288, 13_824, 24_583, 65_549, 69_999] {
        for start in [0, 1] {
          let first = bytes.baseAddress! + start
          let seed = UInt32(truncatingIfNeeded: 0x9E37_79B9 &* UInt64(count))
          #expect(
            checksum_crc32c(seed, first, count) == checksum_crc32c_portable(seed, first, count))
        }
      }
    }
  }
}
