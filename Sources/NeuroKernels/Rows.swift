// Loops over rows of weights: 64 columns at a time, and the last 32 or fewer at once. Arrays of columns are so long, and what lies beyond the
// last column takes part, too: it is never looked at, and its weights, which are those of other rows, take steps of 0. Sums of the acting
// weights of 256 rows fit into 16 bits: 256 · 128 = 2^15.

import CKernels

/// arrivals += rows · 2^shift, at most 256 rows, whose sums stay in registers.
///
/// - Parameters:
///   - weights: [sources][stride] int8.
///   - rows: [rowCount] numbers of rows.
///   - arrivals: [count], and what follows up to a multiple of 32.
@inline(never)
@export(interface)
@_optimize(speed)
public func addRows(
  _ weights: UnsafePointer<Int8>, rows: UnsafePointer<UInt16>, rowCount: Int, stride: Int,
  shift: Int32, into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  var column = 0
  while count &- column > 32 {
    let sums = sumRows(rowCount) { index in
      let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
      return (
        row.loadUnaligned(as: Bytes.self), row.loadUnaligned(fromByteOffset: 32, as: Bytes.self)
      )
    }
    sums.0.add(shift, to: arrivals + column)
    sums.1.add(shift, to: arrivals + (column &+ 32))
    column &+= 64
  }
  guard column < count else { return }
  let sums = sumRows(rowCount) { index in
    let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
    return row.loadUnaligned(as: Bytes.self)
  }
  sums.add(shift, to: arrivals + column)
}

/// As above for int16 masters, of which the top 8 bits act.
@inline(never)
@export(interface)
@_optimize(speed)
public func addRows(
  _ weights: UnsafePointer<Int16>, rows: UnsafePointer<UInt16>, rowCount: Int, stride: Int,
  shift: Int32, into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  let shifts = Sums(repeating: shift)
  let eight = Words(repeating: 8)
  var column = 0
  while count &- column > 32 {
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
    addSums(kernels_widen(sum0) &<< shifts, to: arrivals + column)
    addSums(kernels_widen(sum1) &<< shifts, to: arrivals + (column &+ 16))
    addSums(kernels_widen(sum2) &<< shifts, to: arrivals + (column &+ 32))
    addSums(kernels_widen(sum3) &<< shifts, to: arrivals + (column &+ 48))
    column &+= 64
  }
  guard column < count else { return }
  var sum0 = Words()
  var sum1 = Words()
  for index in 0..<rowCount {
    let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
    sum0 &+= row.loadUnaligned(as: Words.self) &>> eight
    sum1 &+= row.loadUnaligned(fromByteOffset: 32, as: Words.self) &>> eight
  }
  addSums(kernels_widen(sum0) &<< shifts, to: arrivals + column)
  addSums(kernels_widen(sum1) &<< shifts, to: arrivals + (column &+ 16))
}

private typealias Bytes = SIMD32<Int8>
private typealias Words = SIMD16<Int16>
private typealias Sums = SIMD16<Int32>

@inline(__always)
private func addSums(_ sums: Sums, to arrivals: UnsafeMutablePointer<Int32>) {
  let place = UnsafeMutableRawPointer(arrivals)
  place.storeBytes(of: place.loadUnaligned(as: Sums.self) &+ sums, as: Sums.self)
}

/// The sums of 32 columns over at most 256 rows, two rows at a time.
private struct RowSums {
  private var outer = Words()
  private var inner = Words()

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ row: Bytes, _ next: Bytes) {
    outer &+= kernels_sum_outer(row, next)
    inner &+= kernels_sum_inner(row, next)
  }

  /// arrivals += sums · 2^shift.
  @inline(__always)
  func add(_ shift: Int32, to arrivals: UnsafeMutablePointer<Int32>) {
    let shifts = Sums(repeating: shift)
    addSums(kernels_widen_lower(outer, inner) &<< shifts, to: arrivals)
    addSums(kernels_widen_upper(outer, inner) &<< shifts, to: arrivals + 16)
  }
}

/// The sums of 32 columns, whose weights `row` gives.
@inline(__always)
private func sumRows(_ count: Int, _ row: (Int) -> Bytes) -> RowSums {
  var sums = RowSums()
  var index = 0
  while index &+ 1 < count {
    sums.add(row(index), row(index &+ 1))
    index &+= 2
  }
  if index < count { sums.add(row(index), Bytes()) }
  return sums
}

/// Those of 64 columns.
@inline(__always)
private func sumRows(_ count: Int, _ row: (Int) -> (Bytes, Bytes)) -> (RowSums, RowSums) {
  var sums0 = RowSums()
  var sums1 = RowSums()
  var index = 0
  while index &+ 1 < count {
    let first = row(index)
    let second = row(index &+ 1)
    sums0.add(first.0, second.0)
    sums1.add(first.1, second.1)
    index &+= 2
  }
  if index < count {
    let last = row(index)
    sums0.add(last.0, Bytes())
    sums1.add(last.1, Bytes())
  }
  return (sums0, sums1)
}

/// Changes rows of int8 weights, at most 256 of them, by their columns' steps, and adds what they become, as `addRows`.
///
/// - Parameters:
///   - weights: [sources][stride], changed in place.
///   - rows, rhos: [rowCount] numbers of rows, and ρ of each.
///   - most: [count] q + 1, the larger of the two steps; of the largest q too, where it does not fit.
///   - fraction: [count] f, in 1/256; 0 for the largest q, whose larger step is no other.
///   - dither: [count] c of the columns. All three go on up to a multiple of 32, with steps of 0: 1, and 0 of 256.
///   - low, high: limits of the weight.
///   - shift, arrivals: as of `addRows`.
/// - Source: docs/numerics.md 4.2.
@inline(never)
@export(interface)
@_optimize(speed)
public func changeAndAddRows(
  _ weights: UnsafeMutablePointer<Int8>, rows: UnsafePointer<UInt16>, rhos: UnsafePointer<UInt8>,
  rowCount: Int, stride: Int, most: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, low: Int8, high: Int8, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  let limits = Limits(low, high)
  var column = 0
  while count &- column > 32 {
    let steps0 = Steps(most, fraction, dither, column)
    let steps1 = Steps(most, fraction, dither, column &+ 32)
    var sums0 = RowSums()
    var sums1 = RowSums()
    var index = 0
    while index &+ 1 < rowCount {
      let row = weights + (Int(rows[index]) &* stride &+ column)
      let next = weights + (Int(rows[index &+ 1]) &* stride &+ column)
      var bytes0 = steps0.added(to: row, rhos[index])
      var bytes1 = steps1.added(to: row + 32, rhos[index])
      var next0 = steps0.added(to: next, rhos[index &+ 1])
      var next1 = steps1.added(to: next + 32, rhos[index &+ 1])
      if !limits.areFree {
        bytes0 = limits.clip(bytes0)
        bytes1 = limits.clip(bytes1)
        next0 = limits.clip(next0)
        next1 = limits.clip(next1)
      }
      // What the first row has beyond its last column may be the next one: it is stored first, and unchanged.
      store(bytes0, to: row)
      store(bytes1, to: row + 32)
      store(next0, to: next)
      store(next1, to: next + 32)
      sums0.add(bytes0, next0)
      sums1.add(bytes1, next1)
      index &+= 2
    }
    if index < rowCount {
      let row = weights + (Int(rows[index]) &* stride &+ column)
      let bytes0 = limits.clip(steps0.added(to: row, rhos[index]))
      let bytes1 = limits.clip(steps1.added(to: row + 32, rhos[index]))
      store(bytes0, to: row)
      store(bytes1, to: row + 32)
      sums0.add(bytes0, Bytes())
      sums1.add(bytes1, Bytes())
    }
    sums0.add(shift, to: arrivals + column)
    sums1.add(shift, to: arrivals + (column &+ 32))
    column &+= 64
  }
  guard column < count else { return }
  let steps = Steps(most, fraction, dither, column)
  let sums = sumRows(rowCount) { index in
    let row = weights + (Int(rows[index]) &* stride &+ column)
    let bytes = limits.clip(steps.added(to: row, rhos[index]))
    store(bytes, to: row)
    return bytes
  }
  sums.add(shift, to: arrivals + column)
}

@inline(__always)
private func store(_ bytes: Bytes, to weights: UnsafeMutablePointer<Int8>) {
  UnsafeMutableRawPointer(weights).storeBytes(of: bytes, as: Bytes.self)
}

/// Limits of weights.
private struct Limits {
  private let lows: Bytes
  private let highs: Bytes
  /// Whether they are those of a byte.
  let areFree: Bool

  @inline(__always)
  init(_ low: Int8, _ high: Int8) {
    lows = Bytes(repeating: low)
    highs = Bytes(repeating: high)
    areFree = low == -128 && high == 127
  }

  @inline(__always)
  func clip(_ bytes: Bytes) -> Bytes { kernels_clip_bytes(bytes, lows, highs) }
}

/// The steps of 32 columns; f and c are 128 less than those of the law, so that they compare as signed bytes do.
private struct Steps {
  let least: Bytes
  let fraction: Bytes
  let dither: Bytes

  @inline(__always)
  init(
    _ most: UnsafePointer<Int8>, _ fraction: UnsafePointer<UInt8>, _ dither: UnsafePointer<UInt8>,
    _ column: Int
  ) {
    let middle = Bytes(repeating: -128)
    least =
      UnsafeRawPointer(most + column).loadUnaligned(as: Bytes.self) &- Bytes(repeating: 1)
    self.fraction =
      UnsafeRawPointer(fraction + column).loadUnaligned(as: Bytes.self) &+ middle
    self.dither = UnsafeRawPointer(dither + column).loadUnaligned(as: Bytes.self) &+ middle
  }

  /// Weights and q + [f > c + ρ], within those of a byte.
  @inline(__always)
  func added(to weights: UnsafePointer<Int8>, _ rho: UInt8) -> Bytes {
    let level = dither &+ Bytes(repeating: Int8(bitPattern: rho))
    return kernels_add(
      UnsafeRawPointer(weights).loadUnaligned(as: Bytes.self),
      least &- unsafeBitCast(fraction .> level, to: Bytes.self))
  }
}

/// Changes a row of int16 masters by its columns' steps, as above.
@inline(never)
@export(interface)
@_optimize(speed)
public func change(
  _ row: UnsafeMutablePointer<Int16>, most: UnsafePointer<Int16>, fraction: UnsafePointer<UInt8>,
  dither: UnsafePointer<UInt8>, rho: UInt8, low: Int16, high: Int16, count: Int
) {
  for column in 0..<(count & ~15) {
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
  for column in 0..<(count & ~15) {
    let sum = Int32(row[column]) &+ Int32(step[column])
    row[column] = min(max(Int16(truncatingIfNeeded: min(max(sum, -32768), 32767)), low), high)
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
  for column in 0..<(count & ~15) { arrivals[column] &+= Int32(row[column]) &* factor }
}

@inline(never)
@export(interface)
@_optimize(speed)
public func add(
  _ row: UnsafePointer<Int16>, times factor: Int32, into arrivals: UnsafeMutablePointer<Int32>,
  count: Int
) {
  for column in 0..<(count & ~15) { arrivals[column] &+= Int32(row[column] &>> 8) &* factor }
}
