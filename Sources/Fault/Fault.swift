import CSpikelet

/// What went wrong in the world: a status for code, a sentence for people.
///
/// The sentence says where, what was found, what was expected and what to do.
public struct Fault: Error {
  public let status: spk_status
  public let sentence: Sentence

  public init(_ status: spk_status, _ sentence: Sentence) {
    self.status = status
    self.sentence = sentence
  }

  /// The same fault with `place` in front of its sentence.
  public func at(_ place: Sentence) -> Fault {
    Fault(status, "\(place): \(sentence)")
  }
}
