// Loops over the neurons of a population, 16 at a time: arrays are so long. State is 24 bits signed; docs/numerics.md 2, step 4.

import CKernels

private let stateMaximum: Int32 = (1 << 23) - 1
private let stateMinimum: Int32 = -(1 << 23)

/// sign(x) · ((|x| · keep) >> 12), for |x| ≤ 2^23 and keep = 4096 − d.
@inline(__always)
public func decay(_ value: Int32, keep: Int32) -> Int32 {
  let magnitude = value < 0 ? 0 &- value : value
  let kept = (magnitude &>> 12) &* keep &+ (((magnitude & 4095) &* keep) &>> 12)
  return value < 0 ? 0 &- kept : kept
}

/// The same with one product, for d ≤ 511: what is lost is (|x| · d) / 2^12, rounded upwards.
@inline(__always)
private func decaySlowly(_ value: Int32, loss: UInt32) -> Int32 {
  let magnitude = UInt32(bitPattern: value < 0 ? 0 &- value : value)
  let kept = Int32(bitPattern: magnitude &- (magnitude &* loss &+ 4095) &>> 12)
  return value < 0 ? 0 &- kept : kept
}

/// Clips to 24 bits signed.
@inline(__always)
public func saturate(_ value: Int32) -> Int32 {
  kernels_clip(value, stateMinimum, stateMaximum)
}

/// Clips arrivals so that a sum with them stays in 32 bits, and saturates as the exact one would.
@inline(__always)
public func bound(_ arrivals: Int32) -> Int32 {
  kernels_clip(arrivals, -(1 << 28), 1 << 28)
}

/// state = sat_24(decay(state) + arrivals), one decay for all; arrivals = 0.
///
/// - Parameters:
///   - state: [count] I1, I2 or U.
///   - arrivals: [count] sums of this tick.
///   - keep: 4096 − d.
@inline(never)
@export(interface)
@_optimize(speed)
public func decayAndAdd(
  _ state: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  count: Int
) {
  let loss = UInt32(bitPattern: 4096 &- keep)
  if loss <= 511 {
    for neuron in 0..<(count & ~15) {
      state[neuron] = saturate(decaySlowly(state[neuron], loss: loss) &+ bound(arrivals[neuron]))
      arrivals[neuron] = 0
    }
  } else {
    for neuron in 0..<(count & ~15) {
      state[neuron] = saturate(decay(state[neuron], keep: keep) &+ bound(arrivals[neuron]))
      arrivals[neuron] = 0
    }
  }
}

/// V = max(lower, sat_24(decay(V) + J + arrivals + bias)), all parameters shared; arrivals = 0.
///
/// - Parameters:
///   - currentShift: s of the law; J = (I1 + I2 + 2^(s−1)) >> s.
///   - lowerBound: of 24 bits, as all limits are.
@inline(never)
@export(interface)
@_optimize(speed)
public func integrate(
  _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
  _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  currentShift: Int32, bias: Int32, lowerBound: Int32, count: Int
) {
  let half: Int32 = currentShift == 0 ? 0 : 1 &<< (currentShift &- 1)
  for neuron in 0..<(count & ~15) {
    let input = (current1[neuron] &+ current2[neuron] &+ half) &>> currentShift
    let sum = decay(membrane[neuron], keep: keep) &+ input &+ bound(arrivals[neuron]) &+ bias
    membrane[neuron] = kernels_clip(sum, lowerBound, stateMaximum)
    arrivals[neuron] = 0
  }
}

/// As above for neurons whose currents are 0.
@inline(never)
@export(interface)
@_optimize(speed)
public func integrate(
  _ membrane: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  bias: Int32, lowerBound: Int32, count: Int
) {
  for neuron in 0..<(count & ~15) {
    let sum = decay(membrane[neuron], keep: keep) &+ bound(arrivals[neuron]) &+ bias
    membrane[neuron] = kernels_clip(sum, lowerBound, stateMaximum)
    arrivals[neuron] = 0
  }
}

/// `integrate` and `fire` at once, for neurons whose currents are 0, which share their threshold, and of which none is refractory.
///
/// - Parameters:
///   - keep: at least 4096 − 511.
///   - reset, kept, flags: as of `fire`.
@inline(never)
@export(interface)
@_optimize(speed)
public func integrateAndFire(
  _ membrane: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  bias: Int32, lowerBound: Int32, above threshold: Int32, reset: Int32, kept: Int32,
  into flags: UnsafeMutablePointer<UInt8>, count: Int
) {
  let loss = UInt32(bitPattern: 4096 &- keep)
  for neuron in 0..<(count & ~15) {
    let sum = decaySlowly(membrane[neuron], loss: loss) &+ bound(arrivals[neuron]) &+ bias
    let before = kernels_clip(sum, lowerBound, stateMaximum)
    let after = before & kept | reset
    membrane[neuron] = before > threshold ? after : before
    flags[neuron] = before > threshold ? 1 : 0
    arrivals[neuron] = 0
  }
}

/// arrivals += values, where what each neuron adds to its membrane is its own; the sum saturates as the exact one would.
@inline(never)
@export(interface)
@_optimize(speed)
public func addBounded(
  _ values: UnsafePointer<Int32>, to arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for neuron in 0..<(count & ~15) { arrivals[neuron] = bound(arrivals[neuron]) &+ values[neuron] }
}

/// V = max(lower, V).
@inline(never)
@export(interface)
@_optimize(speed)
public func raise(
  _ membrane: UnsafeMutablePointer<Int32>, to lowerBounds: UnsafePointer<Int32>, count: Int
) {
  for neuron in 0..<(count & ~15) { membrane[neuron] = max(lowerBounds[neuron], membrane[neuron]) }
}

/// Steps 5 and 6 of docs/numerics.md 2 for neurons without groups: flags = 1 for those that are above the threshold and not
/// refractory, whose membrane becomes V & kept | reset; refractory counts go down by one, or begin at `ticks`.
///
/// - Parameters:
///   - kept: 0, or −1 with a reset of 0 where firing leaves the membrane alone.
@inline(never)
@export(interface)
@_optimize(speed)
public func fire(
  _ membrane: UnsafeMutablePointer<Int32>, above threshold: Int32, reset: Int32, kept: Int32,
  refractory: UnsafeMutablePointer<UInt8>, ticks: UInt8, into flags: UnsafeMutablePointer<UInt8>,
  count: Int
) {
  for neuron in 0..<(count & ~15) {
    let left = refractory[neuron]
    let isAbove: UInt8 = membrane[neuron] > threshold ? 1 : 0
    let isWaiting: UInt8 = left == 0 ? 0 : 1
    let fires = isAbove & ~isWaiting
    flags[neuron] = fires
    refractory[neuron] = fires == 0 ? left &- isWaiting : ticks
    let after = membrane[neuron] & kept | reset
    membrane[neuron] = fires == 0 ? membrane[neuron] : after
  }
}

/// As above with a threshold for each neuron.
@inline(never)
@export(interface)
@_optimize(speed)
public func fire(
  _ membrane: UnsafeMutablePointer<Int32>, aboveEach thresholds: UnsafePointer<Int32>, reset: Int32,
  kept: Int32,
  refractory: UnsafeMutablePointer<UInt8>, ticks: UInt8, into flags: UnsafeMutablePointer<UInt8>,
  count: Int
) {
  for neuron in 0..<(count & ~15) {
    let left = refractory[neuron]
    let isAbove: UInt8 = membrane[neuron] > thresholds[neuron] ? 1 : 0
    let isWaiting: UInt8 = left == 0 ? 0 : 1
    let fires = isAbove & ~isWaiting
    flags[neuron] = fires
    refractory[neuron] = fires == 0 ? left &- isWaiting : ticks
    let after = membrane[neuron] & kept | reset
    membrane[neuron] = fires == 0 ? membrane[neuron] : after
  }
}

/// Puts the numbers of flags that are set into a list.
///
/// - Parameters:
///   - flags: [count], at most 65,536, and 64 more that are 0.
///   - offset: added to each number, modulo 2^16.
///   - list: [room], at least as many as are set; what lies beyond those is worthless.
/// - Returns: how many are set.
@inline(never)
@export(interface)
@_optimize(speed)
public func collect(
  _ flags: UnsafePointer<UInt8>, count: Int, offset: Int,
  into list: UnsafeMutablePointer<UInt16>, room: Int
) -> Int {
  var found = 0
  var first = 0
  while first < count {
    var bits = kernels_bits(UnsafeRawPointer(flags + first).loadUnaligned(as: SIMD64<Int8>.self))
    let end = found &+ bits.nonzeroBitCount
    while found < end {
      // Eight at a time, whether or not there are so many: a guess for each number would cost more than the numbers.
      let length = found &+ 8 <= room ? 8 : 1
      for place in 0..<length {
        list[found &+ place] = UInt16(
          truncatingIfNeeded: offset &+ first &+ bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
      found &+= length
    }
    found = end
    first &+= 64
  }
  return found
}
