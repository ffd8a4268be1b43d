// Loops over the neurons of a slice. State is 24 bits signed; docs/numerics.md 2, step 4.

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
@_optimize(speed)
public func decayAndAdd(
  _ state: UnsafeMutablePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  count: Int
) {
  for neuron in 0..<count {
    state[neuron] = saturate(decay(state[neuron], keep: keep) &+ bound(arrivals[neuron]))
    arrivals[neuron] = 0
  }
}

/// V = max(lower, sat_24(decay(V) + J + arrivals + bias)), all parameters shared; arrivals = 0.
///
/// - Parameters:
///   - currentShift: s of the law; J = (I1 + I2 + 2^(s−1)) >> s.
@inline(never)
@_optimize(speed)
public func integrate(
  _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
  _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, keep: Int32,
  currentShift: Int32, bias: Int32, lowerBound: Int32, count: Int
) {
  let half: Int32 = currentShift == 0 ? 0 : 1 &<< (currentShift &- 1)
  for neuron in 0..<count {
    let input = (current1[neuron] &+ current2[neuron] &+ half) &>> currentShift
    let sum = decay(membrane[neuron], keep: keep) &+ input &+ bound(arrivals[neuron]) &+ bias
    membrane[neuron] = max(lowerBound, saturate(sum))
    arrivals[neuron] = 0
  }
}
