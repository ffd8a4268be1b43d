/// `sat_n(x)`: x clipped to the n-bit signed range.
public func saturated(_ x: Int, bits n: Int) -> Int {
  let largest = (1 << (n - 1)) - 1
  let smallest = -(1 << (n - 1))
  return x > largest ? largest : x < smallest ? smallest : x
}

/// `decay(x, d)`: the magnitude of x less d/4096 of it, rounded towards zero. Section 2, step 4.
public func decayed(_ x: Int, by d: Int) -> Int {
  let magnitude = x < 0 ? -x : x
  let left = (magnitude * (4096 - d)) >> 12
  return x < 0 ? -left : left
}

/// x / 2^shift, rounded to nearest: `(x + h) >> shift` with h = 2^(shift − 1), or 0 if shift = 0.
public func divided(_ x: Int, byPowerOfTwo shift: Int) -> Int {
  let h = shift == 0 ? 0 : 1 << (shift - 1)
  return (x + h) >> shift
}

/// x / d, rounded towards minus infinity; d is positive.
public func floorDivided(_ x: Int, by d: Int) -> Int {
  x % d < 0 ? x / d - 1 : x / d
}

/// The 16-bit view of a state that rules and gates see. Section 4.1.
public func view(_ z: Int, shift v: Int) -> Int {
  saturated(divided(z, byPowerOfTwo: v), bits: 16)
}
