/// One projection at run time: its bits and its weights in model order.
struct ProjectionMemory: BitwiseCopyable {
  var projection: Projection
  /// Of its rule.
  let isByColumn: Bool
  let sourceCount: Int
  let targetCount: Int
  /// Weights from one dense row to the next: the targets, rounded up to 64.
  let stride: Int
  let weightCount: Int
  let weights8: UnsafeMutablePointer<Int8>
  let weights16: UnsafeMutablePointer<Int16>
  /// Sparse: [sources + 1] and [weightCount].
  let rowStarts: UnsafeMutablePointer<UInt32>
  let targets: UnsafeMutablePointer<UInt32>
  /// Sparse: [slices + 1][sources], where in its row a slice's synapses begin.
  let sliceStarts: UnsafeMutablePointer<UInt32>

  init(
    _ projection: Projection, source: Population, target: Population, sliceCount: Int,
    arena: inout Arena
  ) {
    self.projection = projection
    isByColumn = projection.rule.isByColumn
    sourceCount = Int(source.neuronCount)
    targetCount = Int(target.neuronCount)
    stride = (targetCount + 63) & ~63
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
    targets = arena.take(UInt32.self, sparse ? weightCount : 0)
    sliceStarts = arena.take(UInt32.self, sparse ? (sliceCount + 1) * sourceCount : 0)
  }

  /// Where weight `index` of the model's order is stored.
  @inline(__always)
  func position(_ index: Int) -> Int {
    guard projection.connectivity == .dense, stride != targetCount else { return index }
    return index / targetCount * stride + index % targetCount
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
