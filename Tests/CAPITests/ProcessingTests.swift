import CSpikelet
import Glibc
import Testing

private let noThreads: UInt32 = 1

/// Contexts without a thread, processed by several threads of the program.
@Suite(.serialized) struct ProcessingTests {
  @Test(arguments: [Place.inProcess, .behindSocket])
  func `every submission ends once, and callbacks run one at a time`(place: Place) throws {
    let rig = try Rig(place, flags: noThreads)
    let ledger = Ledger()
    let isOver = Guarded(false)
    let crew = Crew()
    for number in 0..<4 {
      crew.start {
        while !isOver.current {
          switch number {
          case 0, 1:
            var handled: UInt32 = 0
            ledger.check(
              spk_context_process(rig.context, UInt32(5 * number), &handled), [.SPK_OK], "process")
          case 2:
            let (status, completion) = rig.take(milliseconds: 3)
            ledger.check(status, [.SPK_OK, .SPK_ERROR_TIMEOUT], "next completion")
            if status == .SPK_OK { ledger.ended(completion.ticket) }
          default:
            ledger.check(
              spk_session_drain(rig.session, 2), [.SPK_OK, .SPK_ERROR_TIMEOUT], "drain")
          }
        }
      }
    }
    let gate = Gate(ledger)
    for number in 0..<200 {
      var ticket: UInt64 = 0
      while true {
        let status =
          number % 2 == 0
          ? rig.submit(ticks: 2, Gate.callback, user: gate, ticket: &ticket)
          : rig.submit(ticks: 2, ticket: &ticket)
        if status == .SPK_OK { break }
        usleep(50)
      }
      ledger.submitted(ticket)
    }
    #expect(spk_session_drain(rig.session, 10_000) == .SPK_OK)
    usleep(10_000)
    isOver.with { $0 = true }
    try #require(crew.hasEnded())
    while true {
      let (status, completion) = rig.take(milliseconds: 0)
      guard status == .SPK_OK else { break }
      ledger.ended(completion.ticket)
    }
    #expect(ledger.wrong.isEmpty)
    ledger.expectEachOnce()
    rig.end()
  }

  @Test func `a call that shall not wait does not wait for a thread that processes`() throws {
    let rig = try Rig(flags: noThreads)
    let crew = Crew()
    crew.start { #expect(spk_context_process(rig.context, 10_000, nil) == .SPK_OK) }
    usleep(100_000)
    let start = monotonicSeconds()
    #expect(spk_context_process(rig.context, 0, nil) == .SPK_OK)
    #expect(rig.take(milliseconds: 0).status == .SPK_ERROR_TIMEOUT)
    #expect(rig.take(milliseconds: 50).status == .SPK_ERROR_TIMEOUT)
    #expect(spk_session_drain(rig.session, 0) == .SPK_OK)
    #expect(monotonicSeconds() - start < 4)
    #expect(rig.submit(ticks: 1) == .SPK_OK)
    try #require(crew.hasEnded())
    rig.end()
  }

  @Test func `a taker is given what another thread has processed`() throws {
    let rig = try Rig(flags: noThreads)
    let isOver = Guarded(false)
    let crew = Crew()
    // Processes for ever, and is hardly ever outside.
    crew.start { while !isOver.current { _ = spk_context_process(rig.context, 10_000, nil) } }
    for _ in 0..<10 {
      usleep(20_000)
      #expect(rig.submit(ticks: 1) == .SPK_OK)
      let start = monotonicSeconds()
      #expect(rig.take(milliseconds: 5_000).status == .SPK_OK)
      #expect(monotonicSeconds() - start < 4, "the taker waited for the other thread's limit")
    }
    isOver.with { $0 = true }
    #expect(rig.submit(ticks: 1) == .SPK_OK)
    try #require(crew.hasEnded())
    rig.end()
  }

  @Test func `a board that is lost leaves nothing to do`() throws {
    let rig = try Rig(.behindRelay, flags: noThreads, hidden: 600)
    var descriptor: Int32 = -1
    #expect(spk_context_descriptor(rig.context, &descriptor) == .SPK_OK)
    #expect(rig.submit(ticks: 65_536) == .SPK_OK)
    #expect(spk_context_process(rig.context, 0, nil) == .SPK_OK)
    rig.unplug()
    let (status, completion) = rig.take(milliseconds: 5_000)
    #expect(status == .SPK_OK)
    #expect(completion.status == UInt32(spk_status.SPK_ERROR_LOST.rawValue))
    #expect(spk_context_process(rig.context, 0, nil) == .SPK_OK)
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&wanted, 1, 100) == 0, "a program that polls would never rest")
    rig.end()
  }
}

/// Sees whether two callbacks run at once.
final class Gate: @unchecked Sendable {
  let ledger: Ledger
  let inside = Guarded(0)
  init(_ ledger: Ledger) { self.ledger = ledger }

  static let callback: spk_completion_callback = { completion in
    let gate = Unmanaged<Gate>.fromOpaque(completion!.pointee.user!).takeUnretainedValue()
    let count = gate.inside.with { (count: inout Int) -> Int in
      count += 1; return count
    }
    if count > 1 { gate.ledger.note("two callbacks at once") }
    gate.ledger.ended(completion!.pointee.ticket)
    if completion!.pointee.ticket % 16 == 0 { usleep(200) }
    gate.inside.with { $0 -= 1 }
  }
}
