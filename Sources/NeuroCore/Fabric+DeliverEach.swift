import CKernels
import NeuroKernels

extension FabricPart {
  /// One row, synapse by synapse: any connectivity, any rule, blank-out.
  ///
  /// - Parameters:
  ///   - value: what its weights are multiplied by; nil if it does not arrive.
  @_optimize(speed)
  func deliverRow(_ delivery: Delivery, _ row: Int, value: Int32?) {
    let memory = delivery.memory
    var terms = RowTerms()
    if delivery.change == .general { fill(&terms, delivery, row, value) }
    let changes = delivery.change == .general ? terms.count > 0 : delivery.change != .none
    guard changes || value != nil else { return }
    // Stretches of the row: where it is dense, its two parts.
    var positions: Range<Int>
    var rest = 0..<0
    // What a position is less than its column, where targets are not listed.
    var start = 0
    let isSparse = memory.pointee.projection.connectivity == .sparse
    switch memory.pointee.projection.connectivity {
    case .dense:
      positions = memory.pointee.blocks.positions(row: row)
      rest = memory.pointee.rest.positions(row: row)
      start = positions.lowerBound
    case .sparse:
      positions = Int(memory.pointee.rowStarts[row])..<Int(memory.pointee.rowEnds[row])
    case .oneToOne, .sharedKernel:
      let column = row - memory.pointee.firstTarget
      guard column >= 0, column < memory.pointee.targetCount else { return }
      positions = column..<(column + 1)
    }
    let rule = memory.pointee.projection.rule
    let storage = memory.pointee.projection.storage
    let isByte = storage == .int8
    var rho: UInt8 = 0
    if changes, rule.rounding == .stochastic {
      let block = delivery.moment.block(.rowRounding, object: delivery.index, index: row &>> 4)
      rho = byte(block, row & 15)
    }
    let rounding = WeightRounding(rule, low: delivery.low, storage: storage)
    let low = memory.pointee.lowLimit
    let high = memory.pointee.highLimit
    let fixedColumn = rule.skipsDiagonal ? row - memory.pointee.firstTarget : -1
    let factor = (value ?? 0) &<< Int32(memory.pointee.projection.shift)
    var blankOut = RowBlankOut(delivery, row, arrives: value != nil)
    repeat {
      for position in positions {
        let column =
          isSparse
          ? memory.pointee.target(position) &- memory.pointee.firstTarget : position &- start
        if blankOut.drops(column) { continue }
        var weight = memory.pointee.stored(position)
        if changes, column != fixedColumn {
          let dither = scratch.dither[column] &+ rho
          let change =
            delivery.change == .general
            ? rounding.change(terms.amount(column, weight: weight), dither: dither)
            : step(column, dither: dither, isByte: isByte)
          weight = kernels_clip(weight &+ change, low, high)
          memory.pointee.store(weight, at: position)
        }
        delivery.arrivals[column] &+= (isByte ? weight : weight &>> 8) &* factor
      }
      positions = rest
      rest = 0..<0
      start = positions.lowerBound &- memory.pointee.rest.first
    } while !positions.isEmpty
  }

  /// Of the two steps of a column, the upper or the lower one, which are stored modulo 2^n.
  @inline(__always)
  private func step(_ column: Int, dither: UInt8, isByte: Bool) -> Int32 {
    let less = lessStep(fraction: scratch.fraction[column], dither: dither)
    return isByte
      ? Int32(scratch.most8[column] &+ Int8(truncatingIfNeeded: less))
      : Int32(scratch.most16[column] &+ Int16(truncatingIfNeeded: less))
  }

  /// The terms that act in a row.
  private func fill(_ terms: inout RowTerms, _ delivery: Delivery, _ row: Int, _ value: Int32?) {
    let source = populations + Int(delivery.memory.pointee.projection.source)
    let trace = source.pointee.population.preTrace
    let isAnalogue = source.pointee.population.kind == .analogue
    let x =
      isAnalogue
      ? value ?? 0
      : trace.isThere ? traceView(source.pointee.preTrace[row], shift: trace.viewShift) : 0
    let rule = delivery.memory.pointee.projection.rule
    for index in 0..<Int(rule.termCount) where delivery.due[index] {
      let term = rule.terms[index]
      let factor = term.rowFactor(arrives: value != nil, trace: x)
      guard factor != 0 else { continue }
      terms.amounts[terms.count] = scratch.amounts[index]
      terms.factors[terms.count] = factor
      terms.powers[terms.count] =
        (term.factorA == .weight ? 1 : 0) + (term.factorB == .weight ? 1 : 0)
      terms.count += 1
    }
  }
}

/// The terms of a rule that act in one row: X of a synapse is the sum of amount · factor · weight^power.
private struct RowTerms {
  var count = 0
  /// [columns] each.
  var amounts = InlineArray<4, UnsafeMutablePointer<Int64>?>(repeating: nil)
  var factors = InlineArray<4, Int64>(repeating: 0)
  var powers = InlineArray<4, Int>(repeating: 0)

  @inline(__always)
  func amount(_ column: Int, weight: Int32) -> Int64 {
    var sum: Int64 = 0
    for index in 0..<count {
      var part = amounts[index].unsafelyUnwrapped[column] &* factors[index]
      if powers[index] > 0 { part &*= Int64(weight) }
      if powers[index] > 1 { part &*= Int64(weight) }
      sum &+= part
    }
    return sum
  }
}

/// Which synapses of a row that arrives are blanked out.
private struct RowBlankOut {
  private let moment: DrawMoment
  private let projection: Int
  private let row: Int
  private let firstTarget: Int
  private let probability: UInt8
  private var index = -1
  private var block = SIMD4<UInt32>()

  init(_ delivery: Delivery, _ row: Int, arrives: Bool) {
    moment = delivery.moment
    projection = delivery.index
    self.row = row
    firstTarget = delivery.memory.pointee.firstTarget
    probability = arrives ? delivery.memory.pointee.projection.blankOut : 0
  }

  @inline(__always)
  mutating func drops(_ column: Int) -> Bool {
    guard probability > 0 else { return false }
    let target = firstTarget &+ column
    if target &>> 4 != index {
      index = target &>> 4
      block = moment.block(.blankOut, object: projection, index: row, block: index)
    }
    return byte(block, target & 15) < probability
  }
}
