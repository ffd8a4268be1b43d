import CPlatform

/// The sentence of the fault that this thread made last, whose it is, and the one that is being put together.
public enum ThreadMessage {
  static let capacity = Sentence.capacity

  /// Zero-terminated; empty at first. Valid as long as the thread, changed by its next fault.
  public static var text: UnsafePointer<CChar>? {
    let message = platform_thread_message().unsafelyUnwrapped
    return withUnsafeMutableBytes(of: &message.pointee.text) { text in
      text.baseAddress.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
    }
  }

  /// The key of the context that the fault belongs to; 0: none is known.
  public static var context: UInt64 {
    get { platform_thread_message().unsafelyUnwrapped.pointee.context }
    @inline(never)
    set { platform_thread_message().unsafelyUnwrapped.pointee.context = newValue }
  }

  /// The kept sentence as a value.
  public static var sentence: Sentence {
    var sentence = Sentence()
    guard let text else { return sentence }
    sentence.append(
      UnsafeBufferPointer(
        start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text)))
    return sentence
  }

  /// Keeps a sentence that another thread put together.
  public static func keep(_ sentence: Sentence) {
    append(sentence)
    commit()
  }

  /// Whether this thread is inside a callback of the library.
  public static var isInCallback: Bool {
    platform_thread_message().unsafelyUnwrapped.pointee.callbacks != 0
  }

  /// What this thread's callback was given the completion of; nil outside.
  public static var session: UnsafeMutableRawPointer? {
    platform_thread_message().unsafelyUnwrapped.pointee.session
  }

  /// Runs a callback of the program.
  ///
  /// - Parameters:
  ///   - session: whose completion it is given.
  public static func call(_ session: UnsafeMutableRawPointer? = nil, _ body: () -> Void) {
    let message = platform_thread_message().unsafelyUnwrapped
    let outer = message.pointee.session
    message.pointee.session = session
    message.pointee.callbacks += 1
    body()
    message.pointee.callbacks -= 1
    message.pointee.session = outer
  }

  /// Adds to the sentence that is being put together; the one that is kept stays until `commit`.
  @inline(never)
  public static func append(_ text: UnsafeBufferPointer<UInt8>) {
    let message = platform_thread_message().unsafelyUnwrapped
    withUnsafeMutableBytes(of: &message.pointee.draft) { draft in
      var count = Int(message.pointee.draft_count)
      for byte in text {
        guard count < capacity else { break }
        draft[count] = byte < 32 || byte == 127 ? 63 : byte
        count += 1
      }
      message.pointee.draft_count = UInt64(count)
    }
  }

  /// A literal, which ends with a zero.
  @inline(never)
  public static func append(literal: UnsafePointer<UInt8>) {
    var count = 0
    while literal[count] != 0 { count += 1 }
    append(UnsafeBufferPointer(start: literal, count: count))
  }

  @inline(never)
  public static func append(
    _ before: FaultText.Literal?, _ number: Int, _ after: FaultText.Literal?
  ) {
    if let before { append(literal: before) }
    append(number)
    if let after { append(literal: after) }
  }

  @inline(never)
  public static func append(
    _ before: FaultText.Literal?, _ first: Int, _ between: FaultText.Literal?, _ second: Int,
    _ after: FaultText.Literal?
  ) {
    append(before, first, between)
    append(nil, second, after)
  }

  @inline(never)
  public static func append(_ sentence: Sentence) {
    sentence.withBytes { append($0) }
  }

  @inline(never)
  public static func append(_ value: Int) {
    let digits = Sentence(value)
    digits.withBytes { append($0) }
  }

  @inline(never)
  public static func append(_ value: Float) {
    var text = InlineArray<32, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &text) { text in
      let start = text.baseAddress.unsafelyUnwrapped
      spk_platform_digits(start.assumingMemoryBound(to: CChar.self), value)
      append(literal: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)))
    }
  }

  /// Keeps the sentence that was put together, and starts a new one.
  @inline(never)
  static func commit() {
    let message = platform_thread_message().unsafelyUnwrapped
    message.pointee.text = message.pointee.draft
    withUnsafeMutableBytes(of: &message.pointee.text) { text in
      var count = Int(message.pointee.draft_count)
      if count == capacity {
        count = Sentence.wholeCharacters(
          UnsafeBufferPointer(text.bindMemory(to: UInt8.self)), count)
      }
      text[count] = 0
    }
    message.pointee.draft_count = 0
  }

  /// Keeps the sentence that was put together, followed by the one that was kept.
  static func commitBefore() {
    append(literal: (": " as StaticString).utf8Start)
    if let text {
      append(literal: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self))
    }
    commit()
  }
}
