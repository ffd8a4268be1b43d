import CPlatform
import CSpikelet
import Fault
import Memory
import Model
import NeuroCore
import Transport
import WireProtocol

/// What a run is given.
public struct RunInput {
  public var ticks: UInt32
  /// Those of `RunFlag`.
  public var flags: UInt32
  /// Strictly ascending by tick, population and neuron.
  public var events: UnsafeBufferPointer<spk_event>
  /// Strictly ascending by population.
  public var signals: UnsafeBufferPointer<spk_signal>
  /// The same, of other populations.
  public var unitSignals: UnsafeBufferPointer<spk_unit_signal>

  public init(
    ticks: UInt32, flags: UInt32, events: UnsafeBufferPointer<spk_event>,
    signals: UnsafeBufferPointer<spk_signal>, unitSignals: UnsafeBufferPointer<spk_unit_signal>
  ) {
    self.ticks = ticks
    self.flags = flags
    self.events = events
    self.signals = signals
    self.unitSignals = unitSignals
  }
}

/// A presentation as docs/numerics.md 6 has it.
public struct Presentation {
  public var ticks: UInt32
  public var intensities: UnsafeBufferPointer<UInt8>
  /// −1: none.
  public var label: Int32
  public var labelPeriod: UInt32
  public var firstLearningTick: UInt32
  public var flags: UInt32

  public init(
    ticks: UInt32, intensities: UnsafeBufferPointer<UInt8>, label: Int32, labelPeriod: UInt32,
    firstLearningTick: UInt32, flags: UInt32
  ) {
    self.ticks = ticks
    self.intensities = intensities
    self.label = label
    self.labelPeriod = labelPeriod
    self.firstLearningTick = firstLearningTick
    self.flags = flags
  }
}

extension Session {
  /// Runs ticks with input spikes and signals; what fired is left in `events`. Waits for the board, `timeoutMilliseconds` at most.
  public mutating func run(
    _ board: inout BoardConnection, _ input: RunInput, _ buffer: inout RequestBuffer
  ) throws(Fault) {
    var run = try begin(
      &board, try shape.prepare(input, in: &buffer), deadline: deadline(from: spk_platform_now()))
    try complete(&board, &run)
  }

  /// Presents intensities; the scores go to `arrays`, the recorded spikes to `events`. Waits as `run`.
  ///
  /// - Parameters:
  ///   - best: gets the output neuron with most spikes, then the largest potential, then the lowest number; if ticks took place,
  ///     whatever is thrown.
  public mutating func present(
    _ board: inout BoardConnection, _ presentation: Presentation, scores arrays: ScoreArrays,
    _ buffer: inout RequestBuffer, best: inout Int?
  ) throws(Fault) {
    let prepared = try shape.prepare(presentation, scores: arrays, in: &buffer)
    var run = try begin(&board, prepared, deadline: deadline(from: spk_platform_now()))
    defer { if run.ticksDone != nil { best = run.best } }
    try complete(&board, &run)
  }

  /// When a run that begins now has taken too long.
  public func deadline(from now: Int64) -> Int64 {
    now &+ Int64(timeoutMilliseconds) &* 1_000_000
  }

  /// Waits for the end of a run; asks the board to end it when its time is up, or when it is cancelled.
  private mutating func complete(
    _ board: inout BoardConnection, _ run: inout RunProgress
  ) throws(Fault) {
    while true {
      let state = try advance(&board, &run)
      if state == .ended { return }
      let now = spk_platform_now()
      let isCancelled = !run.isStopping && Interrupt.isRaised(board.interrupt)
      if isCancelled || now > run.deadline || (state == .waits && board.descriptor < 0) {
        try stop(&board, &run, isCancelled ? .cancelled : .timeout, now: now)
      } else if state == .waits {
        board.connection.wait(run.isStopping ? nil : board.interrupt, until: run.deadline)
      }
    }
  }
}
