@testable import NeuroCore

/// The core, in memory that starts as rubbish so that nothing can rest on zeros.
final class FabricUnderTest: NetworkUnderTest {
  private var fabric: Fabric
  private let memory: UnsafeMutableRawPointer
  private let neuronCounts: [Int]
  private let weightCounts: [Int]

  init(_ description: NetworkDescription, kernels: Kernels = Kernels(), parts: Int = 1) {
    // Copies that are gone before the first use: the core may not keep them.
    let populations = UnsafeBufferPointer(copying: description.populations.map(\.parameters))
    let projections = UnsafeBufferPointer(copying: description.projections.map(\.parameters))
    let bytes = Fabric.requiredBytes(
      populations: populations, projections: projections, threads: parts)!
    memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: bytes)
    fabric = Fabric(
      populations: populations, projections: projections, seed: description.seed,
      crew: parts > 1 ? .backwards(parts) : nil, memory: memory)
    fabric.useKernels(kernels)
    populations.deallocate()
    projections.deallocate()
    neuronCounts = description.populations.map { Int($0.parameters.neuronCount) }
    weightCounts = description.projections.map(\.weights.count)
    for (index, part) in description.populations.enumerated() {
      for array in part.arrays {
        for (neuron, value) in array.values.enumerated() {
          fabric.setParameter(
            population: index, array.parameter, neuron: neuron, to: Int32(value))
        }
      }
    }
    for (index, part) in description.projections.enumerated() {
      if part.parameters.connectivity == .sparse {
        for (row, start) in part.rowStarts.enumerated() {
          fabric.setRowStart(projection: index, row: row, to: UInt32(start))
        }
        for (synapse, target) in part.targets.enumerated() {
          fabric.setTarget(projection: index, synapse: synapse, to: UInt32(target))
        }
      }
      for (position, weight) in part.weights.enumerated() {
        fabric.setWeight(projection: index, position, to: Int32(weight))
      }
    }
    fabric.divide()
    fabric.division?.leastCost = 0
  }

  deinit { memory.deallocate() }

  func fire(population: Int, neuron: Int) { fabric.fire(population: population, neuron: neuron) }

  func fire(population: Int, neurons: [Int]) {
    // Records of events, as a run has them.
    let records: [UInt32] = neurons.flatMap { [UInt32($0).littleEndian, 7] }
    records.withUnsafeBytes {
      guard let base = $0.baseAddress else { return }
      fabric.fire(population: population, neurons: base, stride: 8, count: neurons.count)
    }
  }

  func setValues(population: Int, first: Int, _ values: [Int]) {
    for (offset, value) in values.enumerated() {
      fabric.setValue(population: population, neuron: first + offset, to: Int16(value))
    }
  }

  func drawSpikes(population: Int, intensities: [Int], stream: Int, count: UInt64) {
    intensities.map(UInt8.init).withUnsafeBufferPointer {
      fabric.drawSpikes(
        population: population, intensities: $0.baseAddress!, stream: UInt8(stream), count: count)
    }
  }

  func tick(stream: Int, count: UInt64, learning: Bool, labelled: Bool) {
    fabric.tick(stream: UInt8(stream), count: count, learning: learning, labelled: labelled)
  }

  func spikes(population: Int) -> [Int] {
    var fired = fabric.spikes(population: population).neurons
    return Array(AnyIterator { fired.next() })
  }

  func state(population: Int, _ variable: StateVariable) -> [Int] {
    var values = [Int32](repeating: 0, count: neuronCounts[population])
    values.withUnsafeMutableBytes {
      fabric.copyState(
        population: population, variable, first: 0, into: $0.baseAddress!,
        count: neuronCounts[population])
    }
    return values.map(Int.init)
  }

  func setState(population: Int, _ variable: StateVariable, _ values: [Int]) {
    for (neuron, value) in values.enumerated() {
      fabric.setState(population: population, variable, neuron: neuron, to: Int32(value))
    }
  }

  /// [rows][neurons] of the history, as a snapshot has it.
  func history(population: Int) -> [Int] {
    let count = fabric.historyRows(population: population) * neuronCounts[population]
    return (0..<count).map { Int(fabric.history(population: population, $0)) }
  }

  func setHistory(population: Int, _ values: [Int]) {
    for (index, value) in values.enumerated() {
      fabric.setHistory(population: population, index, to: Int16(value))
    }
  }

  func weights(projection: Int) -> [Int] {
    (0..<weightCounts[projection]).map { Int(fabric.weight(projection: projection, $0)) }
  }

  func setEnabled(projection: Int, _ on: Bool) {
    fabric.setEnabled(projection: projection, on)
  }

  func setLearning(projection: Int, _ on: Bool) {
    fabric.setLearning(projection: projection, on)
  }

  func setRate(projection: Int, _ rate: Int) { fabric.setRate(projection: projection, rate) }

  func clear() { fabric.clear() }
}

extension TickCrew {
  /// One thread, which does the parts from the last to the first: what they do may not depend on it.
  fileprivate static func backwards(_ count: Int) -> TickCrew {
    TickCrew(count: count, context: UnsafeMutableRawPointer(bitPattern: count)!) {
      context, work, argument in
      for part in (0..<Int(bitPattern: context)).reversed() { work(argument, part) }
    }
  }
}

extension UnsafeBufferPointer where Element: BitwiseCopyable {
  /// The elements in memory of their own, which the caller frees.
  fileprivate init(copying elements: [Element]) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = copy.initialize(from: elements)
    self.init(copy)
  }
}
