import CSpikelet
import Testing

/// One context, device, model and session, used by all threads at once.
@Suite(.serialized) struct OneSessionTests {
  private static let seed: UInt64 = 20_260_801

  @Test(arguments: [Place.inProcess, .behindSocket])
  func `calls of many threads on one session run one after the other`(place: Place) throws {
    let rig = try Rig(place)
    let ledger = Ledger()
    let end = monotonicSeconds() + 1.5
    let hasEnded = Crew.run(6) { number in
      var dice = Dice(seed: Self.seed, thread: number)
      while monotonicSeconds() < end { Self.step(rig, ledger, &dice) }
    }
    try #require(hasEnded, "a call does not return")
    #expect(spk_session_cancel(rig.session, 0) == .SPK_OK)
    #expect(spk_session_drain(rig.session, 10_000) == .SPK_OK)
    while true {
      let (status, completion) = rig.take(milliseconds: 0)
      guard status == .SPK_OK else { break }
      ledger.ended(completion.ticket)
    }
    #expect(ledger.wrong.prefix(3).isEmpty, "seed \(Self.seed)")
    ledger.expectEachOnce()
    #expect(rig.losses() == 0)
    rig.end()
  }

  @Test func `a blocking run never meets a submission on the board`() throws {
    let rig = try Rig(.behindSocket)
    let ledger = Ledger()
    let end = monotonicSeconds() + 1
    let hasEnded = Crew.run(14) { number in
      while monotonicSeconds() < end {
        if number < 10 {
          ledger.check(rig.run(ticks: 1), [.SPK_OK, .SPK_ERROR_BUSY], "run")
        } else if number < 12 {
          _ = rig.losses()
        } else {
          ledger.check(rig.submit(ticks: 1), [.SPK_OK, .SPK_ERROR_FULL], "submit")
          let (status, completion) = rig.take(milliseconds: 1)
          ledger.check(status, [.SPK_OK, .SPK_ERROR_TIMEOUT], "next completion")
          if status == .SPK_OK, completion.status != 0 { ledger.note("\(completion.status)") }
        }
      }
    }
    try #require(hasEnded, "a call does not return")
    #expect(ledger.wrong.prefix(3).isEmpty)
    #expect(rig.losses() == 0)
    rig.end()
  }

  /// One call of any kind, with every status that it may have.
  private static func step(_ rig: Rig, _ ledger: Ledger, _ dice: inout Dice) {
    switch dice.roll(16) {
    case 0...3: submit(rig, ledger, ticks: UInt32(1 + dice.roll(40)), byCallback: dice.roll(2) == 0)
    case 4...6: take(rig, ledger, milliseconds: UInt32(dice.roll(3)))
    case 7:
      ledger.check(
        rig.run(ticks: UInt32(1 + dice.roll(30))),
        [.SPK_OK, .SPK_ERROR_BUSY, .SPK_ERROR_CANCELLED],
        "run")
    case 8:
      var learning: UInt64 = 0
      ledger.check(
        spk_session_ticks(rig.session, &learning, nil), [.SPK_OK, .SPK_ERROR_BUSY], "ticks")
    case 9:
      ledger.check(
        spk_session_store(rig.session, rig.model), [.SPK_OK, .SPK_ERROR_BUSY], "store")
    case 10:
      let ticket = UInt64(dice.roll(200))
      ledger.check(
        spk_session_cancel(rig.session, ticket), [.SPK_OK, .SPK_ERROR_NOT_FOUND], "cancel")
    case 11:
      ledger.check(
        spk_session_drain(rig.session, UInt32(dice.roll(4))), [.SPK_OK, .SPK_ERROR_TIMEOUT], "drain"
      )
    case 12: watch(rig, ledger, &dice)
    case 13: ask(rig, ledger)
    case 14: useTheModel(rig, ledger)
    default:
      ledger.check(spk_device_close(rig.device), [.SPK_ERROR_BUSY], "close the device")
    }
  }

  private static func submit(_ rig: Rig, _ ledger: Ledger, ticks: UInt32, byCallback: Bool) {
    var ticket: UInt64 = 0
    let status = rig.submit(
      ticks: ticks,
      byCallback
        ? { completion in
          let ended = completion!.pointee
          let ledger = Ledger.of(ended.user)
          ledger.ended(ended.ticket)
          if ![0, 17].contains(ended.status) { ledger.note("a run gave status \(ended.status)") }
        } : nil, user: ledger, ticket: &ticket)
    ledger.check(status, [.SPK_OK, .SPK_ERROR_FULL], "submit")
    if status == .SPK_OK { ledger.submitted(ticket) }
  }

  private static func take(_ rig: Rig, _ ledger: Ledger, milliseconds: UInt32) {
    let (status, completion) = rig.take(milliseconds: milliseconds)
    ledger.check(status, [.SPK_OK, .SPK_ERROR_TIMEOUT], "next completion")
    guard status == .SPK_OK else { return }
    ledger.ended(completion.ticket)
    if ![0, 17].contains(completion.status) {
      ledger.note("a run gave status \(completion.status)")
    }
  }

  private static func watch(_ rig: Rig, _ ledger: Ledger, _ dice: inout Dice) {
    let locator = "unix:/tmp/spikelet-nobody-\(dice.roll(3))"
    var boards = [spk_board](repeating: spk_board(), count: 8)
    var count = 0
    switch dice.roll(3) {
    case 0:
      ledger.check(
        spk_device_watch(rig.context, locator, { _, _, _ in }, nil), [.SPK_OK, .SPK_ERROR_STATE],
        "watch")
    case 1:
      ledger.check(
        spk_device_unwatch(rig.context, locator), [.SPK_OK, .SPK_ERROR_NOT_FOUND], "unwatch")
    default:
      ledger.check(spk_device_list(rig.context, &boards, boards.count, &count), [.SPK_OK], "list")
      if count < 1 || count > 4 { ledger.note("\(count) boards in the list") }
    }
  }

  private static func ask(_ rig: Rig, _ ledger: Ledger) {
    var capabilities = spk_capabilities()
    capabilities.struct_size = UInt32(MemoryLayout<spk_capabilities>.size)
    ledger.check(spk_device_capabilities(rig.device, &capabilities), [.SPK_OK], "capabilities")
    var counters = spk_counters()
    counters.struct_size = UInt32(MemoryLayout<spk_counters>.size)
    ledger.check(spk_device_counters(rig.device, &counters), [.SPK_OK], "counters")
    var count: UInt32 = 0
    ledger.check(spk_session_pending(rig.session, &count), [.SPK_OK], "pending")
    // Sixteen, and one whose callback runs.
    if count > 17 { ledger.note("\(count) submissions are pending, 17 may be") }
    var descriptor: Int32 = 0
    ledger.check(spk_context_descriptor(rig.context, &descriptor), [.SPK_OK], "descriptor")
  }

  private static func useTheModel(_ rig: Rig, _ ledger: Ledger) {
    var populations: UInt32 = 0
    var projections: UInt32 = 0
    ledger.check(spk_model_counts(rig.model, &populations, &projections), [.SPK_OK], "counts")
    var weights = [Int16](repeating: 0, count: 4_096)
    var count = 0
    ledger.check(
      spk_model_get_weights(rig.model, 0, &weights, weights.count, &count), [.SPK_OK], "weights")
  }
}
