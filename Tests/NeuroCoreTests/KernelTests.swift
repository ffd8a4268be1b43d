import NeuroKernels
import Testing

@testable import NeuroCore

/// Kernels of either build against what they stand for, with the largest numbers and the most rows that they take.
@Suite struct KernelTests {
  static let builds = [Kernels.plain, Kernels()]
  static let columns = 192

  /// Numbers of which a third are the least or the largest.
  static func numbers<Number: FixedWidthInteger>(
    _ type: Number.Type, _ count: Int, _ random: inout SplitMix64
  ) -> [Number] {
    (0..<count).map { _ in
      random.chance(33)
        ? random.pick([Number.min, Number.max])
        : Number(truncatingIfNeeded: random.integer(0...Int(UInt32.max)))
    }
  }

  /// Columns that are not a multiple of what kernels take at once; rows lie side by side.
  static let widths = [1, 10, 31, 33, 52, 64, 100, 192]

  @Test(
    "Sums of rows are exact, up to 256 rows of the least weight", arguments: widths,
    [1, 2, 7, 40, 256])
  func sumsAreExact(count: Int, rowCount: Int) {
    var random = SplitMix64(seed: UInt64(1_000 * count + rowCount))
    let stored = 256 * count + columnsBeyond
    var narrow = Self.numbers(Int8.self, stored, &random)
    var wide = Self.numbers(Int16.self, stored, &random)
    if rowCount == 256 {
      narrow = narrow.indices.map { $0 % 3 == 0 ? 127 : -128 }
      wide = wide.indices.map { $0 % 3 == 0 ? 32767 : -32768 }
    }
    let rows = (0..<rowCount).map { _ in UInt16(random.integer(0...255)) }
    for kernels in Self.builds {
      var arrivals = [Int32](repeating: 5, count: count + columnsBeyond)
      kernels.addRows(
        narrow, rows: rows, rowCount: rowCount, stride: count, shift: 3, into: &arrivals,
        count: count)
      for column in 0..<count {
        let sum = rows.reduce(0) { $0 + Int(narrow[Int($1) * count + column]) }
        #expect(Int(arrivals[column]) == 5 + sum * 8)
      }
      arrivals = [Int32](repeating: 0, count: count + columnsBeyond)
      kernels.addRows(
        wide, rows: rows, rowCount: rowCount, stride: count, shift: 0, into: &arrivals,
        count: count)
      for column in 0..<count {
        let sum = rows.reduce(0) { $0 + Int(wide[Int($1) * count + column] >> 8) }
        #expect(Int(arrivals[column]) == sum)
      }
    }
  }

  @Test(
    "A weight changes by q or q + 1 within its limits, and is added then; no other one changes",
    arguments: widths, 1...8)
  func changesSaturate(count: Int, seed: Int) {
    var random = SplitMix64(seed: UInt64(1_000 * count + seed))
    let low = seed % 2 == 0 ? Int8.min : Int8(random.integer(-128...0))
    let high = seed % 2 == 0 ? Int8.max : Int8(random.integer(0...127))
    let weights = Self.numbers(Int8.self, 8 * count + columnsBeyond, &random).map {
      min(max($0, low), high)
    }
    let rows: [UInt16] = [0, 1, 3, 4, 7]
    let rhos = Self.numbers(UInt8.self, rows.count, &random)
    let steps = Steps<Int8>(columns: count, &random)
    for kernels in Self.builds {
      var changed = weights
      var arrivals = [Int32](repeating: -9, count: count + columnsBeyond)
      kernels.changeAndAddRows(
        &changed, rows: rows, rhos: rhos, rowCount: rows.count, stride: count, most: steps.most,
        fraction: steps.fraction, dither: steps.dither, low: low, high: high, shift: 2,
        into: &arrivals, count: count)
      var expected = weights
      var sums = [Int](repeating: -9, count: count)
      for (row, rho) in zip(rows, rhos) {
        for column in 0..<count {
          let place = Int(row) * count + column
          expected[place] = steps.change(
            expected[place], column: column, rho: rho, low: low, high: high)
          sums[column] += Int(expected[place]) * 4
        }
      }
      #expect(changed == expected)
      #expect(arrivals.prefix(count).map(Int.init) == sums)
    }
  }

  @Test("So does that of a master, by steps with a draw or without", arguments: widths, 1...8)
  func mastersSaturate(count: Int, seed: Int) {
    var random = SplitMix64(seed: UInt64(1_000 * count + seed))
    let low = seed % 2 == 0 ? Int16.min : Int16(random.integer(-32768...0))
    let high = seed % 2 == 0 ? Int16.max : Int16(random.integer(0...32767))
    let weights = Self.numbers(Int16.self, 3 * count + columnsBeyond, &random).map {
      min(max($0, low), high)
    }
    let rho = UInt8(random.integer(0...255))
    let steps = Steps<Int16>(columns: count, &random)
    let lanes = padded(count, to: neuronsAtOnce)
    for kernels in Self.builds {
      var changed = weights
      changed.withUnsafeMutableBufferPointer {
        kernels.change(
          $0.baseAddress! + count, most: steps.most, fraction: steps.fraction,
          dither: steps.dither, rho: rho, low: low, high: high, count: lanes)
      }
      var expected = weights
      for column in 0..<count {
        expected[count + column] = steps.change(
          weights[count + column], column: column, rho: rho, low: low, high: high)
      }
      #expect(changed == expected)

      let step = (0..<lanes).map { $0 < count ? steps.steps[$0] : 0 }
      changed.withUnsafeMutableBufferPointer {
        kernels.change($0.baseAddress! + count, step: step, low: low, high: high, count: lanes)
      }
      for column in 0..<count {
        let sum = Int(expected[count + column]) + Int(step[column])
        expected[count + column] = Int16(min(max(sum, Int(low)), Int(high)))
      }
      #expect(changed == expected)
    }
  }

  @Test("A sparse row changes as a dense one does, of both widths of weights", arguments: 1...20)
  func sparseRowsChange(seed: Int) {
    sparseRowChanges(
      NeuroKernels.changeAndScatter as ChangeAndScatter<Int8>, acting: 0, seed: seed)
    sparseRowChanges(
      NeuroKernels.changeAndScatter as ChangeAndScatter<Int16>, acting: 8, seed: seed)
  }

  typealias ChangeAndScatter<Weight> = (
    _ weights: UnsafeMutablePointer<Weight>, _ targets: UnsafePointer<UInt16>, _ first: Int,
    _ most: UnsafePointer<Weight>, _ fraction: UnsafePointer<UInt8>,
    _ dither: UnsafePointer<UInt8>, _ rho: UInt8, _ low: Int32, _ high: Int32, _ shift: Int32,
    _ arrivals: UnsafeMutablePointer<Int32>, _ count: Int
  ) -> Void

  /// - Parameters:
  ///   - acting: bits that a weight that acts has less.
  func sparseRowChanges<Weight: FixedWidthInteger>(
    _ change: ChangeAndScatter<Weight>, acting: Int, seed: Int
  ) {
    var random = SplitMix64(seed: UInt64(seed))
    let first = random.pick([0, 64])
    let columns = (0..<97).filter { _ in random.chance(50) }
    let weights = Self.numbers(Weight.self, columns.count, &random)
    let steps = Self.numbers(Weight.self, 97, &random)
    let dither = Self.numbers(UInt8.self, 97, &random)
    let fraction = zip(steps, Self.numbers(UInt8.self, 97, &random)).map {
      $0 == Weight.max ? 0 : $1
    }
    let rho = UInt8(random.integer(0...255))
    let limits = random.pick([(Int(Weight.min), Int(Weight.max)), (-100, 7), (0, 0)])
    var changed = weights
    var arrivals = [Int32](repeating: 4, count: 97)
    change(
      &changed, columns.map { UInt16($0 + first) }, first, steps.map { $0 &+ 1 }, fraction, dither,
      rho, Int32(limits.0), Int32(limits.1), 2, &arrivals, columns.count)
    var sums = [Int](repeating: 4, count: 97)
    for (synapse, column) in columns.enumerated() {
      let up = fraction[column] > dither[column] &+ rho ? 1 : 0
      let sum = Int(weights[synapse]) + Int(steps[column]) + up
      let expected = min(max(sum, limits.0), limits.1)
      #expect(Int(changed[synapse]) == expected)
      sums[column] += (expected >> acting) * 4
    }
    #expect(arrivals.map(Int.init) == sums)
  }

  @Test("Blocks drawn together are those drawn one by one")
  func blocksAgree() {
    let moment = DrawMoment(seed: 0x1234_5678_9ABC_DEF0, stream: 1, count: 1 << 40 | 77)
    let numbers = (0..<64).map { UInt32($0 * $0) }
    for kernels in Self.builds {
      var words = [UInt32](repeating: 0, count: 256)
      kernels.drawBlocks(
        numbers, word1: moment.word1(.noise, object: 9), word2: moment.word2, word3: moment.word3,
        key: moment.seed, into: &words, count: 64)
      for (index, number) in numbers.enumerated() {
        let block = moment.block(.noise, object: 9, index: Int(number))
        #expect((0..<4).allSatisfy { words[4 * index + $0] == block[$0] })
      }
    }
  }

  @Test(
    "A neuron decays, takes its arrivals and fires as the law has it, also at the ends",
    arguments: [0, 1, 77, 256, 511])
  func neuronsIntegrate(loss: Int) {
    var random = SplitMix64(seed: UInt64(loss + 1))
    let count = Self.columns
    let limit = 1 << 23
    let membrane = (0..<count).map { _ in
      Int32(
        random.chance(20)
          ? random.pick([-limit, limit - 1, 0]) : random.integer(-limit...limit - 1))
    }
    let arrivals = Self.numbers(Int32.self, count, &random).map {
      random.chance(50) ? $0 : $0 >> 10
    }
    for kernels in Self.builds {
      for (lower, threshold, bias) in [(-limit, 1000, 0), (-5, limit - 1, -limit), (0, -1, 12345)] {
        var found = membrane
        var rest = arrivals
        var flags = [UInt8](repeating: 9, count: count)
        kernels.integrateAndFire(
          &found, &rest, keep: 4096 - Int32(loss), bias: Int32(bias), lowerBound: Int32(lower),
          above: Int32(threshold), reset: 7, kept: 0, into: &flags, count: count)
        for neuron in 0..<count {
          let size = (abs(Int(membrane[neuron])) * (4096 - loss)) >> 12
          let sum = (membrane[neuron] < 0 ? -size : size) + Int(arrivals[neuron]) + bias
          let value = max(lower, min(max(sum, -limit), limit - 1))
          #expect(Int(found[neuron]) == (value > threshold ? 7 : value))
          #expect(flags[neuron] == (value > threshold ? 1 : 0))
        }
        #expect(rest.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("Flags are collected in their order", arguments: [1, 8, 63, 64, 65, 200])
  func flagsAreCollected(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    let set = (0..<count).filter { _ in random.chance(40) }
    var flags = [UInt8](repeating: 0, count: count + 64)
    for index in set { flags[index] = 1 }
    for kernels in Self.builds {
      for room in [set.count, count] {
        var list = [UInt16](repeating: 77, count: count + 1)
        let found = kernels.collect(
          flags, count: count, offset: 65_500, into: &list, room: room)
        #expect(found == set.count)
        #expect(list.prefix(found).map(Int.init) == set.map { ($0 + 65_500) % 65_536 })
        #expect(list[room] == 77)
      }
    }
  }
}

/// The steps of some columns, and beyond them such as change nothing.
private struct Steps<Weight: FixedWidthInteger & SignedInteger> {
  let steps: [Weight]
  let most: [Weight]
  let fraction: [UInt8]
  let dither: [UInt8]

  init(columns: Int, _ random: inout SplitMix64) {
    steps = KernelTests.numbers(Weight.self, columns, &random)
    dither = KernelTests.numbers(UInt8.self, columns + columnsBeyond, &random)
    let fractions = KernelTests.numbers(UInt8.self, columns, &random)
    fraction =
      zip(steps, fractions).map { $0 == Weight.max ? 0 : $1 }
      + [UInt8](repeating: 0, count: columnsBeyond)
    most = steps.map { $0 &+ 1 } + [Weight](repeating: 1, count: columnsBeyond)
  }

  func change(_ weight: Weight, column: Int, rho: UInt8, low: Weight, high: Weight) -> Weight {
    let up = fraction[column] > dither[column] &+ rho ? 1 : 0
    let sum = Int(weight) + Int(steps[column]) + up
    let stored = min(max(sum, Int(Weight.min)), Int(Weight.max))
    return Weight(min(max(stored, Int(low)), Int(high)))
  }
}
