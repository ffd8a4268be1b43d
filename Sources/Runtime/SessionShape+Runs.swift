import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

extension SessionShape {
  /// Checks a run and writes it down.
  ///
  /// - Parameters:
  ///   - buffer: keeps the request until it is sent.
  public func prepare(
    _ input: RunInput, in buffer: inout RequestBuffer
  ) throws(Fault) -> PreparedRun {
    try checkTicks(input.ticks)
    guard input.flags & ~RunFlag.all == 0 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT, "flags: \(input.flags) holds bits that are not defined")
    }
    try check(input.events, ticks: input.ticks)
    let signals = RunSignals(input)
    let signalBytes = try check(signals, ticks: input.ticks)
    let size = RunHead.byteCount + SpikeRecord.byteCount * input.events.count + signalBytes
    guard size <= FrameHeader.requestLimit else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "events and signals of the run take \(size) bytes, at most \(FrameHeader.requestLimit) expected; make it shorter"
      )
    }
    var writer = try buffer.writer(capacity: size)
    writer.put(
      RunHead(
        ticks: input.ticks, flags: input.flags, events: UInt32(input.events.count),
        signals: UInt32(signals.total)))
    put(input.events, &writer)
    var unwritten = signals
    while let signal = unwritten.next() { try put(signal, ticks: input.ticks, &writer) }
    return PreparedRun(
      request: .run, ticks: input.ticks, writer: writer, eventCount: input.events.count,
      isLearning: input.flags & RunFlag.learn != 0, scores: ScoreCollector(count: 0, .none))
  }

  /// Checks a presentation and writes it down; as for a run.
  public func prepare(
    _ presentation: Presentation, scores arrays: ScoreArrays, in buffer: inout RequestBuffer
  ) throws(Fault) -> PreparedRun {
    try check(presentation)
    let intensities = UnsafeRawBufferPointer(presentation.intensities)
    var writer = try buffer.writer(capacity: PresentHead.byteCount + intensities.count)
    writer.put(
      PresentHead(
        ticks: presentation.ticks, flags: presentation.flags, stimulus: UInt32(stimulus ?? 0),
        labelPopulation: UInt32(labels ?? 0), label: presentation.label,
        labelPeriod: presentation.labelPeriod,
        firstLearningTick: presentation.firstLearningTick, output: UInt32(output ?? 0)))
    writer.put(intensities)
    return PreparedRun(
      request: .present, ticks: presentation.ticks, writer: writer, eventCount: 0,
      isLearning: presentation.flags & RunFlag.learn != 0,
      scores: ScoreCollector(count: outputCount, arrays))
  }

  /// Checks all but the values.
  ///
  /// - Returns: bytes that the signals take in the request.
  private func check(_ signals: RunSignals, ticks: UInt32) throws(Fault) -> Int {
    guard signals.total <= WireLimit.signals else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "\(signals.total) signals found, at most \(WireLimit.signals) a run expected")
    }
    var bytes = 0
    var last = -1
    var rest = signals
    while let signal = rest.next() {
      let shape = try checkedPopulation(signal.population)
      guard shape.pointee.kind == .analogue, Int(signal.population) > last, signal.reserved == 0
      else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "\(signal.noun) \(signal.index): an analogue population was expected, numbers ascending, each once, and 0 in reserved; \"\(shape.pointee.name)\" found"
        )
      }
      last = Int(signal.population)
      guard !signal.values.areNull else {
        throw Fault(
          .SPK_ERROR_ARGUMENT, "\(signal.noun) \(signal.index): its values are null")
      }
      if signal.values.areUnits { try shape.pointee.checkScale() }
      let wide = Int64(shape.pointee.count) * Int64(ticks)
      guard wide <= Int64(FrameHeader.requestLimit / 2) else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "\(signal.noun) \(signal.index): \(wide) values found, at most \(FrameHeader.requestLimit / 2) a run expected; make it shorter"
        )
      }
      bytes += 4 + 2 * Int(wide)
    }
    return bytes
  }

  /// Writes a signal down that has been checked but for its values.
  private func put(
    _ signal: RunSignal, ticks: UInt32, _ writer: inout PayloadWriter
  ) throws(Fault) {
    let shape = try checkedPopulation(signal.population)
    let count = shape.pointee.count * Int(ticks)
    if let place = signal.values.firstRefused(count, of: shape) {
      throw signal.values.refusal(place, of: shape).at(
        "\(signal.noun) \(signal.index), tick \(place / shape.pointee.count), neuron \(place % shape.pointee.count)"
      )
    }
    writer.put(signal.population)
    signal.values.put(count, of: shape, &writer)
  }

  private func check(_ inputs: UnsafeBufferPointer<spk_event>, ticks: UInt32) throws(Fault) {
    guard inputs.count <= WireLimit.events else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "\(inputs.count) events found, at most \(WireLimit.events) a run expected")
    }
    var index = 0
    while index < inputs.count {
      let event = inputs[index]
      let shape = try checkedPopulation(event.population)
      let neurons = shape.pointee.kind == .input ? UInt32(shape.pointee.count) : 0
      // Those of one tick and population together, as they mostly come.
      repeat {
        guard inputs[index].neuron < neurons, event.tick < ticks else {
          throw Fault(
            .SPK_ERROR_ARGUMENT,
            "event \(index): tick \(event.tick) of \(ticks), neuron \(inputs[index].neuron) of population \"\(shape.pointee.name)\" (\(shape.pointee.count) neurons); a neuron of an input population within the run was expected"
          )
        }
        guard index == 0 || SpikeRecord(inputs[index - 1]).isBefore(SpikeRecord(inputs[index]))
        else {
          throw Fault(
            .SPK_ERROR_ARGUMENT,
            "event \(index) does not follow event \(index - 1); each spike once, by ascending tick, population, neuron, was expected"
          )
        }
        index += 1
      } while index < inputs.count && inputs[index].tick == event.tick
        && inputs[index].population == event.population
    }
  }

  /// Writes events down that have been checked.
  private func put(_ events: UnsafeBufferPointer<spk_event>, _ writer: inout PayloadWriter) {
    #if _endian(little)
      writer.put(UnsafeRawBufferPointer(events))
    #else
      for event in events { writer.put(SpikeRecord(event)) }
    #endif
  }

  private func check(_ presentation: Presentation) throws(Fault) {
    guard let stimulus, output != nil else {
      throw Fault(
        .SPK_ERROR_STATE,
        "the model has no population with the role of stimulus, or none of output; presentations need both"
      )
    }
    try checkTicks(presentation.ticks)
    guard presentation.intensities.count == populations[stimulus].count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "intensities: \(presentation.intensities.count) found, \(populations[stimulus].count) expected, one a neuron of \"\(populations[stimulus].name)\""
      )
    }
    guard presentation.labelPeriod >= 1, presentation.labelPeriod <= 65_535 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "label_period: \(presentation.labelPeriod) found, 1 .. 65535 expected")
    }
    guard presentation.flags & ~(RunFlag.learn | RunFlag.clear) == 0 else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "flags: \(presentation.flags) holds bits that presentations do not have")
    }
    guard presentation.label != -1 else { return }
    guard let labels else {
      throw Fault(
        .SPK_ERROR_STATE, "the model has no population with the role of label; use label -1")
    }
    guard presentation.label >= 0, Int(presentation.label) < populations[labels].count else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "label: \(presentation.label) found, -1 .. \(populations[labels].count - 1) expected")
    }
  }
}

extension SpikeRecord {
  fileprivate init(_ event: spk_event) {
    self.init(tick: event.tick, population: event.population, neuron: event.neuron)
  }
}
