import CSpikelet
import Fault
import WireProtocol

/// Values of an analogue population as a program has them: in counts, as the board has them, or in physical units.
public struct SignalValues: BitwiseCopyable {
  private let counts: UnsafePointer<Int16>?
  private let units: UnsafePointer<Float>?

  public init(counts: UnsafePointer<Int16>?) {
    self.counts = counts
    units = nil
  }

  public init(units: UnsafePointer<Float>?) {
    self.units = units
    counts = nil
  }

  var areUnits: Bool { units != nil }
  var areNull: Bool { counts == nil && units == nil }

  /// The first of them that is beyond the population's limit, or no number; nil if there is none.
  func firstRefused(_ count: Int, of shape: UnsafePointer<PopulationShape>) -> Int? {
    if let counts {
      let limit = shape.pointee.valueLimit
      for place in 0..<count where Int(counts[place]).magnitude > limit { return place }
    } else if let units {
      for place in 0..<count where shape.pointee.counts(units[place]) == nil { return place }
    }
    return nil
  }

  /// Writes them down in counts; `firstRefused` has found none.
  func put(
    _ count: Int, of shape: UnsafePointer<PopulationShape>, _ writer: inout PayloadWriter
  ) {
    if let counts {
      writer.put(UnsafeBufferPointer(start: counts, count: count))
    } else if let units, let room = writer.putRoom(2 * count) {
      for place in 0..<count {
        let value = shape.pointee.counts(units[place]) ?? 0
        room.storeBytes(of: value.littleEndian, toByteOffset: 2 * place, as: Int16.self)
      }
    }
  }

  /// What to say of one that is refused.
  func refusal(_ place: Int, of shape: UnsafePointer<PopulationShape>) -> Fault {
    let limit = shape.pointee.valueLimit
    if let units {
      let scale = shape.pointee.countsPerUnit
      return Fault(
        .SPK_ERROR_ARGUMENT,
        "value \(units[place]) found, magnitude at most \(Float(limit) / Float(scale)) expected, which is \(limit) counts at \(scale) a unit"
      )
    }
    return Fault(
      .SPK_ERROR_ARGUMENT,
      "value \(counts?[place] ?? 0) found, magnitude at most \(limit) expected")
  }
}

/// One signal of a run.
struct RunSignal {
  let noun: StaticString
  /// In the array that it came in.
  let index: Int
  let population: UInt32
  let reserved: UInt32
  let values: SignalValues
}

/// The signals of a run, those in counts and those in units, which each ascend by population, as one list that does.
struct RunSignals {
  let counts: UnsafeBufferPointer<spk_signal>
  let units: UnsafeBufferPointer<spk_unit_signal>
  private var countIndex = 0
  private var unitIndex = 0

  init(_ input: RunInput) {
    counts = input.signals
    units = input.unitSignals
  }

  var total: Int { counts.count + units.count }

  mutating func next() -> RunSignal? {
    let hasCounts = countIndex < counts.count
    if unitIndex < units.count,
      !hasCounts || units[unitIndex].population < counts[countIndex].population
    {
      let signal = units[unitIndex]
      defer { unitIndex += 1 }
      return RunSignal(
        noun: "unit signal", index: unitIndex, population: signal.population,
        reserved: signal.reserved, values: SignalValues(units: signal.values))
    }
    guard hasCounts else { return nil }
    let signal = counts[countIndex]
    defer { countIndex += 1 }
    return RunSignal(
      noun: "signal", index: countIndex, population: signal.population,
      reserved: signal.reserved, values: SignalValues(counts: signal.values))
  }
}
