import CSpikelet
import Fault
import Memory
import NeuroCore
import WireProtocol

extension Session {
  /// Watches neurons first .. first + count − 1 from the next run on.
  ///
  /// - Returns: the probe's number.
  public mutating func addProbe(
    _ board: inout BoardConnection, population: UInt32, variable: UInt32, first: UInt32,
    count: UInt32
  ) throws(Fault) -> Int {
    let found = try shape.checkState(population, variable, first: first, count: Int(count))
    guard found.rawValue < Compartment.count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "variable: \(variable) found, SPK_MEMBRANE (0) .. SPK_DENDRITE (3) expected of a probe")
    }
    var slot = 0
    while slot < WireLimit.probes, probes.requests[slot].isOn { slot += 1 }
    guard slot < WireLimit.probes else {
      throw Fault(
        .SPK_ERROR_STATE, "all \(WireLimit.probes) probes are in use; remove one first")
    }
    let request = ProbeRequest(
      slot: UInt8(slot), isOn: true, population: UInt16(population), variable: UInt8(variable),
      first: first, count: count)
    try setProbe(&board, request)
    probes.add(request)
    return slot
  }

  /// Has a probe see the ticks only whose number, counted from 1, is a multiple of `ticks`; from the next run on.
  public mutating func setProbePeriod(
    _ board: inout BoardConnection, _ probe: UInt32, ticks: UInt32
  ) throws(Fault) {
    try checkProbe(probe)
    try shape.checkTicks(ticks)
    var request = probes.requests[Int(probe)]
    request.period = ticks
    try setProbe(&board, request)
    probes.requests[Int(probe)] = request
  }

  public mutating func removeProbe(
    _ board: inout BoardConnection, _ probe: UInt32
  ) throws(Fault) {
    try checkProbe(probe)
    try setProbe(
      &board,
      ProbeRequest(
        slot: UInt8(probe), isOn: false, population: 0, variable: 0, first: 0, count: 0))
    probes.requests[Int(probe)].isOn = false
  }

  /// Values that a probe has from the last run.
  public func probeValueCount(_ probe: UInt32) throws(Fault) -> Int {
    try checkProbe(probe)
    return probes.count(Int(probe))
  }

  /// Copies [ticks that it saw][neurons] of a probe; room for `probeValueCount`.
  public func readProbe(_ probe: UInt32, into values: UnsafeMutablePointer<Int32>) {
    probes.copy(Int(probe), to: values)
  }

  /// Copies as many of a probe's values of the last run as fit.
  ///
  /// - Returns: values there are; 0 if there is no such probe.
  public func readProbe(
    _ probe: UInt32, into values: UnsafeMutablePointer<Int32>, capacity: Int
  ) -> Int {
    guard probe < WireLimit.probes else { return 0 }
    let count = probes.count(Int(probe))
    probes.copy(Int(probe), to: values, limit: capacity)
    return count
  }

  /// Forgets what the last run gave.
  public mutating func forgetRun() {
    events.removeAll()
    eventsRead = 0
    probes.beginRun(after: position.ticks)
  }

  /// Takes spikes of the last run that were not taken yet.
  ///
  /// - Returns: how many were copied.
  public mutating func takeEvents(_ destination: UnsafeMutableBufferPointer<spk_event>) -> Int {
    let count = min(destination.count, events.count - eventsRead)
    for index in 0..<count { destination[index] = events[eventsRead + index] }
    eventsRead += count
    return count
  }

  /// Spikes of the last run that were not taken yet.
  public var waitingEventCount: Int { events.count - eventsRead }

  func checkProbe(_ probe: UInt32) throws(Fault) {
    guard probe < WireLimit.probes, probes.requests[Int(probe)].isOn else {
      throw Fault(.SPK_ERROR_ARGUMENT, "probe \(probe) does not exist; add it first")
    }
  }

  func setProbe(_ board: inout BoardConnection, _ request: ProbeRequest) throws(Fault) {
    var writer = try board.connection.writer()
    writer.put(request)
    try board.connection.command(.probe, writer)
  }
}
