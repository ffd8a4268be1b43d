// Quadratic neurons, whose membrane goes round a circle of 2^20 with the rest at 0; docs/numerics.md 2.1.

private let half: Int32 = 1 << 19

/// 1 + cos(2π V / 2^20), in 1/2^15: 0 .. 2^16.
@inline(__always)
private func raisedCosine(_ membrane: Int32) -> Int32 {
  let position = ((membrane &+ half) & (2 &* half &- 1)) &- half
  let near = (position &+ 8) &>> 4
  let top = 32_768 &- (near &* near) &>> 15
  let factor = 20_321 &+ (top &* (9_619 &+ (2_828 &* top) &>> 15)) &>> 15
  return (((top &* top) &>> 15) &* factor) &>> 14
}

/// V after a tick; the product with the drive is exact.
///
/// - Parameters:
///   - drive: J + A_V + b + noise of the law.
///   - loss: dV of the law.
@inline(__always)
public func turned(_ membrane: Int32, drive: Int32, loss: Int32) -> Int32 {
  let share = raisedCosine(membrane)
  let pull = saturate(drive)
  let driven = ((pull &>> 8) &* share &+ ((pull & 255) &* share) &>> 8 &+ 64) &>> 7
  let leaked = ((65_536 &- share) &* loss &+ 64) &>> 7
  return min(max(membrane &+ driven &+ leaked, 0 &- half), 3 &* half)
}

/// V = turned(V, J + arrivals + bias), all parameters shared; arrivals = 0.
///
/// - Parameters:
///   - currentShift: s of the law; J = (I1 + I2 + 2^(s−1)) >> s.
@inline(never)
@export(interface)
@_optimize(speed)
public func turn(
  _ membrane: UnsafeMutablePointer<Int32>, _ current1: UnsafePointer<Int32>,
  _ current2: UnsafePointer<Int32>, _ arrivals: UnsafeMutablePointer<Int32>, loss: Int32,
  currentShift: Int32, bias: Int32, count: Int
) {
  let half: Int32 = currentShift == 0 ? 0 : 1 &<< (currentShift &- 1)
  for neuron in 0..<(count & ~15) {
    let input = (current1[neuron] &+ current2[neuron] &+ half) &>> currentShift
    membrane[neuron] = turned(
      membrane[neuron], drive: input &+ bound(arrivals[neuron]) &+ bias, loss: loss)
    arrivals[neuron] = 0
  }
}
