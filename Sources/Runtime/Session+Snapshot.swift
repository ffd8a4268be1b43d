import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// What a session loses that goes on from a snapshot.
public struct UndoneTicks {
  public var learningTicks: UInt64
  public var frozenTicks: UInt64
  /// Whether ticks of a run are not counted that was under way when the board was lost.
  public var isUncertain: Bool
}

extension Session {
  /// Copies weights, switches, state, what is under way, seed and ticks into a model of the same shape; the model changes only
  /// when all are there.
  public mutating func snapshot(
    _ board: inout BoardConnection, in model: inout Model
  ) throws(Fault) {
    try shape.checkPopulations(model)
    let arrays = try SnapshotArrays.make(model)
    for index in 0..<populations.count {
      try readSnapshot(
        &board, population: index, state: arrays.state(model, index),
        history: arrays.history(model, index))
    }
    try exchangePosition(&board, nil)
    try store(&board, in: &model)
    for index in 0..<projections.count {
      model.setSwitches(
        projection: index, enabled: switches[index].enabled, learning: switches[index].learning,
        rate: switches[index].rate)
    }
    model.adopt(
      Snapshot(
        seed: position.seed, learningTicks: position.learning, frozenTicks: position.frozen),
      arrays)
  }

  /// Takes the session back to the snapshot that a model holds.
  ///
  /// - Throws: STATE if it holds none.
  public mutating func restore(
    _ board: inout BoardConnection, from model: borrowing Model
  ) throws(Fault) {
    guard let snapshot = model.snapshot else {
      throw Fault(
        .SPK_ERROR_STATE,
        "the model holds no snapshot; spk_session_snapshot() or the file of one gives it one")
    }
    try shape.check(model)
    for index in 0..<projections.count {
      try board.connection.writeWeights(model.projection(index), index)
    }
    try restoreState(&board, from: model, snapshot)
  }

  /// Loads a model in the place of what the board has, and goes on from its snapshot, if it holds one. Spikes recorded and
  /// probes stay as they were asked for.
  ///
  /// - Parameters:
  ///   - isReopened: the board was lost, and knows nothing of the session yet; after a failure it is lost again.
  /// - Returns: what was done since the snapshot, and is undone.
  /// - Throws: what keeps the session as it is, if the model does not suit it or the board; else the board is lost then.
  public mutating func reload(
    _ board: inout BoardConnection, from model: borrowing Model, isReopened: Bool
  ) throws(Fault) -> UndoneTicks {
    var isOff = isReopened
    do throws(Fault) {
      try shape.check(model)
      let placement = try Placement(model, on: board.size)
      isOff = true
      return try replaceNetwork(&board, from: model, placement)
    } catch {
      // Neither the old network nor the whole new one is there: as after a loss, to be resumed again.
      throw isOff ? board.giveUp(error) : error
    }
  }

  private mutating func replaceNetwork(
    _ board: inout BoardConnection, from model: borrowing Model, _ placement: borrowing Placement
  ) throws(Fault) -> UndoneTicks {
    let before = position
    let wasUncertain = isUncertain
    board.endNetwork()
    try board.load(model, placement, seed: position.seed)
    for index in 0..<recorded.count where recorded[index] != 0 {
      try board.connection.record(population: index, true)
    }
    for probe in 0..<WireLimit.probes where probes.requests[probe].isOn {
      try setProbe(&board, probes.requests[probe])
    }
    for index in 0..<projections.count {
      switches[index] = ProjectionSwitches(model.projection(index).projection)
    }
    forgetRun()
    if let snapshot = model.snapshot {
      try restoreState(&board, from: model, snapshot)
    } else {
      position.learning = 0
      position.frozen = 0
    }
    try board.connection.settle()
    isUncertain = false
    return UndoneTicks(
      learningTicks: before.learning &- min(position.learning, before.learning),
      frozenTicks: before.frozen &- min(position.frozen, before.frozen), isUncertain: wasUncertain)
  }

  private mutating func restoreState(
    _ board: inout BoardConnection, from model: borrowing Model, _ snapshot: Snapshot
  ) throws(Fault) {
    for index in 0..<projections.count {
      let described = model.projection(index).projection
      try setOne(&board, .enabled, index, described.enabled ? 1 : 0)
      guard described.hasRule else { continue }
      try setOne(&board, .learning, index, described.learning ? 1 : 0)
      try setOne(&board, .rate, index, UInt32(described.rate))
    }
    for index in 0..<populations.count {
      let shape = populations[index]
      if let state = model.snapshotState(population: index) {
        var row = state
        try shape.population.forEachVariable { (variable) throws(Fault) in
          let first = row
          try board.connection.write(
            ArrayKind.state + variable.rawValue, object: index, count: shape.count
          ) { Int(first[$0]) }
          row += shape.count
        }
      }
      if let history = model.snapshotHistory(population: index) {
        try board.connection.write(
          ArrayKind.history, object: index, count: shape.historyRows * shape.count
        ) { Int(history[$0]) }
      }
    }
    try exchangePosition(
      &board,
      DrawPosition(
        seed: snapshot.seed, learning: snapshot.learningTicks, frozen: snapshot.frozenTicks))
  }

  private func readSnapshot(
    _ board: inout BoardConnection, population index: Int,
    state: UnsafeMutableBufferPointer<Int32>, history: UnsafeMutableBufferPointer<Int16>
  ) throws(Fault) {
    let shape = populations[index]
    var first = 0
    try shape.population.forEachVariable { (variable) throws(Fault) in
      let row = first
      try read(
        &board, ArrayKind.state + variable.rawValue, object: index, count: shape.count, bytes: 4
      ) {
        state[row + $0] = Int32(truncatingIfNeeded: $1)
      }
      first += shape.count
    }
    try read(&board, ArrayKind.history, object: index, count: history.count, bytes: 2) {
      history[$0] = Int16(truncatingIfNeeded: $1)
    }
  }
}

extension BoardConnection {
  /// Takes the board for lost, as it lacks what the session needs; no loss is counted, but by the link itself.
  mutating func giveUp(_ cause: Fault) -> Fault {
    let losses = connection.counters.losses
    let cause = connection.lose(cause)
    connection.counters.losses = losses
    return cause
  }
}
