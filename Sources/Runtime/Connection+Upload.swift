import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// Elements of an array that one frame carries, 4 bytes each: so many that a link stays busy on which answers cost time.
private let uploadPiece = 65_536

extension BoardConnection {
  /// Posts a network.
  ///
  /// - Throws: UNSUPPORTED if it has a kind of population that the board does not run; nothing is posted then.
  mutating func load(
    _ model: borrowing Model, _ placement: borrowing Placement, seed: UInt64
  ) throws(Fault) {
    for index in 0..<model.populationCount {
      let entry = model.population(index)
      guard capabilities.populationKinds >> UInt32(entry.population.kind.rawValue) & 1 != 0 else {
        throw Fault(
          .SPK_ERROR_UNSUPPORTED,
          "population \"\(entry.name)\" is \(entry.population.kind.word), which this board does not run; update its firmware"
        )
      }
    }
    try connection.upload(model, placement, seed: seed)
  }
}

extension Connection {
  fileprivate mutating func upload(
    _ model: borrowing Model, _ placement: borrowing Placement, seed: UInt64
  ) throws(Fault) {
    var head = try writer()
    head.put(
      NetworkHead(
        lawVersion: UInt32(Law.version), populations: UInt32(model.populationCount),
        projections: UInt32(model.projectionCount), slices: UInt32(placement.slices.count),
        seed: seed))
    try post(.beginNetwork, head)
    for index in 0..<model.populationCount {
      var writer = try writer()
      writer.put(UInt32(index))
      writer.put(model.population(index).population)
      try post(.population, writer)
    }
    for index in 0..<model.projectionCount {
      var writer = try writer()
      writer.put(UInt32(index))
      writer.put(model.projection(index).projection)
      try post(.projection, writer)
    }
    try upload(placement)
    try post(.commit, try writer())
    for index in 0..<model.populationCount { try uploadParameters(model.population(index), index) }
    for index in 0..<model.projectionCount {
      let entry = model.projection(index)
      let source = model.population(Int(entry.projection.source)).population
      try uploadSynapses(entry, index, sourceCount: Int(source.neuronCount))
    }
    try post(.start, try writer())
  }

  private mutating func upload(_ placement: borrowing Placement) throws(Fault) {
    let slices = UnsafeBufferPointer(placement.slices.elements)
    var first = 0
    while first < slices.count {
      let end = min(first + 4_096, slices.count)
      var writer = try writer(capacity: 4 + 16 * (end - first))
      writer.put(UInt32(first))
      for index in first..<end { writer.put(slices[index]) }
      try post(.slice, writer)
      first = end
    }
  }

  private mutating func uploadParameters(
    _ entry: PopulationEntry, _ index: Int
  ) throws(Fault) {
    for number in 0..<UInt8(NeuronParameter.count) {
      guard let parameter = NeuronParameter(rawValue: number),
        let values = entry.array(parameter)
      else { continue }
      let count = Int(entry.population.neuronCount)
      try write(number, object: index, count: count) { Int(values[$0]) }
    }
  }

  private mutating func uploadSynapses(
    _ entry: ProjectionEntry, _ index: Int, sourceCount: Int
  ) throws(Fault) {
    let count = entry.weightCount
    guard count <= Int(Int32.max) else {
      throw Fault(
        .SPK_ERROR_UNSUPPORTED,
        "projection \"\(entry.name)\": \(count) weights found, at most \(Int32.max) expected; split it"
      )
    }
    if let starts = entry.rowStarts, let targets = entry.targets {
      try write(ArrayKind.rowStarts, object: index, count: sourceCount + 1) { Int(starts[$0]) }
      try write(ArrayKind.targets, object: index, count: count) { Int(targets[$0]) }
    }
    try writeWeights(entry, index)
  }

  /// Posts all weights of a projection as the model has them.
  mutating func writeWeights(_ entry: ProjectionEntry, _ index: Int) throws(Fault) {
    guard let weights = UnsafeRawPointer(entry.weights8) ?? UnsafeRawPointer(entry.weights16)
    else { return }
    let size = entry.weights8 == nil ? 2 : 1
    try write(weights: index, bytes: size, count: entry.weightCount) { first, count, bytes in
      bytes.copyMemory(from: weights + size * first, byteCount: size * count)
    }
  }

  /// Posts all weights of a projection, in pieces.
  ///
  /// - Parameters:
  ///   - size: of a stored weight, in bytes.
  ///   - fill: writes so many from one on, as they are stored.
  mutating func write(
    weights projection: Int, bytes size: Int, count: Int,
    _ fill: (Int, Int, UnsafeMutableRawPointer) -> Void
  ) throws(Fault) {
    var first = 0
    while first < count {
      let length = min(4 * uploadPiece / size, count - first)
      var writer = try writer(capacity: Place.byteCount + size * length)
      writer.put(
        Place(kind: ArrayKind.weights, object: projection, first: first, count: length))
      if let bytes = writer.putRoom(size * length) { fill(first, length, bytes) }
      try post(.write, writer)
      first += length
    }
  }

  /// Posts elements first .. first + count − 1 of an array of the board, in pieces.
  ///
  /// - Parameters:
  ///   - element: gives them, numbered from 0.
  @inline(never)
  mutating func write(
    _ kind: UInt8, object: Int, first offset: Int = 0, count: Int, _ element: (Int) -> Int
  ) throws(Fault) {
    let isNarrow = kind == ArrayKind.history
    var first = 0
    while first < count {
      let end = min(first + uploadPiece, count)
      var writer = try pieceWriter(kind, object, (offset + first)..<(offset + end))
      for index in first..<end {
        if isNarrow {
          writer.put(Int16(truncatingIfNeeded: element(index)))
        } else {
          writer.put(UInt32(truncatingIfNeeded: element(index)))
        }
      }
      try post(.write, writer)
      first = end
    }
  }

  private mutating func pieceWriter(
    _ kind: UInt8, _ object: Int, _ range: Range<Int>
  ) throws(Fault) -> PayloadWriter {
    var writer = try writer(capacity: Place.byteCount + 4 * range.count)
    writer.put(Place(kind: kind, object: object, first: range.lowerBound, count: range.count))
    return writer
  }

  /// Posts the held values of an analogue population.
  mutating func write(
    _ values: SignalValues, of shape: UnsafePointer<PopulationShape>, population: Int
  ) throws(Fault) {
    let count = shape.pointee.count
    var writer = try writer(capacity: Place.byteCount + 2 * count)
    writer.put(Place(kind: ArrayKind.values, object: population, first: 0, count: count))
    values.put(count, of: shape, &writer)
    try post(.write, writer)
  }

  /// Posts whether the spikes of a population are wanted.
  mutating func record(population: Int, _ on: Bool) throws(Fault) {
    var writer = try writer()
    writer.put(UInt32(population))
    writer.put(on)
    try post(.record, writer)
  }
}
