/// Arranges tests; no draw of the law. Also keeps a digest of everything that was drawn.
///
/// - Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
///   OOPSLA 2014.
struct SplitMix64 {
  private var state: UInt64
  private(set) var arrangement = Digest()

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in the range.
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound) + 1
    let value = range.lowerBound + Int(next() % width)
    arrangement.add(value)
    return value
  }

  /// True in `percent` of 100 cases.
  mutating func chance(_ percent: Int) -> Bool { integer(0...99) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[integer(0...elements.count - 1)]
  }

  /// A signed number of up to `bits` bits: every order of magnitude alike, the two ends now and then.
  mutating func signed(bits: Int) -> Int {
    let largest = (1 << (bits - 1)) - 1
    switch integer(0...24) {
    case 0: return largest
    case 1: return -largest - 1
    default:
      let order = 1 << integer(0...bits - 1)
      return integer(-order...order - 1)
    }
  }

  /// As `signed`, of the positive half: 0 .. 2^bits − 1.
  mutating func magnitude(bits: Int) -> Int { integer(0...(1 << integer(0...bits)) - 1) }
}
