import NeuroCore
import WireProtocol

extension Firmware {
  /// Ticks (4), flags (4), events: tick offset (4), population (4), neuron (4) each, ascending.
  mutating func run(
    _ reader: inout PayloadReader, _ writer: inout PayloadWriter, sequence: UInt32
  ) throws(BoardError) {
    let ticks = reader.read(UInt32.self)
    let flags = reader.read(UInt32.self)
    let (network, fabric) = try running()
    guard !reader.failed, ticks >= 1, ticks <= WireLimit.ticks, flags & ~RunFlag.all == 0,
      reader.remaining % SpikeRecord.byteCount == 0
    else { throw .malformed }
    var checked = reader
    try checkEvents(&checked, network, ticks: ticks)
    if flags & RunFlag.clear != 0 { fabric.pointee.clear() }
    var stream = ReportStream(self, sequence: sequence)
    var event = reader.readSpike()
    for offset in 0..<ticks {
      while let due = event, due.tick == offset {
        fabric.pointee.fire(population: Int(due.population), neuron: Int(due.neuron))
        event = reader.readSpike()
      }
      tick(
        fabric, learns: flags & RunFlag.learn != 0, learningTick: true,
        labelled: flags & RunFlag.labelled != 0)
      guard stream.report(self, network, fabric, tick: offset) else { throw .noMemory }
    }
    guard stream.finish(self) else { throw .noMemory }
  }

  private func checkEvents(
    _ reader: inout PayloadReader, _ network: UnsafeMutablePointer<LoadedNetwork>, ticks: UInt32
  ) throws(BoardError) {
    var last: SpikeRecord?
    while let event = reader.readSpike() {
      guard event.population < network.pointee.populationCount else { throw .index }
      let population = network.pointee.populations[Int(event.population)]
      guard population.kind == .input, event.neuron < population.neuronCount else { throw .index }
      guard event.tick < ticks, last?.isBefore(event) ?? true else { throw .malformed }
      last = event
    }
  }

  /// Ticks (4), flags (4), stimulus (4), label population (4), label (4, −1 for none), label period (4), first learning
  /// tick (4), output population (4), intensities of the stimulus.
  mutating func present(
    _ reader: inout PayloadReader, _ writer: inout PayloadWriter, sequence: UInt32
  ) throws(BoardError) {
    let request = reader.readPresentHead()
    let (network, fabric) = try running()
    let stimulus = try network.pointee.population(request.stimulus, .input)
    let output = try network.pointee.population(request.output, .leaky)
    guard !reader.failed, request.isLawful,
      reader.remaining == Int(stimulus.neuronCount)
    else { throw .malformed }
    if request.label >= 0 {
      let labels = try network.pointee.population(request.labelPopulation, .input)
      guard request.label < labels.neuronCount, request.labelPopulation != request.stimulus else {
        throw .index
      }
    }
    let intensities = reader.readBytes(Int(stimulus.neuronCount))
    guard let pixels = intensities.bindMemory(to: UInt8.self).baseAddress,
      let scores = Scores(Int(output.neuronCount), seam: seam)
    else { throw .noMemory }
    defer { scores.release(seam) }
    if request.flags & RunFlag.clear != 0 { fabric.pointee.clear() }
    let learns = request.flags & RunFlag.learn != 0
    var stream = ReportStream(self, sequence: sequence)
    for offset in 0..<request.ticks {
      fabric.pointee.drawSpikes(
        population: Int(request.stimulus), intensities: pixels, stream: learns ? 0 : 1,
        count: learns ? learningCount : frozenCount)
      if request.label >= 0, offset % request.labelPeriod == 0 {
        fabric.pointee.fire(
          population: Int(request.labelPopulation), neuron: Int(request.label))
      }
      tick(
        fabric, learns: learns, learningTick: offset >= request.firstLearningTick,
        labelled: request.label >= 0)
      scores.add(fabric, population: Int(request.output), offset: offset)
      guard stream.report(self, network, fabric, tick: offset) else { throw .noMemory }
    }
    guard stream.finish(self), send(scores, sequence: sequence) else { throw .noMemory }
  }

  private mutating func tick(
    _ fabric: UnsafeMutablePointer<Fabric>, learns: Bool, learningTick: Bool, labelled: Bool
  ) {
    fabric.pointee.tick(
      stream: learns ? 0 : 1, count: learns ? learningCount : frozenCount,
      learning: learns && learningTick, labelled: labelled)
    if learns {
      learningCount = (learningCount &+ 1) & (1 << 56 - 1)
    } else {
      frozenCount = (frozenCount &+ 1) & (1 << 56 - 1)
    }
  }

  private func send(_ scores: Scores, sequence: UInt32) -> Bool {
    var first = 0
    while first < scores.count {
      let length = min(scores.count - first, 4_000)
      var writer = PayloadWriter(eventFrame, capacity: FrameHeader.replyLimit)
      writer.put(UInt32(first))
      for neuron in first..<(first + length) { scores.put(neuron, &writer) }
      guard
        send(writer.seal(type: Report.scores, flags: FrameFlag.more, sequence: sequence))
      else { return false }
      first += length
    }
    return true
  }
}

extension PresentHead {
  fileprivate var isLawful: Bool {
    ticks >= 1 && ticks <= WireLimit.ticks && flags & ~(RunFlag.learn | RunFlag.clear) == 0
      && label >= -1 && labelPeriod >= 1 && labelPeriod <= 65_535
  }
}

extension LoadedNetwork {
  fileprivate func population(
    _ index: UInt32, _ kind: PopulationKind
  ) throws(BoardError) -> Population {
    guard index < populationCount, populations[Int(index)].kind == kind else { throw .index }
    return populations[Int(index)]
  }
}
