/// CRC-32C (Castagnoli), reflected, as in RFC 3720 appendix B.4: initial value and final XOR are all ones.
public enum Checksum {
  /// What the low four bits of a checksum turn into when they are shifted out.
  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x105E_C76F, 0x20BD_8EDE, 0x30E3_49B1, 0x417B_1DBC, 0x5125_DAD3, 0x61C6_9362,
    0x7198_540D, 0x82F6_3B78, 0x92A8_FC17, 0xA24B_B5A6, 0xB215_72C9, 0xC38D_26C4, 0xD3D3_E1AB,
    0xE330_A81A, 0xF36E_6F75,
  ]

  /// Carries a checksum on over more bytes; start with 0.
  public static func update(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var value = ~checksum
    for byte in bytes {
      value ^= UInt32(byte)
      value = value &>> 4 ^ table[Int(value & 15)]
      value = value &>> 4 ^ table[Int(value & 15)]
    }
    return ~value
  }
}
