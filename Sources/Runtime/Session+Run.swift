import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import WireProtocol

/// A presentation as docs/numerics.md 6 has it.
public struct Presentation {
  public var ticks: UInt32
  public var intensities: UnsafeBufferPointer<UInt8>
  /// −1: none.
  public var label: Int32
  public var labelPeriod: UInt32
  public var firstLearningTick: UInt32
  public var flags: UInt32

  public init(
    ticks: UInt32, intensities: UnsafeBufferPointer<UInt8>, label: Int32, labelPeriod: UInt32,
    firstLearningTick: UInt32, flags: UInt32
  ) {
    self.ticks = ticks
    self.intensities = intensities
    self.label = label
    self.labelPeriod = labelPeriod
    self.firstLearningTick = firstLearningTick
    self.flags = flags
  }
}

/// Where the scores of a presentation go: [count of output neurons] each, or nil.
public struct ScoreArrays {
  public var counts: UnsafeMutablePointer<UInt32>?
  public var potentials: UnsafeMutablePointer<Int64>?
  public var firstSpikes: UnsafeMutablePointer<Int32>?

  public init(
    counts: UnsafeMutablePointer<UInt32>?, potentials: UnsafeMutablePointer<Int64>?,
    firstSpikes: UnsafeMutablePointer<Int32>?
  ) {
    self.counts = counts
    self.potentials = potentials
    self.firstSpikes = firstSpikes
  }
}

extension Session {
  /// Runs ticks with input spikes; what fired is left in `events`.
  ///
  /// - Parameters:
  ///   - inputs: strictly ascending by tick, population and neuron.
  ///   - flags: those of `RunFlag`.
  public mutating func run(
    _ board: inout BoardConnection, ticks: UInt32, flags: UInt32,
    inputs: UnsafeBufferPointer<spk_event>
  ) throws(Fault) {
    try checkTicks(ticks)
    guard flags & ~RunFlag.all == 0 else {
      throw Fault(.SPK_ERROR_ARGUMENT, "flags: \(flags) holds bits that are not defined")
    }
    try check(inputs, ticks: ticks)
    var writer = try board.connection.writer(capacity: 8 + SpikeRecord.byteCount * inputs.count)
    writer.put(ticks)
    writer.put(flags)
    for event in inputs { writer.put(SpikeRecord(event)) }
    beginRun()
    try board.connection.send(.run, writer)
    var scores = ScoreCollector(
      count: 0, ScoreArrays(counts: nil, potentials: nil, firstSpikes: nil))
    try collect(&board, .run, ticks: ticks, &scores)
  }

  /// Neurons of the output population.
  public var outputCount: Int { output.map { populations[$0].count } ?? 0 }

  /// Presents intensities; the scores go to `arrays`, the recorded spikes to `events`.
  ///
  /// - Returns: the output neuron with most spikes, then the largest potential, then the lowest number.
  public mutating func present(
    _ board: inout BoardConnection, _ presentation: Presentation, scores arrays: ScoreArrays
  ) throws(Fault) -> Int {
    try check(presentation)
    let intensities = UnsafeRawBufferPointer(presentation.intensities)
    var writer = try board.connection.writer(capacity: PresentHead.byteCount + intensities.count)
    writer.put(
      PresentHead(
        ticks: presentation.ticks, flags: presentation.flags, stimulus: UInt32(stimulus ?? 0),
        labelPopulation: UInt32(labels ?? 0), label: presentation.label,
        labelPeriod: presentation.labelPeriod,
        firstLearningTick: presentation.firstLearningTick, output: UInt32(output ?? 0)))
    writer.put(intensities)
    beginRun()
    try board.connection.send(.present, writer)
    var scores = ScoreCollector(count: outputCount, arrays)
    try collect(&board, .present, ticks: presentation.ticks, &scores)
    guard scores.isComplete else { throw board.connection.malformedReply(.present) }
    return scores.best
  }

  private mutating func beginRun() {
    events.removeAll()
    eventsRead = 0
    probes.beginRun()
  }

  /// Takes all frames of an answer, even if memory for them runs out on the way.
  private mutating func collect(
    _ board: inout BoardConnection, _ request: Request, ticks: UInt32,
    _ scores: inout ScoreCollector
  ) throws(Fault) {
    var isShort = false
    while true {
      let reply = try board.connection.reply()
      var reader = PayloadReader(reply.payload)
      guard reply.hasMore == (reply.type != request.reply) else {
        throw board.connection.malformedReply(request)
      }
      do throws(Fault) {
        switch reply.type {
        case Report.events where !isShort: try append(&reader, ticks: ticks)
        case Report.probe where !isShort: try probes.append(&reader)
        case Report.events, Report.probe: continue
        case Report.scores: scores.append(&reader)
        case request.reply: break
        default: reader.fail()
        }
      } catch {
        isShort = true
        continue
      }
      guard reader.isComplete else { throw board.connection.malformedReply(request) }
      if reply.type == request.reply { break }
    }
    guard isShort else { return }
    beginRun()
    throw Fault(
      .SPK_ERROR_NO_MEMORY,
      "out of memory for what the run gave: it took place, and its spikes and probe values are lost"
    )
  }

  private mutating func append(_ reader: inout PayloadReader, ticks: UInt32) throws(Fault) {
    while let spike = reader.readSpike() {
      guard spike.tick < ticks, spike.population < populations.count,
        spike.neuron < populations[Int(spike.population)].count
      else { return reader.fail() }
      try events.append(
        spk_event(tick: spike.tick, population: spike.population, neuron: spike.neuron))
    }
  }

  private func check(_ inputs: UnsafeBufferPointer<spk_event>, ticks: UInt32) throws(Fault) {
    guard inputs.count <= WireLimit.events else {
      throw Fault(
        .SPK_ERROR_ARGUMENT,
        "\(inputs.count) events found, at most \(WireLimit.events) a run expected")
    }
    for index in 0..<inputs.count {
      let event = inputs[index]
      let shape = try checkedPopulation(event.population)
      guard shape.pointee.kind == .input, event.neuron < shape.pointee.count, event.tick < ticks
      else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "event \(index): tick \(event.tick) of \(ticks), neuron \(event.neuron) of population \"\(shape.pointee.name)\" (\(shape.pointee.count) neurons); a neuron of an input population within the run was expected"
        )
      }
      guard index == 0 || SpikeRecord(inputs[index - 1]).isBefore(SpikeRecord(event)) else {
        throw Fault(
          .SPK_ERROR_ARGUMENT,
          "event \(index) does not follow event \(index - 1); each spike once, by ascending tick, population, neuron, was expected"
        )
      }
    }
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

/// Takes score frames apart and finds the best neuron.
struct ScoreCollector {
  private let count: Int
  private let arrays: ScoreArrays
  private var next = 0
  private var bestCount: UInt32 = 0
  private var bestPotential: Int64 = 0
  private(set) var best = 0

  init(count: Int, _ arrays: ScoreArrays) {
    self.count = count
    self.arrays = arrays
  }

  var isComplete: Bool { next == count }

  mutating func append(_ reader: inout PayloadReader) {
    guard reader.read(UInt32.self) == next else { return reader.fail() }
    while let score = reader.readScore() {
      guard next < count else { return reader.fail() }
      arrays.counts?[next] = score.spikes
      arrays.potentials?[next] = score.potential
      arrays.firstSpikes?[next] = score.firstSpike
      if next == 0 || (score.spikes, score.potential) > (bestCount, bestPotential) {
        bestCount = score.spikes
        bestPotential = score.potential
        best = next
      }
      next += 1
    }
  }
}

extension SpikeRecord {
  fileprivate init(_ event: spk_event) {
    self.init(tick: event.tick, population: event.population, neuron: event.neuron)
  }
}
