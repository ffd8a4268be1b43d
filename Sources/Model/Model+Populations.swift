import Fault
import Memory
import NeuroCore

extension Model {
  /// Adds a population; fields that its kind has no use for are put back to their defaults.
  ///
  /// - Parameters:
  ///   - name: 1 .. 63 bytes, unique among the populations.
  ///   - population: `perNeuron` is ignored; arrays come by `setParameters`.
  ///   - countsPerUnit: 0 .. 2^23; 0: not stated.
  /// - Returns: its number.
  /// - Throws: `SPK_ERROR_MODEL` if a name, role or field breaks the law,
  ///   `SPK_ERROR_NO_MEMORY`; the model is then as it was.
  public mutating func addPopulation(
    name: Name, role: Role, _ population: Population, countsPerUnit: Int32 = 0
  ) throws(Fault) -> Int {
    try name.check("population")
    guard name.count > 0 else {
      throw Fault(.SPK_ERROR_MODEL, "a population has an empty name, expected 1 .. 63 bytes")
    }
    do throws(Fault) {
      guard populationCount < Law.populationCountLimit else {
        throw Fault(.SPK_ERROR_MODEL, "one more than \(Law.populationCountLimit) populations")
      }
      for index in 0..<populationCount {
        let entry = populationPointer(index)
        guard !(entry.pointee.name == name) else {
          throw Fault(.SPK_ERROR_MODEL, "population \(index) has this name; names must differ")
        }
        guard role == .none || entry.pointee.role != role else {
          throw Fault(
            .SPK_ERROR_MODEL,
            "role \(role.word) is taken by population \"\(entry.pointee.name)\"; one at most has it"
          )
        }
      }
      try population.check()
      try population.check(role: role)
      var scale = countsPerUnit
      try population.kind.visitScale(.checking, &scale)
      try populations.append(
        PopulationEntry(
          name: name, role: role, population: population.canonical, countsPerUnit: scale))
      dropSnapshot()
    } catch {
      throw error.at("population \"\(name)\"")
    }
    return populationCount - 1
  }

  /// Gives a parameter one value a neuron.
  ///
  /// - Parameter values: [neuronCount], copied.
  /// - Throws: `SPK_ERROR_ARGUMENT` for a wrong count or population number, `SPK_ERROR_MODEL` for a value out of range or a
  ///   parameter that the population does not use, `SPK_ERROR_NO_MEMORY`; the model is then as it was.
  public mutating func setParameters(
    population index: Int, _ parameter: NeuronParameter, _ values: UnsafeBufferPointer<Int32>
  ) throws(Fault) {
    try readParameters(population: index, parameter, values)
    dropSnapshot()
  }

  /// The same for the parameters of a file, which may hold a snapshot too.
  mutating func readParameters(
    population index: Int, _ parameter: NeuronParameter, _ values: UnsafeBufferPointer<Int32>
  ) throws(Fault) {
    guard index >= 0, index < populationCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT, "population \(index) was asked for, the model has \(populationCount)")
    }
    let entry = populationPointer(index)
    do throws(Fault) {
      try entry.pointee.checkArray(parameter, values)
      if let array = entry.pointee.array(parameter) {
        array.update(from: values.baseAddress.unsafelyUnwrapped, count: values.count)
      } else {
        let array = try allocate(Int32.self, count: values.count)
        array.initialize(from: values.baseAddress.unsafelyUnwrapped, count: values.count)
        entry.pointee.arrays[Int(parameter.rawValue)] = array
        entry.pointee.population.perNeuron |= parameter.bit
      }
    } catch {
      throw error.at("population \"\(entry.pointee.name)\"")
    }
  }

  /// The entry in place. - Precondition: `index` is below `populationCount`.
  func populationPointer(_ index: Int) -> UnsafeMutablePointer<PopulationEntry> {
    precondition(index >= 0 && index < populations.count)
    return populations.elements.baseAddress.unsafelyUnwrapped + index
  }
}

extension PopulationEntry {
  fileprivate func checkArray(
    _ parameter: NeuronParameter, _ values: UnsafeBufferPointer<Int32>
  ) throws(Fault) {
    guard
      population.kind == .leaky
        || population.kind == .quadratic && NeuronParameter.ofQuadratic & parameter.bit != 0
    else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "kind \(population.kind.word) has no \(parameter.word) of its neurons; leaky populations have"
      )
    }
    guard parameter != .threshold || population.hasThreshold else {
      throw Fault(.SPK_ERROR_MODEL, "a population that reads out has no threshold")
    }
    guard values.count == Int(population.neuronCount) else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "\(parameter.word) has \(values.count) values, expected \(population.neuronCount), one a neuron"
      )
    }
    let (low, high) = population.range(of: parameter)
    for index in 0..<values.count where values[index] < low || values[index] > high {
      throw Fault(
        .SPK_ERROR_MODEL,
        "\(parameter.word) of neuron \(index) is \(values[index]), expected \(low) .. \(high)")
    }
  }
}
