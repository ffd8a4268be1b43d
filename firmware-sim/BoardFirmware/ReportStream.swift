import NeuroCore
import WireProtocol

/// Frames of spikes and probe values that a run sends before its last reply.
struct ReportStream {
  private let sequence: UInt32
  private var events: PayloadWriter
  private var values: PayloadWriter
  /// Ticks up to the next one after which each probe is sent.
  private var ticksLeft: InlineArray<16, UInt32> = .init(repeating: 1)
  private let hasProbes: Bool

  init(_ firmware: borrowing Firmware, sequence: UInt32) {
    self.sequence = sequence
    events = PayloadWriter(firmware.eventFrame, capacity: FrameHeader.replyLimit)
    values = PayloadWriter(firmware.probeFrame, capacity: FrameHeader.replyLimit)
    hasProbes = firmware.probes.valueCount > 0
    guard hasProbes else { return }
    let ticks = firmware.learningCount &+ firmware.frozenCount
    for index in 0..<WireLimit.probes {
      let period = firmware.probes.entries[index].period
      ticksLeft[index] = period - UInt32(ticks % UInt64(period))
    }
  }

  /// Adds the recorded spikes and the probes of the tick just run; false if a frame could not be sent.
  mutating func report(
    _ firmware: inout Firmware, _ network: UnsafeMutablePointer<LoadedNetwork>,
    _ fabric: UnsafeMutablePointer<Fabric>, tick: UInt32
  ) -> Bool {
    for population in 0..<network.pointee.populationCount
    where network.pointee.recorded[population] != 0 {
      var fired = fabric.pointee.spikes(population: population).neurons
      while let neuron = fired.next() {
        if events.free < SpikeRecord.byteCount, !sendEvents(&firmware) { return false }
        events.put(
          SpikeRecord(tick: tick, population: UInt32(population), neuron: UInt32(neuron)))
      }
    }
    guard hasProbes else { return true }
    var count = 0
    for index in 0..<WireLimit.probes {
      ticksLeft[index] -= 1
      if ticksLeft[index] == 0 { count += Int(firmware.probes.entries[index].count) }
    }
    if values.free < 4 * count, !sendValues(&firmware) { return false }
    for index in 0..<WireLimit.probes where ticksLeft[index] == 0 {
      let probe = firmware.probes.entries[index]
      ticksLeft[index] = probe.period
      guard probe.count > 0 else { continue }
      let state = fabric.pointee.state(
        population: Int(probe.population), compartment: probe.compartment)
      values.put(UnsafeBufferPointer(start: state + Int(probe.first), count: Int(probe.count)))
    }
    return true
  }

  /// Sends what is left.
  mutating func finish(_ firmware: inout Firmware) -> Bool {
    if events.payloadBytes > 0, !sendEvents(&firmware) { return false }
    return values.payloadBytes == 0 || sendValues(&firmware)
  }

  private mutating func sendEvents(_ firmware: inout Firmware) -> Bool {
    let sent = firmware.send(
      &events, type: Report.events, flags: FrameFlag.more, sequence)
    events = PayloadWriter(firmware.eventFrame, capacity: FrameHeader.replyLimit)
    return sent
  }

  private mutating func sendValues(_ firmware: inout Firmware) -> Bool {
    let sent = firmware.send(
      &values, type: Report.probe, flags: FrameFlag.more, sequence)
    values = PayloadWriter(firmware.probeFrame, capacity: FrameHeader.replyLimit)
    return sent
  }
}

/// What a presentation counts of the output population. Source: docs/numerics.md 6.
struct Scores {
  let count: Int
  private let counts: UnsafeMutablePointer<UInt32>
  private let potentials: UnsafeMutablePointer<Int64>
  private let firstSpikes: UnsafeMutablePointer<Int32>

  static let bytesPerNeuron = 16

  /// - Parameters:
  ///   - memory: `bytesPerNeuron` for each of `count` neurons, aligned to 8.
  init(_ count: Int, memory: UnsafeMutableRawPointer) {
    self.count = count
    potentials = memory.bindMemory(to: Int64.self, capacity: count)
    counts = (memory + 8 * count).bindMemory(to: UInt32.self, capacity: count)
    firstSpikes = (memory + 12 * count).bindMemory(to: Int32.self, capacity: count)
    potentials.update(repeating: 0, count: count)
    counts.update(repeating: 0, count: count)
    firstSpikes.update(repeating: -1, count: count)
  }

  func add(_ fabric: UnsafeMutablePointer<Fabric>, population: Int, offset: UInt32) {
    let membrane = fabric.pointee.state(population: population, compartment: .membrane)
    for neuron in 0..<count { potentials[neuron] &+= Int64(membrane[neuron]) }
    var fired = fabric.pointee.spikes(population: population).neurons
    while let neuron = fired.next() {
      counts[neuron] &+= 1
      if firstSpikes[neuron] < 0 { firstSpikes[neuron] = Int32(offset) }
    }
  }

  func put(_ neuron: Int, _ writer: inout PayloadWriter) {
    writer.put(
      ScoreRecord(
        spikes: counts[neuron], potential: potentials[neuron], firstSpike: firstSpikes[neuron]))
  }
}
