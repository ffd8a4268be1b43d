// What a board checks of a description before it trusts it. Sentences for people are made on the host.

extension Population {
  /// Whether every field lies in its range.
  public var isLawful: Bool {
    guard neuronCount >= 1, neuronCount <= Law.neuronCountLimit else { return false }
    switch kind {
    case .input: return perNeuron == 0 && gain >= 0 && gain <= 65_535 && preTrace.isLawful
    case .analogue: return perNeuron == 0 && valueLimit >= 1 && valueLimit <= 32_767
    case .leaky: return membraneFieldsAreLawful()
    case .quadratic:
      var closed = self
      closed.closeCircle()
      return perNeuron & ~NeuronParameter.ofQuadratic == 0 && closed.membraneFieldsAreLawful()
    }
  }

  @inline(never)
  private func membraneFieldsAreLawful() -> Bool {
    guard perNeuron >> NeuronParameter.count == 0 else { return false }
    guard decaySetCount >= 1, decaySetCount <= Law.decaySetLimit else { return false }
    for index in 0..<Int(decaySetCount) where !decays[index].isLawful { return false }
    guard Population.isState(threshold), Population.isState(bias),
      Population.isState(resetValue), Population.isState(lowerBound)
    else { return false }
    guard currentShift <= Law.shiftLimit, membraneViewShift <= Law.shiftLimit,
      currentViewShift <= Law.shiftLimit, dendriteViewShift <= Law.shiftLimit
    else { return false }
    guard noiseAmplitude >= 0, noiseAmplitude <= 32_767 else { return false }
    guard preTrace.isLawful, postTrace.isLawful else { return false }
    return groupSize == 0 || groupSize >= 2 && groupSize <= Law.groupLimit
  }

  /// Whether a value fits the 24 bits of state.
  public static func isState(_ value: Int32) -> Bool {
    value >= Law.stateMinimum && value <= Law.stateLimit
  }
}

extension Trace {
  var isLawful: Bool {
    step >= 0 && step <= Law.stateLimit && decay <= Law.decayLimit && viewShift <= Law.shiftLimit
  }
}

extension DecaySet {
  var isLawful: Bool {
    membrane <= Law.decayLimit && current1 <= Law.decayLimit && current2 <= Law.decayLimit
      && dendrite <= Law.decayLimit
  }
}

extension Projection {
  /// Whether every field lies in its range, between these populations.
  public func isLawful(source: Population, target: Population) -> Bool {
    guard target.kind.hasMembrane, connectivity != .sharedKernel else { return false }
    guard connectivity != .oneToOne || source.neuronCount == target.neuronCount else {
      return false
    }
    guard shift <= Law.shiftLimit, delayTicks >= 1, delayTicks <= Law.delayLimit, rate <= 256
    else { return false }
    guard synapseCount >= 0, synapseCount <= Int64(UInt32.max) else { return false }
    guard hasRule else { return true }
    guard rule.termCount <= Law.termLimit, self.source == self.target || !rule.skipsDiagonal
    else { return false }
    guard rule.lowLimit <= rule.highLimit, Int32(rule.lowLimit) <= storage.maximum,
      Int32(rule.highLimit) >= storage.minimum
    else { return false }
    for index in 0..<Int(rule.termCount) where !rule.isLawful(index) { return false }
    guard source.kind != .analogue || !rule.has(.presynaptic) else { return false }
    return (source.kind == .analogue || source.preTrace.isThere || !rule.uses(.preTrace))
      && (target.postTrace.isThere || !rule.uses(.postTrace))
      && (target.meanTicks > 0 || !rule.uses(.meanDendrite))
  }
}

extension Rule {
  fileprivate func isLawful(_ index: Int) -> Bool {
    let term = terms[index]
    return (term.trigger == .every) == (term.periodTicks > 0) && term.shift <= Law.termShiftLimit
      && shift - Int(term.shift) <= Law.termShiftSpread
      && (term.gate == .none || (term.gateVariable != .one && term.gateVariable != .weight))
  }
}
