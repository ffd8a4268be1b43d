import Fault
import NeuroCore

/// One array of a model as a tensor to be written.
struct ArrayView: BitwiseCopyable {
  let name: Name
  let suffix: StaticString
  let type: TensorType
  let rows: Int
  let columns: Int?
  /// [rows × columns] elements; those of `decay_index` are Int32 in memory. Nil if there are none.
  private let base: UnsafeRawPointer?

  /// An array of a population; nil if it has none.
  init?(_ entry: PopulationEntry, _ tensor: PopulationTensor, historyRows: Int) {
    let neurons = Int(entry.population.neuronCount)
    name = entry.name
    suffix = tensor.word
    switch tensor {
    case .state:
      guard let state = entry.state else { return nil }
      (type, rows, columns) = (.int32, entry.population.variableCount, neurons)
      base = UnsafeRawPointer(state)
    case .history:
      guard let history = entry.history else { return nil }
      (type, rows, columns) = (.int16, historyRows, neurons)
      base = UnsafeRawPointer(history)
    default:
      guard let parameter = tensor.parameter, let array = entry.array(parameter) else {
        return nil
      }
      (type, rows, columns) = (parameter == .decayIndex ? .uint8 : .int32, neurons, nil)
      base = UnsafeRawPointer(array)
    }
  }

  /// An array of a projection; nil if it has none.
  init?(_ entry: ProjectionEntry, _ tensor: ProjectionTensor, _ shape: (sources: Int, targets: Int))
  {
    let isSparse = entry.projection.connectivity == .sparse
    let isDense = entry.projection.connectivity == .dense
    guard isSparse || tensor == .weight else { return nil }
    name = entry.name
    suffix = tensor.word
    switch tensor {
    case .weight:
      type = entry.projection.storage == .int8 ? .int8 : .int16
      rows = isDense ? shape.sources : entry.weightCount
      columns = isDense ? shape.targets : nil
      base = UnsafeRawPointer(entry.weights8) ?? UnsafeRawPointer(entry.weights16)
    case .rowStarts:
      type = .uint32
      rows = shape.sources + 1
      columns = nil
      base = UnsafeRawPointer(entry.rowStarts)
    case .targets:
      type = .uint32
      rows = entry.weightCount
      columns = nil
      base = UnsafeRawPointer(entry.targets)
    }
  }

  var byteCount: Int { rows * (columns ?? 1) * type.bytes }

  /// Writes the elements in little-endian order.
  func write(to destination: UnsafeMutableRawPointer) {
    guard let base else { return }
    let count = rows * (columns ?? 1)
    switch type {
    case .int8: destination.copyMemory(from: base, byteCount: count)
    case .uint8:
      let values = base.assumingMemoryBound(to: Int32.self)
      for index in 0..<count {
        destination.storeBytes(of: UInt8(values[index]), toByteOffset: index, as: UInt8.self)
      }
    case .int16: Self.write(base.assumingMemoryBound(to: UInt16.self), count, destination)
    case .int32, .uint32: Self.write(base.assumingMemoryBound(to: UInt32.self), count, destination)
    }
  }

  private static func write<Element: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafePointer<Element>, _ count: Int, _ destination: UnsafeMutableRawPointer
  ) {
    for index in 0..<count {
      destination.storeBytes(
        of: values[index].littleEndian, toByteOffset: index * MemoryLayout<Element>.stride,
        as: Element.self)
    }
  }
}
