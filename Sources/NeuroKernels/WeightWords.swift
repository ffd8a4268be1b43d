// Weights on their way between a program, the wire and a board.

/// Whether numbers at any address lie between two limits.
@inline(never)
@export(interface)
@_optimize(speed)
public func lieBetween(_ low: Int8, _ high: Int8, _ bytes: UnsafeRawPointer, count: Int) -> Bool {
  liesWithin(low...high, bytes, count)
}

@inline(never)
@export(interface)
@_optimize(speed)
public func lieBetween(_ low: Int16, _ high: Int16, _ bytes: UnsafeRawPointer, count: Int) -> Bool {
  liesWithin(low...high, bytes, count)
}

@inline(__always)
private func liesWithin<Number: FixedWidthInteger & BitwiseCopyable>(
  _ limits: ClosedRange<Number>, _ bytes: UnsafeRawPointer, _ count: Int
) -> Bool {
  var least = Number.max
  var most = Number.min
  for index in 0..<count {
    let value = bytes.loadUnaligned(
      fromByteOffset: MemoryLayout<Number>.size * index, as: Number.self)
    least = min(least, value)
    most = max(most, value)
  }
  return count == 0 || (least >= limits.lowerBound && most <= limits.upperBound)
}

/// Numbers of 16 bits as numbers of 8, which they fit.
@inline(never)
@export(interface)
@_optimize(speed)
public func narrow(
  _ words: UnsafePointer<Int16>, to bytes: UnsafeMutablePointer<Int8>, count: Int
) {
  for index in 0..<count { bytes[index] = Int8(truncatingIfNeeded: words[index]) }
}
