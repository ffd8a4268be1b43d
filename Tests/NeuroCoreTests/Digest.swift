/// FNV-1a, 64 bits, over numbers of four bytes, low byte first.
struct Digest: Equatable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ number: Int) {
    for shift in [0, 8, 16, 24] {
      value = (value ^ UInt64((number >> shift) & 0xFF)) &* 0x100_0000_01B3
    }
  }

  mutating func add(_ numbers: [Int]) {
    add(numbers.count)
    for number in numbers { add(number) }
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
