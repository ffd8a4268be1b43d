import BoardSim
import CAPI
import CSpikelet
import Glibc
import Testing

/// Where the board of a test is.
enum Place: Sendable {
  case inProcess, behindSocket
  /// Behind a socket that can be cut.
  case behindRelay
}

/// A context with a device, a model and a session on it.
final class Rig: @unchecked Sendable {
  private(set) var context: OpaquePointer?
  private(set) var device: OpaquePointer?
  private(set) var model: OpaquePointer?
  private(set) var session: OpaquePointer?
  let locator: String
  private let server: BoardServer?
  private let relay: Relay?

  static let inputCount = 30
  static let outputCount = 4

  init(
    _ place: Place = .inProcess, flags: UInt32 = 0, depth: UInt32 = 16, hidden: UInt32 = 20,
    log: spk_log_callback? = nil
  ) throws {
    let path = freshPath()
    server =
      place == .inProcess
      ? nil
      : try BoardServer(
        at: .unix(path), cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 131_072)
    try server?.start()
    relay = place == .behindRelay ? Relay(to: path) : nil
    locator = place == .inProcess ? "sim:" : "unix:\(relay?.path ?? path)"
    context = try Rig.makeContext(flags: flags, depth: depth, log: log)
    try expectOK(spk_device_open(context, locator, nil, &device))
    model = try Rig.makeModel(context, hidden: hidden)
    try expectOK(spk_session_open(device, model, nil, &session))
  }

  static func makeContext(
    flags: UInt32 = 0, depth: UInt32 = 16, log: spk_log_callback? = nil,
    user: UnsafeMutableRawPointer? = nil
  ) throws -> OpaquePointer? {
    var options = spk_context_options()
    options.struct_size = UInt32(MemoryLayout<spk_context_options>.size)
    options.flags = flags
    options.queue_depth = depth
    options.log = log
    options.log_user = user
    var context: OpaquePointer?
    try expectOK(spk_context_create(&options, &context))
    return context
  }

  static func makeModel(_ context: OpaquePointer?, hidden: UInt32 = 20) throws -> OpaquePointer? {
    var model: OpaquePointer?
    let layers = [UInt32(inputCount), hidden, UInt32(outputCount)]
    try layers.withUnsafeBufferPointer { layers in
      var options = spk_erbp_options()
      options.struct_size = UInt32(MemoryLayout<spk_erbp_options>.size)
      options.layer_count = UInt32(layers.count)
      options.layer_sizes = layers.baseAddress
      options.seed = 1
      options.storage = UInt32(SPK_INT16_MASTER)
      options.rounding = UInt32(SPK_ROUND_STOCHASTIC_BY_COLUMN)
      options.gate = 8
      options.feedback_percent = 100
      options.gain = 32_768
      options.floor = 10
      try expectOK(spk_model_build_erbp(context, &options, &model))
    }
    return model
  }

  /// Opens a session in the place of the one that was closed.
  func openSession() throws { try expectOK(spk_session_open(device, model, nil, &session)) }

  /// The board is gone, as if it was unplugged.
  func unplug() { relay?.cut() }

  /// Closes everything. Submissions that wait are cancelled.
  func end() {
    if session != nil {
      _ = spk_session_cancel(session, 0)
      #expect(spk_session_drain(session, 5_000) == .SPK_OK)
    }
    #expect(spk_session_close(session) == .SPK_OK)
    #expect(spk_model_close(model) == .SPK_OK)
    #expect(spk_device_close(device) == .SPK_OK)
    #expect(spk_context_close(context) == .SPK_OK)
    relay?.cut()
    server?.stop()
  }

  func run(ticks: UInt32) -> spk_status {
    var options = runOptions(ticks)
    return spk_session_run(session, &options, nil, 0, nil, 0, nil)
  }

  func submit(
    ticks: UInt32, _ callback: spk_completion_callback? = nil, user: AnyObject? = nil,
    ticket: UnsafeMutablePointer<UInt64>? = nil
  ) -> spk_status {
    var options = runOptions(ticks)
    var target = spk_submission()
    target.struct_size = UInt32(MemoryLayout<spk_submission>.size)
    target.callback = callback
    target.user = user.map { Unmanaged.passUnretained($0).toOpaque() }
    return spk_session_submit_run(session, &options, nil, 0, &target, ticket)
  }

  /// Takes a completion that waits in the context.
  func take(milliseconds: UInt32) -> (status: spk_status, completion: spk_completion) {
    var completion = spk_completion()
    completion.struct_size = UInt32(MemoryLayout<spk_completion>.size)
    let status = spk_context_next_completion(context, &completion, milliseconds)
    return (status, completion)
  }

  func pending() -> UInt32 {
    var count: UInt32 = 0
    #expect(spk_session_pending(session, &count) == .SPK_OK)
    return count
  }

  func losses() -> UInt32 {
    var counters = spk_counters()
    counters.struct_size = UInt32(MemoryLayout<spk_counters>.size)
    #expect(spk_device_counters(device, &counters) == .SPK_OK)
    return counters.losses
  }

  func weights(_ projection: UInt32) -> [Int16] {
    var weights = [Int16](repeating: 0, count: 4_096)
    var count = 0
    #expect(
      spk_session_read_weights(session, projection, &weights, weights.count, &count) == .SPK_OK)
    return Array(weights[..<count])
  }
}

/// A path that no other test has.
func freshPath() -> String {
  "/tmp/spikelet-capi-\(getpid())-\(UInt32.random(in: 0 ... .max))"
}

func runOptions(_ ticks: UInt32) -> spk_run_options {
  var options = spk_run_options()
  options.struct_size = UInt32(MemoryLayout<spk_run_options>.size)
  options.ticks = ticks
  return options
}

struct Refused: Error { let status: spk_status, sentence: String }

func expectOK(_ status: spk_status) throws {
  guard status == .SPK_OK else {
    throw Refused(status: status, sentence: String(cString: spk_context_message(nil)!))
  }
}

/// What a test's threads found wrong, and the completions that they were given.
final class Ledger: @unchecked Sendable {
  private let shared = Guarded((wrong: [String](), submitted: Set<UInt64>(), ended: [UInt64]()))

  func check(_ status: spk_status, _ allowed: Set<spk_status>, _ what: String) {
    guard !allowed.contains(status) else { return }
    note("\(what): \(status): \(String(cString: spk_context_message(nil)!))")
  }

  func note(_ what: String) { shared.with { $0.wrong.append(what) } }
  func submitted(_ ticket: UInt64) { shared.with { _ = $0.submitted.insert(ticket) } }
  func ended(_ ticket: UInt64) { shared.with { $0.ended.append(ticket) } }
  var wrong: [String] { shared.with { $0.wrong } }
  var endedTickets: [UInt64] { shared.with { $0.ended } }

  /// Every ticket that was given has ended once, and no other.
  func expectEachOnce() {
    let (_, submitted, ended) = shared.current
    #expect(ended.count == submitted.count)
    #expect(submitted.symmetricDifference(ended).isEmpty)
  }

  static func of(_ user: UnsafeMutableRawPointer?) -> Ledger {
    Unmanaged<Ledger>.fromOpaque(user!).takeUnretainedValue()
  }
}
