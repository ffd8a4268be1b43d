import NeuroKernels

/// Rows whose int8 weights fit a 16-bit sum: 256 · 128 = 2^15.
private let rowsPerFlush = 256

/// One projection onto one slice in one tick.
struct Delivery {
  let index: Int
  let memory: UnsafeMutablePointer<ProjectionMemory>
  let slice: Slice
  let ordinal: Int
  /// [neurons of the population] of the compartment that it arrives at.
  let arrivals: UnsafeMutablePointer<Int32>
  let moment: DrawMoment
  let change: ColumnChange
  let due: DueTerms

  var first: Int { Int(slice.first) }
  var count: Int { Int(slice.count) }
}

extension Fabric {
  /// Steps 1 to 3: weights change by what is due, then the rows that arrive are added to the arrivals.
  func deliver(
    _ index: Int, slice: Slice, ordinal: Int, moment: DrawMoment, learning: Bool, labelled: Bool
  ) {
    let memory = projections + index
    let projection = memory.pointee.projection
    guard projection.enabled, labelled || !projection.labelGated else { return }
    let source = populations + Int(projection.source)
    let slot = source.pointee.slot(ago: Int(projection.delayTicks))
    let analogue = source.pointee.population.kind == .analogue
    let rowsArrive = analogue || source.pointee.spikeCounts[slot] > 0
    let learns = learning && projection.learning && projection.hasRule
    let due =
      learns
      ? DueTerms(
        projection.rule, count: moment.count, rowsArrive: rowsArrive,
        targetsFired: !memory.pointee.isByColumn && projection.rule.has(.postsynaptic)
          && !firedLast(slice).isEmpty)
      : .none
    guard rowsArrive || due.withoutRow else { return }
    let delivery = Delivery(
      index: index, memory: memory, slice: slice, ordinal: ordinal,
      arrivals: populations[Int(slice.population)].arrivals[Int(projection.compartment.rawValue)],
      moment: moment,
      change: learns ? prepareColumns(index, slice: slice, moment: moment, due: due) : .none,
      due: due)
    if due.withoutRow, delivery.change != .none {
      deliverAll(delivery, slot: slot)
    } else if analogue {
      let values = source.pointee.values + slot * source.pointee.count
      deliverValues(delivery, values, count: source.pointee.count)
    } else if projection.connectivity == .dense, projection.blankOut == 0,
      delivery.change != .general
    {
      deliverDense(delivery, source.pointee.fired(slot: slot))
    } else {
      deliverEach(delivery, source.pointee.fired(slot: slot))
    }
  }

  /// Every row, for what is due whether or not it arrives.
  private func deliverAll(_ delivery: Delivery, slot: Int) {
    let projection = delivery.memory.pointee.projection
    let source = populations + Int(projection.source)
    let isAnalogue = source.pointee.population.kind == .analogue
    let fired = isAnalogue ? nil : source.pointee.fired(slot: slot)
    let values = source.pointee.values + slot * source.pointee.count
    var next = 0
    for row in 0..<source.pointee.count {
      guard let fired else {
        deliverRow(delivery, row, value: Int32(values[row]))
        continue
      }
      let arrives = next < fired.count && fired[next] == UInt32(row)
      if arrives { next += 1 }
      deliverRow(delivery, row, value: arrives ? 1 : nil)
    }
  }

  private func deliverValues(
    _ delivery: Delivery, _ values: UnsafePointer<Int16>, count: Int
  ) {
    let projection = delivery.memory.pointee.projection
    let dense = projection.connectivity == .dense && projection.blankOut == 0
    for row in 0..<count where values[row] != 0 {
      let factor = Int32(values[row]) &<< Int32(projection.shift)
      guard dense else {
        deliverRow(delivery, row, value: Int32(values[row]))
        continue
      }
      let start = row * delivery.memory.pointee.stride + delivery.first
      let arrivals = delivery.arrivals + delivery.first
      if projection.storage == .int8 {
        accumulate(
          delivery.memory.pointee.weights8 + start, times: factor, into: arrivals,
          count: delivery.count)
      } else {
        accumulate(
          delivery.memory.pointee.weights16 + start, times: factor, into: arrivals,
          count: delivery.count)
      }
    }
  }

  private func deliverEach(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    for row in rows { deliverRow(delivery, Int(row), value: 1) }
  }

  /// Dense rows whose change does not depend on the weight.
  private func deliverDense(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    var pending = 0
    var draws = RowDraws(delivery)
    for row in rows {
      let start = Int(row) * delivery.memory.pointee.stride + delivery.first
      let rho = delivery.change == .dithered ? draws.rho(Int(row)) : 0
      if delivery.memory.pointee.projection.storage == .int8 {
        addRow(delivery, delivery.memory.pointee.weights8 + start, rho: rho)
      } else {
        addRow(delivery, delivery.memory.pointee.weights16 + start, rho: rho)
      }
      pending += 1
      if pending == rowsPerFlush {
        flushSums(delivery)
        pending = 0
      }
    }
    if pending > 0 { flushSums(delivery) }
  }

  @inline(__always)
  private func addRow(_ delivery: Delivery, _ row: UnsafeMutablePointer<Int8>, rho: UInt8) {
    guard delivery.change != .none else {
      return accumulate(row, into: scratch.sums, count: delivery.count)
    }
    learn(
      row, whole: scratch.whole8, fraction: scratch.fraction, dither: scratch.dither, rho: rho,
      low: Int8(truncatingIfNeeded: delivery.memory.pointee.lowLimit),
      high: Int8(truncatingIfNeeded: delivery.memory.pointee.highLimit), into: scratch.sums,
      count: delivery.count)
  }

  @inline(__always)
  private func addRow(_ delivery: Delivery, _ row: UnsafeMutablePointer<Int16>, rho: UInt8) {
    let low = Int16(truncatingIfNeeded: delivery.memory.pointee.lowLimit)
    let high = Int16(truncatingIfNeeded: delivery.memory.pointee.highLimit)
    switch delivery.change {
    case .none:
      accumulate(row, into: scratch.sums, count: delivery.count)
    case .step:
      learn(
        row, step: scratch.whole16, low: low, high: high, into: scratch.sums,
        count: delivery.count)
    case .dithered, .general:
      learn(
        row, whole: scratch.whole16, fraction: scratch.fraction, dither: scratch.dither, rho: rho,
        low: low, high: high, into: scratch.sums, count: delivery.count)
    }
  }

  private func flushSums(_ delivery: Delivery) {
    flush(
      scratch.sums, shift: Int32(delivery.memory.pointee.projection.shift),
      into: delivery.arrivals + delivery.first, count: delivery.count)
  }
}

/// ρ of each row; a block serves sixteen neighbours.
struct RowDraws {
  private let delivery: Delivery
  private var current = -1
  private var block = SIMD4<UInt32>()

  init(_ delivery: Delivery) { self.delivery = delivery }

  mutating func rho(_ row: Int) -> UInt8 {
    if row &>> 4 != current {
      current = row &>> 4
      block = delivery.moment.block(.rowRounding, object: delivery.index, index: current)
    }
    return byte(block, row & 15)
  }
}
