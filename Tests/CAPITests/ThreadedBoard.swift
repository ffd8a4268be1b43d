import CSpikelet

/// A board in the process with a network drawn from a seed: every kind of projection, of rule and of population, and so many neurons
/// that each tick is shared between threads.
final class ThreadedBoard {
  private var context: OpaquePointer?
  private var device: OpaquePointer?
  private var model: OpaquePointer?
  private var session: OpaquePointer?
  private var dice: Dice
  private var sizes: [Int] = []
  private var projectionSizes: [Int] = []

  private enum Part { static let input: UInt32 = 0, value: UInt32 = 1, large: UInt32 = 2 }

  init(seed: UInt64, threads: UInt32) throws {
    dice = Dice(seed: seed, thread: 0)
    context = try Rig.makeContext()
    var board = spk_board_options()
    board.struct_size = UInt32(MemoryLayout<spk_board_options>.size)
    board.cores = 16
    board.neurons_per_core = 1_024
    board.threads = threads
    board.synapse_bytes_per_core = 1 << 24
    try expectOK(spk_device_open(context, "sim:", &board, &device))
    try expectOK(spk_model_create(context, "threads", &model))
    try addPopulations()
    for _ in 0..<8 { try addProjection() }
    var options = spk_session_options()
    options.struct_size = UInt32(MemoryLayout<spk_session_options>.size)
    options.timeout_milliseconds = 60_000
    try expectOK(spk_session_open(device, model, &options, &session))
    for population in sizes.indices where population != Int(Part.value) {
      try expectOK(spk_session_record(session, UInt32(population), 1))
    }
  }

  func end() throws {
    try expectOK(spk_session_close(session))
    try expectOK(spk_model_close(model))
    try expectOK(spk_device_close(device))
    try expectOK(spk_context_close(context))
  }

  /// Runs so many ticks, and gives all that can be seen of them: spikes, probes, state, weights.
  func run(ticks: Int) throws -> [Int] {
    var options = runOptions(UInt32(ticks))
    options.flags = UInt32(SPK_RUN_LEARN)
    var values = (0..<sizes[Int(Part.value)]).map { _ in Int16(dice.roll(200) - 100) }
    try expectOK(spk_session_set_values(session, Part.value, &values, values.count))
    var events: [spk_event] = []
    for tick in 0..<ticks {
      for neuron in 0..<sizes[0] where dice.roll(8) == 0 {
        events.append(
          spk_event(tick: UInt32(tick), population: Part.input, neuron: UInt32(neuron)))
      }
    }
    var probe: UInt32 = 0
    try expectOK(spk_session_add_probe(session, Part.large, UInt32(SPK_MEMBRANE), 50, 99, &probe))
    var spikes = [spk_event](repeating: spk_event(), count: 30_000 * ticks)
    var count = 0
    try expectOK(
      spk_session_run(session, &options, &events, events.count, &spikes, spikes.count, &count))
    var seen = spikes[..<count].flatMap { [Int($0.tick), Int($0.population), Int($0.neuron)] }
    var probed = [Int32](repeating: 0, count: 99 * ticks)
    try expectOK(spk_session_read_probe(session, probe, &probed, probed.count, &count))
    try expectOK(spk_session_remove_probe(session, probe))
    seen += probed.map(Int.init)
    for population in Int(Part.large)..<sizes.count {
      for variable in 0...SPK_DENDRITE_SUM {
        var state = [Int32](repeating: 0, count: sizes[population])
        try expectOK(
          spk_session_read_state(
            session, UInt32(population), UInt32(variable), 0, &state, state.count))
        seen += state.map(Int.init)
      }
    }
    for (projection, size) in projectionSizes.enumerated() {
      var weights = [Int16](repeating: 0, count: size)
      try expectOK(
        spk_session_read_weights(session, UInt32(projection), &weights, size, &count))
      seen += weights.map(Int.init)
    }
    return seen
  }

  private func addPopulations() throws {
    try add("input", SPK_INPUT, 20 + dice.roll(30)) { $0.pre_trace = ThreadedBoard.trace }
    try add("value", SPK_ANALOGUE, 3 + dice.roll(3)) { _ in }
    // Of 12,000 leaky neurons at least; groups and small populations among them.
    try addLeaky("large", 8_000 + dice.roll(500), group: 0)
    try addLeaky("grouped", 2_000 + dice.roll(500), group: 3 + dice.roll(90))
    try addLeaky("small", 1 + dice.roll(100), group: 0)
    try addLeaky("other", 2_000 + dice.roll(500), group: 0)
  }

  private static let trace = spk_trace(step: 4_000, decay: 300, view_shift: 6)

  private func addLeaky(_ name: String, _ count: Int, group: Int) throws {
    let noise = dice.roll(2) * 200
    let reset = dice.roll(3)
    try add(name, SPK_LEAKY, count) {
      $0.threshold = 900
      $0.bias = 10
      $0.reset = UInt32(reset)
      $0.lower_bound = -5_000
      $0.refractory_ticks = UInt32(reset)
      $0.noise = UInt32(noise)
      $0.group_size = UInt32(group)
      $0.current_shift = 2
      $0.decays.0 = spk_decay_set(membrane: 200, current1: 800, current2: 300, dendrite: 500)
      $0.pre_trace = ThreadedBoard.trace
      $0.post_trace = ThreadedBoard.trace
      $0.mean_ticks = 3
    }
    var biases = (0..<count).map { _ in Int32(dice.roll(120)) }
    try expectOK(
      spk_model_set_parameters(
        model, UInt32(sizes.count - 1), UInt32(SPK_BIAS), &biases, biases.count))
  }

  private func add(
    _ name: String, _ kind: Int, _ count: Int, _ change: (inout spk_population) -> Void
  ) throws {
    var population = spk_population()
    population.struct_size = UInt32(MemoryLayout<spk_population>.size)
    population.kind = UInt32(kind)
    population.neuron_count = UInt32(count)
    population.gain = 32_768
    population.value_limit = 100
    population.decay_set_count = 1
    change(&population)
    try expectOK(spk_model_add_population(model, name, &population, nil))
    sizes.append(count)
  }

  private func addProjection() throws {
    let index = projectionSizes.count
    var projection = spk_projection()
    projection.struct_size = UInt32(MemoryLayout<spk_projection>.size)
    // Dense from few neurons, sparse from any, one to one within a population.
    let kind = index % 3
    projection.connectivity = UInt32([SPK_DENSE, SPK_SPARSE, SPK_ONE_TO_ONE][kind])
    projection.target = Part.large + UInt32(dice.roll(4))
    projection.source =
      kind == 0
      ? UInt32(dice.roll(2)) : kind == 1 ? Part.large + UInt32(dice.roll(4)) : projection.target
    projection.compartment = UInt32(dice.roll(4))
    projection.storage = UInt32(dice.roll(2))
    projection.shift = UInt32(dice.roll(3))
    projection.delay_ticks = UInt32(1 + dice.roll(4))
    projection.blank_out = UInt32(dice.roll(3) == 0 ? 60 : 0)
    projection.learning = 1
    projection.rate = 256
    projection.low_limit = -32_768
    projection.high_limit = 32_767
    addRule(&projection)
    try expectOK(spk_model_add_projection(model, "projection \(index)", &projection, nil))
    try addWeights(projection, UInt32(index))
  }

  private func addRule(_ projection: inout spk_projection) {
    projection.rounding = UInt32(dice.roll(3))
    projection.term_count = UInt32(dice.roll(3))
    let spikes = projection.source != Part.value
    func term() -> spk_term {
      let trigger = spikes ? dice.roll(5) : SPK_ON_EVERY
      return spk_term(
        trigger: UInt32(trigger > 2 ? SPK_ON_PRE : trigger),
        period_ticks: trigger == SPK_ON_EVERY ? 4 : 0,
        gate: UInt32(dice.roll(2)), gate_variable: UInt32(SPK_FACTOR_CURRENT),
        gate_low: -2_000, gate_high: 2_000,
        factor_a: UInt32(dice.roll(8)), factor_b: 0, mantissa: Int32(dice.roll(40) - 20),
        shift: UInt32(dice.roll(6)))
    }
    projection.terms.0 = term()
    projection.terms.1 = term()
    projection.skip_diagonal = projection.source == projection.target ? 1 : 0
  }

  private func addWeights(_ projection: spk_projection, _ index: UInt32) throws {
    let sources = sizes[Int(projection.source)]
    let targets = sizes[Int(projection.target)]
    let limit = projection.storage == UInt32(SPK_INT8) ? 100 : 20_000
    func weights(_ count: Int) -> [Int16] {
      (0..<count).map { _ in Int16(dice.roll(2 * limit) - limit) }
    }
    guard projection.connectivity == UInt32(SPK_SPARSE) else {
      let count = projection.connectivity == UInt32(SPK_DENSE) ? sources * targets : targets
      var values = weights(count)
      try expectOK(spk_model_set_weights(model, index, &values, count))
      projectionSizes.append(count)
      return
    }
    var starts: [UInt32] = [0]
    var found: [UInt32] = []
    for _ in 0..<sources {
      var target = dice.roll(2 * targets / 10 + 1)
      while target < targets {
        found.append(UInt32(target))
        target += 1 + dice.roll(2 * targets / 10 + 1)
      }
      starts.append(UInt32(found.count))
    }
    var values = weights(found.count)
    try expectOK(
      spk_model_set_synapses(model, index, &starts, &found, &values, found.count))
    projectionSizes.append(found.count)
  }
}
