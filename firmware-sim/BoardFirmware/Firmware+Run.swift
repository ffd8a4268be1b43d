import NeuroCore
import WireProtocol

extension Firmware {
  /// A `RunHead`, events, signals; the reply is the ticks that took place (4).
  mutating func run(
    _ reader: inout PayloadReader, _ writer: inout PayloadWriter, sequence: UInt32
  ) throws(BoardError) {
    let head = reader.readRunHead()
    let (network, fabric) = try running()
    guard !reader.failed, head.ticks >= 1, head.ticks <= WireLimit.ticks,
      head.flags & ~RunFlag.all == 0, head.signals <= UInt32(WireLimit.signals),
      Int(head.events) <= reader.remaining / SpikeRecord.byteCount
    else { throw .malformed }
    let events = SpikeRecords(reader.readBytes(Int(head.events) * SpikeRecord.byteCount))
    try checkEvents(events, network, ticks: head.ticks)
    let signals = reader
    try checkSignals(signals, network, head)
    if head.flags & RunFlag.clear != 0 { fabric.pointee.clear() }
    var stream = ReportStream(self, sequence: sequence)
    var next = 0
    var offset: UInt32 = 0
    repeat {
      while next < events.count, events[next].tick == offset {
        next = fire(fabric, events, from: next)
      }
      if head.signals > 0 { setValues(signals, network, fabric, head, offset: offset) }
      tick(
        fabric, learns: head.flags & RunFlag.learn != 0, learningTick: true,
        labelled: head.flags & RunFlag.labelled != 0)
      guard stream.report(&self, network, fabric, tick: offset) else { throw .noMemory }
      offset += 1
    } while offset < head.ticks && !seam.stops(seam.context, nextSequence)
    guard stream.finish(&self) else { throw .noMemory }
    writer.put(offset)
  }

  /// Signals: populations ascending, each with all its values.
  private func checkSignals(
    _ signals: PayloadReader, _ network: UnsafeMutablePointer<LoadedNetwork>, _ head: RunHead
  ) throws(BoardError) {
    var reader = signals
    var last = -1
    for _ in 0..<head.signals {
      let index = reader.readIndex()
      guard !reader.failed, index > last else { throw .malformed }
      guard index < network.pointee.populationCount,
        network.pointee.populations[index].kind == .analogue
      else { throw .index }
      let population = network.pointee.populations[index]
      let (count, overflow) = Int(population.neuronCount)
        .multipliedReportingOverflow(by: Int(head.ticks))
      guard !overflow, count <= reader.remaining / 2 else { throw .malformed }
      for _ in 0..<count where Int32(reader.read(Int16.self)).magnitude > population.valueLimit {
        throw .law
      }
      last = index
    }
    guard reader.isComplete else { throw .malformed }
  }

  /// Sets the values of one tick; the signals have been checked.
  private func setValues(
    _ signals: PayloadReader, _ network: UnsafeMutablePointer<LoadedNetwork>,
    _ fabric: UnsafeMutablePointer<Fabric>, _ head: RunHead, offset: UInt32
  ) {
    var reader = signals
    for _ in 0..<head.signals {
      let population = reader.readIndex()
      let count = Int(network.pointee.populations[population].neuronCount)
      _ = reader.readBytes(2 * count * Int(offset))
      for neuron in 0..<count {
        fabric.pointee.setValue(
          population: population, neuron: neuron, to: reader.read(Int16.self))
      }
      _ = reader.readBytes(2 * count * Int(head.ticks - offset - 1))
    }
  }

  private func checkEvents(
    _ events: SpikeRecords, _ network: UnsafeMutablePointer<LoadedNetwork>, ticks: UInt32
  ) throws(BoardError) {
    var index = 0
    while index < events.count {
      let first = events[index]
      guard first.population < network.pointee.populationCount else { throw .index }
      let population = network.pointee.populations + Int(first.population)
      let neurons = population.pointee.neuronCount
      guard population.pointee.kind == .input, first.neuron < neurons else { throw .index }
      guard first.tick < ticks, index == 0 || events[index &- 1].isBefore(first)
      else { throw .malformed }
      // Those of one tick and population together: neurons that ascend.
      var last = first.neuron
      index &+= 1
      while index < events.count {
        let event = events[index]
        guard event.tick == first.tick, event.population == first.population else { break }
        guard event.neuron > last else { throw .malformed }
        last = event.neuron
        guard last < neurons else { throw .index }
        index &+= 1
      }
    }
  }

  /// Lets the neurons of the events of one tick and population fire.
  ///
  /// - Returns: the event after them.
  private func fire(
    _ fabric: UnsafeMutablePointer<Fabric>, _ events: SpikeRecords, from first: Int
  ) -> Int {
    let event = events[first]
    var end = first + 1
    while end < events.count, events[end].tick == event.tick,
      events[end].population == event.population
    { end &+= 1 }
    fabric.pointee.fire(
      population: Int(event.population), neurons: events.neurons(from: first),
      stride: SpikeRecord.byteCount, count: end - first)
    return end
  }

  /// Ticks (4), flags (4), stimulus (4), label population (4), label (4, −1 for none), label period (4), first learning
  /// tick (4), output population (4), intensities of the stimulus; the reply is the ticks that took place (4).
  mutating func present(
    _ reader: inout PayloadReader, _ writer: inout PayloadWriter, sequence: UInt32
  ) throws(BoardError) {
    let request = reader.readPresentHead()
    let (network, fabric) = try running()
    let stimulus = try network.pointee.population(request.stimulus) { $0 == .input }
    let output = try network.pointee.population(request.output) { $0.hasMembrane }
    guard !reader.failed, request.isLawful,
      reader.remaining == Int(stimulus.neuronCount)
    else { throw .malformed }
    if request.label >= 0 {
      let labels = try network.pointee.population(request.labelPopulation) { $0 == .input }
      guard request.label < labels.neuronCount, request.labelPopulation != request.stimulus else {
        throw .index
      }
    }
    let intensities = reader.readBytes(Int(stimulus.neuronCount))
    guard let pixels = intensities.bindMemory(to: UInt8.self).baseAddress,
      let memory = scoreMemory(neurons: Int(output.neuronCount))
    else { throw .noMemory }
    let scores = Scores(Int(output.neuronCount), memory: memory)
    if request.flags & RunFlag.clear != 0 { fabric.pointee.clear() }
    let learns = request.flags & RunFlag.learn != 0
    var stream = ReportStream(self, sequence: sequence)
    var offset: UInt32 = 0
    repeat {
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
      guard stream.report(&self, network, fabric, tick: offset) else { throw .noMemory }
      offset += 1
    } while offset < request.ticks && !seam.stops(seam.context, nextSequence)
    guard stream.finish(&self), send(scores, sequence: sequence) else { throw .noMemory }
    writer.put(offset)
  }

  private mutating func tick(
    _ fabric: UnsafeMutablePointer<Fabric>, learns: Bool, learningTick: Bool, labelled: Bool
  ) {
    fabric.pointee.tick(
      stream: learns ? 0 : 1, count: learns ? learningCount : frozenCount,
      learning: learns && learningTick, labelled: labelled)
    counters.ticks &+= 1
    if learns {
      learningCount = (learningCount &+ 1) & (1 << 56 - 1)
    } else {
      frozenCount = (frozenCount &+ 1) & (1 << 56 - 1)
    }
  }

  /// Room for scores, kept for the next presentation; nil if memory is short.
  private mutating func scoreMemory(neurons: Int) -> UnsafeMutableRawPointer? {
    if neurons > scoreNeurons {
      guard let larger = seam.make(UInt8.self, Scores.bytesPerNeuron * neurons) else { return nil }
      seam.release(scoreRoom)
      scoreRoom = UnsafeMutableRawPointer(larger)
      scoreNeurons = neurons
    }
    return scoreRoom
  }

  private mutating func send(_ scores: Scores, sequence: UInt32) -> Bool {
    var first = 0
    while first < scores.count {
      let length = min(scores.count - first, 4_000)
      var writer = PayloadWriter(eventFrame, capacity: FrameHeader.replyLimit)
      writer.put(UInt32(first))
      for neuron in first..<(first + length) { scores.put(neuron, &writer) }
      guard send(&writer, type: Report.scores, flags: FrameFlag.more, sequence) else {
        return false
      }
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
    _ index: UInt32, _ isAsked: (PopulationKind) -> Bool
  ) throws(BoardError) -> Population {
    guard index < populationCount, isAsked(populations[Int(index)].kind) else { throw .index }
    return populations[Int(index)]
  }
}
