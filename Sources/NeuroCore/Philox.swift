/// Philox4x32-10, a counter-based generator.
///
/// - Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
///   SC 2011.
enum Philox {
  /// The 128 bits of one counter under one key.
  static func block(counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
    var c0 = counter.x
    var c1 = counter.y
    var c2 = counter.z
    var c3 = counter.w
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key &>> 32)
    for _ in 0..<10 {
      let product0 = UInt64(0xD251_1F53) &* UInt64(c0)
      let product1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      c0 = UInt32(truncatingIfNeeded: product1 &>> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: product1)
      c2 = UInt32(truncatingIfNeeded: product0 &>> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: product0)
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }
}

/// What a draw is for. Numbers as in docs/numerics.md 5.
enum DrawPurpose: UInt32 {
  case input = 0
  case blankOut = 1
  case noise = 2
  case columnRounding = 3
  case rowRounding = 4
}

/// Where in the session a draw is made: the key and the words 2 and 3 of the counter.
struct DrawMoment: BitwiseCopyable {
  var seed: UInt64
  var stream: UInt8
  var count: UInt64

  func block(
    _ purpose: DrawPurpose, object: Int, index: Int, block: Int = 0
  ) -> SIMD4<UInt32> {
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: index),
      word1(purpose, object: object) | UInt32(truncatingIfNeeded: block), word2, word3)
    return Philox.block(counter: counter, key: seed)
  }

  /// Words of the counter, but for the block in the first.
  func word1(_ purpose: DrawPurpose, object: Int) -> UInt32 {
    purpose.rawValue &<< 28 | UInt32(truncatingIfNeeded: object) &<< 16
  }

  var word2: UInt32 { UInt32(truncatingIfNeeded: count) }

  var word3: UInt32 {
    UInt32(stream) &<< 24 | UInt32(truncatingIfNeeded: count &>> 32) & 0xFF_FFFF
  }
}

/// Byte `number` (0 .. 15) of a block, from the low byte of word 0 on.
@inline(__always)
func byte(_ block: SIMD4<UInt32>, _ number: Int) -> UInt8 {
  UInt8(truncatingIfNeeded: block[number &>> 2] &>> UInt32((number & 3) &* 8))
}
