import Fault
import NeuroCore

extension Population {
  /// The same population with standard values in the fields that its kind has no use for, and without arrays.
  var canonical: Population {
    var result = Population.standard(kind)
    result.neuronCount = neuronCount
    switch kind {
    case .input:
      result.gain = gain
      result.floor = floor
      result.preTrace = preTrace.canonical
    case .analogue:
      result.valueLimit = valueLimit
    case .leaky, .quadratic:
      let standard = result
      result = self
      result.perNeuron = 0
      result.gain = standard.gain
      result.floor = standard.floor
      result.valueLimit = standard.valueLimit
      result.preTrace = preTrace.canonical
      result.postTrace = postTrace.canonical
      for index in result.decays.indices where index >= Int(decaySetCount) {
        result.decays[index] = DecaySet()
      }
      result.closeCircle()
    }
    return result
  }

  /// - Throws: `SPK_ERROR_MODEL` if a field breaks docs/numerics.md 1.1.
  func check() throws(Fault) {
    var copy = self
    try copy.visit(.checking)
    guard kind.hasMembrane else { return }
    guard groupSize != 1 else {
      throw Fault(.SPK_ERROR_MODEL, "group_size is 1, expected 0 or 2 .. \(Law.groupLimit)")
    }
    try FieldVisitor.check("decay_set_count", Int(decaySetCount), 1, Law.decaySetLimit)
    for index in 0..<Int(decaySetCount) {
      let set = decays[index]
      let most = max(max(set.membrane, set.current1), max(set.current2, set.dendrite))
      guard most <= Law.decayLimit else {
        throw Fault(
          .SPK_ERROR_MODEL, "decay set \(index) has \(most), expected 0 .. \(Law.decayLimit)")
      }
    }
  }

  /// - Throws: `SPK_ERROR_MODEL` if a population of this kind cannot have the role.
  func check(role: Role) throws(Fault) {
    let expected: StaticString
    switch role {
    case .none: return
    case .stimulus, .label:
      guard kind != .input else { return }
      expected = "input"
    case .output:
      guard !kind.hasMembrane else { return }
      expected = "leaky or quadratic"
    }
    throw Fault(
      .SPK_ERROR_MODEL, "role \(role.word) is for kind \(expected), found \(kind.word)")
  }

  /// The least and the largest value that an array of this parameter may hold.
  func range(of parameter: NeuronParameter) -> (low: Int32, high: Int32) {
    switch parameter {
    case .decayIndex: (0, Int32(decaySetCount) - 1)
    case .threshold, .bias, .resetValue, .lowerBound: (Law.stateMinimum, Law.stateLimit)
    }
  }
}

extension Trace {
  /// None at all, if a spike adds nothing.
  fileprivate var canonical: Trace { isThere ? self : Trace() }
}
