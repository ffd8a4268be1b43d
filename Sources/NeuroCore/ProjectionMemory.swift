import CKernels
import NeuroKernels

/// As many targets as 16 bits number, and one number more that says of a target that it does not exist.
private let shortTargets = 65_535
/// Synapses of a row that are fetched ahead: the nearest cache holds them twice.
private let synapsesFetched = 2_048

/// One projection at run time: its bits and its weights in model order.
struct ProjectionMemory: BitwiseCopyable {
  var projection: Projection
  /// Of its rule.
  let isByColumn: Bool
  let isNarrow: Bool
  let sourceCount: Int
  /// Targets: of the projection, or, in a view of some columns, of those.
  private(set) var targetCount: Int
  /// The target that arrays and columns begin with; 0 but in a view.
  private(set) var firstTarget = 0
  /// Columns that kernels go through.
  var width: Int { paddedCount(targetCount) }
  /// Weights from one dense row to the next: the targets, rounded up to 64.
  let stride: Int
  let weightCount: Int
  private(set) var weights8: UnsafeMutablePointer<Int8>
  private(set) var weights16: UnsafeMutablePointer<Int16>
  /// Sparse: [sources + 1] and, in one of two widths, [weightCount].
  private(set) var rowStarts: UnsafeMutablePointer<UInt32>
  /// [sources] where rows end: `rowStarts` from the second on, but in a view.
  private(set) var rowEnds: UnsafeMutablePointer<UInt32>
  private let isShort: Bool
  private let targets16: UnsafeMutablePointer<UInt16>
  private let targets32: UnsafeMutablePointer<UInt32>

  init(
    _ projection: Projection, source: Population, target: Population, arena: inout Arena
  ) {
    self.projection = projection
    isByColumn = projection.rule.isByColumn
    isNarrow = isByColumn && projection.rule.isNarrow
    sourceCount = Int(source.neuronCount)
    targetCount = Int(target.neuronCount)
    stride = paddedCount(targetCount)
    let sparse = projection.connectivity == .sparse
    let stored: Int
    switch projection.connectivity {
    case .dense:
      weightCount = sourceCount * targetCount
      stored = sourceCount * stride
    case .oneToOne, .sharedKernel:
      weightCount = targetCount
      stored = targetCount
    case .sparse:
      weightCount = Int(projection.synapseCount)
      stored = weightCount
    }
    weights8 = arena.take(Int8.self, projection.storage == .int8 ? stored : 0)
    weights16 = arena.take(Int16.self, projection.storage == .int16Master ? stored : 0)
    rowStarts = arena.take(UInt32.self, sparse ? sourceCount + 1 : 0)
    rowEnds = rowStarts + 1
    isShort = targetCount <= shortTargets
    targets16 = arena.take(UInt16.self, sparse && isShort ? weightCount : 0)
    targets32 = arena.take(UInt32.self, sparse && !isShort ? weightCount : 0)
  }

  /// Where weight `index` of the model's order is stored.
  @inline(__always)
  func position(_ index: Int) -> Int {
    guard projection.connectivity == .dense, stride != targetCount else { return index }
    return index / targetCount * stride + index % targetCount
  }

  /// The target of a synapse of a sparse projection.
  @inline(__always)
  func target(_ synapse: Int) -> Int {
    isShort ? Int(targets16[synapse]) : Int(targets32[synapse])
  }

  /// Sets it; one that does not exist becomes another one that does not.
  func setTarget(_ synapse: Int, to target: UInt32) {
    if isShort {
      targets16[synapse] = UInt16(clamping: target)
    } else {
      targets32[synapse] = target
    }
  }

  /// A view of the columns of targets first ..< end.
  ///
  /// - Parameters:
  ///   - first: a multiple of 64.
  ///   - rowStarts, rowEnds: [sources] of a sparse projection, of the synapses with these targets.
  func view(
    first: Int, end: Int, rowStarts: UnsafeMutablePointer<UInt32>,
    rowEnds: UnsafeMutablePointer<UInt32>
  ) -> ProjectionMemory {
    var view = self
    view.firstTarget = first
    view.targetCount = end - first
    if projection.connectivity == .sparse {
      view.rowStarts = rowStarts
      view.rowEnds = rowEnds
    } else {
      view.weights8 += first
      view.weights16 += first
    }
    return view
  }

  /// Asks for a sparse row that is read soon: rows lie anywhere in memory, where no processor guesses them.
  func fetch(row: Int) {
    let start = Int(rowStarts[row])
    let count = min(Int(rowEnds[row]) - start, synapsesFetched)
    let weightBytes = projection.storage.bytes
    let weights =
      projection.storage == .int8
      ? UnsafeRawPointer(weights8) : UnsafeRawPointer(weights16)
    kernels_fetch(weights + weightBytes * start, weightBytes * count)
    if isShort {
      kernels_fetch(targets16 + start, 2 * count)
    } else {
      kernels_fetch(targets32 + start, 4 * count)
    }
  }

  /// arrivals += the acting weights of a sparse row, times 2^shift; arrivals begin with target 0, in a view, too.
  func scatter(row: Int, into arrivals: UnsafeMutablePointer<Int32>) {
    let start = Int(rowStarts[row])
    let count = Int(rowEnds[row]) - start
    let shift = Int32(projection.shift)
    switch (projection.storage, isShort) {
    case (.int8, true):
      NeuroKernels.scatter(
        weights8 + start, to: targets16 + start, shift: shift, into: arrivals, count: count)
    case (.int8, false):
      NeuroKernels.scatter(
        weights8 + start, to: targets32 + start, shift: shift, into: arrivals, count: count)
    case (.int16Master, true):
      NeuroKernels.scatter(
        weights16 + start, to: targets16 + start, shift: shift, into: arrivals, count: count)
    case (.int16Master, false):
      NeuroKernels.scatter(
        weights16 + start, to: targets32 + start, shift: shift, into: arrivals, count: count)
    }
  }

  @inline(__always)
  func stored(_ position: Int) -> Int32 {
    projection.storage == .int8 ? Int32(weights8[position]) : Int32(weights16[position])
  }

  @inline(__always)
  func store(_ weight: Int32, at position: Int) {
    if projection.storage == .int8 {
      weights8[position] = Int8(truncatingIfNeeded: weight)
    } else {
      weights16[position] = Int16(truncatingIfNeeded: weight)
    }
  }

  @inline(__always)
  func acting(_ weight: Int32) -> Int32 {
    projection.storage == .int8 ? weight : weight &>> 8
  }

  /// The stored weight's limits: those of its width and of the rule.
  var lowLimit: Int32 {
    let low = projection.storage.minimum
    return projection.hasRule ? max(low, Int32(projection.rule.lowLimit)) : low
  }

  var highLimit: Int32 {
    let high = projection.storage.maximum
    return projection.hasRule ? min(high, Int32(projection.rule.highLimit)) : high
  }
}
