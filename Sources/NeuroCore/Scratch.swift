/// Working arrays, reused by each projection in each tick. [columns] each.
struct Scratch: BitwiseCopyable {
  /// What arrives at each compartment of a population; zero but while one is at work.
  let arrivals: InlineArray<4, UnsafeMutablePointer<Int32>>
  /// [columns of rules that are not narrow] X of the law of each column; or of each term, but for its factors w and x.
  let amounts: InlineArray<4, UnsafeMutablePointer<Int64>>
  /// Larger step of a column (q + 1), fraction in 1/256, and [columns and 64 more] the column's dither byte c.
  let most8: UnsafeMutablePointer<Int8>
  let most16: UnsafeMutablePointer<Int16>
  let fraction: UnsafeMutablePointer<UInt8>
  let dither: UnsafeMutablePointer<UInt8>
  /// Views of what a rule with one factor multiplies, and of its gate.
  let values: UnsafeMutablePointer<Int32>
  let gate: UnsafeMutablePointer<Int32>
  /// [neurons of the largest population, and 64 more] who fires, 0 or 1.
  let flags: UnsafeMutablePointer<UInt8>
  /// 0, 1, 2 and so on.
  let numbers: UnsafeMutablePointer<UInt32>
  let numberCount: Int
  /// Numbers of blocks to draw, the draws, and the intensities that they are for: room for a block to each 4 neurons.
  let blocks: UnsafeMutablePointer<UInt32>
  let draws: UnsafeMutablePointer<UInt32>
  let intensities: UnsafeMutablePointer<UInt8>
  /// ρ of rows that arrive.
  let rhos: UnsafeMutablePointer<UInt8>

  /// - Parameters:
  ///   - columns, neurons: of the largest target, and of the largest population.
  ///   - wideColumns: of the largest target of a rule that is not narrow.
  init(columns: Int, neurons: Int, wideColumns: Int, arena: inout Arena) {
    let width = paddedCount(columns)
    arrivals = [
      arena.take(Int32.self, width), arena.take(Int32.self, width),
      arena.take(Int32.self, width), arena.take(Int32.self, width),
    ]
    amounts = [
      arena.take(Int64.self, wideColumns), arena.take(Int64.self, wideColumns),
      arena.take(Int64.self, wideColumns), arena.take(Int64.self, wideColumns),
    ]
    most8 = arena.take(Int8.self, width)
    most16 = arena.take(Int16.self, width)
    fraction = arena.take(UInt8.self, width)
    dither = arena.take(UInt8.self, width + 64)
    values = arena.take(Int32.self, width)
    gate = arena.take(Int32.self, width)
    let most = paddedCount(neurons)
    flags = arena.take(UInt8.self, most + 64)
    numberCount = most / 4
    numbers = arena.take(UInt32.self, numberCount)
    blocks = arena.take(UInt32.self, numberCount)
    draws = arena.take(UInt32.self, most)
    intensities = arena.take(UInt8.self, most)
    rhos = arena.take(UInt8.self, most)
  }

  func fillNumbers() {
    for number in 0..<numberCount { numbers[number] = UInt32(truncatingIfNeeded: number) }
  }
}

/// What arrays of so many neurons have room for: kernels go through them in blocks of 64.
func paddedCount(_ neurons: Int) -> Int { (neurons + 63) & ~63 }
