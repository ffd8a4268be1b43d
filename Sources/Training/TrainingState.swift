/// All that a training is in the middle of.
public struct TrainingState: Equatable, Sendable {
  struct Best: Equatable, Sendable {
    var loss: Double
    var rightShare: Double
    var difficulty: Double
    var parameters: Parameters
    var adam: Adam
  }

  /// Steps that were taken or left out.
  public internal(set) var step = 0
  public internal(set) var parameters: Parameters
  /// The scale of the weights on a board, from the first deployment phase on; since the last test.
  public internal(set) var scale: BoardScale?
  /// A running mean over steps; 0 before the first step of a phase.
  public internal(set) var loss = 0.0
  /// Steps that were left out, for gradients that exploded.
  public internal(set) var skippedCount = 0
  public internal(set) var rollbackCount = 0
  /// Of the trials of a step, 0 .. 1.
  public internal(set) var difficulty = 1.0
  /// What rates are multiplied with: halved when training goes back, and back to 1 little by little.
  var caution = 1.0
  var phase = -1
  var adam: Adam
  var best: Best?

  init(_ parameters: Parameters) {
    self.parameters = parameters
    adam = Adam(count: parameters.values.count)
  }

  mutating func descend(_ gradient: [Double], rates: [Double]) {
    adam.step(&parameters.values, gradient, rates: rates)
  }
}
