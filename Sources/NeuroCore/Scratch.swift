/// Working arrays of one slice, reused by each projection in each tick. [columns] each.
struct Scratch: BitwiseCopyable {
  /// Sums of acting weights of at most 256 rows; zero between uses.
  let sums: UnsafeMutablePointer<Int16>
  /// X of the law of each column; or of each term, but for its factors w and x.
  let amounts: InlineArray<4, UnsafeMutablePointer<Int64>>
  /// Words of the column draws.
  let words: UnsafeMutablePointer<UInt32>
  /// Step of a column: integer part, fraction in 1/256, and the column's dither byte.
  let whole8: UnsafeMutablePointer<Int8>
  let whole16: UnsafeMutablePointer<Int16>
  let fraction: UnsafeMutablePointer<UInt8>
  let dither: UnsafeMutablePointer<UInt8>

  init(columns: Int, arena: inout Arena) {
    sums = arena.take(Int16.self, columns)
    amounts = [
      arena.take(Int64.self, columns), arena.take(Int64.self, columns),
      arena.take(Int64.self, columns), arena.take(Int64.self, columns),
    ]
    words = arena.take(UInt32.self, columns)
    whole8 = arena.take(Int8.self, columns)
    whole16 = arena.take(Int16.self, columns)
    fraction = arena.take(UInt8.self, columns)
    dither = arena.take(UInt8.self, columns)
  }
}
