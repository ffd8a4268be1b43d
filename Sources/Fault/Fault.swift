import CSpikelet

/// What went wrong in the world: a status for code; the sentence for people is kept by the thread.
///
/// The sentence says where, what was found, what was expected and what to do. A fault itself is one word, so that
/// throwing it costs no more than returning it; a thread has one sentence, that of the fault made last.
public struct Fault: Error, Equatable {
  public let status: spk_status

  @inline(__always)
  public init(_ status: spk_status, _ text: FaultText) {
    self.init(keptWith: status)
  }

  @inline(never)
  public init(keptWith status: spk_status) {
    self.status = status
    ThreadMessage.commit()
  }

  /// The sentence of the fault that this thread made last: this one's, unless another was made since.
  public var sentence: Sentence {
    ThreadMessage.sentence
  }

  /// The same fault with `place` in front of the thread's sentence.
  @inline(never)
  public func at(_ place: FaultText) -> Fault {
    ThreadMessage.commitBefore()
    return self
  }
}
