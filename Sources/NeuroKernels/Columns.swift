// Loops over the columns of a projection: what a rule with one term that looks at the target alone asks of each.
// Source: docs/numerics.md 4.

import CKernels

/// The view of a variable: (z + 2^(shift − 1)) >> shift within −32768 .. high.
///
/// - Parameters:
///   - first, second: [count] each, whose sum is z; the second may be null.
@inline(never)
@export(interface)
@_optimize(speed)
public func view(
  _ first: UnsafePointer<Int32>, _ second: UnsafePointer<Int32>?, shift: Int32, high: Int32,
  into views: UnsafeMutablePointer<Int32>, count: Int
) {
  let half: Int32 = shift == 0 ? 0 : 1 &<< (shift &- 1)
  if let second {
    for column in 0..<(count & ~15) {
      views[column] = kernels_clip(
        (first[column] &+ second[column] &+ half) &>> shift, -32768, high)
    }
  } else {
    for column in 0..<(count & ~15) {
      views[column] = kernels_clip((first[column] &+ half) &>> shift, -32768, high)
    }
  }
}

/// `view`, `close` and `split` at once, of one variable and another that the gate looks at.
///
/// - Parameters:
///   - first, gate: [count] what is viewed, and what the gate looks at.
///   - open, last: the gate's limits, of the variable and not of its view.
/// - Returns: the bits that some value has that was viewed.
@inline(never)
@export(interface)
@_optimize(speed)
public func viewAndSplit(
  _ first: UnsafePointer<Int32>, viewShift: Int32, high: Int32, gate: UnsafePointer<Int32>,
  opensFrom open: Int32, to last: Int32, isInside: Bool, scale: Int32, low: Int32, shift: Int32,
  most: UnsafeMutablePointer<Int8>, fraction: UnsafeMutablePointer<UInt8>, count: Int
) -> Int32 {
  let half: Int32 = viewShift == 0 ? 0 : 1 &<< (viewShift &- 1)
  let flip: Int32 = isInside ? 0 : -1
  var bits: Int32 = 0
  for column in 0..<(count & ~15) {
    let isAbove: Int32 = gate[column] >= open ? -1 : 0
    let isBelow: Int32 = gate[column] <= last ? -1 : 0
    let viewed = kernels_clip((first[column] &+ half) &>> viewShift, -32768, high)
    let value = viewed & (isAbove & isBelow ^ flip)
    let scaled = (value &* scale &+ low) &>> shift
    let quotient = kernels_clip(scaled &>> 8, -128, 127)
    most[column] = Int8(truncatingIfNeeded: quotient &+ 1)
    fraction[column] = quotient == 127 ? 0 : UInt8(truncatingIfNeeded: scaled)
    bits |= value
  }
  return bits
}

/// values = 0 where a gate is closed: where low ≤ gate ≤ high is not `isInside`.
@inline(never)
@export(interface)
@_optimize(speed)
public func close(
  _ values: UnsafeMutablePointer<Int32>, gate: UnsafePointer<Int32>, low: Int32, high: Int32,
  isInside: Bool, count: Int
) {
  let flip: Int32 = isInside ? 0 : -1
  for column in 0..<(count & ~15) {
    let isAbove: Int32 = gate[column] >= low ? -1 : 0
    let isBelow: Int32 = gate[column] <= high ? -1 : 0
    values[column] &= (isAbove & isBelow) ^ flip
  }
}

/// The bits that some value has.
@inline(never)
@export(interface)
@_optimize(speed)
public func union(_ values: UnsafePointer<Int32>, count: Int) -> Int32 {
  var bits: Int32 = 0
  for column in 0..<(count & ~15) { bits |= values[column] }
  return bits
}

/// q + 1 and f of docs/numerics.md 4.2 for X = value · scale, |X| ≤ 2^30; f = 0 where q is the largest.
///
/// - Parameters:
///   - low: c_lo.
///   - shift: K.
@inline(never)
@export(interface)
@_optimize(speed)
public func split(
  _ values: UnsafePointer<Int32>, scale: Int32, low: Int32, shift: Int32,
  most: UnsafeMutablePointer<Int8>, fraction: UnsafeMutablePointer<UInt8>, count: Int
) {
  for column in 0..<(count & ~15) {
    let scaled = (values[column] &* scale &+ low) &>> shift
    let quotient = kernels_clip(scaled &>> 8, -128, 127)
    most[column] = Int8(truncatingIfNeeded: quotient &+ 1)
    fraction[column] = quotient == 127 ? 0 : UInt8(truncatingIfNeeded: scaled)
  }
}

/// As above for int16 masters.
@inline(never)
@export(interface)
@_optimize(speed)
public func split(
  _ values: UnsafePointer<Int32>, scale: Int32, low: Int32, shift: Int32,
  most: UnsafeMutablePointer<Int16>, fraction: UnsafeMutablePointer<UInt8>, count: Int
) {
  for column in 0..<(count & ~15) {
    let scaled = (values[column] &* scale &+ low) &>> shift
    let quotient = kernels_clip(scaled &>> 8, -32768, 32767)
    most[column] = Int16(truncatingIfNeeded: quotient &+ 1)
    fraction[column] = quotient == 32767 ? 0 : UInt8(truncatingIfNeeded: scaled)
  }
}

/// The change of each column with one draw for all rows: q + [f > c] in place of q + 1. The larger step is then the only one.
@inline(never)
@export(interface)
@_optimize(speed)
public func settle(
  _ most: UnsafeMutablePointer<Int16>, fraction: UnsafeMutablePointer<UInt8>,
  dither: UnsafeMutablePointer<UInt8>, count: Int
) {
  for column in 0..<(count & ~15) {
    most[column] &+= fraction[column] > dither[column] ? 0 : -1
    fraction[column] = 1
    dither[column] = 0
  }
}
