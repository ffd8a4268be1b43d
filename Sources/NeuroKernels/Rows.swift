// Loops over rows of weights, and, as all kernels that take a count of neurons or columns, over whole blocks of 64: arrays are so long,
// and what lies beyond the last neuron is never looked at. Sums of acting weights take 256 rows before they must be flushed: 256 · 128 = 2^15.

/// sums += eight rows.
///
/// - Parameters:
///   - weights: [rows][stride] int8.
///   - rows: [8] numbers of rows.
///   - sums: [count] running sums of acting weights.
@inline(never)
@export(interface)
@_optimize(speed)
public func addEight(
  _ weights: UnsafePointer<Int8>, rows: UnsafePointer<UInt32>, stride: Int,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  let row0 = weights + Int(rows[0]) &* stride
  let row1 = weights + Int(rows[1]) &* stride
  let row2 = weights + Int(rows[2]) &* stride
  let row3 = weights + Int(rows[3]) &* stride
  let row4 = weights + Int(rows[4]) &* stride
  let row5 = weights + Int(rows[5]) &* stride
  let row6 = weights + Int(rows[6]) &* stride
  let row7 = weights + Int(rows[7]) &* stride
  for column in 0..<(count & ~63) {
    let first = Int16(row0[column]) &+ Int16(row1[column])
    let second = Int16(row2[column]) &+ Int16(row3[column])
    let third = Int16(row4[column]) &+ Int16(row5[column])
    let fourth = Int16(row6[column]) &+ Int16(row7[column])
    sums[column] &+= (first &+ second) &+ (third &+ fourth)
  }
}

/// As above for int16 masters, of which the top 8 bits act.
@inline(never)
@export(interface)
@_optimize(speed)
public func addEight(
  _ weights: UnsafePointer<Int16>, rows: UnsafePointer<UInt32>, stride: Int,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  let row0 = weights + Int(rows[0]) &* stride
  let row1 = weights + Int(rows[1]) &* stride
  let row2 = weights + Int(rows[2]) &* stride
  let row3 = weights + Int(rows[3]) &* stride
  let row4 = weights + Int(rows[4]) &* stride
  let row5 = weights + Int(rows[5]) &* stride
  let row6 = weights + Int(rows[6]) &* stride
  let row7 = weights + Int(rows[7]) &* stride
  for column in 0..<(count & ~63) {
    let first = (row0[column] &>> 8) &+ (row1[column] &>> 8)
    let second = (row2[column] &>> 8) &+ (row3[column] &>> 8)
    let third = (row4[column] &>> 8) &+ (row5[column] &>> 8)
    let fourth = (row6[column] &>> 8) &+ (row7[column] &>> 8)
    sums[column] &+= (first &+ second) &+ (third &+ fourth)
  }
}

/// sums += row.
@inline(never)
@export(interface)
@_optimize(speed)
public func add(
  _ row: UnsafePointer<Int8>, into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<(count & ~63) { sums[column] &+= Int16(row[column]) }
}

/// sums += row >> 8, for int16 masters.
@inline(never)
@export(interface)
@_optimize(speed)
public func add(
  _ row: UnsafePointer<Int16>, into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<(count & ~63) { sums[column] &+= row[column] &>> 8 }
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
