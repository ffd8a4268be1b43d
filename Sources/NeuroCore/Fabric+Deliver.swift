import NeuroKernels

/// Rows whose int8 weights fit a 16-bit sum: 256 · 128 = 2^15.
private let rowsPerFlush = 256
/// Bytes of rows that change before they are added: so much stays in the nearest cache.
private let bytesAtOnce = 16_384

/// One projection in one tick.
struct Delivery {
  let index: Int
  let memory: UnsafeMutablePointer<ProjectionMemory>
  /// [targets] of the compartment that it arrives at.
  let arrivals: UnsafeMutablePointer<Int32>
  let moment: DrawMoment
  let change: ColumnChange
  let due: DueTerms
}

extension Fabric {
  /// Steps 1 to 3: weights change by what is due, then the rows that arrive are added to the arrivals.
  func deliver(_ index: Int, moment: DrawMoment, learning: Bool, labelled: Bool) {
    let memory = projections + index
    guard memory.pointee.projection.enabled, labelled || !memory.pointee.projection.labelGated
    else { return }
    let source = populations + Int(memory.pointee.projection.source)
    let target = populations + Int(memory.pointee.projection.target)
    let slot = source.pointee.slot(ago: Int(memory.pointee.projection.delayTicks))
    let analogue = source.pointee.population.kind == .analogue
    let rowsArrive = analogue || source.pointee.spikeCounts[slot] > 0
    let learns =
      learning && memory.pointee.projection.learning && memory.pointee.projection.hasRule
    guard rowsArrive || (learns && !memory.pointee.isByColumn) else { return }
    let due =
      learns
      ? DueTerms(
        memory.pointee.projection.rule, count: moment.count, rowsArrive: rowsArrive,
        targetsFired: !memory.pointee.isByColumn
          && memory.pointee.projection.rule.has(.postsynaptic)
          && !target.pointee.firedLast.isEmpty)
      : .none
    guard rowsArrive || due.withoutRow else { return }
    let delivery = Delivery(
      index: index, memory: memory,
      arrivals: target.pointee.arrivals[Int(memory.pointee.projection.compartment.rawValue)],
      moment: moment,
      change: learns ? prepareColumns(index, moment: moment, due: due) : .none, due: due)
    if due.withoutRow, delivery.change != .none {
      deliverAll(delivery, slot: slot)
    } else if analogue {
      let values = source.pointee.values + slot * source.pointee.count
      deliverValues(delivery, values, count: source.pointee.count)
    } else {
      deliverRows(delivery, source.pointee.fired(slot: slot))
    }
  }

  /// Every row, for what is due whether or not it arrives.
  private func deliverAll(_ delivery: Delivery, slot: Int) {
    let source = populations + Int(delivery.memory.pointee.projection.source)
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
    let memory = delivery.memory
    let dense =
      memory.pointee.projection.connectivity == .dense
      && memory.pointee.projection.blankOut == 0
    for row in 0..<count where values[row] != 0 {
      let factor = Int32(values[row]) &<< Int32(memory.pointee.projection.shift)
      guard dense else {
        deliverRow(delivery, row, value: Int32(values[row]))
        continue
      }
      let start = row * memory.pointee.stride
      let columns = memory.pointee.stride
      if memory.pointee.projection.storage == .int8 {
        add(
          memory.pointee.weights8 + start, times: factor, into: delivery.arrivals, count: columns)
      } else {
        add(
          memory.pointee.weights16 + start, times: factor, into: delivery.arrivals,
          count: columns)
      }
    }
  }

  private func deliverRows(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    let memory = delivery.memory
    let isPlain = memory.pointee.projection.blankOut == 0 && delivery.change != .general
    if isPlain, memory.pointee.projection.connectivity == .dense {
      deliverDense(delivery, rows)
    } else if isPlain, delivery.change == .none,
      memory.pointee.projection.connectivity == .sparse
    {
      for row in rows { memory.pointee.scatter(row: Int(row), into: delivery.arrivals) }
    } else {
      for row in rows { deliverRow(delivery, Int(row), value: 1) }
    }
  }

  /// Dense rows whose change does not depend on the weight: some change, and are added together while they are near.
  private func deliverDense(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    let memory = delivery.memory
    guard let list = rows.baseAddress else { return }
    if delivery.change == .dithered { drawRows(delivery, list, count: rows.count) }
    let limits = (memory.pointee.lowLimit, memory.pointee.highLimit)
    let rowBytes = memory.pointee.stride &* memory.pointee.projection.storage.bytes
    let most =
      delivery.change == .none ? rowsPerFlush : min(rowsPerFlush, max(1, bytesAtOnce / rowBytes))
    var next = 0
    var pending = 0
    while next < rows.count {
      let length = min(most, rows.count &- next)
      if pending &+ length > rowsPerFlush {
        flushSums(delivery)
        pending = 0
      }
      if delivery.change != .none {
        for place in next..<(next &+ length) {
          let rho = delivery.change == .dithered ? scratch.rhos[place] : 0
          changeRow(delivery, Int(list[place]), rho: rho, limits: limits)
        }
      }
      addRows(memory, list + next, length)
      next &+= length
      pending &+= length
    }
    flushSums(delivery)
  }

  private func flushSums(_ delivery: Delivery) {
    let shift = Int32(delivery.memory.pointee.projection.shift)
    let columns = delivery.memory.pointee.stride
    if delivery.memory.pointee.projection.storage == .int8 {
      kernels.flushHalves(scratch.sums, shift: shift, into: delivery.arrivals, count: columns)
    } else {
      kernels.flush(scratch.sums, shift: shift, into: delivery.arrivals, count: columns)
    }
  }

  /// Draws ρ of rows, which ascend.
  private func drawRows(_ delivery: Delivery, _ rows: UnsafePointer<UInt32>, count: Int) {
    let blocks = listBlocks(of: rows, count: count, into: scratch.blocks)
    draw(
      delivery.moment, .rowRounding, object: delivery.index, scratch.blocks, count: blocks,
      into: scratch.draws)
    pickBytes(
      of: rows, count: count,
      from: UnsafeRawPointer(scratch.draws).assumingMemoryBound(to: UInt8.self),
      into: scratch.rhos)
  }

  private func addRows(
    _ memory: UnsafeMutablePointer<ProjectionMemory>, _ rows: UnsafePointer<UInt32>, _ count: Int
  ) {
    let columns = memory.pointee.stride
    if memory.pointee.projection.storage == .int8 {
      kernels.addRows(
        memory.pointee.weights8, rows: rows, rowCount: count, stride: columns,
        into: scratch.sums, count: columns)
    } else {
      kernels.addRows(
        memory.pointee.weights16, rows: rows, rowCount: count, stride: columns,
        into: scratch.sums, count: columns)
    }
  }

  @inline(__always)
  private func changeRow(
    _ delivery: Delivery, _ row: Int, rho: UInt8, limits: (low: Int32, high: Int32)
  ) {
    let memory = delivery.memory
    let columns = memory.pointee.stride
    let start = row &* columns
    if memory.pointee.projection.storage == .int8, limits.low == -128, limits.high == 127 {
      kernels.change(
        memory.pointee.weights8 + start, most: scratch.most8, fraction: scratch.fraction,
        dither: scratch.dither, rho: rho, count: columns)
      return
    }
    if memory.pointee.projection.storage == .int8 {
      kernels.change(
        memory.pointee.weights8 + start, most: scratch.most8, fraction: scratch.fraction,
        dither: scratch.dither, rho: rho, low: Int8(truncatingIfNeeded: limits.low),
        high: Int8(truncatingIfNeeded: limits.high), count: columns)
      return
    }
    let low = Int16(truncatingIfNeeded: limits.low)
    let high = Int16(truncatingIfNeeded: limits.high)
    if delivery.change == .step {
      kernels.change(
        memory.pointee.weights16 + start, step: scratch.most16, low: low, high: high,
        count: columns)
    } else {
      kernels.change(
        memory.pointee.weights16 + start, most: scratch.most16, fraction: scratch.fraction,
        dither: scratch.dither, rho: rho, low: low, high: high, count: columns)
    }
  }
}
