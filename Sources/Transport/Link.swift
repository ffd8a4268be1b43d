import Fault

/// A stream of bytes to one board and back. These functions are all that a new kind of link has to bring.
///
/// `context` is what the link was made with; deadlines are monotonic, in nanoseconds; results are raw `LinkResult`s.
public struct LinkOperations {
  /// Sends all bytes.
  public var send: @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int, Int64) -> Int32
  /// Takes what has come, waiting for at least one byte; the count goes to the last argument. Deadline 0: does not wait.
  public var receive:
    @convention(c) (
      UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int, Int64, UnsafeMutablePointer<Int>
    ) -> Int32
  /// The descriptor to poll for input; −1 where the answer is there as soon as `send` returns.
  public var descriptor: @convention(c) (UnsafeMutableRawPointer) -> Int32
  /// Ends the link and frees the context.
  public var close: @convention(c) (UnsafeMutableRawPointer) -> Void

  public init(
    send: @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int, Int64) -> Int32,
    receive:
      @convention(c) (
        UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int, Int64, UnsafeMutablePointer<Int>
      ) -> Int32,
    descriptor: @convention(c) (UnsafeMutableRawPointer) -> Int32,
    close: @convention(c) (UnsafeMutableRawPointer) -> Void
  ) {
    self.send = send
    self.receive = receive
    self.descriptor = descriptor
    self.close = close
  }
}

/// How a link operation ended; its raw value is what the functions of a link return.
public enum LinkResult: Int32 {
  case done = 0
  case timeout = 1
  /// The board is gone, or no longer understands.
  case lost = 2
  case noMemory = 3
}

/// An open link; closes with its owner.
public struct Link: ~Copyable {
  private let operations: LinkOperations
  private let context: UnsafeMutableRawPointer

  public init(_ operations: LinkOperations, context: UnsafeMutableRawPointer) {
    self.operations = operations
    self.context = context
  }

  /// A link that is lost, and has nothing to close.
  public static var lost: Link {
    Link(
      LinkOperations(
        send: { _, _, _, _ in LinkResult.lost.rawValue },
        receive: { _, _, _, _, _ in LinkResult.lost.rawValue },
        descriptor: { _ in -1 }, close: { _ in }),
      context: UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped)
  }

  /// - Throws: TIMEOUT, LOST or NO_MEMORY.
  public func send(_ bytes: UnsafeRawBufferPointer, deadline: Int64) throws(Fault) {
    guard let start = bytes.baseAddress else { return }
    try check(operations.send(context, start, bytes.count, deadline))
  }

  /// - Returns: bytes received, at least one.
  /// - Throws: as `send`.
  public func receive(
    into buffer: UnsafeMutableRawBufferPointer, deadline: Int64
  ) throws(Fault) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var count = 0
    try check(operations.receive(context, start, buffer.count, deadline, &count))
    return count
  }

  /// What has come, without waiting.
  ///
  /// - Returns: bytes received, 0 if nothing is there.
  public func receiveNow(into buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var count = 0
    let result = operations.receive(context, start, buffer.count, 0, &count)
    guard result != LinkResult.timeout.rawValue else { return 0 }
    try check(result)
    return count
  }

  /// The descriptor to poll for input; −1 where the answer is there as soon as `send` returns.
  public var descriptor: Int32 { operations.descriptor(context) }

  private func check(_ result: Int32) throws(Fault) {
    switch LinkResult(rawValue: result) {
    case .done: return
    case .timeout:
      throw Fault(.SPK_ERROR_TIMEOUT, "the board did not answer in the time given")
    case .noMemory: throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory on the way to the board")
    case .lost, nil:
      throw Fault(
        .SPK_ERROR_LOST,
        "the board is lost; when it is there again, spk_session_resume() goes on from a snapshot")
    }
  }

  deinit { operations.close(context) }
}
