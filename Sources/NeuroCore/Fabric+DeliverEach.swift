extension FabricPart {
  /// One row, synapse by synapse: any connectivity, any rule, blank-out.
  ///
  /// - Parameters:
  ///   - value: what its weights are multiplied by; nil if it does not arrive.
  func deliverRow(_ delivery: Delivery, _ row: Int, value: Int32?) {
    var synapse = Synapse(delivery, row: row, value: value)
    if delivery.change == .general {
      fillRowFactors(&synapse, value)
    } else {
      synapse.changes = delivery.change != .none
    }
    guard synapse.changes || value != nil else { return }
    if synapse.changes,
      delivery.memory.pointee.projection.rule.rounding == .stochastic
    {
      synapse.rho = byte(
        delivery.moment.block(.rowRounding, object: delivery.index, index: row &>> 4), row & 15)
    }
    let memory = delivery.memory
    switch memory.pointee.projection.connectivity {
    case .dense:
      let start = row * memory.pointee.stride
      for column in 0..<memory.pointee.targetCount {
        deliver(&synapse, position: start + column, column: column)
      }
    case .sparse:
      let starts = memory.pointee.rowStarts
      let ends = memory.pointee.rowEnds
      for position in Int(starts[row])..<Int(ends[row]) {
        deliver(
          &synapse, position: position,
          column: memory.pointee.target(position) - memory.pointee.firstTarget)
      }
    case .oneToOne, .sharedKernel:
      let column = row - memory.pointee.firstTarget
      guard column >= 0, column < memory.pointee.targetCount else { return }
      deliver(&synapse, position: column, column: column)
    }
  }

  private func fillRowFactors(_ synapse: inout Synapse, _ value: Int32?) {
    let delivery = synapse.delivery
    let source = populations + Int(delivery.memory.pointee.projection.source)
    let trace = source.pointee.population.preTrace
    let isAnalogue = source.pointee.population.kind == .analogue
    let x =
      isAnalogue
      ? value ?? 0
      : trace.isThere
        ? traceView(source.pointee.preTrace[synapse.row], shift: trace.viewShift) : 0
    let rule = delivery.memory.pointee.projection.rule
    for index in 0..<Int(rule.termCount) where delivery.due[index] {
      let factor = rule.terms[index].rowFactor(arrives: value != nil, trace: x)
      synapse.rowFactors[index] = factor
      if factor != 0 { synapse.changes = true }
    }
  }

  @inline(never)
  private func deliver(_ synapse: inout Synapse, position: Int, column: Int) {
    if synapse.isBlanked(column) { return }
    let memory = synapse.delivery.memory
    var weight = memory.pointee.stored(position)
    if synapse.changes, column != synapse.fixedColumn {
      weight = changed(weight, synapse, column: column)
      memory.pointee.store(weight, at: position)
    }
    synapse.delivery.arrivals[column] &+= memory.pointee.acting(weight) &* synapse.factor
  }

  @inline(never)
  private func changed(_ weight: Int32, _ synapse: Synapse, column: Int) -> Int32 {
    let memory = synapse.delivery.memory
    let projection = memory.pointee.projection
    let change: Int32
    if synapse.delivery.change == .general {
      var amount: Int64 = 0
      for index in 0..<Int(projection.rule.termCount) {
        let term = projection.rule.terms[index]
        var part = scratch.amounts[index][column] &* synapse.rowFactors[index]
        if term.factorA == .weight { part &*= Int64(weight) }
        if term.factorB == .weight { part &*= Int64(weight) }
        amount &+= part
      }
      change = roundedChange(
        amount, rule: projection.rule, low: Int64(synapse.delivery.low),
        dither: scratch.dither[column] &+ synapse.rho, storage: projection.storage)
    } else {
      let less = scratch.fraction[column] > scratch.dither[column] &+ synapse.rho ? 0 : 1
      change =
        projection.storage == .int8
        ? Int32(scratch.most8[column] &- Int8(less))
        : Int32(scratch.most16[column] &- Int16(less))
    }
    let sum = min(
      max(weight &+ change, projection.storage.minimum), projection.storage.maximum)
    return min(max(sum, memory.pointee.lowLimit), memory.pointee.highLimit)
  }
}

/// What the synapses of one row share.
private struct Synapse {
  let delivery: Delivery
  let row: Int
  /// What an acting weight of 1 adds.
  let factor: Int32
  var rho: UInt8 = 0
  /// Whether some weight of the row may change, and what each term's amount is multiplied by.
  var changes = false
  var rowFactors = InlineArray<4, Int64>(repeating: 0)
  /// The column whose weight does not change; below 0: none.
  let fixedColumn: Int
  private let firstTarget: Int
  private let blankOut: UInt8
  private var blankIndex = -1
  private var blankBlock = SIMD4<UInt32>()

  init(_ delivery: Delivery, row: Int, value: Int32?) {
    self.delivery = delivery
    self.row = row
    factor = (value ?? 0) &<< Int32(delivery.memory.pointee.projection.shift)
    firstTarget = delivery.memory.pointee.firstTarget
    fixedColumn =
      delivery.memory.pointee.projection.rule.skipsDiagonal ? row - firstTarget : -1
    blankOut = value == nil ? 0 : delivery.memory.pointee.projection.blankOut
  }

  @inline(__always)
  mutating func isBlanked(_ column: Int) -> Bool {
    guard blankOut > 0 else { return false }
    let target = firstTarget &+ column
    if target &>> 4 != blankIndex {
      blankIndex = target &>> 4
      blankBlock = delivery.moment.block(
        .blankOut, object: delivery.index, index: row, block: blankIndex)
    }
    return byte(blankBlock, target & 15) < blankOut
  }
}
