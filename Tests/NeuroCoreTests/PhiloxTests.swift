import NeuroReference
import Testing

@testable import NeuroCore

/// Known answers from the authors' Random123 distribution, file `kat_vectors`.
@Suite struct PhiloxTests {
  static let knownAnswers: [(counter: [UInt32], key: [UInt32], answer: [UInt32])] = [
    (
      [0, 0, 0, 0], [0, 0],
      [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]
    ),
    (
      [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [0xFFFF_FFFF, 0xFFFF_FFFF],
      [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]
    ),
    (
      [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344], [0xA409_3822, 0x299F_31D0],
      [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]
    ),
  ]

  @Test("The reference's Philox gives the published known answers", arguments: 0..<3)
  func referenceKnownAnswers(index: Int) {
    let (counter, key, answer) = Self.knownAnswers[index]
    let block = referencePhilox(
      counter: PhiloxBlock(counter[0], counter[1], counter[2], counter[3]),
      key: (low: key[0], high: key[1]))
    #expect(block == PhiloxBlock(answer[0], answer[1], answer[2], answer[3]))
  }

  @Test("The core's Philox gives the published known answers", arguments: 0..<3)
  func coreKnownAnswers(index: Int) {
    let (counter, key, answer) = Self.knownAnswers[index]
    let block = Philox.block(
      counter: SIMD4(counter), key: UInt64(key[1]) << 32 | UInt64(key[0]))
    #expect(block == SIMD4(answer))
  }

  @Test("Bytes are numbered from the low bit of word 0")
  func bytesFromTheLowBit() {
    let block = PhiloxBlock(0x0403_0201, 0x0807_0605, 0x0C0B_0A09, 0x100F_0E0D)
    #expect((0..<16).map(block.byte) == Array(1...16))
    #expect(block.halfWord(0) == 0x0201)
    #expect(block.halfWord(7) == 0x100F)
    #expect(block.word(3) == 0x100F_0E0D)
  }
}
