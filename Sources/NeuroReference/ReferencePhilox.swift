/// Four 32-bit words: a Philox counter, or the 128 bits that it gives. Section 5.
public struct PhiloxBlock: Equatable, Sendable {
  public var word0: UInt32
  public var word1: UInt32
  public var word2: UInt32
  public var word3: UInt32

  public init(_ word0: UInt32, _ word1: UInt32, _ word2: UInt32, _ word3: UInt32) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// Word k of the four.
  public func word(_ k: Int) -> Int {
    switch k {
    case 0: Int(word0)
    case 1: Int(word1)
    case 2: Int(word2)
    case 3: Int(word3)
    default: preconditionFailure("a block has words 0 .. 3")
    }
  }

  /// Bits 16k .. 16k + 15.
  public func halfWord(_ k: Int) -> Int { (word(k / 2) >> (16 * (k % 2))) & 0xFFFF }

  /// Bits 8k .. 8k + 7.
  public func byte(_ k: Int) -> Int { (word(k / 4) >> (8 * (k % 4))) & 0xFF }
}

/// Philox4x32-10, written out round by round.
///
/// - Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy
///   as 1, 2, 3", SC 2011.
public func referencePhilox(counter: PhiloxBlock, key: (low: UInt32, high: UInt32)) -> PhiloxBlock {
  var x = counter
  var (key0, key1) = key
  for _ in 0..<10 {
    let product0 = UInt64(0xD251_1F53) * UInt64(x.word0)
    let product1 = UInt64(0xCD9E_8D57) * UInt64(x.word2)
    x = PhiloxBlock(
      UInt32(product1 >> 32) ^ x.word1 ^ key0,
      UInt32(product1 & 0xFFFF_FFFF),
      UInt32(product0 >> 32) ^ x.word3 ^ key1,
      UInt32(product0 & 0xFFFF_FFFF))
    key0 = key0 &+ 0x9E37_79B9
    key1 = key1 &+ 0xBB67_AE85
  }
  return x
}
