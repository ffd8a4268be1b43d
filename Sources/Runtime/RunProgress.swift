import CSpikelet
import Fault
import Memory
import NeuroCore
import Transport
import WireProtocol

/// A run or a presentation that is checked, written down and not sent yet.
public struct PreparedRun {
  let request: Request
  public let ticks: UInt32
  let writer: PayloadWriter
  let eventCount: Int
  let isLearning: Bool
  var scores: ScoreCollector
}

/// A run or a presentation that the board was sent.
public struct RunProgress {
  /// Why it was asked to end early.
  public enum Stop { case timeout, cancelled }

  let request: Request
  let ticks: UInt32
  let isLearning: Bool
  var scores: ScoreCollector
  /// Memory ran out for what it gives.
  var isShort = false
  /// Ticks that took place, once the board has said so.
  public fileprivate(set) var ticksDone: UInt32?
  fileprivate var stop: Stop?
  /// What the board refused it with.
  fileprivate var refusal: spk_status?
  /// When it is asked to end, and after that, when the board is given up.
  public fileprivate(set) var deadline: Int64

  public var best: Int { scores.best }

  /// Whether the board was asked to end it.
  public var isStopping: Bool { stop != nil }
}

/// What a run waits for.
public enum RunState {
  case ended
  /// Something of the board.
  case waits
  /// Nothing: more has come already than is taken at a time, so that the clock is looked at however much a board sends.
  case more
}

/// Frames of an answer that are taken at a time.
private let frameLimit = 64

/// Time that a board has to end a run once it was asked to.
private let stopNanoseconds: Int64 = 2_000_000_000

extension Session {
  /// Sends a run; what it gives is then taken by `advance`.
  ///
  /// - Parameters:
  ///   - deadline: when it shall be asked to end; monotonic, in nanoseconds.
  public mutating func begin(
    _ board: inout BoardConnection, _ run: PreparedRun, deadline: Int64
  ) throws(Fault) -> RunProgress {
    try board.connection.checkThere()
    board.connection.beginCall(deadline: deadline)
    if isPositionStale { try exchangePosition(&board, nil) }
    forgetRun()
    isUncertain = true
    try board.connection.send(run.request, run.writer)
    board.connection.counters.eventsOut &+= UInt64(run.eventCount)
    return RunProgress(
      request: run.request, ticks: run.ticks, isLearning: run.isLearning, scores: run.scores,
      deadline: deadline)
  }

  /// Takes what has come of a run's answer, without waiting.
  ///
  /// - Returns: whether it has ended.
  /// - Throws: TIMEOUT or CANCELLED if it ended early, NO_MEMORY if what it gave is lost, what the board refused, and what links
  ///   throw; it has ended then.
  public mutating func advance(
    _ board: inout BoardConnection, _ run: inout RunProgress
  ) throws(Fault) -> RunState {
    var framesLeft = frameLimit
    while board.connection.unansweredCount > 0 {
      guard framesLeft > 0 else { return .more }
      framesLeft -= 1
      do throws(Fault) {
        guard let reply = try board.connection.replyNow() else { return .waits }
        try take(reply, &board, &run)
      } catch {
        isUncertain = board.isLost
        isPositionStale = true
        guard !board.isLost, board.connection.unansweredCount > 0 else { throw error }
        // The answer to `stop` comes behind it.
        run.refusal = error.status
      }
    }
    isUncertain = false
    if let status = run.refusal {
      throw Fault(status, "the board refused the run, which was asked to end meanwhile")
    }
    try finish(&board, run)
    return .ended
  }

  /// Asks the board to end a run, or gives the board up if it was asked before.
  public func stop(
    _ board: inout BoardConnection, _ run: inout RunProgress, _ cause: RunProgress.Stop, now: Int64
  ) throws(Fault) {
    guard run.stop == nil else {
      throw board.connection.lose(
        Fault(
          .SPK_ERROR_TIMEOUT,
          "the board did not answer in the time given, nor when it was asked to end the run; it is taken for lost"
        ))
    }
    run.stop = cause
    run.deadline = now &+ stopNanoseconds
    try board.connection.send(.stop, try board.connection.writer())
  }

  /// One frame of the answer. Takes all frames, even if memory for them runs out on the way.
  private mutating func take(
    _ reply: Connection.Reply, _ board: inout BoardConnection, _ run: inout RunProgress
  ) throws(Fault) {
    guard run.ticksDone == nil, run.refusal == nil else {
      guard reply.type == Request.stop.reply, !reply.hasMore, reply.payload.isEmpty else {
        throw board.connection.malformedReply(.stop)
      }
      return
    }
    var reader = PayloadReader(reply.payload)
    guard reply.hasMore == (reply.type != run.request.reply) else {
      throw board.connection.malformedReply(run.request)
    }
    do throws(Fault) {
      switch reply.type {
      case Report.events where !run.isShort: try append(&reader, ticks: run.ticks)
      case Report.probe where !run.isShort: try probes.append(&reader)
      case Report.events, Report.probe: return
      case Report.scores: run.scores.append(&reader)
      case run.request.reply:
        let ticks = reader.read(UInt32.self)
        if ticks >= 1, ticks <= run.ticks { run.ticksDone = ticks } else { reader.fail() }
      default: reader.fail()
      }
    } catch {
      run.isShort = true
      return
    }
    guard reader.isComplete else { throw board.connection.malformedReply(run.request) }
    guard let ticks = run.ticksDone else { return }
    guard run.scores.isComplete, probes.endRun(ticks: Int(ticks)) || run.isShort
    else { throw board.connection.malformedReply(run.request) }
  }

  private mutating func append(_ reader: inout PayloadReader, ticks: UInt32) throws(Fault) {
    while let spike = reader.readSpike() {
      guard spike.tick < ticks, spike.population < populations.count,
        spike.neuron < populations[Int(spike.population)].count
      else { return reader.fail() }
      try events.append(
        spk_event(tick: spike.tick, population: spike.population, neuron: spike.neuron))
    }
  }

  private mutating func finish(
    _ board: inout BoardConnection, _ run: RunProgress
  ) throws(Fault) {
    let done = run.ticksDone ?? 0
    board.connection.counters.ticks &+= UInt64(done)
    board.connection.counters.eventsIn &+= UInt64(events.count)
    if run.isLearning {
      position.learning = (position.learning &+ UInt64(done)) & (1 << 56 - 1)
    } else {
      position.frozen = (position.frozen &+ UInt64(done)) & (1 << 56 - 1)
    }
    if run.isShort {
      forgetRun()
      throw Fault(
        .SPK_ERROR_NO_MEMORY,
        "out of memory for what the run gave: it took place, and its spikes and probe values are lost"
      )
    }
    guard done < run.ticks else { return }
    guard run.stop == .cancelled || (run.stop == nil && Interrupt.isRaised(board.interrupt)) else {
      throw Fault(
        .SPK_ERROR_TIMEOUT,
        "the time given ran out: \(done) of \(run.ticks) ticks took place, and the session goes on from there"
      )
    }
    throw Fault(
      .SPK_ERROR_CANCELLED,
      "the run was cancelled: \(done) of \(run.ticks) ticks took place, and the session goes on from there"
    )
  }
}
