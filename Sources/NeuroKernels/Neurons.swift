// Loops over the neurons of a population, in blocks of 64. State is 24 bits signed; docs/numerics.md 2, step 4.

private let stateMaximum: Int32 = (1 << 23) - 1
private let stateMinimum: Int32 = -(1 << 23)

/// sign(x) · ((|x| · keep) >> 12), for |x| ≤ 2^23 and keep = 4096 − d.
@inline(__always)
public func decay(_ value: Int32, keep: Int32) -> Int32 {
  let magnitude = value < 0 ? 0 &- value : value
  let kept = (magnitude &>> 12) &* keep &+ (((magnitude & 4095) &* keep) &>> 12)
  return value < 0 ? 0 &- kept : kept
}

/// Clips to 24 bits signed.
@inline(__always)
public func saturate(_ value: Int32) -> Int32 {
  min(max(value, stateMinimum), stateMaximum)
}

/// Clips arrivals so that a sum with them stays in 32 bits, and saturates as the exact one would.
@inline(__always)
public func bound(_ arrivals: Int32) -> Int32 {
  min(max(arrivals, -(1 << 28)), 1 << 28)
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
  for neuron in 0..<(count & ~63) {
    state[neuron] = saturate(decay(state[neuron], keep: keep) &+ bound(arrivals[neuron]))
    arrivals[neuron] = 0
  }
}

/// V = max(lower, sat_24(decay(V) + J + arrivals + bias)), all parameters shared; arrivals = 0.
///
/// - Parameters:
///   - currentShift: s of the law; J = (I1 + I2 + 2^(s−1)) >> s.
@inline(never)
@export(interface)
@_optimize(speed)
public func integrate(
  _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
  _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  currentShift: Int32, bias: Int32, lowerBound: Int32, count: Int
) {
  let half: Int32 = currentShift == 0 ? 0 : 1 &<< (currentShift &- 1)
  for neuron in 0..<(count & ~63) {
    let input = (current1[neuron] &+ current2[neuron] &+ half) &>> currentShift
    let sum = decay(membrane[neuron], keep: keep) &+ input &+ bound(arrivals[neuron]) &+ bias
    membrane[neuron] = max(lowerBound, saturate(sum))
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
  for neuron in 0..<(count & ~63) {
    let sum = decay(membrane[neuron], keep: keep) &+ bound(arrivals[neuron]) &+ bias
    membrane[neuron] = max(lowerBound, saturate(sum))
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
  for neuron in 0..<(count & ~63) { arrivals[neuron] = bound(arrivals[neuron]) &+ values[neuron] }
}

/// V = max(lower, V).
@inline(never)
@export(interface)
@_optimize(speed)
public func raise(
  _ membrane: UnsafeMutablePointer<Int32>, to lowerBounds: UnsafePointer<Int32>, count: Int
) {
  for neuron in 0..<(count & ~63) { membrane[neuron] = max(lowerBounds[neuron], membrane[neuron]) }
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
  for neuron in 0..<(count & ~63) {
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
  for neuron in 0..<(count & ~63) {
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
///   - flags: [count], 0 or 1, and 64 more that are 0; aligned to 8.
///   - list: room for all of them.
/// - Returns: how many are set.
@inline(never)
@export(interface)
@_optimize(speed)
public func collect(
  _ flags: UnsafePointer<UInt8>, count: Int, into list: UnsafeMutablePointer<UInt32>
) -> Int {
  var found = 0
  var first = 0
  while first < count {
    // The bits of 64 flags: one loop that ends at a guess, and not eight.
    var bits: UInt64 = 0
    for byte in 0..<8 {
      let word = UnsafeRawPointer(flags + first).load(fromByteOffset: 8 &* byte, as: UInt64.self)
      let eight = (word.littleEndian &* 0x0102_0408_1020_4080) &>> 56
      bits |= eight &<< UInt64(8 &* byte)
    }
    while bits != 0 {
      list[found] = UInt32(truncatingIfNeeded: first &+ bits.trailingZeroBitCount)
      found &+= 1
      bits &= bits &- 1
    }
    first &+= 64
  }
  return found
}
