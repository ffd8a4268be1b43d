import CSpikelet

/// Who is told what went wrong in a context, and what became of its boards.
public struct Logger: BitwiseCopyable {
  private let callback: spk_log_callback?
  private let user: UnsafeMutableRawPointer?

  public init(_ callback: spk_log_callback?, user: UnsafeMutableRawPointer?) {
    self.callback = callback
    self.user = user
  }

  public static var none: Logger { Logger(nil, user: nil) }

  /// Tells of the fault that this thread made last.
  public func logFault() {
    guard let callback else { return }
    let user = user
    // A copy: calls inside the callback may fail too, and the sentence is the outer call's afterwards.
    let sentence = ThreadMessage.sentence
    let owner = ThreadMessage.context
    sentence.withText { text in
      ThreadMessage.call { callback(user, UInt32(SPK_LOG_ERROR), text) }
    }
    ThreadMessage.keep(sentence)
    ThreadMessage.context = owner
  }

  public func notice(_ sentence: Sentence) {
    guard let callback else { return }
    let user = user
    sentence.withText { text in
      ThreadMessage.call { callback(user, UInt32(SPK_LOG_NOTICE), text) }
    }
  }
}
