/// What a neuron does with its drive I; the threshold is at v = 1.
public enum NeuronKind: Codable, Equatable, Sendable {
  /// dv/dt = I; a spike takes 1 from v. The NIF of [Huh2018].
  case integrating
  /// dv/dt = I − v/τ; a spike takes 1 from v. τ in milliseconds.
  case leaky(milliseconds: Double)
  /// dv/dt = (1 + cos 2πv)/τ + (1 − cos 2πv) I on a circle of length 1: a quadratic neuron as a theta neuron, which spikes
  /// at the wrap. The QIF of [Huh2018]. τ in milliseconds. As on a board, v is held at 0 and goes round once a tick at most.
  case quadratic(milliseconds: Double)
}

/// Time constants and the gate of the synapses. Time is in milliseconds.
public struct Dynamics: Codable, Equatable, Sendable {
  public var neuron: NeuronKind
  public var tickMilliseconds: Double
  public var fastMilliseconds: Double
  public var slowMilliseconds: Double
  /// Width of the active zone below the threshold, in which a spike is released little by little.
  public var zone = 0.5
  /// A spike is released at the threshold, as on a board; the adjoint still takes the gate of the zone.
  public var isHard = false
  /// What the adjoint takes in place of the gate.
  public var surrogate: Surrogate?
  /// v stays between them; not for quadratic neurons. The upper one is where a board's membrane saturates.
  public var lowerBound = -2.0
  public static let upperBound = Double((1 << 23) - 1) / Double(BoardScale.threshold)

  public init(
    neuron: NeuronKind, tickMilliseconds: Double, fastMilliseconds: Double, slowMilliseconds: Double
  ) {
    self.neuron = neuron
    self.tickMilliseconds = tickMilliseconds
    self.fastMilliseconds = fastMilliseconds
    self.slowMilliseconds = slowMilliseconds
  }

  /// The voltage of every neuron before the first tick: its rest, as on a board.
  public var startVoltage: Double {
    if case .quadratic = neuron { return 0.5 }
    return 0
  }

  /// Losses a tick, in steps of 1/4096 as boards have them. Source: docs/numerics.md 1.1.
  public var fastLoss: Double { boardLoss(fastMilliseconds) }
  public var slowLoss: Double { boardLoss(slowMilliseconds) }
  public var membraneLoss: Double {
    switch neuron {
    case .integrating: 0
    case .leaky(let milliseconds), .quadratic(let milliseconds): boardLoss(milliseconds)
    }
  }

  private func boardLoss(_ milliseconds: Double) -> Double {
    min(4096, (tickMilliseconds / milliseconds * 4096).rounded()) / 4096
  }
}

/// g(v) ≥ 0 with integral 1 over the active zone, and G, its integral: 3u² − 2u³. Source: [Huh2018].
struct Gate {
  let start: Real
  let steepness: Real

  init(zone: Double) {
    start = Real(1 - zone)
    steepness = Real(1 / zone)
  }

  @inline(__always)
  private func position(_ v: Lanes) -> Lanes {
    let u = (v - start) * steepness
    return u.replacing(with: 0, where: u .< 0).replacing(with: 1, where: u .> 1)
  }

  /// G(v): how much of a spike is out.
  @inline(__always)
  func released(_ v: Lanes) -> Lanes {
    let u = position(v)
    return u * u * (3 - 2 * u)
  }

  /// g(v).
  @inline(__always)
  func density(_ v: Lanes) -> Lanes {
    let u = position(v)
    return 6 * steepness * u * (1 - u)
  }
}
