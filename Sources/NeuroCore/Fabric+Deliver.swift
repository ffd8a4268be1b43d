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
  /// [targets] of the compartment that it arrives at, and beyond.
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
    let fired = source.pointee.fired(slot: slot)
    let analogue = source.pointee.population.kind == .analogue
    let rowsArrive = analogue || !fired.isEmpty
    let learns =
      tick.learning && memory.pointee.projection.learning && memory.pointee.projection.hasRule
    guard rowsArrive || (learns && !memory.pointee.isByColumn) else { return }
    let due = learns ? dueTerms(memory, target, rowsArrive: rowsArrive, in: tick) : .none
    guard rowsArrive || due.withoutRow else { return }
    guard let arrivals = scratch.arrivals[Int(memory.pointee.projection.compartment.rawValue)]
    else { return }
    let low = learns ? lowBits(index, memory, moment: tick.moment) : 0
    let delivery = Delivery(
      index: index, memory: memory, target: target, arrivals: arrivals, moment: tick.moment,
      low: low,
      change: learns
        ? prepareColumns(index, memory, target, moment: tick.moment, low: low, due: due) : .none,
      due: due)
    if due.withoutRow, delivery.change != .none {
      deliverAll(delivery, slot: slot)
    } else if analogue {
      let values = source.pointee.values + slot * source.pointee.count
      deliverValues(delivery, values, count: source.pointee.count)
    } else {
      for run in 0..<fired.runCount { deliverRows(delivery, fired.rows(run: run)) }
    }
  }

  /// Which terms are due; those of a rule by column as rows arrive.
  @inline(__always)
  private func dueTerms(
    _ memory: UnsafeMutablePointer<ProjectionMemory>,
    _ target: UnsafeMutablePointer<PopulationMemory>, rowsArrive: Bool, in tick: Tick
  ) -> DueTerms {
    guard !memory.pointee.isByColumn else {
      return .byColumn(termCount: memory.pointee.projection.rule.termCount)
    }
    return DueTerms(
      memory.pointee.projection.rule, count: tick.moment.count, rowsArrive: rowsArrive,
      targetsFired: memory.pointee.projection.rule.has(.postsynaptic)
        && !target.pointee.firedLast.isEmpty)
  }

  /// c_lo of a rule, 0 where it rounds to nearest.
  private func lowBits(
    _ index: Int, _ memory: UnsafeMutablePointer<ProjectionMemory>, moment: DrawMoment
  ) -> Int32 {
    guard memory.pointee.projection.rule.rounding != .nearest else { return 0 }
    let word = moment.block(.columnRounding, object: index, index: 0, block: 1).x
    let shift = UInt32(truncatingIfNeeded: memory.pointee.projection.rule.shift)
    return Int32(bitPattern: word & (1 &<< shift &- 1))
  }

  /// Every row, for what is due whether or not it arrives.
  private func deliverAll(_ delivery: Delivery, slot: Int) {
    let source = populations + Int(delivery.memory.pointee.projection.source)
    let count = source.pointee.count
    guard source.pointee.population.kind != .analogue else {
      let values = source.pointee.values + slot * count
      for row in 0..<count { deliverRow(delivery, row, value: Int32(values[row])) }
      return
    }
    var fired = source.pointee.fired(slot: slot).neurons
    var next = fired.next()
    for row in 0..<count {
      let arrives = next == row
      if arrives { next = fired.next() }
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
      guard dense else {
        deliverRow(delivery, row, value: Int32(values[row]))
        continue
      }
      let factor = Int32(values[row]) &<< Int32(memory.pointee.projection.shift)
      add(delivery, row, memory.pointee.blocks, times: factor)
      add(delivery, row, memory.pointee.rest, times: factor)
    }
    endArrivals(delivery)
  }

  /// What was added beyond the last column, where kernels take in weights of other rows, is nobody's.
  @inline(__always)
  private func endArrivals(_ delivery: Delivery) {
    kernels_zero(delivery.arrivals + delivery.memory.pointee.targetCount, 4 * columnsBeyond)
  }

  private func add(_ delivery: Delivery, _ row: Int, _ part: RowPart, times factor: Int32) {
    let memory = delivery.memory
    let start = part.start + row * part.stride
    let arrivals = delivery.arrivals + part.first
    let columns = padded(part.count, to: neuronsAtOnce)
    if memory.pointee.projection.storage == .int8 {
      NeuroKernels.add(
        memory.pointee.weights8 + start, times: factor, into: arrivals, count: columns)
    } else {
      NeuroKernels.add(
        memory.pointee.weights16 + start, times: factor, into: arrivals, count: columns)
    }
  }

  private func deliverRows(_ delivery: Delivery, _ rows: Rows) {
    guard rows.count > 0 else { return }
    let memory = delivery.memory
    let isPlain = memory.pointee.projection.blankOut == 0 && delivery.change != .general
    if isPlain, memory.pointee.projection.connectivity == .dense {
      drawRows(delivery, rows)
      deliverDense(delivery, rows, memory.pointee.blocks)
      deliverDense(delivery, rows, memory.pointee.rest)
      endArrivals(delivery)
    } else if isPlain, memory.pointee.projection.connectivity == .sparse,
      delivery.change == .none || memory.pointee.isShort
    {
      drawRows(delivery, rows)
      deliverSparse(delivery, rows)
    } else {
      for place in 0..<rows.count { deliverRow(delivery, rows[place], value: 1) }
    }
  }

  /// Sparse rows whose change does not depend on the weight.
  private func deliverSparse(_ delivery: Delivery, _ rows: Rows) {
    let memory = delivery.memory
    let arrivals = delivery.arrivals - memory.pointee.firstTarget
    for place in 0..<rows.count {
      if place &+ 1 < rows.count { memory.pointee.fetch(row: rows[place &+ 1]) }
      if delivery.change == .none {
        memory.pointee.scatter(row: rows[place], into: arrivals)
      } else {
        memory.pointee.changeAndScatter(
          row: rows[place], scratch, rho: scratch.rowBytes[place], into: delivery.arrivals)
      }
    }
  }

  /// A part of dense rows whose change does not depend on the weight.
  private func deliverDense(_ delivery: Delivery, _ rows: Rows, _ part: RowPart) {
    guard part.count > 0 else { return }
    let isByte = delivery.memory.pointee.projection.storage == .int8
    var next = 0
    while next < rows.count {
      let some = DenseRows(
        part: part, start: part.start &+ rows.first &* part.stride, list: rows.halves + next,
        rhos: scratch.rowBytes + next, count: min(rowsAtOnce, rows.count &- next))
      if delivery.change == .none {
        addRows(delivery, some)
      } else if isByte {
        changeAndAddRows(delivery, some)
      } else {
        changeMasters(delivery, some)
      }
      next &+= some.count
    }
  }

  private func changeAndAddRows(_ delivery: Delivery, _ rows: DenseRows) {
    let memory = delivery.memory
    let first = rows.part.first
    kernels.changeAndAddRows(
      memory.pointee.weights8 + rows.start, rows: rows.list, rhos: rows.rhos, rowCount: rows.count,
      stride: rows.part.stride, most: scratch.most8 + first, fraction: scratch.fraction + first,
      dither: scratch.dither + first, low: Int8(truncatingIfNeeded: memory.pointee.lowLimit),
      high: Int8(truncatingIfNeeded: memory.pointee.highLimit),
      shift: Int32(memory.pointee.projection.shift), into: delivery.arrivals + first,
      count: rows.part.count)
  }

  /// Rows of int16 masters: some change, and are added together while they are near.
  private func changeMasters(_ delivery: Delivery, _ rows: DenseRows) {
    let most = max(1, bytesAtOnce / (2 &* rows.part.count))
    let limits = (
      Int16(truncatingIfNeeded: delivery.memory.pointee.lowLimit),
      Int16(truncatingIfNeeded: delivery.memory.pointee.highLimit)
    )
    var next = 0
    while next < rows.count {
      var some = rows
      some.list += next
      some.rhos += next
      some.count = min(most, rows.count &- next)
      for place in 0..<some.count { changeMaster(delivery, some, place, limits: limits) }
      addRows(delivery, some)
      next &+= some.count
    }
  }

  /// Draws ρ of rows; 0 where columns take one step.
  private func drawRows(_ delivery: Delivery, _ rows: Rows) {
    guard delivery.change == .dithered else {
      if delivery.change == .step { kernels_zero(scratch.rowBytes, rows.count) }
      return
    }
    let blocks = listBlocks(
      of: rows.halves, count: rows.count, first: UInt32(truncatingIfNeeded: rows.first &>> 4),
      into: scratch.blocks)
    draw(
      delivery.moment, .rowRounding, object: delivery.index, scratch.blocks, count: blocks,
      into: scratch.draws)
    pickBytes(
      of: rows.halves, count: rows.count,
      from: UnsafeRawPointer(scratch.draws).assumingMemoryBound(to: UInt8.self),
      into: scratch.rowBytes)
  }

  private func addRows(_ delivery: Delivery, _ rows: DenseRows) {
    let memory = delivery.memory
    let arrivals = delivery.arrivals + rows.part.first
    let shift = Int32(memory.pointee.projection.shift)
    if memory.pointee.projection.storage == .int8 {
      kernels.addRows(
        memory.pointee.weights8 + rows.start, rows: rows.list, rowCount: rows.count,
        stride: rows.part.stride, shift: shift, into: arrivals, count: rows.part.count)
    } else {
      kernels.addRows(
        memory.pointee.weights16 + rows.start, rows: rows.list, rowCount: rows.count,
        stride: rows.part.stride, shift: shift, into: arrivals, count: rows.part.count)
    }
  }

  @inline(__always)
  private func changeMaster(
    _ delivery: Delivery, _ rows: DenseRows, _ place: Int, limits: (low: Int16, high: Int16)
  ) {
    let first = rows.part.first
    let columns = padded(rows.part.count, to: neuronsAtOnce)
    let row = Int(rows.list[place]) &* rows.part.stride
    let master = delivery.memory.pointee.weights16 + (rows.start &+ row)
    if delivery.change == .step {
      kernels.change(
        master, step: scratch.most16 + first, low: limits.low, high: limits.high, count: columns)
    } else {
      kernels.change(
        master, most: scratch.most16 + first, fraction: scratch.fraction + first,
        dither: scratch.dither + first, rho: rows.rhos[place], low: limits.low, high: limits.high,
        count: columns)
    }
  }
}

/// Some rows of one run, in one part of their columns.
private struct DenseRows {
  let part: RowPart
  /// Where the weights of the run's first row are among those of the projection.
  let start: Int
  /// [count] numbers of rows, and ρ of each.
  var list: UnsafePointer<UInt16>
  var rhos: UnsafePointer<UInt8>
  var count: Int
}
