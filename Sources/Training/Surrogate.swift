/// A derivative of spikes, hard or smooth, that stays tame through hundreds of ticks.
///
/// A share of g(v') stands for the derivative of the charge by the voltage, and what the gate takes back on the way, −g(v) γ_q, is left
/// out. γ_v and γ_slow are held within ± a limit at each tick, so that one trial in chaos does not drown the others.
///
/// - Source: the share is the dampening of G. Bellec et al., "Long short-term memory and learning-to-learn in networks of spiking
///   neurons", NeurIPS 2018.
public struct Surrogate: Codable, Equatable, Sendable {
  public var share = 0.3
  public var limit = 1e-2

  public init() {}
}
