import Fault
import Memory
import NeuroCore
import WireProtocol

/// What the probes saw in the last run: of each tick the values of those that see it, probe after probe.
struct ProbeValues: ~Copyable {
  /// What was asked of each probe.
  var requests: InlineArray<16, ProbeRequest> = .init(
    repeating: ProbeRequest(slot: 0, isOn: false, population: 0, variable: 0, first: 0, count: 0))
  private var seen: InlineArray<16, SeenProbe> = .init(repeating: SeenProbe())
  /// Ticks of the last run, once it has ended.
  private var ticks = 0
  private var values = List<Int32>()

  /// A new probe has no values of the last run, whatever stood in its place.
  mutating func add(_ request: ProbeRequest) {
    requests[Int(request.slot)] = request
    seen[Int(request.slot)].isGone = true
  }

  /// - Parameters:
  ///   - count: ticks that the session has had.
  mutating func beginRun(after count: UInt64) {
    for probe in 0..<WireLimit.probes { seen[probe] = SeenProbe(requests[probe], after: count) }
    values.removeAll()
    ticks = 0
  }

  mutating func append(_ reader: inout PayloadReader) throws(Fault) {
    while !reader.failed, reader.remaining > 0 { try values.append(reader.read(Int32.self)) }
  }

  /// - Returns: whether as many values have come as so many ticks give.
  mutating func endRun(ticks: Int) -> Bool {
    var sum = 0
    for probe in 0..<WireLimit.probes { sum += seen[probe].valueCount(ticks) }
    guard sum == values.count else { return false }
    self.ticks = ticks
    return true
  }

  /// Values that a probe has from the last run.
  func count(_ probe: Int) -> Int { seen[probe].isGone ? 0 : seen[probe].valueCount(ticks) }

  /// Copies [ticks that it saw][neurons] of a probe, the first `limit` values.
  func copy(
    _ probe: Int, to destination: UnsafeMutablePointer<Int32>, limit: Int = Int.max
  ) {
    let end = min(count(probe), limit)
    guard let source = values.elements.baseAddress else { return }
    let seen = seen.span
    var done = 0
    var report = 0
    while done < end {
      let tick = seen[probe].tick(report)
      var offset = 0
      for other in 0..<WireLimit.probes {
        offset += seen[other].valueCount(other < probe ? tick + 1 : tick)
      }
      let length = min(seen[probe].neurons, end - done)
      (destination + done).update(from: source + offset, count: length)
      done += length
      report += 1
    }
  }
}

/// A probe as it was in the last run.
private struct SeenProbe: BitwiseCopyable {
  /// 0: no probe.
  var neurons = 0
  private var period = 1
  /// Ticks since the last one before the run that it could see.
  private var phase = 0
  /// Another one is in its place.
  var isGone = false

  init() {}

  init(_ request: ProbeRequest, after count: UInt64) {
    guard request.isOn else { return }
    neurons = Int(request.count)
    period = Int(request.period)
    phase = Int(count % UInt64(request.period))
  }

  /// Values that it gives in the first ticks of the run.
  func valueCount(_ ticks: Int) -> Int { neurons == 0 ? 0 : (phase + ticks) / period * neurons }

  /// The offset of a tick that it sees, numbered from 0.
  func tick(_ report: Int) -> Int { (report + 1) * period - phase - 1 }
}
