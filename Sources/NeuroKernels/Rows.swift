// Loops over one row of weights. `sums` takes 256 rows of acting weights before it must be flushed: 256 · 128 = 2^15.

/// sums += row.
///
/// - Parameters:
///   - row: [count] int8 weights.
///   - sums: [count] running sums of acting weights.
@inline(never)
@_optimize(speed)
public func accumulate(
  _ row: UnsafePointer<Int8>, into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<count { sums[column] &+= Int16(row[column]) }
}

/// sums += row >> 8, for int16 masters.
@inline(never)
@_optimize(speed)
public func accumulate(
  _ row: UnsafePointer<Int16>, into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<count { sums[column] &+= row[column] &>> 8 }
}

/// Changes a row of int8 weights by its columns' steps, then adds it to `sums`: update first, transmit second.
///
/// - Parameters:
///   - row: [count] weights, changed in place.
///   - whole: [count] integer part q of the step.
///   - fraction: [count] f, in 1/256.
///   - dither: [count] c of the columns.
///   - rho: ρ of the row.
///   - low, high: limits of the weight.
/// - Source: docs/numerics.md 4.2.
@inline(never)
@_optimize(speed)
public func learn(
  _ row: UnsafeMutablePointer<Int8>, whole: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, low: Int8, high: Int8,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<count {
    let up: Int16 = fraction[column] > dither[column] &+ rho ? 1 : 0
    let step = min(Int16(whole[column]) &+ up, 127)
    let weight = min(max(Int16(row[column]) &+ step, Int16(low)), Int16(high))
    row[column] = Int8(truncatingIfNeeded: weight)
    sums[column] &+= weight
  }
}

/// As above for int16 masters.
@inline(never)
@_optimize(speed)
public func learn(
  _ row: UnsafeMutablePointer<Int16>, whole: UnsafePointer<Int16>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, low: Int16, high: Int16,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<count {
    let up: Int32 = fraction[column] > dither[column] &+ rho ? 1 : 0
    let step = min(Int32(whole[column]) &+ up, 32767)
    let weight = min(max(Int32(row[column]) &+ step, Int32(low)), Int32(high))
    row[column] = Int16(truncatingIfNeeded: weight)
    sums[column] &+= Int16(truncatingIfNeeded: weight &>> 8)
  }
}

/// Changes a row of int16 masters by steps that are the same for every row, then adds it to `sums`.
@inline(never)
@_optimize(speed)
public func learn(
  _ row: UnsafeMutablePointer<Int16>, step: UnsafePointer<Int16>, low: Int16, high: Int16,
  into sums: UnsafeMutablePointer<Int16>, count: Int
) {
  for column in 0..<count {
    let weight = min(max(Int32(row[column]) &+ Int32(step[column]), Int32(low)), Int32(high))
    row[column] = Int16(truncatingIfNeeded: weight)
    sums[column] &+= Int16(truncatingIfNeeded: weight &>> 8)
  }
}

/// arrivals += sums · 2^shift; sums = 0.
@inline(never)
@_optimize(speed)
public func flush(
  _ sums: UnsafeMutablePointer<Int16>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for column in 0..<count {
    arrivals[column] &+= Int32(sums[column]) &<< shift
    sums[column] = 0
  }
}

/// arrivals += row · factor, for analogue sources: factor = value · 2^shift.
@inline(never)
@_optimize(speed)
public func accumulate(
  _ row: UnsafePointer<Int8>, times factor: Int32, into arrivals: UnsafeMutablePointer<Int32>,
  count: Int
) {
  for column in 0..<count { arrivals[column] &+= Int32(row[column]) &* factor }
}

@inline(never)
@_optimize(speed)
public func accumulate(
  _ row: UnsafePointer<Int16>, times factor: Int32, into arrivals: UnsafeMutablePointer<Int32>,
  count: Int
) {
  for column in 0..<count { arrivals[column] &+= Int32(row[column] &>> 8) &* factor }
}
