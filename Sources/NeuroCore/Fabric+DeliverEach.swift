extension Fabric {
  /// One row, synapse by synapse: any connectivity, any rule, blank-out.
  ///
  /// - Parameters:
  ///   - factor: what an acting weight of 1 adds: value · 2^shift.
  func deliverRow(_ delivery: Delivery, _ row: Int, factor: Int32) {
    var synapse = Synapse(delivery, row: row, factor: factor)
    if delivery.change != .none,
      delivery.memory.pointee.projection.rule.rounding == .stochastic
    {
      var draws = RowDraws(delivery)
      synapse.rho = draws.rho(row)
    }
    let memory = delivery.memory
    switch memory.pointee.projection.connectivity {
    case .dense:
      let start = row * memory.pointee.stride
      for column in delivery.first..<(delivery.first + delivery.count) {
        deliver(&synapse, position: start + column, column: column)
      }
    case .sparse:
      let starts = memory.pointee.sliceStarts + delivery.ordinal * memory.pointee.sourceCount
      let ends = starts + memory.pointee.sourceCount
      for position in Int(starts[row])..<Int(ends[row]) {
        deliver(&synapse, position: position, column: Int(memory.pointee.targets[position]))
      }
    case .oneToOne, .sharedKernel:
      if row >= delivery.first, row < delivery.first + delivery.count {
        deliver(&synapse, position: row, column: row)
      }
    }
  }

  @inline(never)
  private func deliver(_ synapse: inout Synapse, position: Int, column: Int) {
    if synapse.isBlanked(column) { return }
    let memory = synapse.delivery.memory
    var weight = memory.pointee.stored(position)
    if synapse.delivery.change != .none {
      weight = changed(weight, synapse, column: column)
      memory.pointee.store(weight, at: position)
    }
    synapse.delivery.arrivals[column] &+= memory.pointee.acting(weight) &* synapse.factor
  }

  @inline(never)
  private func changed(_ weight: Int32, _ synapse: Synapse, column: Int) -> Int32 {
    let memory = synapse.delivery.memory
    let projection = memory.pointee.projection
    let local = column - synapse.delivery.first
    var amount = scratch.amounts[0][local]
    if synapse.delivery.change == .general {
      let stored = Int64(weight)
      amount &+= (scratch.amounts[1][local] &+ scratch.amounts[2][local] &* stored) &* stored
    }
    let change = roundedChange(
      amount, rule: projection.rule, shift: Int64(projection.rule.shift),
      word: projection.rule.rounding == .nearest ? 0 : scratch.words[local], rho: synapse.rho,
      storage: projection.storage)
    let sum = min(
      max(weight &+ change, projection.storage.minimum), projection.storage.maximum)
    return min(max(sum, memory.pointee.lowLimit), memory.pointee.highLimit)
  }
}

/// What the synapses of one row share.
private struct Synapse {
  let delivery: Delivery
  let row: Int
  let factor: Int32
  var rho: UInt8 = 0
  private let blankOut: UInt8
  private var blankIndex = -1
  private var blankBlock = SIMD4<UInt32>()

  init(_ delivery: Delivery, row: Int, factor: Int32) {
    self.delivery = delivery
    self.row = row
    self.factor = factor
    blankOut = delivery.memory.pointee.projection.blankOut
  }

  @inline(__always)
  mutating func isBlanked(_ column: Int) -> Bool {
    guard blankOut > 0 else { return false }
    if column &>> 4 != blankIndex {
      blankIndex = column &>> 4
      blankBlock = delivery.moment.block(
        .blankOut, object: delivery.index, index: row, block: blankIndex)
    }
    return byte(blankBlock, column & 15) < blankOut
  }
}
