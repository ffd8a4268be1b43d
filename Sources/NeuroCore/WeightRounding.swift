/// How X of docs/numerics.md 4.2 becomes the change of a stored weight.
struct WeightRounding: BitwiseCopyable {
  private let isNearest: Bool
  /// K.
  private let shift: Int64
  /// c_lo, or the half of a unit.
  private let low: Int64
  private let least: Int64
  private let most: Int64

  /// - Parameters:
  ///   - low: c_lo; not read where rounding is to nearest.
  init(_ rule: Rule, low: Int32, storage: WeightStorage) {
    isNearest = rule.rounding == .nearest
    shift = Int64(rule.shift)
    self.low = isNearest ? 1 &<< (shift &+ 7) : Int64(low)
    least = Int64(storage.minimum)
    most = Int64(storage.maximum)
  }

  /// sat_n(q + [f > u]), for the exact sum X.
  ///
  /// - Parameters:
  ///   - dither: u; not read where rounding is to nearest.
  @inline(__always)
  func change(_ amount: Int64, dither: UInt8) -> Int32 {
    let scaled = (amount &+ low) &>> shift
    var whole = min(max(scaled &>> 8, least), most)
    if !isNearest, UInt8(truncatingIfNeeded: scaled) > dither { whole = min(whole &+ 1, most) }
    return Int32(truncatingIfNeeded: whole)
  }
}
