import Foundation

/// What a fingertip of 16 taxels feels, as events: strokes of an edge, taps, and a point that goes round.
///
/// Every kind gives each taxel about as many events, so that it is their order that tells kinds apart. Source: docs/training.md,
/// "Touches".
public struct Touch: Codable, Equatable, Sendable {
  public enum Kind: Int, CaseIterable, Sendable {
    case up, down, tap, doubleTap, clockwise, counterClockwise, left, right

    public var name: String {
      switch self {
      case .up: "up"
      case .down: "down"
      case .left: "left"
      case .right: "right"
      case .tap: "tap"
      case .doubleTap: "double tap"
      case .clockwise: "clockwise"
      case .counterClockwise: "counter-clockwise"
      }
    }
  }

  /// Taxels stand in a square, row by row from the lower left one.
  public static let side = 4
  public static let taxelCount = side * side
  public static let milliseconds = 240.0

  public var onsetsMilliseconds = 0.0...40.0
  public var durationsMilliseconds = 100.0...160.0
  public var gains = 0.6...1.4
  /// Standard deviation of the logarithm of a taxel's own gain in a touch.
  public var taxelSpread = 0.3
  /// Standard deviation of the direction of a stroke, in radians.
  public var slant = 0.2
  /// Of a taxel in the middle of the contact, in events a second.
  public var rate = 150.0
  public var silentTaxelShare = 0.05
  /// Events that nothing caused, a second and taxel.
  public var spuriousRate = 3.0

  public init() {}

  /// The events of one touch.
  ///
  /// - Parameter tickMilliseconds: a taxel has one event a tick at most.
  /// - Returns: [ticks][taxels]
  public func events(
    _ kind: Kind, tickMilliseconds: Double, _ draws: inout Draws
  ) -> [Bool] {
    let gain = draws.uniform(gains)
    let taxelGains = (0..<Self.taxelCount).map { _ in
      draws.uniform() < silentTaxelShare ? 0 : gain * exp(taxelSpread * draws.normal())
    }
    let onset = draws.uniform(onsetsMilliseconds)
    let duration = draws.uniform(durationsMilliseconds)
    let contact = Contact(kind, slant: slant, &draws)
    return (0..<Int(Self.milliseconds / tickMilliseconds)).flatMap { tick in
      let time = (Double(tick) * tickMilliseconds - onset) / duration
      return (0..<Self.taxelCount).map { taxel in
        let pressure = taxelGains[taxel] * contact.pressure(taxel, time)
        let expected = (spuriousRate + rate * pressure) * tickMilliseconds / 1000
        return draws.uniform() < expected
      }
    }
  }
}

/// How a touch goes on: time runs from 0 to 1, places are in taxels from the centre.
private struct Contact {
  private let kind: Touch.Kind
  /// Of a stroke, or where a round begins.
  private let angle: Double

  init(_ kind: Touch.Kind, slant: Double, _ draws: inout Draws) {
    self.kind = kind
    switch kind {
    case .right: angle = slant * draws.normal()
    case .up: angle = 0.5 * Double.pi + slant * draws.normal()
    case .left: angle = Double.pi + slant * draws.normal()
    case .down: angle = 1.5 * Double.pi + slant * draws.normal()
    case .tap, .doubleTap: angle = 0
    case .clockwise, .counterClockwise: angle = 2 * Double.pi * draws.uniform()
    }
  }

  /// 0 .. 1 where a touch is; its integral over time is 0.3 for each taxel, or, in a round, in the mean of them.
  func pressure(_ taxel: Int, _ time: Double) -> Double {
    let centre = Double(Touch.side - 1) / 2
    let x = Double(taxel % Touch.side) - centre
    let y = Double(taxel / Touch.side) - centre
    switch kind {
    case .up, .down, .left, .right:
      return bell(x * cos(angle) + y * sin(angle) - 5 * (time - 0.5), width: 0.6)
    case .tap:
      return bell(time - 0.5, width: 0.12)
    case .doubleTap:
      return bell(time - 0.25, width: 0.06) + bell(time - 0.75, width: 0.06)
    case .clockwise, .counterClockwise:
      guard (0...1).contains(time) else { return 0 }
      let turn = 2 * Double.pi * (kind == .clockwise ? -time : time) + angle
      let distance = hypot(x - 1.3 * cos(turn), y - 1.3 * sin(turn))
      return bell(distance, width: 1)
    }
  }

  private func bell(_ distance: Double, width: Double) -> Double {
    exp(-distance * distance / (2 * width * width))
  }
}

extension Draws {
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }
}
