/// What a rule asks of the columns of one slice in one tick.
enum ColumnChange {
  /// No weight changes: X is 0 in every column.
  case none
  /// X does not depend on the weight, and every row gets the same step: `whole`.
  case step
  /// X does not depend on the weight: `whole`, `fraction` and `dither`, with a draw per row.
  case dithered
  /// X differs from synapse to synapse of a column: `amounts` of each term, and `words`.
  case general
}

/// view(z, v) of docs/numerics.md 4.1.
@inline(__always)
func view(_ state: Int32, shift: UInt8) -> Int32 {
  let half: Int32 = shift == 0 ? 0 : 1 &<< (Int32(shift) &- 1)
  return min(max((state &+ half) &>> Int32(shift), -32768), 32767)
}

/// The view of a trace of docs/numerics.md 4.1.
@inline(__always)
func traceView(_ value: Int32, shift: UInt8) -> Int32 { min(view(value, shift: shift), 255) }

/// sat_n(q + [f > u]) of docs/numerics.md 4.2, for the exact sum X.
@inline(never)
func roundedChange(
  _ amount: Int64, rule: Rule, shift: Int64, word: UInt32, rho: UInt8, storage: WeightStorage
) -> Int32 {
  let low = Int64(storage.minimum)
  let high = Int64(storage.maximum)
  if rule.rounding == .nearest {
    let change = (amount &+ (1 &<< (shift &+ 7))) &>> (shift &+ 8)
    return Int32(truncatingIfNeeded: min(max(change, low), high))
  }
  let scaled = (amount &+ Int64(word) & ((1 &<< shift) &- 1)) &>> shift
  let whole = min(max(scaled &>> 8, low), high)
  let dither = UInt8(truncatingIfNeeded: word &>> 24) &+ rho
  let up: Int64 = UInt8(truncatingIfNeeded: scaled) > dither ? 1 : 0
  return Int32(truncatingIfNeeded: min(whole &+ up, high))
}

extension Fabric {
  /// Fills the scratch arrays for the columns of `slice`.
  func prepareColumns(
    _ index: Int, slice: Slice, moment: DrawMoment, due: DueTerms
  ) -> ColumnChange {
    let memory = projections + index
    let rule = memory.pointee.projection.rule
    let columns = Int(slice.count)
    guard fillAmounts(memory, slice: slice, due: due) else { return .none }
    let draws = rule.rounding != .nearest
    if draws {
      fillWords(object: index, first: Int(slice.first), count: columns, moment: moment)
    }
    guard memory.pointee.isByColumn else { return .general }
    let shift = Int64(rule.shift)
    let storage = memory.pointee.projection.storage
    let dithered = rule.rounding == .stochastic
    for column in 0..<columns {
      let amount = scratch.amounts[0][column]
      let word = draws ? scratch.words[column] : 0
      if dithered {
        let scaled = (amount &+ Int64(word) & ((1 &<< shift) &- 1)) &>> shift
        let whole = min(max(scaled &>> 8, Int64(storage.minimum)), Int64(storage.maximum))
        storeStep(Int32(truncatingIfNeeded: whole), column, storage)
        scratch.fraction[column] = UInt8(truncatingIfNeeded: scaled)
        scratch.dither[column] = UInt8(truncatingIfNeeded: word &>> 24)
      } else {
        let step = roundedChange(
          amount, rule: rule, shift: shift, word: word, rho: 0, storage: storage)
        storeStep(step, column, storage)
        scratch.fraction[column] = 0
        scratch.dither[column] = 0
      }
    }
    return dithered ? .dithered : .step
  }

  @inline(__always)
  private func storeStep(_ step: Int32, _ column: Int, _ storage: WeightStorage) {
    if storage == .int8 {
      scratch.whole8[column] = Int8(truncatingIfNeeded: step)
    } else {
      scratch.whole16[column] = Int16(truncatingIfNeeded: step)
    }
  }

  /// X of each column, or of each of its terms; false if all are 0.
  private func fillAmounts(
    _ memory: UnsafeMutablePointer<ProjectionMemory>, slice: Slice, due: DueTerms
  ) -> Bool {
    let rule = memory.pointee.projection.rule
    let rate = Int64(memory.pointee.projection.rate)
    let isByColumn = memory.pointee.isByColumn
    let columns = Int(slice.count)
    for index in 0..<(isByColumn ? 1 : Int(rule.termCount)) {
      scratch.amounts[index].update(repeating: 0, count: columns)
    }
    var any: Int64 = 0
    for index in 0..<Int(rule.termCount) where due[index] {
      let term = rule.terms[index]
      let scale =
        rate &* (Int64(term.mantissa) &<< Int64(rule.shift &- Int(term.shift)))
      let amounts = scratch.amounts[isByColumn ? 0 : index]
      let isGated = term.gate != .none && term.gateVariable != .preTrace
      let gate = variable(term.gateVariable, of: slice)
      let factorA = variable(term.factorA, of: slice)
      let factorB = variable(term.factorB, of: slice)
      let fired = term.trigger == .postsynaptic ? firedLast(slice) : nil
      for place in 0..<(fired?.count ?? columns) {
        let column = fired.map { Int($0[place]) - Int(slice.first) } ?? place
        if isGated, !term.isOpen(gate[column]) { continue }
        let amount = scale &* Int64(factorA[column]) &* Int64(factorB[column])
        amounts[column] &+= amount
        any |= amount
      }
    }
    return any != 0
  }

  /// Neurons of a slice that fired in the last tick.
  func firedLast(_ slice: Slice) -> UnsafeBufferPointer<UInt32> {
    let memory = populations + Int(slice.population)
    let fired = memory.pointee.fired(slot: memory.pointee.slot(ago: 1))
    let first = UInt32(slice.first)
    var low = 0
    while low < fired.count, fired[low] < first { low += 1 }
    var high = low
    while high < fired.count, fired[high] < first + UInt32(slice.count) { high += 1 }
    return UnsafeBufferPointer(rebasing: fired[low..<high])
  }

  private func variable(_ factor: Factor, of slice: Slice) -> NeuronVariable {
    let memory = populations + Int(slice.population)
    let population = memory.pointee.population
    let first = Int(slice.first)
    switch factor {
    case .membrane:
      return NeuronVariable(
        memory.pointee.state[0] + first, nil, shift: population.membraneViewShift)
    case .current:
      return NeuronVariable(
        memory.pointee.state[1] + first, memory.pointee.state[2] + first,
        shift: population.currentViewShift)
    case .dendrite:
      return NeuronVariable(
        memory.pointee.state[3] + first, nil, shift: population.dendriteViewShift)
    case .meanDendrite:
      return NeuronVariable(memory.pointee.meanDendrite + first, nil, shift: 0)
    case .postTrace:
      return NeuronVariable(
        memory.pointee.postTrace + first, nil, shift: population.postTrace.viewShift, isTrace: true)
    case .one, .weight, .preTrace:
      return NeuronVariable(nil, nil, shift: 0)
    }
  }

  private func fillWords(object: Int, first: Int, count: Int, moment: DrawMoment) {
    var block = SIMD4<UInt32>()
    var current = -1
    for column in 0..<count {
      let index = (first &+ column) &>> 2
      if index != current {
        block = moment.block(.columnRounding, object: object, index: index)
        current = index
      }
      scratch.words[column] = block[(first &+ column) & 3]
    }
  }
}

/// The view of one variable of a slice's neurons; 1 where a factor is "one", the weight or the pre trace.
private struct NeuronVariable {
  let first: UnsafeMutablePointer<Int32>?
  let second: UnsafeMutablePointer<Int32>?
  let shift: UInt8
  let isTrace: Bool

  init(
    _ first: UnsafeMutablePointer<Int32>?, _ second: UnsafeMutablePointer<Int32>?, shift: UInt8,
    isTrace: Bool = false
  ) {
    self.first = first
    self.second = second
    self.shift = shift
    self.isTrace = isTrace
  }

  @inline(__always)
  subscript(column: Int) -> Int32 {
    guard let first else { return 1 }
    guard let second else {
      return isTrace ? traceView(first[column], shift: shift) : view(first[column], shift: shift)
    }
    return view(first[column] &+ second[column], shift: shift)
  }
}
