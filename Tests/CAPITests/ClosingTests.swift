import CSpikelet
import Glibc
import Testing

/// Close against all else. Most of these end by a limit of time if calls wait for each other.
@Suite(.serialized) struct ClosingTests {
  @Test func `one of many threads closes a session, and the rest come too late`() throws {
    let rig = try Rig()
    for round in 0..<40 {
      let ledger = Ledger()
      let closed = Guarded(0)
      let hasEnded = Crew.run(5) { number in
        for _ in 0..<6 {
          ledger.check(rig.run(ticks: 2), [.SPK_OK, .SPK_ERROR_BUSY, .SPK_ERROR_HANDLE], "run")
          ledger.check(
            rig.submit(ticks: 2), [.SPK_OK, .SPK_ERROR_FULL, .SPK_ERROR_HANDLE], "submit")
        }
        while true {
          let status = spk_session_close(rig.session)
          ledger.check(status, [.SPK_OK, .SPK_ERROR_BUSY, .SPK_ERROR_HANDLE], "close")
          if status == .SPK_OK { closed.with { $0 += 1 } }
          guard status == .SPK_ERROR_BUSY else { return }
          ledger.check(
            spk_session_drain(rig.session, 5_000), [.SPK_OK, .SPK_ERROR_HANDLE], "drain")
        }
      }
      try #require(hasEnded, "a call does not return")
      #expect(closed.current == 1, "round \(round)")
      #expect(ledger.wrong.isEmpty, "round \(round)")
      #expect(rig.take(milliseconds: 0).status == .SPK_ERROR_TIMEOUT)
      try rig.openSession()
    }
    rig.end()
  }

  @Test func `a handle that was closed never means what has taken its place`() throws {
    let seed: UInt64 = 7
    let stale = Guarded([OpaquePointer]())
    let ledger = Ledger()
    let end = monotonicSeconds() + 1
    let hasEnded = Crew.run(4) { number in
      var dice = Dice(seed: seed, thread: number)
      while monotonicSeconds() < end {
        var context: OpaquePointer?
        var device: OpaquePointer?
        ledger.check(spk_context_create(nil, &context), [.SPK_OK], "create")
        var board = spk_board_options()
        board.struct_size = UInt32(MemoryLayout<spk_board_options>.size)
        board.cores = 1
        board.neurons_per_core = 64
        board.synapse_bytes_per_core = 1_024
        ledger.check(spk_device_open(context, "sim:", &board, &device), [.SPK_OK], "open")
        let old = stale.with { $0.isEmpty ? nil : $0[dice.roll($0.count)] }
        if let old {
          var capabilities = spk_capabilities()
          capabilities.struct_size = UInt32(MemoryLayout<spk_capabilities>.size)
          let status = spk_device_capabilities(old, &capabilities)
          ledger.check(status, [.SPK_ERROR_HANDLE], "a closed device")
          ledger.check(spk_device_close(old), [.SPK_ERROR_HANDLE], "a closed device, closed")
          ledger.check(spk_context_close(old), [.SPK_ERROR_HANDLE], "a device as a context")
        }
        ledger.check(spk_context_close(context), [.SPK_ERROR_BUSY], "close with a child")
        ledger.check(spk_device_close(device), [.SPK_OK], "close the device")
        ledger.check(spk_context_close(context), [.SPK_OK], "close the context")
        stale.with { $0.append(device!) }
      }
    }
    #expect(hasEnded, "a call does not return")
    #expect(ledger.wrong.isEmpty, "seed \(seed)")
  }

  @Test func `a context closes while the callback of a watch calls into it`() throws {
    let shared = Shared()
    shared.context = try Rig.makeContext()
    #expect(
      spk_device_watch(
        shared.context, "sim:",
        { user, _, _ in
          let shared = Shared.of(user)
          shared.entered.with { $0 += 1 }
          usleep(100_000)
          var count = 0
          let status = spk_device_list(shared.context, nil, 0, &count)
          shared.statuses.with { $0.append(status) }
        }, shared.raw) == .SPK_OK)
    try #require(waits(5) { shared.entered.current > 0 })
    let crew = Crew()
    crew.start { #expect(spk_context_close(shared.context) == .SPK_OK) }
    try #require(crew.hasEnded(within: 15), "close waits for a callback that waits for close")
    #expect(shared.statuses.current == [.SPK_ERROR_HANDLE])
  }

  @Test func `a watch ends in one thread and its context in another while its callback calls`()
    throws
  {
    let shared = Shared()
    shared.context = try Rig.makeContext()
    #expect(
      spk_device_watch(
        shared.context, "sim:",
        { user, _, _ in
          let shared = Shared.of(user)
          shared.entered.with { $0 += 1 }
          usleep(200_000)
          var count = 0
          let status = spk_device_list(shared.context, nil, 0, &count)
          shared.statuses.with { $0.append(status) }
        }, shared.raw) == .SPK_OK)
    try #require(waits(5) { shared.entered.current > 0 })
    let crew = Crew()
    crew.start { #expect(spk_device_unwatch(shared.context, "sim:") == .SPK_OK) }
    usleep(50_000)
    crew.start { #expect(spk_context_close(shared.context) == .SPK_OK) }
    try #require(crew.hasEnded(within: 15), "unwatch, close and the callback wait for each other")
    #expect(shared.statuses.current == [.SPK_OK])
  }

  @Test func `a log callback calls into the context that another thread closes`() throws {
    let shared = Shared()
    shared.context = try Rig.makeContext(
      log: { user, _, _ in
        let shared = Shared.of(user)
        guard
          shared.entered.with({ (count: inout Int) -> Int in
            count += 1; return count
          }) == 1
        else { return }
        usleep(100_000)
        var count = 0
        let status = spk_device_list(shared.context, nil, 0, &count)
        shared.statuses.with { $0.append(status) }
      }, user: shared.raw)
    let crew = Crew()
    crew.start {
      #expect(spk_device_unwatch(shared.context, "sim:") == .SPK_ERROR_NOT_FOUND)
    }
    try #require(waits(5) { shared.entered.current > 0 })
    crew.start { #expect(spk_context_close(shared.context) == .SPK_OK) }
    try #require(crew.hasEnded(within: 15), "close waits for a call whose log waits for close")
    #expect(shared.statuses.current == [.SPK_OK])
  }

  @Test func `what never waits does not wait for a close either`() throws {
    let rig = try Rig(.behindSocket, hidden: 600)
    let crew = Crew()
    crew.start { #expect(rig.run(ticks: 65_536) == .SPK_ERROR_CANCELLED) }
    usleep(50_000)
    crew.start { #expect(spk_session_close(rig.session) == .SPK_OK) }
    usleep(50_000)
    let start = monotonicSeconds()
    #expect(rig.pending() == 0)
    #expect(spk_session_cancel(rig.session, 0) == .SPK_OK)
    #expect(monotonicSeconds() - start < 4, "it waited for close, which waits for the run")
    try #require(crew.hasEnded())
    try rig.openSession()
    rig.end()
  }

  @Test func `a close that is refused is told before the context can go`() throws {
    let shared = Shared()
    shared.context = try Rig.makeContext(
      log: { user, _, _ in
        let shared = Shared.of(user)
        shared.entered.with { $0 += 1 }
        usleep(200_000)
        shared.statuses.with { $0.append(.SPK_OK) }
      }, user: shared.raw)
    var device: OpaquePointer?
    try expectOK(spk_device_open(shared.context, "sim:", nil, &device))
    let crew = Crew()
    crew.start { #expect(spk_context_close(shared.context) == .SPK_ERROR_BUSY) }
    try #require(waits(5) { shared.entered.current > 0 })
    #expect(spk_device_close(device) == .SPK_OK)
    #expect(spk_context_close(shared.context) == .SPK_OK)
    #expect(shared.statuses.current.count == 1, "the context went while its log was being told")
    try #require(crew.hasEnded())
  }

  @Test func `a log callback asks a board that another call holds while its model closes`() throws {
    let rig = try Rig()
    let shared = Shared()
    shared.device = rig.device
    shared.context = try Rig.makeContext(
      log: { user, _, _ in
        let shared = Shared.of(user)
        shared.entered.with { $0 += 1 }
        usleep(300_000)
        var counters = spk_counters()
        counters.struct_size = UInt32(MemoryLayout<spk_counters>.size)
        let status = spk_device_counters(shared.device, &counters)
        shared.statuses.with { $0.append(status) }
      }, user: shared.raw)
    let model = Guarded(try Rig.makeModel(shared.context)).current
    nonisolated(unsafe) let other = model
    let crew = Crew()
    crew.start {
      var count = 0
      #expect(
        spk_model_get_weights(other, 1_000, nil, 0, &count) == .SPK_ERROR_ARGUMENT)
    }
    try #require(waits(5) { shared.entered.current > 0 })
    crew.start { #expect(spk_model_close(other) == .SPK_OK) }
    usleep(50_000)
    crew.start { #expect(spk_session_store(rig.session, other) == .SPK_ERROR_HANDLE) }
    try #require(
      crew.hasEnded(within: 15),
      "store holds the board and waits for the model, which waits for the log")
    #expect(shared.statuses.current == [.SPK_OK])
    #expect(spk_context_close(shared.context) == .SPK_OK)
    rig.end()
  }

  @Test func `a session closes while another thread brings it back`() throws {
    let rig = try Rig()
    for _ in 0..<60 {
      let ledger = Ledger()
      let hasEnded = Crew.run(3) { number in
        if number == 0 {
          usleep(20)
          ledger.check(
            spk_session_close(rig.session), [.SPK_OK, .SPK_ERROR_HANDLE], "close")
        } else {
          for _ in 0..<8 {
            ledger.check(
              spk_session_resume(rig.session, rig.model, nil), [.SPK_OK, .SPK_ERROR_HANDLE],
              "resume")
          }
        }
      }
      try #require(hasEnded, "close waits for resume, which waits for close")
      #expect(ledger.wrong.isEmpty)
      try rig.openSession()
    }
    rig.end()
  }

  @Test func `a model closes while sessions are opened from it and stored into it`() throws {
    let rig = try Rig()
    for _ in 0..<150 {
      let ledger = Ledger()
      let model = Guarded(try Rig.makeModel(rig.context))
      let handle = model.current
      let hasEnded = Crew.run(4) { number in
        switch number {
        case 0:
          usleep(50)
          ledger.check(spk_model_close(model.current), [.SPK_OK], "close")
        case 1, 2:
          for _ in 0..<12 {
            ledger.check(
              spk_session_store(rig.session, model.current), [.SPK_OK, .SPK_ERROR_HANDLE], "store")
          }
        default:
          for _ in 0..<60 {
            var other: OpaquePointer?
            ledger.check(
              spk_session_open(rig.device, model.current, nil, &other),
              [.SPK_ERROR_BUSY, .SPK_ERROR_HANDLE], "open")
          }
        }
      }
      try #require(hasEnded, "store holds the board and waits for close, which waits for open")
      #expect(ledger.wrong.isEmpty, "model \(String(describing: handle))")
    }
    rig.end()
  }
}

/// What a callback and its test share.
final class Shared: @unchecked Sendable {
  var context: OpaquePointer?
  var device: OpaquePointer?
  let entered = Guarded(0)
  let statuses = Guarded([spk_status]())

  var raw: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
  static func of(_ user: UnsafeMutableRawPointer?) -> Shared {
    Unmanaged<Shared>.fromOpaque(user!).takeUnretainedValue()
  }
}
