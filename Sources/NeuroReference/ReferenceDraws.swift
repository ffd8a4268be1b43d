/// The draws of one tick: each a function of (seed, purpose, object, stream, count, indices). Section 5.
public struct ReferenceDraws: Sendable {
  public let seed: UInt64
  public let stream: Int
  public let count: UInt64

  public init(seed: UInt64, stream: Int, count: UInt64) {
    self.seed = seed
    self.stream = stream
    self.count = count
  }

  /// The 128 bits of one counter.
  public func bits(purpose: Int, object: Int, index: Int, block: Int) -> PhiloxBlock {
    let countLow = Int(count & 0xFFFF_FFFF)
    let countHigh = Int((count >> 32) & 0xFF_FFFF)
    let counter = PhiloxBlock(
      UInt32(index),
      UInt32(purpose * (1 << 28) + object * (1 << 16) + block),
      UInt32(countLow),
      UInt32(stream * (1 << 24) + countHigh))
    return referencePhilox(
      counter: counter, key: (low: UInt32(seed & 0xFFFF_FFFF), high: UInt32(seed >> 32)))
  }

  /// Purpose 0: 16 bits for a neuron of an input population.
  public func input(population: Int, neuron: Int) -> Int {
    bits(purpose: 0, object: population, index: neuron / 8, block: 0).halfWord(neuron % 8)
  }

  /// Purpose 1: whether the synapse from `row` to `column` is blanked out, with probability p/256.
  public func isBlankedOut(projection: Int, row: Int, column: Int, p: Int) -> Bool {
    if p == 0 { return false }
    return bits(purpose: 1, object: projection, index: row, block: column / 16).byte(column % 16)
      < p
  }

  /// Purpose 2: the noise of a neuron, of amplitude a.
  public func noise(population: Int, neuron: Int, a: Int) -> Int {
    if a == 0 { return 0 }
    let block = bits(purpose: 2, object: population, index: neuron / 4, block: 0)
    let firstByte = 4 * (neuron % 4)
    let z0 = block.byte(firstByte)
    let z1 = block.byte(firstByte + 1)
    let z2 = block.byte(firstByte + 2)
    let z3 = block.byte(firstByte + 3)
    return ((z0 + z1 + z2 + z3 - 510) * a + 128) >> 8
  }

  /// Purpose 3, block 0: c = 0 .. 255 of a column.
  public func columnRounding(projection: Int, column: Int) -> Int {
    bits(purpose: 3, object: projection, index: column / 16, block: 0).byte(column % 16)
  }

  /// Purpose 3, block 1: cLow = 0 .. 2^K − 1 of a projection, for the rule shift K.
  public func lowRounding(projection: Int, ruleShift: Int) -> Int {
    bits(purpose: 3, object: projection, index: 0, block: 1).word(0) % (1 << ruleShift)
  }

  /// Purpose 4: ρ = 0 .. 255 of a row.
  public func rowRounding(projection: Int, row: Int) -> Int {
    bits(purpose: 4, object: projection, index: row / 16, block: 0).byte(row % 16)
  }
}
