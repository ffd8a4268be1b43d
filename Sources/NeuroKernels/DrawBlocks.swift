// Draws in blocks. Source: docs/numerics.md 5.

/// Philox4x32-10 of many counters that differ in word 0.
///
/// - Parameters:
///   - indices: [count] words 0.
///   - words: [count][4].
///   - count: a multiple of 8.
@inline(never)
@export(interface)
@_optimize(speed)
public func drawBlocks(
  _ indices: UnsafePointer<UInt32>, word1: UInt32, word2: UInt32, word3: UInt32, key: UInt64,
  into words: UnsafeMutablePointer<UInt32>, count: Int
) {
  for block in 0..<(count & ~7) {
    var c0 = indices[block]
    var c1 = word1
    var c2 = word2
    var c3 = word3
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
    words[4 &* block] = c0
    words[4 &* block &+ 1] = c1
    words[4 &* block &+ 2] = c2
    words[4 &* block &+ 3] = c3
  }
}

/// flags = 1 where a byte is above a floor, else 0.
@inline(never)
@export(interface)
@_optimize(speed)
public func flag(
  _ bytes: UnsafePointer<UInt8>, above floor: UInt8, into flags: UnsafeMutablePointer<UInt8>,
  count: Int
) {
  let blocks = count & ~63
  for index in 0..<blocks { flags[index] = bytes[index] > floor ? 1 : 0 }
  for index in blocks..<count { flags[index] = bytes[index] > floor ? 1 : 0 }
}

/// flags = 1 for inputs that fire: above the floor, and with a draw below (intensity · gain) >> 8. Source: docs/numerics.md 6.
///
/// - Parameters:
///   - intensities: [count].
///   - draws: [count] numbers of 16 bits.
///   - count: a multiple of 16.
@inline(never)
@export(interface)
@_optimize(speed)
public func flag(
  _ intensities: UnsafePointer<UInt8>, floor: UInt8, gain: UInt32, draws: UnsafePointer<UInt16>,
  into flags: UnsafeMutablePointer<UInt8>, count: Int
) {
  for index in 0..<(count & ~15) {
    let limit = (UInt32(intensities[index]) &* gain) &>> 8
    let isBright: UInt8 = intensities[index] > floor ? 1 : 0
    let isDrawn: UInt8 = UInt32(draws[index]) < limit ? 1 : 0
    flags[index] = isBright & isDrawn
  }
}

/// The numbers of the blocks that serve rows: a block serves sixteen neighbours.
///
/// - Parameters:
///   - rows: [count], ascending, less 16 · first.
///   - blocks: room for as many.
/// - Returns: how many blocks there are.
@inline(never)
@export(interface)
@_optimize(speed)
public func listBlocks(
  of rows: UnsafePointer<UInt16>, count: Int, first: UInt32,
  into blocks: UnsafeMutablePointer<UInt32>
) -> Int {
  var found = -1
  var last = UInt32.max
  for index in 0..<count {
    let block = UInt32(rows[index] &>> 4)
    // Without a branch, which would be a guess.
    found &+= Int(min(block ^ last, 1))
    blocks[found] = first &+ block
    last = block
  }
  return found &+ 1
}

/// The byte of each row in the blocks that `listBlocks` listed and that were drawn.
///
/// - Parameters:
///   - bytes: [blocks][16].
@inline(never)
@export(interface)
@_optimize(speed)
public func pickBytes(
  of rows: UnsafePointer<UInt16>, count: Int, from bytes: UnsafePointer<UInt8>,
  into picked: UnsafeMutablePointer<UInt8>
) {
  var place = -1
  var last = UInt32.max
  for index in 0..<count {
    let block = UInt32(rows[index] &>> 4)
    place &+= Int(min(block ^ last, 1))
    last = block
    picked[index] = bytes[16 &* place &+ Int(rows[index] & 15)]
  }
}
