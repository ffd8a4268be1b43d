extension Lanes {
  /// 1 − cos 2πv for v in 0 .. 1 as a board has it, rounding included. Source: w of docs/numerics.md 2.1.
  var boardShare: Lanes {
    let scaled: Lanes = ((self - 0.5) * 65_536).rounded(.toNearestOrAwayFromZero)
    let h = IntegerLanes(scaled)
    let s = IntegerLanes(repeating: 32_768) &- (h &* h) &>> 15
    let q = (s &* s) &>> 15
    let g = 20_321 &+ (s &* (9_619 &+ (2_828 &* s) &>> 15)) &>> 15
    return Lanes((q &* g) &>> 14) / 32_768
  }
}
