import CSpikelet
import Glibc
import Testing

/// Submissions, their callbacks and their takers.
@Suite(.serialized) struct SubmissionThreadTests {
  @Test func `a run that learns gives the same beside other threads as alone`() throws {
    let alone = try Self.learn(disturbed: false)
    let beside = try Self.learn(disturbed: true)
    #expect(alone.tickets == Array(1...40))
    #expect(beside.tickets == alone.tickets)
    #expect(beside.weights == alone.weights)
    #expect(Set(alone.weights).count > 2)
  }

  private static func learn(disturbed: Bool) throws -> (tickets: [UInt64], weights: [Int16]) {
    let rig = try Rig()
    let ledger = Ledger()
    let isOver = Guarded(false)
    let crew = Crew()
    for number in 0..<(disturbed ? 4 : 0) {
      crew.start {
        while !isOver.current {
          switch number {
          case 0: _ = rig.losses()
          case 1: _ = rig.pending()
          case 2: _ = rig.take(milliseconds: 1)
          default: ledger.check(spk_session_cancel(rig.session, 1_000), [.SPK_ERROR_NOT_FOUND], "")
          }
        }
      }
    }
    for lesson in 0..<40 {
      let image = (0..<Rig.inputCount).map { UInt8($0 % 4 == lesson % 4 ? 220 : 3 * $0) }
      while true {
        let status = image.withUnsafeBufferPointer { image in
          var presentation = spk_presentation()
          presentation.struct_size = UInt32(MemoryLayout<spk_presentation>.size)
          presentation.ticks = 24
          presentation.intensities = image.baseAddress
          presentation.intensity_count = image.count
          presentation.label = Int32(lesson % 4)
          presentation.label_period = 2
          presentation.first_learning_tick = 8
          presentation.flags = 3
          var target = spk_submission()
          target.struct_size = UInt32(MemoryLayout<spk_submission>.size)
          target.user = Unmanaged.passUnretained(ledger).toOpaque()
          target.callback = { Ledger.of($0!.pointee.user).ended($0!.pointee.ticket) }
          return spk_session_submit_present(rig.session, &presentation, nil, &target, nil)
        }
        if status == .SPK_OK { break }
        ledger.check(status, [.SPK_ERROR_FULL], "submit")
        usleep(100)
      }
    }
    #expect(spk_session_drain(rig.session, 10_000) == .SPK_OK)
    isOver.with { $0 = true }
    try #require(crew.hasEnded())
    #expect(ledger.wrong.isEmpty)
    let weights = rig.weights(0)
    rig.end()
    return (ledger.endedTickets, weights)
  }

  @Test(arguments: [Place.inProcess, .behindSocket])
  func `callbacks that submit again are waited for by drain`(place: Place) throws {
    let rig = try Rig(place)
    let chain = Chain(rig, left: 60)
    #expect(chain.submit() == .SPK_OK)
    #expect(spk_session_drain(rig.session, 10_000) == .SPK_OK)
    #expect(chain.tickets.current == Array(1...60))
    #expect(chain.blocking.current.allSatisfy { $0 == .SPK_OK })
    rig.end()
  }

  @Test func `the context's thread takes no signal of the program`() throws {
    let rig = try Rig()
    let blocked = Blocked()
    #expect(
      rig.submit(
        ticks: 1,
        { completion in
          var mask = sigset_t()
          pthread_sigmask(SIG_BLOCK, nil, &mask)
          Unmanaged<Blocked>.fromOpaque(completion!.pointee.user!).takeUnretainedValue().signals
            .with {
              $0 = [SIGINT, SIGTERM, SIGUSR1, SIGSEGV].filter { sigismember(&mask, $0) == 1 }
            }
        }, user: blocked) == .SPK_OK)
    #expect(spk_session_drain(rig.session, 5_000) == .SPK_OK)
    #expect(blocked.signals.current == [SIGINT, SIGTERM, SIGUSR1])
    rig.end()
  }

  @Test func `each completion is taken once by several takers`() throws {
    let rig = try Rig(depth: 8)
    let ledger = Ledger()
    let isOver = Guarded(false)
    let takers = Crew()
    for number in 0..<3 {
      takers.start {
        while true {
          let isLast = isOver.current
          let (status, completion) = rig.take(milliseconds: UInt32(number))
          ledger.check(status, [.SPK_OK, .SPK_ERROR_TIMEOUT], "next completion")
          if status == .SPK_OK { ledger.ended(completion.ticket) }
          if status != .SPK_OK, isLast { return }
        }
      }
    }
    let submitted = Crew.run(2) { _ in
      for _ in 0..<200 {
        var ticket: UInt64 = 0
        while rig.submit(ticks: 1, ticket: &ticket) == .SPK_ERROR_FULL { usleep(50) }
        ledger.submitted(ticket)
      }
    }
    try #require(submitted)
    #expect(spk_session_drain(rig.session, 10_000) == .SPK_OK)
    isOver.with { $0 = true }
    try #require(takers.hasEnded())
    #expect(ledger.wrong.isEmpty)
    ledger.expectEachOnce()
    rig.end()
  }

  @Test(arguments: [Place.inProcess, .behindSocket])
  func `a cancel is never lost, and comes never after the end`(place: Place) throws {
    let rig = try Rig(place, hidden: 600)
    let seed: UInt64 = 11
    var dice = Dice(seed: seed, thread: 0)
    for round in 0..<25 {
      var ticket: UInt64 = 0
      #expect(rig.submit(ticks: 65_536, ticket: &ticket) == .SPK_OK)
      let pause = [0, 0, 20, 100, 1_000, 5_000][dice.roll(6)]
      if pause > 0 { usleep(UInt32(pause)) }
      #expect(spk_session_cancel(rig.session, dice.roll(2) == 0 ? 0 : ticket) == .SPK_OK)
      let (status, completion) = rig.take(milliseconds: 20_000)
      #expect(status == .SPK_OK)
      #expect(completion.status == 17, "round \(round), pause \(pause), seed \(seed)")
      #expect(completion.ticks < 65_536)
      #expect(spk_session_cancel(rig.session, ticket) == .SPK_ERROR_NOT_FOUND)
      #expect(rig.run(ticks: 1) == .SPK_OK)
    }
    rig.end()
  }

  @Test(arguments: [Place.inProcess, .behindSocket])
  func `a blocking run ends when another thread cancels`(place: Place) throws {
    let rig = try Rig(place, hidden: 600)
    for _ in 0..<10 {
      let status = Guarded(spk_status.SPK_OK)
      let isOver = Guarded(false)
      let crew = Crew()
      crew.start {
        let end = rig.run(ticks: 65_536)
        status.with { $0 = end }
        isOver.with { $0 = true }
      }
      // Again and again: one that comes before the run has nothing to end.
      while !isOver.current {
        #expect(spk_session_cancel(rig.session, 0) == .SPK_OK)
        usleep(300)
      }
      try #require(crew.hasEnded())
      #expect(status.current == .SPK_ERROR_CANCELLED)
    }
    rig.end()
  }
}

/// Signals that a callback's thread keeps out.
final class Blocked: @unchecked Sendable { let signals = Guarded([Int32]()) }

/// Submissions that follow each other out of their callbacks; each callback runs a tick too.
final class Chain: @unchecked Sendable {
  let rig: Rig
  let left: Guarded<Int>
  let tickets = Guarded([UInt64]())
  let blocking = Guarded([spk_status]())

  init(_ rig: Rig, left: Int) {
    self.rig = rig
    self.left = Guarded(left)
  }

  func submit() -> spk_status {
    rig.submit(
      ticks: 2,
      { completion in
        let chain = Unmanaged<Chain>.fromOpaque(completion!.pointee.user!).takeUnretainedValue()
        chain.tickets.with { $0.append(completion!.pointee.ticket) }
        chain.blocking.with { $0.append(chain.rig.run(ticks: 1)) }
        let goesOn = chain.left.with { (left: inout Int) -> Bool in
          left -= 1; return left > 0
        }
        if goesOn { chain.blocking.with { $0.append(chain.submit()) } }
      }, user: self)
  }
}
