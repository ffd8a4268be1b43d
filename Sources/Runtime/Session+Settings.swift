import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// The number that stands for every projection.
public let allProjections: UInt32 = 0xFFFF_FFFF

extension Session {
  public func setEnabled(
    _ board: inout BoardConnection, _ projection: UInt32, _ on: Bool
  ) throws(Fault) {
    try set(&board, .enabled, projection, on ? 1 : 0)
  }

  public func setLearning(
    _ board: inout BoardConnection, _ projection: UInt32, _ on: Bool
  ) throws(Fault) {
    try set(&board, .learning, projection, on ? 1 : 0)
  }

  /// - Parameters:
  ///   - rate: in 1/256, 0 .. 256.
  public func setRate(
    _ board: inout BoardConnection, _ projection: UInt32, _ rate: UInt32
  ) throws(Fault) {
    guard rate <= 256 else {
      throw Fault(.SPK_ERROR_ARGUMENT, "rate: \(rate) found, 0 .. 256 expected, in 1/256")
    }
    try set(&board, .rate, projection, rate)
  }

  private func set(
    _ board: inout BoardConnection, _ setting: Setting, _ projection: UInt32, _ value: UInt32
  ) throws(Fault) {
    guard projection != allProjections else {
      for index in 0..<projections.count
      where setting == .enabled || projections[index].projection.hasRule {
        try setOne(&board, setting, index, value)
      }
      return
    }
    let shape = try shape.checkedProjection(projection)
    guard setting == .enabled || shape.pointee.projection.hasRule else {
      throw Fault(
        .SPK_ERROR_STATE, "projection \"\(shape.pointee.name)\" has no rule, so it cannot learn")
    }
    try setOne(&board, setting, Int(projection), value)
  }

  func setOne(
    _ board: inout BoardConnection, _ setting: Setting, _ projection: Int, _ value: UInt32
  ) throws(Fault) {
    var writer = try board.connection.writer()
    writer.put(setting, projection: projection, value: value)
    try board.connection.command(.set, writer)
    switch setting {
    case .enabled: switches[projection].enabled = value != 0
    case .learning: switches[projection].learning = value != 0
    case .rate: switches[projection].rate = UInt16(truncatingIfNeeded: value)
    }
  }

  public func record(
    _ board: inout BoardConnection, _ population: UInt32, _ on: Bool
  ) throws(Fault) {
    let shape = try shape.checkedPopulation(population)
    guard shape.pointee.kind != .analogue else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \"\(shape.pointee.name)\" is analogue and has no spikes to record")
    }
    try board.connection.record(population: Int(population), on)
    try board.connection.settle()
    recorded[Int(population)] = on ? 1 : 0
  }

  /// - Parameters:
  ///   - values: `count`, one a neuron, each within the population's value limit.
  public func setValues(
    _ board: inout BoardConnection, _ population: UInt32, _ values: SignalValues, count: Int
  ) throws(Fault) {
    let shape = try shape.checkedPopulation(population)
    guard shape.pointee.kind == .analogue else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \"\(shape.pointee.name)\" is not analogue; it takes no values")
    }
    if values.areUnits { try shape.pointee.checkScale() }
    guard count == shape.pointee.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "population \"\(shape.pointee.name)\": \(count) values found, \(shape.pointee.count) expected"
      )
    }
    if let index = values.firstRefused(count, of: shape) {
      throw values.refusal(index, of: shape)
        .at("population \"\(shape.pointee.name)\", neuron \(index)")
    }
    try board.connection.write(values, of: shape, population: Int(population))
    try board.connection.settle()
  }

  public func clear(_ board: inout BoardConnection) throws(Fault) {
    try board.connection.command(.clear)
  }

  /// Ticks of learning and of frozen runs; sets them first if `counts` are given.
  public mutating func ticks(
    _ board: inout BoardConnection, set counts: (learning: UInt64, frozen: UInt64)?
  ) throws(Fault) -> (learning: UInt64, frozen: UInt64) {
    if let counts, counts.learning >> 56 != 0 || counts.frozen >> 56 != 0 {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "ticks: \(counts.learning) and \(counts.frozen) found, below 2^56 expected")
    }
    try exchangePosition(
      &board,
      counts.map { DrawPosition(seed: position.seed, learning: $0.learning, frozen: $0.frozen) })
    return (position.learning, position.frozen)
  }

  /// Asks the board for seed and ticks; sets them first if they are given.
  mutating func exchangePosition(
    _ board: inout BoardConnection, _ wanted: DrawPosition?
  ) throws(Fault) {
    var writer = try board.connection.writer()
    writer.put(wanted != nil)
    writer.putZeros(7)
    writer.put(wanted ?? DrawPosition(seed: 0, learning: 0, frozen: 0))
    var reader = try board.connection.exchange(.ticks, writer)
    let found = reader.readDrawPosition()
    guard reader.isComplete else { throw board.connection.malformedReply(.ticks) }
    position = found
    isPositionStale = false
  }
}
