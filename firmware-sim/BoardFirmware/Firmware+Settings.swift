import NeuroCore
import WireProtocol

extension Firmware {
  /// What (1), zero (1), projection (2), value (4).
  mutating func set(_ reader: inout PayloadReader) throws(BoardError) {
    guard let (setting, projection, value) = reader.readSetting(), reader.isComplete else {
      throw .malformed
    }
    let (network, fabric) = try running()
    guard projection < network.pointee.projectionCount else { throw .index }
    guard setting == .rate || value <= 1 else { throw .law }
    switch setting {
    case .enabled: fabric.pointee.setEnabled(projection: projection, value != 0)
    case .learning:
      guard value == 0 || network.pointee.projections[projection].hasRule else { throw .law }
      fabric.pointee.setLearning(projection: projection, value != 0)
    case .rate:
      guard value <= 256 else { throw .law }
      fabric.pointee.setRate(projection: projection, Int(value))
    }
  }

  mutating func clear(_ reader: inout PayloadReader) throws(BoardError) {
    guard reader.isComplete else { throw .malformed }
    let (_, fabric) = try running()
    fabric.pointee.clear()
  }

  /// Population (4), on (1).
  mutating func record(_ reader: inout PayloadReader) throws(BoardError) {
    let population = reader.readIndex()
    let on = reader.readFlag()
    guard reader.isComplete else { throw .malformed }
    let (network, _) = try running()
    guard population < network.pointee.populationCount,
      network.pointee.populations[population].kind != .analogue
    else { throw .index }
    network.pointee.recorded[population] = on ? 1 : 0
  }

  /// Probe (1), on (1), population (2), variable (1), zero (1), period less 1 (2), first (4), count (4).
  mutating func probe(_ reader: inout PayloadReader) throws(BoardError) {
    let request = reader.readProbeRequest()
    guard reader.isComplete else { throw .malformed }
    let (network, _) = try running()
    let slot = Int(request.slot)
    guard slot < WireLimit.probes else { throw .index }
    guard request.isOn else {
      probes.set(slot, to: Probe())
      return
    }
    guard let compartment = Compartment(rawValue: request.variable) else { throw .malformed }
    try network.pointee.checkState(
      Int(request.population), first: Int(clamping: request.first),
      count: Int(clamping: request.count))
    var next = probes
    next.set(
      slot,
      to: Probe(
        population: Int32(request.population), compartment: compartment,
        first: Int32(request.first), count: Int32(request.count), period: request.period))
    guard next.valueCount <= WireLimit.probeValues else { throw .resources }
    probes = next
  }

  /// Write (1), zero (7), seed (8), learning ticks (8), frozen ticks (8); the reply holds all three as they are now.
  mutating func ticks(
    _ reader: inout PayloadReader, _ writer: inout PayloadWriter
  ) throws(BoardError) {
    let write = reader.readFlag()
    reader.readZeros(7)
    let position = reader.readDrawPosition()
    guard reader.isComplete else { throw .malformed }
    let (_, fabric) = try running()
    if write {
      guard position.learning >> 56 == 0, position.frozen >> 56 == 0 else { throw .law }
      fabric.pointee.seed = position.seed
      learningCount = position.learning
      frozenCount = position.frozen
    }
    writer.put(
      DrawPosition(seed: fabric.pointee.seed, learning: learningCount, frozen: frozenCount))
  }
}

/// The state of some neurons, sent after ticks of a run.
struct Probe: BitwiseCopyable {
  var population: Int32 = 0
  var compartment = Compartment.membrane
  var first: Int32 = 0
  /// 0: no probe.
  var count: Int32 = 0
  /// Sent after ticks whose number, counted from 1, is a multiple of it.
  var period: UInt32 = 1
}

struct ProbeTable: BitwiseCopyable {
  private(set) var entries: InlineArray<16, Probe> = .init(repeating: Probe())
  /// Of all probes together.
  private(set) var valueCount = 0

  mutating func set(_ slot: Int, to probe: Probe) {
    valueCount += Int(probe.count) - Int(entries[slot].count)
    entries[slot] = probe
  }
}
