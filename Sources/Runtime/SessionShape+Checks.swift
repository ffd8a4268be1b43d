import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

extension SessionShape {
  @inline(never)
  func checkedPopulation(_ index: UInt32) throws(Fault) -> UnsafePointer<PopulationShape> {
    guard index < populations.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \(index) does not exist; the session has \(populations.count), numbered from 0")
    }
    return populations.baseAddress.unsafelyUnwrapped + Int(index)
  }

  @inline(never)
  func checkedProjection(_ index: UInt32) throws(Fault) -> UnsafePointer<ProjectionShape> {
    guard index < projections.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \(index) does not exist; the session has \(projections.count), numbered from 0")
    }
    return projections.baseAddress.unsafelyUnwrapped + Int(index)
  }

  func checkTicks(_ ticks: UInt32) throws(Fault) {
    guard ticks >= 1, ticks <= WireLimit.ticks else {
      throw Fault(.SPK_ERROR_ARGUMENT, "ticks: \(ticks) found, 1 .. \(WireLimit.ticks) expected")
    }
  }

  /// A population, a variable that it has, and neurons of it.
  func checkState(
    _ population: UInt32, _ variable: UInt32, first: UInt32, count: Int
  ) throws(Fault) -> StateVariable {
    let shape = try checkedPopulation(population)
    guard variable < StateVariable.count,
      let found = StateVariable(rawValue: UInt8(truncatingIfNeeded: variable))
    else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "variable: \(variable) found, SPK_MEMBRANE (0) .. SPK_DENDRITE_SUM (8) expected")
    }
    guard shape.pointee.population.has(found) else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \"\(shape.pointee.name)\" does not have variable \(variable): those with a membrane have 0 .. 4, and more where they have traces or a mean"
      )
    }
    guard count >= 1, Int(first) < shape.pointee.count, count <= shape.pointee.count - Int(first)
    else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \"\(shape.pointee.name)\": neurons \(first) and \(count) in all were asked for, it has \(shape.pointee.count)"
      )
    }
    return found
  }
}
