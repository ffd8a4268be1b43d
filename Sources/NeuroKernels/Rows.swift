// Loops over rows of weights, and, as all kernels that take a count of neurons or columns, over whole blocks of 64: arrays are so long,
// and what lies beyond the last neuron is never looked at. Sums of acting weights take 256 rows before they must be flushed: 256 · 128 = 2^15.

/// sums += rows, at most 256 of them: 64 columns at a time, whose sums stay in registers.
///
/// Bytes are added in pairs, as words of 16 bits. With a low byte made unsigned by 128 more, the sum of the words less 256 times the
/// sum of their high bytes is, modulo 2^16, that of the low ones. So a row costs a load, two sums and a shift for 32 weights.
///
/// - Parameters:
///   - weights: [sources][stride] int8.
///   - rows: [rowCount] numbers of rows.
///   - sums: [count] running sums of acting weights, of each 32 columns first the even ones: `flushHalves` knows.
@inline(never)
@export(interface)
@_optimize(speed)
public func addRows(
  _ weights: UnsafePointer<Int8>, rows: UnsafePointer<UInt32>, rowCount: Int, stride: Int,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  let eight = Words(repeating: 8)
  let flip = Words(repeating: 128)
  let surplus = Words(repeating: 128 &* Int16(truncatingIfNeeded: rowCount))
  var column = 0
  while column < count {
    var words0 = Words()
    var words1 = Words()
    var odd0 = Words()
    var odd1 = Words()
    for index in 0..<rowCount {
      let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
      let first = row.loadUnaligned(as: Words.self) ^ flip
      let second = row.loadUnaligned(fromByteOffset: 32, as: Words.self) ^ flip
      words0 &+= first
      words1 &+= second
      odd0 &+= first &>> eight
      odd1 &+= second &>> eight
    }
    add(words0 &- (odd0 &<< eight) &- surplus, to: sums + column)
    add(odd0, to: sums + (column &+ 16))
    add(words1 &- (odd1 &<< eight) &- surplus, to: sums + (column &+ 32))
    add(odd1, to: sums + (column &+ 48))
    column &+= 64
  }
}

/// As above for int16 masters, of which the top 8 bits act; sums are in the order of the columns.
@inline(never)
@export(interface)
@_optimize(speed)
public func addRows(
  _ weights: UnsafePointer<Int16>, rows: UnsafePointer<UInt32>, rowCount: Int, stride: Int,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  let eight = Words(repeating: 8)
  var column = 0
  while column < count {
    var sum0 = Words()
    var sum1 = Words()
    var sum2 = Words()
    var sum3 = Words()
    for index in 0..<rowCount {
      let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
      sum0 &+= row.loadUnaligned(as: Words.self) &>> eight
      sum1 &+= row.loadUnaligned(fromByteOffset: 32, as: Words.self) &>> eight
      sum2 &+= row.loadUnaligned(fromByteOffset: 64, as: Words.self) &>> eight
      sum3 &+= row.loadUnaligned(fromByteOffset: 96, as: Words.self) &>> eight
    }
    add(sum0, to: sums + column)
    add(sum1, to: sums + (column &+ 16))
    add(sum2, to: sums + (column &+ 32))
    add(sum3, to: sums + (column &+ 48))
    column &+= 64
  }
}

private typealias Words = SIMD16<Int16>

@inline(__always)
private func add(_ words: Words, to sums: UnsafeMutablePointer<Int16>) {
  let place = UnsafeMutableRawPointer(sums)
  place.storeBytes(of: place.loadUnaligned(as: Words.self) &+ words, as: Words.self)
}

/// Changes a row of int8 weights by its columns' steps.
///
/// - Parameters:
///   - row: [count] weights, changed in place.
///   - most: [count] q + 1, the larger of the two steps; of the largest q too, where it does not fit.
///   - fraction: [count] f, in 1/256; 0 for the largest q, whose larger step is no other.
///   - dither: [count] c of the columns.
///   - rho: ρ of the row.
///   - low, high: limits of the weight.
/// - Source: docs/numerics.md 4.2.
@inline(never)
@export(interface)
@_optimize(speed)
public func change(
  _ row: UnsafeMutablePointer<Int8>, most: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, low: Int8, high: Int8, count: Int
) {
  for column in 0..<(count & ~63) {
    let less: Int8 = fraction[column] > dither[column] &+ rho ? 0 : -1
    let sum = Int16(row[column]) &+ Int16(most[column] &+ less)
    row[column] = min(max(Int8(truncatingIfNeeded: min(max(sum, -128), 127)), low), high)
  }
}

/// As above for weights without limits of their own.
@inline(never)
@export(interface)
@_optimize(speed)
public func change(
  _ row: UnsafeMutablePointer<Int8>, most: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, count: Int
) {
  for column in 0..<(count & ~63) {
    let less: Int8 = fraction[column] > dither[column] &+ rho ? 0 : -1
    let sum = Int16(row[column]) &+ Int16(most[column] &+ less)
    row[column] = Int8(truncatingIfNeeded: min(max(sum, -128), 127))
  }
}

/// As above for int16 masters.
@inline(never)
@export(interface)
@_optimize(speed)
public func change(
  _ row: UnsafeMutablePointer<Int16>, most: UnsafePointer<Int16>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, low: Int16, high: Int16, count: Int
) {
  for column in 0..<(count & ~63) {
    let less: Int16 = fraction[column] > dither[column] &+ rho ? 0 : -1
    let sum = Int32(row[column]) &+ Int32(most[column] &+ less)
    row[column] = min(max(Int16(truncatingIfNeeded: min(max(sum, -32768), 32767)), low), high)
  }
}

/// Changes a row of int16 masters by steps that are the same for every row.
@inline(never)
@export(interface)
@_optimize(speed)
public func change(
  _ row: UnsafeMutablePointer<Int16>, step: UnsafePointer<Int16>, low: Int16, high: Int16,
  count: Int
) {
  for column in 0..<(count & ~63) {
    let sum = Int32(row[column]) &+ Int32(step[column])
    row[column] = min(max(Int16(truncatingIfNeeded: min(max(sum, -32768), 32767)), low), high)
  }
}

/// arrivals += sums · 2^shift; sums = 0. Of sums of int8 weights, of each 32 columns first the even ones.
@inline(never)
@export(interface)
@_optimize(speed)
public func flushHalves(
  _ sums: UnsafeMutablePointer<Int16>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  var column = 0
  while column < count {
    for lane in 0..<16 {
      let even = column &+ 2 &* lane
      arrivals[even] &+= Int32(sums[column &+ lane]) &<< shift
      arrivals[even &+ 1] &+= Int32(sums[column &+ 16 &+ lane]) &<< shift
    }
    column &+= 32
  }
  for index in 0..<(count & ~63) { sums[index] = 0 }
}

/// arrivals += sums · 2^shift; sums = 0.
@inline(never)
@export(interface)
@_optimize(speed)
public func flush(
  _ sums: UnsafeMutablePointer<Int16>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for column in 0..<(count & ~63) {
    arrivals[column] &+= Int32(sums[column]) &<< shift
    sums[column] = 0
  }
}

/// arrivals += row · factor, for analogue sources: factor = value · 2^shift.
@inline(never)
@export(interface)
@_optimize(speed)
public func add(
  _ row: UnsafePointer<Int8>, times factor: Int32, into arrivals: UnsafeMutablePointer<Int32>,
  count: Int
) {
  for column in 0..<(count & ~63) { arrivals[column] &+= Int32(row[column]) &* factor }
}

@inline(never)
@export(interface)
@_optimize(speed)
public func add(
  _ row: UnsafePointer<Int16>, times factor: Int32, into arrivals: UnsafeMutablePointer<Int32>,
  count: Int
) {
  for column in 0..<(count & ~63) { arrivals[column] &+= Int32(row[column] &>> 8) &* factor }
}
