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
      if value != 0 { memory.pointee.mayWait = true }
    }
    // What holds a value has to decay, whether a projection arrives there or not.
    if value != 0, variable.rawValue < Compartment.count {
      memory.pointee.liveCompartments |= 1 << variable.rawValue
    }
  }
}

extension PopulationMemory {
  /// [count] of a variable; nil for refractory counts, which are bytes.
  func words(_ variable: StateVariable) -> UnsafeMutablePointer<Int32>? {
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
