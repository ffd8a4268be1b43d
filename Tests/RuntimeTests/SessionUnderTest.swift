import CSpikelet
import Fault
import Model
import NeuroCore
import Runtime
import Transport

extension Sentence {
  var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

/// The fault that `body` throws; nil if it throws none.
func fault(_ body: () throws(Fault) -> Void) -> Fault? {
  do throws(Fault) {
    try body()
    return nil
  } catch {
    return error
  }
}

/// A spike of a run.
struct Spike: Equatable {
  var tick: Int
  var population: Int
  var neuron: Int
}

/// What a presentation gave.
struct SessionScores: Equatable {
  var counts: [UInt32]
  var potentials: [Int64]
  var firstSpikes: [Int32]
  var best: Int
}

/// A session on a board, with arrays in place of pointers.
final class SessionUnderTest {
  private var board: BoardConnection
  private var session: Session

  private var buffer = RequestBuffer()

  init(
    _ model: borrowing Model, seed: UInt64, timeoutMilliseconds: UInt32 = 10_000,
    open: (Interrupt.Pointer, Int64) throws(Fault) -> Link
  ) throws(Fault) {
    var board = try BoardConnection(open: open)
    session = try Session(
      model, on: &board, seed: seed, timeoutMilliseconds: timeoutMilliseconds)
    self.board = board
  }

  convenience init(
    _ model: borrowing Model, on size: BoardSize = .standard, seed: UInt64 = 1
  ) throws(Fault) {
    try self.init(model, seed: seed) { (interrupt, _) throws(Fault) in
      try inProcessLink(size, interrupt)
    }
  }

  /// Gives the next calls together so much time; for links that wait.
  func beginCall(milliseconds: UInt32 = 10_000) { board.beginCall(milliseconds: milliseconds) }

  var counters: LinkCounters { board.counters }

  /// Spikes of the recorded populations.
  func run(
    ticks: Int, flags: UInt32 = 0, _ inputs: [Spike] = [], signals: [[Int]?] = []
  ) throws(Fault) -> [Spike] {
    let events = UnsafeMutableBufferPointer<spk_event>.allocate(capacity: inputs.count)
    defer { events.deallocate() }
    for (index, spike) in inputs.enumerated() {
      events[index] = spk_event(
        tick: UInt32(spike.tick), population: UInt32(spike.population),
        neuron: UInt32(spike.neuron))
    }
    var values: [UnsafeMutablePointer<Int16>] = []
    defer { for array in values { array.deallocate() } }
    var given: [spk_signal] = []
    for (population, signal) in signals.enumerated() {
      guard let signal else { continue }
      values.append(.allocate(capacity: max(signal.count, 1)))
      for (index, value) in signal.enumerated() { values.last![index] = Int16(value) }
      given.append(
        spk_signal(
          population: UInt32(population), reserved: 0, values: UnsafePointer(values.last!)))
    }
    let table = UnsafeMutableBufferPointer<spk_signal>.allocate(capacity: given.count)
    defer { table.deallocate() }
    _ = table.initialize(from: given)
    try session.run(
      &board,
      RunInput(
        ticks: UInt32(ticks), flags: flags, events: UnsafeBufferPointer(events),
        signals: UnsafeBufferPointer(table),
        unitSignals: UnsafeBufferPointer(start: nil, count: 0)), &buffer)
    return takeSpikes()
  }

  func present(
    _ intensities: [UInt8], ticks: Int, label: Int = -1, labelPeriod: Int = 1,
    firstLearningTick: Int = 0, flags: UInt32 = 0
  ) throws(Fault) -> SessionScores {
    let pixels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: intensities.count)
    defer { pixels.deallocate() }
    _ = pixels.initialize(from: intensities)
    let count = session.shape.outputCount
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
    let potentials = UnsafeMutablePointer<Int64>.allocate(capacity: count)
    let firsts = UnsafeMutablePointer<Int32>.allocate(capacity: count)
    defer {
      counts.deallocate()
      potentials.deallocate()
      firsts.deallocate()
    }
    var best: Int?
    try session.present(
      &board,
      Presentation(
        ticks: UInt32(ticks), intensities: UnsafeBufferPointer(pixels), label: Int32(label),
        labelPeriod: UInt32(labelPeriod), firstLearningTick: UInt32(firstLearningTick),
        flags: flags),
      scores: ScoreArrays(counts: counts, potentials: potentials, firstSpikes: firsts), &buffer,
      best: &best)
    return SessionScores(
      counts: (0..<count).map { counts[$0] }, potentials: (0..<count).map { potentials[$0] },
      firstSpikes: (0..<count).map { firsts[$0] }, best: best!)
  }

  func takeSpikes() -> [Spike] {
    let events = UnsafeMutableBufferPointer<spk_event>.allocate(capacity: session.waitingEventCount)
    defer { events.deallocate() }
    return (0..<session.takeEvents(events)).map { index in
      Spike(
        tick: Int(events[index].tick), population: Int(events[index].population),
        neuron: Int(events[index].neuron))
    }
  }

  func weights(_ projection: Int) throws(Fault) -> [Int] {
    let count = try session.weightCount(UInt32(projection))
    let weights = UnsafeMutableBufferPointer<Int16>.allocate(capacity: count)
    defer { weights.deallocate() }
    try session.readWeights(&board, UInt32(projection), into: weights)
    return weights.map { Int($0) }
  }

  func write(_ projection: Int, weights: [Int]) throws(Fault) {
    let values = UnsafeMutableBufferPointer<Int16>.allocate(capacity: weights.count)
    defer { values.deallocate() }
    _ = values.initialize(from: weights.map { Int16($0) })
    try session.writeWeights(&board, UInt32(projection), UnsafeBufferPointer(values))
  }

  func state(_ population: Int, _ variable: Int, count: Int) throws(Fault) -> [Int] {
    let values = UnsafeMutableBufferPointer<Int32>.allocate(capacity: count)
    defer { values.deallocate() }
    try session.readState(
      &board, population: UInt32(population), variable: UInt32(variable), first: 0, into: values)
    return values.map { Int($0) }
  }

  func setValues(_ population: Int, _ numbers: [Int]) throws(Fault) {
    let values = UnsafeMutableBufferPointer<Int16>.allocate(capacity: numbers.count)
    defer { values.deallocate() }
    _ = values.initialize(from: numbers.map { Int16($0) })
    try session.setValues(
      &board, UInt32(population), SignalValues(counts: values.baseAddress), count: values.count)
  }

  func probe(_ population: Int, _ variable: Int, first: Int, count: Int) throws(Fault) -> Int {
    try session.addProbe(
      &board, population: UInt32(population), variable: UInt32(variable), first: UInt32(first),
      count: UInt32(count))
  }

  func setProbePeriod(_ probe: Int, ticks: Int) throws(Fault) {
    try session.setProbePeriod(&board, UInt32(probe), ticks: UInt32(ticks))
  }

  func removeProbe(_ probe: Int) throws(Fault) { try session.removeProbe(&board, UInt32(probe)) }

  func probeValues(_ probe: Int) throws(Fault) -> [Int] {
    let count = try session.probeValueCount(UInt32(probe))
    let values = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
    defer { values.deallocate() }
    session.readProbe(UInt32(probe), into: values)
    return (0..<count).map { Int(values[$0]) }
  }

  func clear() throws(Fault) { try session.clear(&board) }

  func record(_ population: Int, _ on: Bool = true) throws(Fault) {
    try session.record(&board, UInt32(population), on)
  }

  func setEnabled(_ projection: Int, _ on: Bool) throws(Fault) {
    try session.setEnabled(&board, UInt32(projection), on)
  }

  func setLearning(_ projection: Int, _ on: Bool) throws(Fault) {
    try session.setLearning(&board, UInt32(projection), on)
  }

  func setRate(_ projection: Int, _ rate: Int) throws(Fault) {
    try session.setRate(&board, UInt32(projection), UInt32(rate))
  }

  func ticks(set counts: (UInt64, UInt64)? = nil) throws(Fault) -> [UInt64] {
    let (learning, frozen) = try session.ticks(
      &board, set: counts.map { (learning: $0.0, frozen: $0.1) })
    return [learning, frozen]
  }

  func writeState(_ population: Int, _ variable: Int, _ numbers: [Int]) throws(Fault) {
    let values = UnsafeMutableBufferPointer<Int32>.allocate(capacity: numbers.count)
    defer { values.deallocate() }
    _ = values.initialize(from: numbers.map { Int32($0) })
    try session.writeState(
      &board, population: UInt32(population), variable: UInt32(variable), first: 0,
      UnsafeBufferPointer(values))
  }

  func snapshot(_ model: inout Model) throws(Fault) { try session.snapshot(&board, in: &model) }

  func restore(_ model: borrowing Model) throws(Fault) { try session.restore(&board, from: model) }

  func reload(
    _ model: borrowing Model, isReopened: Bool = false
  ) throws(Fault) -> UndoneTicks {
    try session.reload(&board, from: model, isReopened: isReopened)
  }

  var losses: UInt64 { board.counters.losses }

  func interrupt() { Interrupt.raise(board.interrupt) }

  func store(_ model: inout Model) throws(Fault) { try session.store(&board, in: &model) }
}
