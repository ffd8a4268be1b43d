import Fault
import Model
import NeuroCore
import WireProtocol

// Where counts meet physical units. The board knows counts alone.

extension PopulationShape {
  /// - Throws: STATE if it states no scale.
  @inline(never)
  func checkScale() throws(Fault) {
    guard countsPerUnit > 0 else {
      throw Fault(
        .SPK_ERROR_STATE,
        "population \"\(name)\" does not say what a unit is; set counts_per_unit where it is added to the model"
      )
    }
  }

  /// A value in counts, the nearest, halves away from 0; nil if that is beyond the limit, or if it is no number.
  func counts(_ value: Float) -> Int16? {
    // Exact, and so is the sum where it decides.
    let scaled = Double(value) * Double(countsPerUnit)
    guard scaled.magnitude < Double(valueLimit) + 0.5 else { return nil }
    return Int16(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
  }

  /// Turns counts of state into units, in place: each into the nearest there is.
  func divide(_ values: UnsafeMutableRawPointer, count: Int) {
    for index in 0..<count {
      let state = values.load(fromByteOffset: 4 * index, as: Int32.self)
      values.storeBytes(
        of: Float(state) / Float(countsPerUnit), toByteOffset: 4 * index, as: Float.self)
    }
  }
}

extension Session {
  /// As `readState`, in units.
  public func readState(
    _ board: inout BoardConnection, population: UInt32, variable: UInt32, first: UInt32,
    units values: UnsafeMutableBufferPointer<Float>
  ) throws(Fault) {
    let found = try shape.checkState(population, variable, first: first, count: values.count)
    guard found.rawValue < Compartment.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "variable: \(variable) found, SPK_MEMBRANE (0) .. SPK_DENDRITE (3) expected in units")
    }
    let shape = try shape.checkedPopulation(population)
    try shape.pointee.checkScale()
    let memory = UnsafeMutableRawBufferPointer(values)
    try readState(
      &board, population: population, variable: variable, first: first,
      into: memory.bindMemory(to: Int32.self))
    if let start = memory.baseAddress { shape.pointee.divide(start, count: values.count) }
  }

  /// - Throws: ARGUMENT if there is no such probe, STATE if its population states no scale.
  public func checkProbeScale(_ probe: UInt32) throws(Fault) {
    try checkProbe(probe)
    try probedPopulation(probe).pointee.checkScale()
  }

  /// As `readProbe`, in units.
  ///
  /// - Returns: values there are; 0 if there is no such probe, or its population states no scale.
  public func readProbe(
    _ probe: UInt32, units values: UnsafeMutablePointer<Float>, capacity: Int
  ) -> Int {
    guard probe < WireLimit.probes, probes.requests[Int(probe)].isOn else { return 0 }
    let shape = probedPopulation(probe)
    guard shape.pointee.countsPerUnit > 0 else { return 0 }
    let memory = UnsafeMutableRawPointer(values)
    let count = readProbe(
      probe, into: memory.bindMemory(to: Int32.self, capacity: capacity), capacity: capacity)
    shape.pointee.divide(memory, count: min(count, capacity))
    return count
  }

  /// Of a probe that is there.
  private func probedPopulation(_ probe: UInt32) -> UnsafePointer<PopulationShape> {
    populations.baseAddress.unsafelyUnwrapped
      + Int(probes.requests[Int(probe)].population)
  }
}
