/// Neurons that fired in one tick, ascending, in 16 bits each: run by run of 65,536 neurons, each counted from the first of its run.
public struct SpikeList: BitwiseCopyable {
  /// [count]
  let halves: UnsafeMutablePointer<UInt16>
  /// [runs] how many neurons there are up to the end of each run.
  let ends: UnsafeMutablePointer<Int32>
  let runCount: Int

  /// Neurons of a run.
  static let runLength = 65_536

  /// Runs of a population.
  static func runCount(neurons: Int) -> Int { (neurons + runLength - 1) / runLength }

  var count: Int { Int(ends[runCount - 1]) }

  var isEmpty: Bool { count == 0 }

  /// Those of one run.
  func rows(run: Int) -> Rows {
    let start = run == 0 ? 0 : Int(ends[run - 1])
    return Rows(
      first: run * SpikeList.runLength, halves: halves + start, count: Int(ends[run]) - start)
  }

  /// The largest; nil if there is none.
  var last: Int? {
    var run = runCount - 1
    while run > 0, ends[run - 1] == ends[run] { run -= 1 }
    let rows = rows(run: run)
    return rows.count == 0 ? nil : rows.first + Int(rows.halves[rows.count - 1])
  }

  /// Whether a neuron is among them.
  ///
  /// - Complexity: O(log spikes).
  func contains(_ neuron: Int) -> Bool {
    let rows = rows(run: neuron / SpikeList.runLength)
    let half = UInt16(truncatingIfNeeded: neuron)
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows.halves[middle] < half { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows.halves[low] == half
  }

  func clear() {
    for run in 0..<runCount { ends[run] = 0 }
  }

  /// Adds a neuron that is above all others.
  func append(_ neuron: Int) {
    halves[count] = UInt16(truncatingIfNeeded: neuron)
    grow(run: neuron / SpikeList.runLength, by: 1)
  }

  /// Takes in what has been written behind the last neuron, all of one run.
  func grow(run: Int, by count: Int) {
    for later in run..<runCount { ends[later] += Int32(truncatingIfNeeded: count) }
  }
}

extension SpikeList {
  /// The neurons, one after the other.
  public struct Neurons {
    private let list: SpikeList
    private var place: Int32 = 0
    private var run = 0

    fileprivate init(_ list: SpikeList) { self.list = list }

    @inline(__always)
    public mutating func next() -> Int? {
      while place == list.ends[run] {
        if run + 1 == list.runCount { return nil }
        run += 1
      }
      let half = list.halves[Int(place)]
      place += 1
      return run * SpikeList.runLength + Int(half)
    }
  }

  public var neurons: Neurons { Neurons(self) }
}

/// Neurons of one run of a list, which are rows of the projections from there.
struct Rows {
  /// The first neuron of the run.
  let first: Int
  /// [count] ascending, less `first`.
  let halves: UnsafePointer<UInt16>
  let count: Int

  @inline(__always)
  subscript(place: Int) -> Int { first &+ Int(halves[place]) }
}
