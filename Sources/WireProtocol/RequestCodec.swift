extension PayloadWriter {
  public mutating func put(_ head: NetworkHead) {
    put(head.lawVersion)
    put(head.populations)
    put(head.projections)
    put(head.slices)
    put(head.seed)
  }

  public mutating func put(_ place: Place) {
    put(place.kind)
    put(UInt8(0))
    put(UInt16(truncatingIfNeeded: place.object))
    put(UInt64(truncatingIfNeeded: place.first))
    put(UInt32(truncatingIfNeeded: place.count))
  }

  public mutating func put(_ setting: Setting, projection: Int, value: UInt32) {
    put(setting.rawValue)
    put(UInt8(0))
    put(UInt16(truncatingIfNeeded: projection))
    put(value)
  }

  public mutating func put(_ request: ProbeRequest) {
    put(request.slot)
    put(request.isOn)
    put(request.population)
    put(request.variable)
    putZeros(1)
    put(UInt16(truncatingIfNeeded: request.period &- 1))
    put(request.first)
    put(request.count)
  }

  public mutating func put(_ head: RunHead) {
    put(head.ticks)
    put(head.flags)
    put(head.events)
    put(head.signals)
  }

  public mutating func put(_ position: DrawPosition) {
    put(position.seed)
    put(position.learning)
    put(position.frozen)
  }

  public mutating func put(_ head: PresentHead) {
    put(head.ticks)
    put(head.flags)
    put(head.stimulus)
    put(head.labelPopulation)
    put(head.label)
    put(head.labelPeriod)
    put(head.firstLearningTick)
    put(head.output)
  }

  public mutating func put(_ spike: SpikeRecord) {
    guard let place = putRoom(SpikeRecord.byteCount) else { return }
    place.storeBytes(of: spike.tick.littleEndian, as: UInt32.self)
    place.storeBytes(of: spike.population.littleEndian, toByteOffset: 4, as: UInt32.self)
    place.storeBytes(of: spike.neuron.littleEndian, toByteOffset: 8, as: UInt32.self)
  }

  public mutating func put(_ score: ScoreRecord) {
    put(score.spikes)
    put(score.potential)
    put(score.firstSpike)
  }

  public mutating func putZeros(_ count: Int) {
    for _ in 0..<count { put(UInt8(0)) }
  }
}

extension PayloadReader {
  public mutating func readNetworkHead() -> NetworkHead {
    let law = read(UInt32.self)
    let populations = read(UInt32.self)
    let projections = read(UInt32.self)
    let slices = read(UInt32.self)
    return NetworkHead(
      lawVersion: law, populations: populations, projections: projections, slices: slices,
      seed: read(UInt64.self))
  }

  public mutating func readPlace() -> Place {
    let kind = read(UInt8.self)
    readZeros(1)
    let object = Int(read(UInt16.self))
    let first = read(UInt64.self)
    if first > UInt64(Int32.max) { fail() }
    return Place(
      kind: kind, object: object, first: Int(truncatingIfNeeded: first), count: readIndex())
  }

  /// Nil, and a failed payload, if the setting is not defined.
  public mutating func readSetting() -> (setting: Setting, projection: Int, value: UInt32)? {
    let setting = Setting(rawValue: read(UInt8.self))
    readZeros(1)
    let projection = Int(read(UInt16.self))
    let value = read(UInt32.self)
    guard let setting else {
      fail()
      return nil
    }
    return (setting, projection, value)
  }

  public mutating func readProbeRequest() -> ProbeRequest {
    let slot = read(UInt8.self)
    let isOn = readFlag()
    let population = read(UInt16.self)
    let variable = read(UInt8.self)
    readZeros(1)
    let period = UInt32(read(UInt16.self)) + 1
    let first = read(UInt32.self)
    return ProbeRequest(
      slot: slot, isOn: isOn, population: population, variable: variable, period: period,
      first: first, count: read(UInt32.self))
  }

  public mutating func readRunHead() -> RunHead {
    let ticks = read(UInt32.self)
    let flags = read(UInt32.self)
    let events = read(UInt32.self)
    return RunHead(ticks: ticks, flags: flags, events: events, signals: read(UInt32.self))
  }

  public mutating func readDrawPosition() -> DrawPosition {
    let seed = read(UInt64.self)
    let learning = read(UInt64.self)
    return DrawPosition(seed: seed, learning: learning, frozen: read(UInt64.self))
  }

  public mutating func readPresentHead() -> PresentHead {
    let ticks = read(UInt32.self)
    let flags = read(UInt32.self)
    let stimulus = read(UInt32.self)
    let labelPopulation = read(UInt32.self)
    let label = read(Int32.self)
    let labelPeriod = read(UInt32.self)
    let firstLearningTick = read(UInt32.self)
    return PresentHead(
      ticks: ticks, flags: flags, stimulus: stimulus, labelPopulation: labelPopulation,
      label: label, labelPeriod: labelPeriod, firstLearningTick: firstLearningTick,
      output: read(UInt32.self))
  }

  /// The next spike; nil at the end.
  public mutating func readSpike() -> SpikeRecord? {
    guard !failed, remaining > 0 else { return nil }
    let bytes = readBytes(SpikeRecord.byteCount)
    return failed ? nil : SpikeRecords(bytes)[0]
  }

  /// The next score; nil at the end.
  public mutating func readScore() -> ScoreRecord? {
    guard !failed, remaining > 0 else { return nil }
    let spikes = read(UInt32.self)
    let potential = read(Int64.self)
    let first = read(Int32.self)
    return failed ? nil : ScoreRecord(spikes: spikes, potential: potential, firstSpike: first)
  }

  /// A number that counts or names something: below 2^31.
  public mutating func readIndex() -> Int {
    let value = read(UInt32.self)
    guard value <= UInt32(Int32.max) else {
      fail()
      return 0
    }
    return Int(value)
  }

  /// Bytes that this version does not use; any other value fails the payload.
  public mutating func readZeros(_ count: Int) {
    for _ in 0..<count where read(UInt8.self) != 0 { fail() }
  }
}
