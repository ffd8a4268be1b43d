/// How trials become harder: by a factor as soon as a test finds enough right answers, up to what the phase allows. A test that
/// finds many fewer than the best one did takes training back to the parameters and the difficulty of that.
public struct Curriculum: Codable, Equatable, Sendable {
  /// Of the first step.
  public var difficulty: Double
  public var growth = 1.25
  /// Share of right answers with which trials become harder.
  public var pass = 0.95
  /// How much less than the best is a collapse.
  public var drop = 0.25

  public init(difficulty: Double) { self.difficulty = difficulty }
}
