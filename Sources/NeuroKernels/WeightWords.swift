// Weights on their way between a program, the wire and a board.

/// Whether numbers at any address lie between two limits.
@inline(never)
@_optimize(speed)
public func lieBetween(
  _ low: Int8, _ high: Int8, _ bytes: UnsafeRawPointer, count: Int
) -> Bool {
  var least = Int8.max
  var most = Int8.min
  for index in 0..<count {
    let value = bytes.load(fromByteOffset: index, as: Int8.self)
    least = min(least, value)
    most = max(most, value)
  }
  return count == 0 || (least >= low && most <= high)
}

@inline(never)
@_optimize(speed)
public func lieBetween(
  _ low: Int16, _ high: Int16, _ bytes: UnsafeRawPointer, count: Int
) -> Bool {
  var least = Int16.max
  var most = Int16.min
  for index in 0..<count {
    let value = bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
    least = min(least, value)
    most = max(most, value)
  }
  return count == 0 || (least >= low && most <= high)
}

/// Numbers of 16 bits as numbers of 8, which they fit.
@inline(never)
@_optimize(speed)
public func narrow(
  _ words: UnsafePointer<Int16>, to bytes: UnsafeMutablePointer<Int8>, count: Int
) {
  for index in 0..<count { bytes[index] = Int8(truncatingIfNeeded: words[index]) }
}
