/// What a session may read and write of a neuron. Numbers as in docs/wire-protocol.md and the C API.
public enum StateVariable: UInt8, BitwiseCopyable, Sendable {
  case membrane = 0
  case current1 = 1
  case current2 = 2
  case dendrite = 3
  case refractory = 4
  case preTrace = 5
  case postTrace = 6
  /// M and S of the law.
  case meanDendrite = 7
  case dendriteSum = 8

  public static let count = 9
}

extension Population {
  /// Whether its neurons have a variable.
  public func has(_ variable: StateVariable) -> Bool {
    switch variable {
    case .membrane, .current1, .current2, .dendrite, .refractory: kind.hasMembrane
    case .preTrace: kind != .analogue && preTrace.isThere
    case .postTrace: kind.hasMembrane && postTrace.isThere
    case .meanDendrite, .dendriteSum: kind.hasMembrane && meanTicks > 0
    }
  }

  /// Calls `body` for each variable that its neurons have, in their order.
  public func forEachVariable<Failure: Error>(
    _ body: (StateVariable) throws(Failure) -> Void
  ) throws(Failure) {
    for number in 0..<UInt8(StateVariable.count) {
      guard let variable = StateVariable(rawValue: number), has(variable) else { continue }
      try body(variable)
    }
  }

  /// How many of them it has.
  public var variableCount: Int {
    var count = 0
    forEachVariable { _ in count += 1 }
    return count
  }

  /// Whether it has the variables of another population and no others, and means over as many ticks.
  public func hasVariables(of other: Population) -> Bool {
    for number in 0..<UInt8(StateVariable.count) {
      guard let variable = StateVariable(rawValue: number), has(variable) == other.has(variable)
      else { return false }
    }
    return meanTicks == other.meanTicks
  }

  /// The least and the largest value of a variable.
  public func range(of variable: StateVariable) -> (low: Int32, high: Int32) {
    switch variable {
    case .membrane, .current1, .current2, .dendrite: (Law.stateMinimum, Law.stateLimit)
    case .refractory: (0, 255)
    case .preTrace, .postTrace: (0, Law.stateLimit)
    case .meanDendrite: (-32_768, 32_767)
    case .dendriteSum: (-32_768 * Int32(meanTicks), 32_767 * Int32(meanTicks))
    }
  }
}
