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
    var sums0 = PairSums()
    var sums1 = PairSums()
    for index in 0..<rowCount {
      let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
      sums0.add(row.loadUnaligned(as: Bytes.self))
      sums1.add(row.loadUnaligned(fromByteOffset: 32, as: Bytes.self))
    }
    sums0.add(rowCount, shift, to: arrivals + column)
    sums1.add(rowCount, shift, to: arrivals + (column &+ 32))
    column &+= 64
  }
  guard column < count else { return }
  var sums = PairSums()
  for index in 0..<rowCount {
    let row = UnsafeRawPointer(weights + (Int(rows[index]) &* stride &+ column))
    sums.add(row.loadUnaligned(as: Bytes.self))
  }
  sums.add(rowCount, shift, to: arrivals + column)
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

/// The sums of 32 columns over at most 256 rows.
///
/// Bytes are added in pairs, as words of 16 bits. With a low byte made unsigned by 128 more, the sum of the words less 256 times the
/// sum of their high bytes is, modulo 2^16, that of the low ones. So a row costs two sums and a shift for 32 weights.
private struct PairSums {
  private var words = Words()
  private var odd = Words()

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ row: Bytes) {
    let pairs = unsafeBitCast(row, to: Words.self) ^ Words(repeating: 128)
    words &+= pairs
    odd &+= pairs &>> Words(repeating: 8)
  }

  /// arrivals += sums · 2^shift.
  @inline(__always)
  func add(_ rowCount: Int, _ shift: Int32, to arrivals: UnsafeMutablePointer<Int32>) {
    let surplus = Words(repeating: 128 &* Int16(truncatingIfNeeded: rowCount))
    let even = words &- (odd &<< Words(repeating: 8)) &- surplus
    let shifts = Sums(repeating: shift)
    addSums(kernels_widen_lower(even, odd) &<< shifts, to: arrivals)
    addSums(kernels_widen_upper(even, odd) &<< shifts, to: arrivals + 16)
  }
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
  let isFree = low == -128 && high == 127
  let lows = Bytes(repeating: low)
  let highs = Bytes(repeating: high)
  var column = 0
  while count &- column > 32 {
    let steps0 = Steps(most, fraction, dither, column)
    let steps1 = Steps(most, fraction, dither, column &+ 32)
    var sums0 = PairSums()
    var sums1 = PairSums()
    for index in 0..<rowCount {
      let row = UnsafeMutableRawPointer(weights + (Int(rows[index]) &* stride &+ column))
      let rho = Bytes(repeating: Int8(bitPattern: rhos[index]))
      var bytes0 = kernels_add(row.loadUnaligned(as: Bytes.self), steps0.step(rho))
      var bytes1 = kernels_add(
        row.loadUnaligned(fromByteOffset: 32, as: Bytes.self), steps1.step(rho))
      if !isFree {
        bytes0 = kernels_clip_bytes(bytes0, lows, highs)
        bytes1 = kernels_clip_bytes(bytes1, lows, highs)
      }
      row.storeBytes(of: bytes0, as: Bytes.self)
      row.storeBytes(of: bytes1, toByteOffset: 32, as: Bytes.self)
      sums0.add(bytes0)
      sums1.add(bytes1)
    }
    sums0.add(rowCount, shift, to: arrivals + column)
    sums1.add(rowCount, shift, to: arrivals + (column &+ 32))
    column &+= 64
  }
  guard column < count else { return }
  let steps = Steps(most, fraction, dither, column)
  var sums = PairSums()
  for index in 0..<rowCount {
    let row = UnsafeMutableRawPointer(weights + (Int(rows[index]) &* stride &+ column))
    let rho = Bytes(repeating: Int8(bitPattern: rhos[index]))
    var bytes = kernels_add(row.loadUnaligned(as: Bytes.self), steps.step(rho))
    if !isFree { bytes = kernels_clip_bytes(bytes, lows, highs) }
    row.storeBytes(of: bytes, as: Bytes.self)
    sums.add(bytes)
  }
  sums.add(rowCount, shift, to: arrivals + column)
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

  /// q + [f > c + ρ].
  @inline(__always)
  func step(_ rho: Bytes) -> Bytes {
    least &- unsafeBitCast(fraction .> dither &+ rho, to: Bytes.self)
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
