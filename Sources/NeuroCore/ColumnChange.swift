import CKernels

/// What a rule asks of the columns in one tick.
enum ColumnChange {
  /// No weight changes: X is 0 in every column.
  case none
  /// X does not depend on the weight, and every row gets the same step: `most`, or 1 less where `fraction` is not above `dither`; of int16
  /// masters always `most`.
  case step
  /// X does not depend on the weight: `most`, `fraction` and `dither`, with a draw per row.
  case dithered
  /// X differs from synapse to synapse of a column: `amounts` of each term, and `dither`.
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

extension FabricPart {
  /// Fills the scratch arrays for the columns of a projection.
  func prepareColumns(
    _ index: Int, _ memory: UnsafeMutablePointer<ProjectionMemory>,
    _ target: UnsafeMutablePointer<PopulationMemory>, moment: DrawMoment, low: Int32, due: DueTerms
  ) -> ColumnChange {
    let columns = memory.pointee.targetCount
    guard
      memory.pointee.isNarrow
        ? fillSteps(memory, target, low: low) : fillAmounts(memory, target, due: due)
    else {
      return .none
    }
    if memory.pointee.projection.rule.rounding != .nearest {
      draw(
        moment, .columnRounding, object: index, scratch.numbers + memory.pointee.firstTarget >> 4,
        count: (columns + 15) >> 4, into: scratch.dither)
    }
    guard memory.pointee.isByColumn else { return .general }
    let change =
      memory.pointee.isNarrow ? settleSteps(memory) : splitAmounts(memory, low: low)
    endSteps(memory, change)
    return change
  }

  /// Of a rule by column that is not narrow: the steps of the columns.
  private func splitAmounts(
    _ memory: UnsafeMutablePointer<ProjectionMemory>, low: Int32
  ) -> ColumnChange {
    let rule = memory.pointee.projection.rule
    let shift = Int64(rule.shift)
    let storage = memory.pointee.projection.storage
    let rounding = WeightRounding(rule, low: low, storage: storage)
    let dithered = rule.rounding == .stochastic
    for column in 0..<memory.pointee.targetCount {
      let amount = scratch.amounts[0][column]
      if dithered {
        let scaled = (amount &+ Int64(low)) &>> shift
        let whole = min(max(scaled &>> 8, Int64(storage.minimum)), Int64(storage.maximum))
        storeStep(Int32(truncatingIfNeeded: whole &+ 1), column, storage)
        scratch.fraction[column] =
          whole < storage.maximum ? UInt8(truncatingIfNeeded: scaled) : 0
      } else {
        let step = rounding.change(amount, dither: scratch.dither[column])
        storeStep(step, column, storage)
        scratch.fraction[column] = 1
        scratch.dither[column] = 0
      }
    }
    return dithered ? .dithered : .step
  }

  /// Beyond the last column, where kernels of rows take in weights of other rows, steps are 0.
  private func endSteps(_ memory: UnsafeMutablePointer<ProjectionMemory>, _ change: ColumnChange) {
    let end = memory.pointee.targetCount
    kernels_zero(scratch.fraction + end, columnsBeyond)
    if memory.pointee.projection.storage == .int8 {
      // The larger one of 0 and 1, with no fraction: 0.
      UnsafeMutableRawPointer(scratch.most8 + end).storeBytes(
        of: SIMD32(repeating: 1), as: SIMD32<Int8>.self)
    } else {
      // Masters that all take one step have no smaller one.
      UnsafeMutableRawPointer(scratch.most16 + end).storeBytes(
        of: SIMD32(repeating: change == .dithered ? 1 : 0), as: SIMD32<Int16>.self)
    }
  }

  @inline(__always)
  private func storeStep(_ step: Int32, _ column: Int, _ storage: WeightStorage) {
    if storage == .int8 {
      scratch.most8[column] = Int8(truncatingIfNeeded: step)
    } else {
      scratch.most16[column] = Int16(truncatingIfNeeded: step)
    }
  }

  /// Of a narrow rule: the steps of the columns; false if all are 0.
  private func fillSteps(
    _ memory: UnsafeMutablePointer<ProjectionMemory>,
    _ target: UnsafeMutablePointer<PopulationMemory>, low: Int32
  ) -> Bool {
    let term = memory.pointee.projection.rule.terms[0]
    let columns = memory.pointee.width
    guard term.mantissa != 0, memory.pointee.projection.rate != 0 else { return false }
    let scale = Int32(memory.pointee.projection.rate) &* Int32(term.mantissa)
    let shift = Int32(truncatingIfNeeded: memory.pointee.projection.rule.shift)
    let isByte = memory.pointee.projection.storage == .int8
    let factor = term.factorA == .one ? term.factorB : term.factorA
    let viewed = variable(factor, of: target)
    let gate = variable(term.gateVariable, of: target)
    if memory.pointee.isViewedAtOnce, let first = viewed.first, let gateFirst = gate.first {
      let limits = gate.limits(low: Int32(term.gateLow), high: Int32(term.gateHigh))
      return kernels.viewAndSplit(
        first, viewShift: Int32(viewed.shift), high: viewed.high, gate: gateFirst,
        opensFrom: limits.low, to: limits.high, isInside: term.gate == .inside, scale: scale,
        low: low, shift: shift, most: scratch.most8, fraction: scratch.fraction, count: columns)
        != 0
    }
    fillView(of: factor, target, into: scratch.values)
    if term.gate != .none {
      fillView(of: term.gateVariable, target, into: scratch.gate)
      kernels.close(
        scratch.values, gate: scratch.gate, low: Int32(term.gateLow), high: Int32(term.gateHigh),
        isInside: term.gate == .inside, count: columns)
    }
    guard kernels.union(scratch.values, count: columns) != 0 else { return false }
    if isByte {
      kernels.split(
        scratch.values, scale: scale, low: low, shift: shift, most: scratch.most8,
        fraction: scratch.fraction, count: columns)
    } else {
      kernels.split(
        scratch.values, scale: scale, low: low, shift: shift, most: scratch.most16,
        fraction: scratch.fraction, count: columns)
    }
    return true
  }

  private func fillView(
    of factor: Factor, _ target: UnsafeMutablePointer<PopulationMemory>,
    into views: UnsafeMutablePointer<Int32>
  ) {
    let variable = variable(factor, of: target)
    guard let first = variable.first else {
      views.update(repeating: 1, count: target.pointee.width)
      return
    }
    kernels.view(
      first, variable.second, shift: Int32(variable.shift), high: variable.high, into: views,
      count: target.pointee.width)
  }

  /// What rows ask of a narrow rule whose steps are there.
  private func settleSteps(_ memory: UnsafeMutablePointer<ProjectionMemory>) -> ColumnChange {
    guard memory.pointee.projection.rule.rounding == .stochasticByColumn else { return .dithered }
    if memory.pointee.projection.storage == .int16Master {
      kernels.settle(
        scratch.most16, fraction: scratch.fraction, dither: scratch.dither,
        count: memory.pointee.width)
    }
    return .step
  }

  /// X of each column, or of each of its terms; false if all are 0.
  private func fillAmounts(
    _ memory: UnsafeMutablePointer<ProjectionMemory>,
    _ target: UnsafeMutablePointer<PopulationMemory>, due: DueTerms
  ) -> Bool {
    let rule = memory.pointee.projection.rule
    let rate = Int64(memory.pointee.projection.rate)
    let isByColumn = memory.pointee.isByColumn
    let columns = memory.pointee.targetCount
    for index in 0..<(isByColumn ? 1 : Int(rule.termCount)) {
      kernels_zero(scratch.amounts[index], 8 * columns)
    }
    var any: Int64 = 0
    for index in 0..<Int(rule.termCount) where due[index] {
      let term = rule.terms[index]
      let scale =
        rate &* (Int64(term.mantissa) &<< Int64(rule.shift &- Int(term.shift)))
      let amounts = scratch.amounts[isByColumn ? 0 : index]
      let column = TermOfColumns(
        term: term, scale: scale, gate: variable(term.gateVariable, of: target),
        factorA: variable(term.factorA, of: target), factorB: variable(term.factorB, of: target))
      if term.trigger == .postsynaptic {
        var fired = target.pointee.firedLast.neurons
        while let neuron = fired.next() {
          let place = neuron - memory.pointee.firstTarget
          guard place >= 0, place < columns else { continue }
          any |= column.add(place, to: amounts)
        }
      } else {
        for place in 0..<columns { any |= column.add(place, to: amounts) }
      }
    }
    return any != 0
  }

  private func variable(
    _ factor: Factor, of memory: UnsafeMutablePointer<PopulationMemory>
  ) -> NeuronVariable {
    let population = memory.pointee.population
    switch factor {
    case .membrane:
      return NeuronVariable(memory.pointee.state[0], nil, shift: population.membraneViewShift)
    case .current:
      return NeuronVariable(
        memory.pointee.state[1], memory.pointee.state[2], shift: population.currentViewShift)
    case .dendrite:
      return NeuronVariable(memory.pointee.state[3], nil, shift: population.dendriteViewShift)
    case .meanDendrite:
      return NeuronVariable(memory.pointee.meanDendrite, nil, shift: 0)
    case .postTrace:
      return NeuronVariable(
        memory.pointee.postTrace, nil, shift: population.postTrace.viewShift, isTrace: true)
    case .one, .weight, .preTrace:
      return NeuronVariable(nil, nil, shift: 0)
    }
  }

  /// Draws the blocks of so many numbers, and of up to seven more.
  ///
  /// - Parameters:
  ///   - bytes: [count rounded up to 8][16].
  func draw(
    _ moment: DrawMoment, _ purpose: DrawPurpose, object: Int, _ numbers: UnsafePointer<UInt32>,
    count: Int, into bytes: UnsafeMutableRawPointer
  ) {
    kernels.drawBlocks(
      numbers, word1: moment.word1(purpose, object: object), word2: moment.word2,
      word3: moment.word3, key: moment.seed, into: bytes.assumingMemoryBound(to: UInt32.self),
      count: padded(count, to: blocksAtOnce))
  }
}

/// One term of a rule, in the columns.
private struct TermOfColumns {
  let term: Term
  let scale: Int64
  let gate: NeuronVariable
  let factorA: NeuronVariable
  let factorB: NeuronVariable

  /// What it adds to X of a column, but for the factors of a synapse.
  @inline(__always)
  func add(_ column: Int, to amounts: UnsafeMutablePointer<Int64>) -> Int64 {
    if term.gate != .none, term.gateVariable != .preTrace, !term.isOpen(gate[column]) { return 0 }
    let amount = scale &* Int64(factorA[column]) &* Int64(factorB[column])
    amounts[column] &+= amount
    return amount
  }
}

/// The view of one variable of a population's neurons; 1 where a factor is "one", the weight or the pre trace.
private struct NeuronVariable {
  let first: UnsafeMutablePointer<Int32>?
  let second: UnsafeMutablePointer<Int32>?
  let shift: UInt8
  let isTrace: Bool
  /// The largest view.
  var high: Int32 { isTrace ? 255 : 32767 }

  init(
    _ first: UnsafeMutablePointer<Int32>?, _ second: UnsafeMutablePointer<Int32>?, shift: UInt8,
    isTrace: Bool = false
  ) {
    self.first = first
    self.second = second
    self.shift = shift
    self.isTrace = isTrace
  }

  /// Of the variable, what its views from `low` to `high` come from: the other way round if there are none.
  func limits(low: Int32, high: Int32) -> (low: Int32, high: Int32) {
    let half: Int32 = shift == 0 ? 0 : 1 &<< (Int32(shift) &- 1)
    let least = low == -32768 ? Int32.min : low > self.high ? .max : low &<< Int32(shift) &- half
    let most = high >= self.high ? Int32.max : (high &+ 1) &<< Int32(shift) &- half &- 1
    return (least, most)
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

extension Projection {
  /// Whether the columns of its rule, which is narrow, are viewed and split at once: two variables of one array each.
  var isViewedAtOnce: Bool {
    let term = rule.terms[0]
    let factor = term.factorA == .one ? term.factorB : term.factorA
    return storage == .int8 && term.gate != .none && factor.isArray && term.gateVariable.isArray
  }
}

extension Factor {
  /// Whether it is one array of the target.
  fileprivate var isArray: Bool {
    switch self {
    case .membrane, .dendrite, .meanDendrite, .postTrace: true
    case .one, .weight, .current, .preTrace: false
    }
  }
}
