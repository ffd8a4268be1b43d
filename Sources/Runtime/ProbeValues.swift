import Fault
import Memory
import NeuroCore
import WireProtocol

/// What the probes saw in the last run: each tick's values, probe after probe.
struct ProbeValues: ~Copyable {
  /// What was asked of each probe that is there.
  private(set) var requests: InlineArray<16, ProbeRequest> = .init(
    repeating: ProbeRequest(slot: 0, isOn: false, population: 0, variable: 0, first: 0, count: 0))
  /// Values a tick, by probe; 0: no probe.
  var counts: InlineArray<16, Int> = .init(repeating: 0)
  /// The same as they were in the last run.
  var lastCounts: InlineArray<16, Int> = .init(repeating: 0)
  /// Whether a probe was there in the last run.
  private var wasThere: InlineArray<16, Bool> = .init(repeating: false)
  var values = List<Int32>()

  /// A new probe has no values of the last run, whatever stood in its place.
  mutating func add(_ request: ProbeRequest) {
    let probe = Int(request.slot)
    requests[probe] = request
    counts[probe] = Int(request.count)
    wasThere[probe] = false
  }

  mutating func beginRun() {
    for probe in 0..<WireLimit.probes { wasThere[probe] = counts[probe] != 0 }
    values.removeAll()
    lastCounts = counts
  }

  mutating func append(_ reader: inout PayloadReader) throws(Fault) {
    while !reader.failed, reader.remaining > 0 { try values.append(reader.read(Int32.self)) }
  }

  /// Values that one tick of the last run gave.
  private var valuesPerTick: Int {
    var sum = 0
    for index in 0..<WireLimit.probes { sum += lastCounts[index] }
    return sum
  }

  /// Values that a probe has from the last run.
  func count(_ probe: Int) -> Int {
    let perTick = valuesPerTick
    return perTick == 0 || !wasThere[probe] ? 0 : values.count / perTick * lastCounts[probe]
  }

  /// Copies [ticks][neurons] of a probe, the first `limit` values.
  func copy(
    _ probe: Int, to destination: UnsafeMutablePointer<Int32>, limit: Int = Int.max
  ) {
    let perTick = valuesPerTick
    let length = lastCounts[probe]
    guard perTick > 0, length > 0, wasThere[probe], let source = values.elements.baseAddress else {
      return
    }
    var offset = 0
    for index in 0..<probe { offset += lastCounts[index] }
    for tick in 0..<(values.count / perTick) where tick * length < limit {
      (destination + tick * length).update(
        from: source + tick * perTick + offset, count: min(length, limit - tick * length))
    }
  }
}
