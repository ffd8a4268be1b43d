import CAPI
import CSpikelet
import Training

/// A trained model on a simulated board, loaded from its file and driven through the C API, as a user's program would.
final class BoardSession {
  private var context: OpaquePointer?
  private var device: OpaquePointer?
  private var model: OpaquePointer?
  private var session: OpaquePointer?
  private var signal: UInt32 = 0
  private var neurons: UInt32 = 0
  private var readOut: UInt32 = 0
  private var probe: UInt32 = 0
  let shape: Shape

  struct Spike: Hashable {
    var tick: Int
    var neuron: Int
  }

  /// - Parameter shape: of the network that the file was made from.
  init(model path: String, _ shape: Shape) throws(Failure) {
    self.shape = shape
    try check(spk_context_create(nil, &context))
    try check(spk_device_open(context, "sim:", nil, &device))
    try check(spk_model_load_file(context, path, &model))
    try check(spk_model_find_population(model, "signal", &signal))
    try check(spk_model_find_population(model, "neurons", &neurons))
    try check(spk_model_find_population(model, "readout", &readOut))
    try check(spk_session_open(device, model, nil, &session))
    try check(spk_session_record(session, neurons, 1))
    let outputs = UInt32(shape.outputCount)
    try check(
      spk_session_add_probe(session, readOut, UInt32(SPK_MEMBRANE), 0, outputs, &probe))
  }

  deinit {
    _ = spk_session_close(session)
    _ = spk_model_close(model)
    _ = spk_device_close(device)
    _ = spk_context_close(context)
  }

  /// Runs one trial from a cleared state.
  ///
  /// - Returns: the output, [ticks][outputs], and the spikes of the neurons.
  func run(_ trials: Trials, lane: Int) throws(Failure) -> (output: [Double], spikes: [Spike]) {
    let unit = Double(BoardScale.signalUnit)
    let isValued = shape.inputKind == .values
    let values =
      isValued
      ? trials.inputs.map { Int16(min(32_767, max(-32_767, (Double($0[lane]) * unit).rounded()))) }
      : []
    let given = isValued ? [] : inputEvents(trials, lane)
    var events = [spk_event](
      repeating: spk_event(), count: trials.tickCount * shape.neuronCount)
    var eventCount = 0
    var membranes = [Int32](repeating: 0, count: trials.tickCount * shape.outputCount)
    var membraneCount = 0
    let status = values.withUnsafeBufferPointer { values in
      let heard = spk_signal(population: signal, reserved: 0, values: values.baseAddress)
      return withUnsafePointer(to: heard) { heard in
        var options = spk_run_options()
        options.struct_size = UInt32(MemoryLayout<spk_run_options>.size)
        options.ticks = UInt32(trials.tickCount)
        options.flags = SPK_RUN_CLEAR
        options.signal_count = isValued ? 1 : 0
        options.signals = heard
        return spk_session_run(
          session, &options, given, given.count, &events, events.count, &eventCount)
      }
    }
    try check(status)
    try check(
      spk_session_read_probe(session, probe, &membranes, membranes.count, &membraneCount))
    return (
      membranes.map { Double($0) / unit },
      events[..<eventCount].map { Spike(tick: Int($0.tick), neuron: Int($0.neuron)) }
    )
  }

  /// The spikes of the input population in a trial, by ascending tick and neuron.
  private func inputEvents(_ trials: Trials, _ lane: Int) -> [spk_event] {
    trials.inputs.indices.filter { trials.inputs[$0][lane] != 0 }.map { index in
      spk_event(
        tick: UInt32(index / shape.inputCount), population: signal,
        neuron: UInt32(index % shape.inputCount))
    }
  }

  private func check(_ status: spk_status) throws(Failure) {
    guard status != .SPK_OK else { return }
    throw Failure(String(cString: spk_context_message(context)))
  }
}
