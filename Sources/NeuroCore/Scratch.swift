/// Working arrays, reused by each projection in each tick. [columns] each, and as many more as kernels take in beyond the last one.
struct Scratch: BitwiseCopyable {
  /// What arrives at each compartment of a population, if something ever does; zero but while one is at work.
  let arrivals: InlineArray<4, UnsafeMutablePointer<Int32>?>
  /// The same of the membrane, whose array is always there.
  let membraneArrivals: UnsafeMutablePointer<Int32>
  /// [columns of rules that are not narrow] X of the law of each column; or of each term, but for its factors w and x.
  let amounts: InlineArray<4, UnsafeMutablePointer<Int64>>
  /// Larger step of a column (q + 1) of int8 weights and of masters, fraction in 1/256, and the column's dither byte c.
  let most8: UnsafeMutablePointer<Int8>
  let most16: UnsafeMutablePointer<Int16>
  let fraction: UnsafeMutablePointer<UInt8>
  let dither: UnsafeMutablePointer<UInt8>
  /// Views of what a rule with one factor multiplies, where they are not split as they are viewed.
  let values: UnsafeMutablePointer<Int32>
  /// [neurons of the largest population, and 64 more] who fires, 0 or 1.
  let flags: UnsafeMutablePointer<UInt8>
  /// 0, 1, 2 and so on.
  let numbers: UnsafeMutablePointer<UInt32>
  private let numberCount: Int
  /// Numbers of blocks to draw, and the draws.
  let blocks: UnsafeMutablePointer<UInt32>
  let draws: UnsafeMutablePointer<UInt32>
  /// A byte for each row of a run: the intensities of inputs that draws are for; ρ of rows that arrive.
  let rowBytes: UnsafeMutablePointer<UInt8>

  init(_ size: ScratchSize, arena: inout Arena) {
    let columns = size.columns + columnsBeyond
    membraneArrivals = arena.take(Int32.self, columns)
    var arrivals = InlineArray<4, UnsafeMutablePointer<Int32>?>(repeating: nil)
    arrivals[0] = membraneArrivals
    for compartment in 1..<Compartment.count
    where size.arrivalCompartments >> UInt8(compartment) & 1 != 0 {
      arrivals[compartment] = arena.take(Int32.self, columns)
    }
    self.arrivals = arrivals
    amounts = [
      arena.take(Int64.self, size.wideColumns), arena.take(Int64.self, size.wideColumns),
      arena.take(Int64.self, size.wideColumns), arena.take(Int64.self, size.wideColumns),
    ]
    most8 = arena.take(Int8.self, columns)
    most16 = arena.take(Int16.self, size.learnsMasters ? columns : 0)
    fraction = arena.take(UInt8.self, columns)
    dither = arena.take(UInt8.self, padded(size.columns, to: 16 * blocksAtOnce) + columnsBeyond)
    values = arena.take(Int32.self, size.viewsColumns ? columns : 0)
    flags = arena.take(UInt8.self, padded(size.neurons, to: neuronsAtOnce) + 64)
    numberCount = max((size.columns + 15) / 16, (size.noisyNeurons + 3) / 4) + blocksAtOnce
    numbers = arena.take(UInt32.self, numberCount)
    let rows = padded(min(size.neurons, SpikeList.runLength), to: 8 * blocksAtOnce)
    blocks = arena.take(UInt32.self, rows / 8)
    draws = arena.take(
      UInt32.self, max(max(rows / 2, columns), padded(size.noisyNeurons, to: 4 * blocksAtOnce)))
    rowBytes = arena.take(UInt8.self, rows)
  }

  /// Views of what a gate looks at, which lie where draws lie later.
  var gate: UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(draws).assumingMemoryBound(to: Int32.self)
  }

  func fillNumbers() {
    for number in 0..<numberCount { numbers[number] = UInt32(truncatingIfNeeded: number) }
  }
}

/// What the working arrays of a network depend on.
struct ScratchSize: BitwiseCopyable {
  /// Of the largest target, of the largest population, and of the largest one with noise.
  private(set) var columns = 0
  private(set) var neurons = 0
  private(set) var noisyNeurons = 0
  /// Of the largest target of a rule that is not narrow.
  private(set) var wideColumns = 0
  /// Whether some rule changes int16 masters, and whether some rule views its columns before it splits them.
  private(set) var learnsMasters = false
  private(set) var viewsColumns = false
  /// Compartments that some projection arrives at, bit by `Compartment`.
  private(set) var arrivalCompartments: UInt8 = 0

  init(
    _ populations: UnsafeBufferPointer<Population>, _ projections: UnsafeBufferPointer<Projection>
  ) {
    for population in populations {
      let count = Int(population.neuronCount)
      neurons = max(neurons, count)
      if population.kind.hasMembrane { columns = max(columns, count) }
      if population.noiseAmplitude != 0 { noisyNeurons = max(noisyNeurons, count) }
    }
    for projection in projections {
      arrivalCompartments |= 1 << projection.compartment.rawValue
      guard projection.hasRule else { continue }
      if projection.storage == .int16Master { learnsMasters = true }
      let isNarrow = projection.rule.isByColumn && projection.rule.isNarrow
      if !isNarrow {
        wideColumns = max(wideColumns, Int(populations[Int(projection.target)].neuronCount))
      } else if !projection.isViewedAtOnce {
        viewsColumns = true
      }
    }
  }
}

/// Blocks of draws that are made together.
let blocksAtOnce = 8
