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
    case .membrane, .current1, .current2, .dendrite, .refractory: kind == .leaky
    case .preTrace: kind != .analogue && preTrace.isThere
    case .postTrace: kind == .leaky && postTrace.isThere
    case .meanDendrite, .dendriteSum: kind == .leaky && meanTicks > 0
    }
  }

  /// How many of them it has.
  public var variableCount: Int {
    var count = 0
    for number in 0..<UInt8(StateVariable.count) {
      if let variable = StateVariable(rawValue: number), has(variable) { count += 1 }
    }
    return count
  }

  /// Whether it has the variables of another population, and no others, in the same ranges.
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

extension Fabric {
  /// Copies a variable that the population has, as of the end of the last tick.
  ///
  /// - Parameters:
  ///   - values: [count] Int32, at any address.
  public func copyState(
    population: Int, _ variable: StateVariable, first: Int, into values: UnsafeMutableRawPointer,
    count: Int
  ) {
    let memory = populations + population
    let words = memory.pointee.words(variable)
    for index in 0..<count {
      values.storeBytes(
        of: words?[first + index] ?? Int32(memory.pointee.refractory[first + index]),
        toByteOffset: 4 * index, as: Int32.self)
    }
  }

  /// Sets a variable that the population has, within its range, as of the end of the last tick.
  public mutating func setState(
    population: Int, _ variable: StateVariable, neuron: Int, to value: Int32
  ) {
    let memory = populations + population
    if let words = memory.pointee.words(variable) {
      words[neuron] = value
    } else {
      memory.pointee.refractory[neuron] = UInt8(truncatingIfNeeded: value)
    }
    // What holds a value has to decay, whether a projection arrives there or not.
    if variable.rawValue < Compartment.count {
      memory.pointee.arrivalCompartments |= 1 << variable.rawValue
    }
  }
}

extension PopulationMemory {
  /// [count] of a variable; nil for refractory counts, which are bytes.
  fileprivate func words(_ variable: StateVariable) -> UnsafeMutablePointer<Int32>? {
    switch variable {
    case .membrane, .current1, .current2, .dendrite: state[Int(variable.rawValue)]
    case .refractory: nil
    case .preTrace: preTrace
    case .postTrace: postTrace
    case .meanDendrite: meanDendrite
    case .dendriteSum: dendriteSum
    }
  }
}
