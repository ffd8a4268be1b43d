import CKernels
import NeuroKernels

/// Rows that kernels take.
private let rowsAtOnce = 256
/// Bytes of rows that change before they are added: so much stays in the nearest cache.
private let bytesAtOnce = 16_384

/// One projection in one tick.
struct Delivery {
  let index: Int
  let memory: UnsafeMutablePointer<ProjectionMemory>
  let target: UnsafeMutablePointer<PopulationMemory>
  /// [targets] of the compartment that it arrives at.
  let arrivals: UnsafeMutablePointer<Int32>
  let moment: DrawMoment
  /// c_lo of docs/numerics.md 4.2.
  let low: Int32
  let change: ColumnChange
  let due: DueTerms
}

extension FabricPart {
  /// Steps 1 to 3: weights change by what is due, then the rows that arrive are added to the arrivals.
  func deliver(
    _ index: Int, to target: UnsafeMutablePointer<PopulationMemory>, in tick: Tick
  ) {
    guard projections[index].projection.enabled,
      tick.labelled || !projections[index].projection.labelGated
    else { return }
    let memory = share(ofProjection: index)
    let source = populations + Int(memory.pointee.projection.source)
    let slot = source.pointee.slot(ago: Int(memory.pointee.projection.delayTicks))
    let analogue = source.pointee.population.kind == .analogue
    let rowsArrive = analogue || source.pointee.spikeCounts[slot] > 0
    let learns =
      tick.learning && memory.pointee.projection.learning && memory.pointee.projection.hasRule
    guard rowsArrive || (learns && !memory.pointee.isByColumn) else { return }
    let due =
      learns
      ? DueTerms(
        memory.pointee.projection.rule, count: tick.moment.count, rowsArrive: rowsArrive,
        targetsFired: !memory.pointee.isByColumn
          && memory.pointee.projection.rule.has(.postsynaptic)
          && !target.pointee.firedLast.isEmpty)
      : .none
    guard rowsArrive || due.withoutRow else { return }
    let low = learns ? lowBits(index, memory.pointee.projection.rule, moment: tick.moment) : 0
    let delivery = Delivery(
      index: index, memory: memory, target: target,
      arrivals: scratch.arrivals[Int(memory.pointee.projection.compartment.rawValue)],
      moment: tick.moment, low: low,
      change: learns
        ? prepareColumns(index, memory, target, moment: tick.moment, low: low, due: due) : .none,
      due: due)
    if due.withoutRow, delivery.change != .none {
      deliverAll(delivery, slot: slot)
    } else if analogue {
      let values = source.pointee.values + slot * source.pointee.count
      deliverValues(delivery, values, count: source.pointee.count)
    } else {
      deliverRows(delivery, source.pointee.fired(slot: slot))
    }
  }

  /// c_lo of a rule, 0 where it rounds to nearest.
  private func lowBits(_ index: Int, _ rule: Rule, moment: DrawMoment) -> Int32 {
    guard rule.rounding != .nearest else { return 0 }
    let word = moment.block(.columnRounding, object: index, index: 0, block: 1).x
    return Int32(bitPattern: word & (1 &<< UInt32(truncatingIfNeeded: rule.shift) &- 1))
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
      let columns = memory.pointee.width
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
    } else if isPlain, memory.pointee.projection.connectivity == .sparse,
      delivery.change == .none || memory.pointee.isShort
    {
      deliverSparse(delivery, rows)
    } else {
      for row in rows { deliverRow(delivery, Int(row), value: 1) }
    }
  }

  /// Sparse rows whose change does not depend on the weight.
  private func deliverSparse(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    let memory = delivery.memory
    guard let list = rows.baseAddress else { return }
    drawRows(delivery, list, count: rows.count)
    let arrivals = delivery.arrivals - memory.pointee.firstTarget
    for place in 0..<rows.count {
      if place &+ 1 < rows.count { memory.pointee.fetch(row: Int(rows[place &+ 1])) }
      if delivery.change == .none {
        memory.pointee.scatter(row: Int(rows[place]), into: arrivals)
      } else {
        memory.pointee.changeAndScatter(
          row: Int(rows[place]), scratch, rho: scratch.rhos[place], into: delivery.arrivals)
      }
    }
  }

  /// Dense rows whose change does not depend on the weight.
  private func deliverDense(_ delivery: Delivery, _ rows: UnsafeBufferPointer<UInt32>) {
    let memory = delivery.memory
    guard let list = rows.baseAddress else { return }
    drawRows(delivery, list, count: rows.count)
    var next = 0
    while next < rows.count {
      let length = min(rowsAtOnce, rows.count &- next)
      if delivery.change == .none {
        addRows(delivery, list + next, length)
      } else if memory.pointee.projection.storage == .int8 {
        changeAndAddRows(delivery, list + next, scratch.rhos + next, length)
      } else {
        changeMasters(delivery, list + next, scratch.rhos + next, length)
      }
      next &+= length
    }
  }

  private func changeAndAddRows(
    _ delivery: Delivery, _ rows: UnsafePointer<UInt32>, _ rhos: UnsafePointer<UInt8>, _ count: Int
  ) {
    let memory = delivery.memory
    kernels.changeAndAddRows(
      memory.pointee.weights8, rows: rows, rhos: rhos, rowCount: count,
      stride: memory.pointee.stride, most: scratch.most8, fraction: scratch.fraction,
      dither: scratch.dither, low: Int8(truncatingIfNeeded: memory.pointee.lowLimit),
      high: Int8(truncatingIfNeeded: memory.pointee.highLimit),
      shift: Int32(memory.pointee.projection.shift), into: delivery.arrivals,
      count: memory.pointee.width)
  }

  /// Rows of int16 masters: some change, and are added together while they are near.
  private func changeMasters(
    _ delivery: Delivery, _ rows: UnsafePointer<UInt32>, _ rhos: UnsafePointer<UInt8>, _ count: Int
  ) {
    let most = max(1, bytesAtOnce / (2 &* delivery.memory.pointee.width))
    let limits = (
      Int16(truncatingIfNeeded: delivery.memory.pointee.lowLimit),
      Int16(truncatingIfNeeded: delivery.memory.pointee.highLimit)
    )
    var next = 0
    while next < count {
      let length = min(most, count &- next)
      for place in next..<(next &+ length) {
        changeMaster(delivery, Int(rows[place]), rho: rhos[place], limits: limits)
      }
      addRows(delivery, rows + next, length)
      next &+= length
    }
  }

  /// Draws ρ of rows, which ascend; 0 where columns take one step.
  private func drawRows(_ delivery: Delivery, _ rows: UnsafePointer<UInt32>, count: Int) {
    guard delivery.change == .dithered else {
      if delivery.change == .step { kernels_zero(scratch.rhos, count) }
      return
    }
    let blocks = listBlocks(of: rows, count: count, into: scratch.blocks)
    draw(
      delivery.moment, .rowRounding, object: delivery.index, scratch.blocks, count: blocks,
      into: scratch.draws)
    pickBytes(
      of: rows, count: count,
      from: UnsafeRawPointer(scratch.draws).assumingMemoryBound(to: UInt8.self),
      into: scratch.rhos)
  }

  private func addRows(_ delivery: Delivery, _ rows: UnsafePointer<UInt32>, _ count: Int) {
    let memory = delivery.memory
    let columns = memory.pointee.width
    let stride = memory.pointee.stride
    let shift = Int32(memory.pointee.projection.shift)
    if memory.pointee.projection.storage == .int8 {
      kernels.addRows(
        memory.pointee.weights8, rows: rows, rowCount: count, stride: stride, shift: shift,
        into: delivery.arrivals, count: columns)
    } else {
      kernels.addRows(
        memory.pointee.weights16, rows: rows, rowCount: count, stride: stride, shift: shift,
        into: delivery.arrivals, count: columns)
    }
  }

  @inline(__always)
  private func changeMaster(
    _ delivery: Delivery, _ row: Int, rho: UInt8, limits: (low: Int16, high: Int16)
  ) {
    let columns = delivery.memory.pointee.width
    let master = delivery.memory.pointee.weights16 + row &* delivery.memory.pointee.stride
    if delivery.change == .step {
      kernels.change(
        master, step: scratch.most16, low: limits.low, high: limits.high, count: columns)
    } else {
      kernels.change(
        master, most: scratch.most16, fraction: scratch.fraction, dither: scratch.dither, rho: rho,
        low: limits.low, high: limits.high, count: columns)
    }
  }
}
