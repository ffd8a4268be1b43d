// Weights as the wire has them, 16 bits little-endian at any address, to and from how they are stored.

/// - Parameters:
///   - words: [count] numbers of 16 bits.
/// - Returns: whether all lie between two limits.
@inline(never)
@_optimize(speed)
public func lieBetween(
  _ low: Int16, _ high: Int16, words: UnsafeRawPointer, count: Int
) -> Bool {
  var least = Int16.max
  var most = Int16.min
  for index in 0..<count {
    let value = Int16(
      littleEndian: words.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
    least = min(least, value)
    most = max(most, value)
  }
  return count == 0 || (least >= low && most <= high)
}

@inline(never)
@_optimize(speed)
public func store(words: UnsafeRawPointer, in row: UnsafeMutablePointer<Int8>, count: Int) {
  for index in 0..<count {
    row[index] = Int8(
      truncatingIfNeeded: UInt16(
        littleEndian: words.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
  }
}

@inline(never)
@_optimize(speed)
public func store(words: UnsafeRawPointer, in row: UnsafeMutablePointer<Int16>, count: Int) {
  for index in 0..<count {
    row[index] = Int16(
      littleEndian: words.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
  }
}

@inline(never)
@_optimize(speed)
public func write(_ row: UnsafePointer<Int8>, words: UnsafeMutableRawPointer, count: Int) {
  for index in 0..<count {
    words.storeBytes(
      of: Int16(row[index]).littleEndian, toByteOffset: 2 * index, as: Int16.self)
  }
}

@inline(never)
@_optimize(speed)
public func write(_ row: UnsafePointer<Int16>, words: UnsafeMutableRawPointer, count: Int) {
  for index in 0..<count {
    words.storeBytes(of: row[index].littleEndian, toByteOffset: 2 * index, as: Int16.self)
  }
}
