import CChecksum

/// CRC-32C (Castagnoli), reflected, as in RFC 3720 appendix B.4: initial value and final XOR are all ones.
public enum Checksum {
  /// Carries a checksum on over more bytes; start with 0.
  public static func update(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    checksum_crc32c(checksum, bytes.baseAddress, bytes.count)
  }
}
