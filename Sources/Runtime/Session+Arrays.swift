import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

extension Session {
  /// Stored weights of a projection.
  public func weightCount(_ projection: UInt32) throws(Fault) -> Int {
    try shape.checkedProjection(projection).pointee.weightCount
  }

  /// Reads all stored weights, in the order of the model.
  ///
  /// - Parameters:
  ///   - weights: room for `weightCount`.
  public func readWeights(
    _ board: inout BoardConnection, _ projection: UInt32,
    into weights: UnsafeMutableBufferPointer<Int16>
  ) throws(Fault) {
    let shape = try shape.checkedProjection(projection)
    guard weights.count == shape.pointee.weightCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \"\(shape.pointee.name)\": room for \(weights.count) weights found, \(shape.pointee.weightCount) expected"
      )
    }
    try read(
      &board, ArrayKind.weights, object: Int(projection), count: weights.count,
      bytes: shape.pointee.weightBytes
    ) { weights[$0] = Int16(truncatingIfNeeded: $1) }
  }

  /// Writes all stored weights; each must lie within the projection's limits.
  public func writeWeights(
    _ board: inout BoardConnection, _ projection: UInt32, _ weights: UnsafeBufferPointer<Int16>
  ) throws(Fault) {
    let shape = try shape.checkedProjection(projection)
    guard weights.count == shape.pointee.weightCount else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \"\(shape.pointee.name)\": \(weights.count) weights found, \(shape.pointee.weightCount) expected"
      )
    }
    for index in 0..<weights.count
    where Int(weights[index]) < shape.pointee.lowLimit
      || Int(weights[index]) > shape.pointee.highLimit
    {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "projection \"\(shape.pointee.name)\", weight \(index): \(weights[index]) found, \(shape.pointee.lowLimit) .. \(shape.pointee.highLimit) expected"
      )
    }
    guard let start = weights.baseAddress else { return }
    let size = shape.pointee.weightBytes
    try board.connection.write(weights: Int(projection), bytes: size, count: weights.count) {
      if size == 1 {
        WeightWords.narrow(start + $0, to: $2, count: $1)
      } else {
        $2.copyMemory(from: start + $0, byteCount: 2 * $1)
      }
    }
    try board.connection.settle()
  }

  /// Copies all weights into a model of the same shape, which loses its snapshot; the model changes only when all are there.
  public func store(_ board: inout BoardConnection, in model: inout Model) throws(Fault) {
    try shape.checkProjections(model)
    var total = 0
    for index in 0..<projections.count { total += projections[index].weightCount }
    let weights = try Buffer<Int16>(count: total, repeating: 0)
    var first = 0
    for index in 0..<projections.count {
      let piece = UnsafeMutableBufferPointer(
        start: weights.base + first, count: projections[index].weightCount)
      try readWeights(&board, UInt32(index), into: piece)
      first += projections[index].weightCount
    }
    first = 0
    for index in 0..<projections.count {
      let count = projections[index].weightCount
      try model.setWeights(
        projection: index, UnsafeBufferPointer(start: weights.base + first, count: count))
      first += count
    }
  }

  /// Reads the state of neurons first .. first + values.count − 1.
  public func readState(
    _ board: inout BoardConnection, population: UInt32, variable: UInt32, first: UInt32,
    into values: UnsafeMutableBufferPointer<Int32>
  ) throws(Fault) {
    _ = try shape.checkState(population, variable, first: first, count: values.count)
    try read(
      &board, ArrayKind.state + UInt8(variable), object: Int(population), first: Int(first),
      count: values.count, bytes: 4
    ) { values[$0] = Int32(truncatingIfNeeded: $1) }
  }

  /// Writes the state of neurons first .. first + values.count − 1.
  public func writeState(
    _ board: inout BoardConnection, population: UInt32, variable: UInt32, first: UInt32,
    _ values: UnsafeBufferPointer<Int32>
  ) throws(Fault) {
    let found = try shape.checkState(population, variable, first: first, count: values.count)
    let (low, high) = populations[Int(population)].population.range(of: found)
    for index in 0..<values.count where values[index] < low || values[index] > high {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "value \(index): \(values[index]) found, \(low) .. \(high) expected")
    }
    try board.connection.write(
      ArrayKind.state + UInt8(variable), object: Int(population), first: Int(first),
      count: values.count
    ) { Int(values[$0]) }
    try board.connection.settle()
  }

  /// Reads elements first .. first + count − 1 of an array of the board.
  ///
  /// - Parameters:
  ///   - size: of an element, in bytes.
  ///   - element: takes them, numbered from 0.
  @inline(never)
  func read(
    _ board: inout BoardConnection, _ kind: UInt8, object: Int, first: Int = 0, count: Int,
    bytes size: Int, _ element: (Int, Int) -> Void
  ) throws(Fault) {
    var done = 0
    while done < count {
      let length = min(WireLimit.readElements, count - done)
      var writer = try board.connection.writer()
      writer.put(Place(kind: kind, object: object, first: first + done, count: length))
      var reader = try board.connection.exchange(.read, writer)
      for index in done..<(done + length) { element(index, reader.readSigned(bytes: size)) }
      guard reader.isComplete else { throw board.connection.malformedReply(.read) }
      done += length
    }
  }
}
