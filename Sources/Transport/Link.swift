import Fault

/// A stream of bytes to one board and back, none of whose functions waits. These are all that a new kind of link has to bring.
///
/// `context` is what the link was made with; results are raw `LinkResult`s.
public struct LinkOperations {
  /// Takes bytes for the board, as many as there is room for; their number goes to the last argument. The time before it is
  /// when the request that they belong to has taken too long: monotonic, in nanoseconds; for boards that work inside this call.
  public var send:
    @convention(c) (
      UnsafeMutableRawPointer, UnsafeRawPointer, Int, Int64, UnsafeMutablePointer<Int>
    ) -> Int32
  /// Gives bytes that have come; their number, perhaps 0, goes to the last argument.
  public var receive:
    @convention(c) (
      UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int, UnsafeMutablePointer<Int>
    ) -> Int32
  /// The descriptor to poll for input; −1 where the answer is there as soon as `send` returns.
  public var descriptor: @convention(c) (UnsafeMutableRawPointer) -> Int32
  /// Ends the link and frees the context.
  public var close: @convention(c) (UnsafeMutableRawPointer) -> Void
  /// Whether the descriptor is writable when there is room; if not, it is readable then too, once a `send` was cut short.
  public var showsRoom: Bool

  public init(
    send:
      @convention(c) (
        UnsafeMutableRawPointer, UnsafeRawPointer, Int, Int64, UnsafeMutablePointer<Int>
      ) -> Int32,
    receive:
      @convention(c) (
        UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int, UnsafeMutablePointer<Int>
      ) -> Int32,
    descriptor: @convention(c) (UnsafeMutableRawPointer) -> Int32,
    close: @convention(c) (UnsafeMutableRawPointer) -> Void, showsRoom: Bool
  ) {
    self.send = send
    self.receive = receive
    self.descriptor = descriptor
    self.close = close
    self.showsRoom = showsRoom
  }
}

/// How a link operation ended; its raw value is what the functions of a link return.
public enum LinkResult: Int32 {
  case done = 0
  /// The board is gone, or no longer understands.
  case lost = 1
  case noMemory = 2
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
        send: { _, _, _, _, _ in LinkResult.lost.rawValue },
        receive: { _, _, _, _ in LinkResult.lost.rawValue },
        descriptor: { _ in -1 }, close: { _ in }, showsRoom: true),
      context: UnsafeMutableRawPointer(bitPattern: 1).unsafelyUnwrapped)
  }

  /// Sends what there is room for.
  ///
  /// - Parameters:
  ///   - deadline: when the request has taken too long; monotonic, in nanoseconds.
  /// - Returns: bytes sent.
  /// - Throws: LOST or NO_MEMORY.
  public func send(_ bytes: UnsafeRawBufferPointer, deadline: Int64) throws(Fault) -> Int {
    guard let start = bytes.baseAddress else { return 0 }
    var count = 0
    try check(operations.send(context, start, bytes.count, deadline, &count))
    return count
  }

  /// Takes what has come.
  ///
  /// - Returns: bytes received, 0 if nothing is there.
  /// - Throws: as `send`.
  public func receive(into buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    var count = 0
    try check(operations.receive(context, start, buffer.count, &count))
    return count
  }

  /// The descriptor to poll for input; −1 where the answer is there as soon as `send` returns.
  public var descriptor: Int32 { operations.descriptor(context) }

  /// Whether the descriptor is writable when there is room; if not, it is readable then too.
  public var showsRoom: Bool { operations.showsRoom }

  private func check(_ result: Int32) throws(Fault) {
    switch LinkResult(rawValue: result) {
    case .done: return
    case .noMemory: throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory on the way to the board")
    case .lost, nil:
      throw Fault(
        .SPK_ERROR_LOST,
        "the board is lost; when it is there again, spk_session_resume() goes on from a snapshot")
    }
  }

  deinit { operations.close(context) }
}
