/// 1 + cos(2π V / 2^20), in 1/2^15, as the law rounds it. Section 2.1.
public func raisedCosine(_ membrane: Int) -> Int {
  let p = ((membrane + (1 << 19)) & ((1 << 20) - 1)) - (1 << 19)
  let h = (p + 8) >> 4
  let s = (1 << 15) - ((h * h) >> 15)
  let q = (s * s) >> 15
  let g = 20_321 + ((s * (9_619 + ((2_828 * s) >> 15))) >> 15)
  return (q * g) >> 14
}

/// V of a quadratic neuron after a tick with the drive D. Section 2.1.
public func turned(_ membrane: Int, drive: Int, loss: Int) -> Int {
  let w = raisedCosine(membrane)
  let driven = (w * drive + (1 << 14)) >> 15
  let leaked = (((1 << 16) - w) * loss + 64) >> 7
  return min(3 << 19, max(-(1 << 19), membrane + driven + leaked))
}
