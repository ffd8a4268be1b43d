/// Columns beyond the last one that kernels of rows may take in.
let columnsBeyond = 32
/// As many targets as 16 bits number, and one number more that says of a target that it does not exist.
private let shortTargets = 65_535

/// Columns of dense rows that lie side by side: [rows][stride] weights.
struct RowPart: BitwiseCopyable {
  /// Where its first weight is among those of the projection.
  var start: Int
  let stride: Int
  /// The first of its columns, and how many there are.
  var first: Int
  var count: Int

  func positions(row: Int) -> Range<Int> {
    let position = start + row * stride
    return position..<(position + count)
  }
}

/// One projection at run time: its bits and its weights.
///
/// Dense rows lie in two parts: whole blocks of 64 columns, whose rows no kernel crosses, and the columns that are left, where kernels that
/// take more than there are go on into the next rows.
struct ProjectionMemory: BitwiseCopyable {
  var projection: Projection
  /// Of its rule.
  let isByColumn: Bool
  let isNarrow: Bool
  let isViewedAtOnce: Bool
  let sourceCount: Int
  /// Targets: of the projection, or, in a view of some columns, of those.
  private(set) var targetCount: Int
  /// The target that arrays and columns begin with; 0 but in a view.
  private(set) var firstTarget = 0
  /// Columns that kernels of columns go through.
  var width: Int { padded(targetCount, to: neuronsAtOnce) }
  /// Dense: blocks of 64 columns, and the rest.
  private(set) var blocks: RowPart
  private(set) var rest: RowPart
  let weightCount: Int
  private(set) var weights8: UnsafeMutablePointer<Int8>
  private(set) var weights16: UnsafeMutablePointer<Int16>
  /// Sparse: [sources + 1] and, in one of two widths, [weightCount].
  private(set) var rowStarts: UnsafeMutablePointer<UInt32>
  /// [sources] where rows end: `rowStarts` from the second on, but in a view.
  private(set) var rowEnds: UnsafeMutablePointer<UInt32>
  let isShort: Bool
  let targets16: UnsafeMutablePointer<UInt16>
  let targets32: UnsafeMutablePointer<UInt32>

  init(
    _ projection: Projection, source: Population, target: Population, arena: inout Arena
  ) {
    self.projection = projection
    isByColumn = projection.rule.isByColumn
    isNarrow = isByColumn && projection.rule.isNarrow
    isViewedAtOnce = projection.isViewedAtOnce
    sourceCount = Int(source.neuronCount)
    targetCount = Int(target.neuronCount)
    let blockColumns = targetCount & ~63
    let left = targetCount - blockColumns
    blocks = RowPart(start: 0, stride: blockColumns, first: 0, count: blockColumns)
    rest = RowPart(
      start: sourceCount * blockColumns, stride: left, first: blockColumns, count: left)
    let sparse = projection.connectivity == .sparse
    let stored: Int
    switch projection.connectivity {
    case .dense:
      weightCount = sourceCount * targetCount
      stored = rest.start + sourceCount * rest.stride + (left == 0 ? 0 : columnsBeyond)
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
  func position(_ index: Int) -> Int { stretch(from: index).position }

  /// Where weight `index` of the model's order is stored, and how many lie side by side from there on.
  @inline(__always)
  func stretch(from index: Int) -> (position: Int, count: Int) {
    guard projection.connectivity == .dense else { return (index, weightCount - index) }
    let (row, column) = index.quotientAndRemainder(dividingBy: targetCount)
    let part = column < rest.first ? blocks : rest
    let place = column - part.first
    return (part.start + row * part.stride + place, part.count - place)
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
    } else if projection.connectivity == .dense {
      view.blocks.start += first
      view.blocks.count = min(end, blocks.count) - first
      view.rest.first -= first
      view.rest.count = max(0, end - blocks.count)
    } else {
      view.weights8 += first
      view.weights16 += first
    }
    return view
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
