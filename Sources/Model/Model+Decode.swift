import Fault
import Memory
import NeuroCore

extension Model {
  /// Reads a model from the bytes of a safetensors file; what is returned satisfies `check()`.
  ///
  /// Memory: at most 8 bytes a byte of tensor, 32 a byte of header, and 8 MiB.
  ///
  /// - Parameter source: put before every sentence; for example the name of the file. May be empty.
  /// - Throws: `SPK_ERROR_FORMAT` for a file that is not what docs/file-format.md says, `SPK_ERROR_MODEL` for a network that
  ///   breaks the law, `SPK_ERROR_UNSUPPORTED` for what is reserved or of a later version, `SPK_ERROR_NO_MEMORY`.
  public static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, source: Sentence
  ) throws(Fault) -> Model {
    do throws(Fault) {
      let header = try FileHeader(bytes)
      var model = try Model(description: header.description)
      let slots = try TensorSlots(header, model)
      for index in 0..<model.populationCount {
        try model.readArrays(population: index, header, slots)
      }
      for index in 0..<model.projectionCount {
        try model.readArrays(projection: index, header, slots)
      }
      try model.checkSnapshot()
      try model.check()
      return model
    } catch {
      throw source.count > 0 ? error.at("\(source)") : error
    }
  }

  private mutating func readArrays(
    population index: Int, _ header: borrowing FileHeader, _ slots: borrowing TensorSlots
  ) throws(Fault) {
    let count = Int(population(index).population.neuronCount)
    for number in 0..<PopulationTensor.count {
      guard let kind = PopulationTensor(rawValue: UInt8(number)),
        let tensor = slots.tensor(header, population: index, kind)
      else { continue }
      guard let parameter = kind.parameter else {
        try readSnapshot(kind, index, header, tensor)
        continue
      }
      try tensor.expect(parameter == .decayIndex ? .uint8 : .int32, count)
      let values = try Buffer<Int32>(count: count, repeating: 0)
      if parameter == .decayIndex {
        header.read(tensor, as: UInt8.self) { neuron, value in values[neuron] = Int32(value) }
      } else {
        header.read(tensor, as: Int32.self) { neuron, value in values[neuron] = value }
      }
      try readParameters(population: index, parameter, UnsafeBufferPointer(values.elements))
    }
  }

  private mutating func readSnapshot(
    _ kind: PopulationTensor, _ index: Int, _ header: borrowing FileHeader, _ tensor: Tensor
  ) throws(Fault) {
    let entry = populationPointer(index)
    let neurons = Int(entry.pointee.population.neuronCount)
    if kind == .state {
      let variables = entry.pointee.population.variableCount
      try tensor.expect(.int32, variables, neurons)
      let state = try allocateZeros(Int32.self, count: variables * neurons)
      entry.pointee.state = state
      header.read(tensor, as: Int32.self) { element, value in state[element] = value }
    } else {
      let rows = historyRows(population: index)
      try tensor.expect(.int16, rows, neurons)
      let history = try allocateZeros(Int16.self, count: rows * neurons)
      entry.pointee.history = history
      header.read(tensor, as: Int16.self) { element, value in history[element] = value }
    }
  }

  private mutating func readArrays(
    projection index: Int, _ header: borrowing FileHeader, _ slots: borrowing TensorSlots
  ) throws(Fault) {
    let entry = projectionPointer(index)
    let name = entry.pointee.name
    let shape = shape(entry.pointee.projection)
    let type: TensorType = entry.pointee.projection.storage == .int8 ? .int8 : .int16
    let weights = try slots.tensor(header, projection: index, .weight, of: name)
    switch entry.pointee.projection.connectivity {
    case .dense: try weights.expect(type, shape.sources, shape.targets)
    case .oneToOne: try weights.expect(type, shape.sources)
    case .sparse, .sharedKernel:
      try weights.expect(type, weights.rows)
      let rowStarts = try slots.tensor(header, projection: index, .rowStarts, of: name)
      try rowStarts.expect(.uint32, shape.sources + 1)
      let targets = try slots.tensor(header, projection: index, .targets, of: name)
      try targets.expect(.uint32, weights.rows)
      try entry.pointee.allocateWeights(shape)
      try readSynapses(index, header, rowStarts, targets, weights)
      return
    }
    try entry.pointee.allocateWeights(shape)
    if let destination = entry.pointee.weights8 {
      header.read(weights, as: Int8.self) { index, value in destination[index] = value }
    } else if let destination = entry.pointee.weights16 {
      header.read(weights, as: Int16.self) { index, value in destination[index] = value }
    }
  }

  private mutating func readSynapses(
    _ index: Int, _ header: borrowing FileHeader, _ rowStarts: Tensor, _ targets: Tensor,
    _ weights: Tensor
  ) throws(Fault) {
    let starts = try Buffer<UInt32>(count: rowStarts.rows, repeating: 0)
    let columns = try Buffer<UInt32>(count: targets.rows, repeating: 0)
    let values = try Buffer<Int16>(count: weights.rows, repeating: 0)
    header.read(rowStarts, as: UInt32.self) { index, value in starts[index] = value }
    header.read(targets, as: UInt32.self) { index, value in columns[index] = value }
    if weights.type == .int8 {
      header.read(weights, as: Int8.self) { index, value in values[index] = Int16(value) }
    } else {
      header.read(weights, as: Int16.self) { index, value in values[index] = value }
    }
    try readSynapses(
      projection: index, rowStarts: UnsafeBufferPointer(starts.elements),
      targets: UnsafeBufferPointer(columns.elements),
      weights: UnsafeBufferPointer(values.elements))
  }
}
