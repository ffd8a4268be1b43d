import CPlatform
import CSpikelet
import Fault

/// A link over a stream socket: to `spikelet-board`, or to whatever else speaks docs/wire-protocol.md.
public enum StreamLink {
  /// Connects to the board at a `unix:` or `tcp:` locator.
  ///
  /// A host that is a name is looked up first, which takes the time that the system's resolver takes.
  ///
  /// - Parameter deadline: monotonic, in nanoseconds.
  /// - Throws: NOT_FOUND if nobody is there, TIMEOUT, IO.
  public static func open(_ locator: Locator, deadline: Int64) throws(Fault) -> Link {
    let attempt = StreamAttempt(locator, deadline: deadline)
    guard attempt.descriptor >= 0 else { throw attempt.fault(locator) }
    return over(attempt.descriptor)
  }

  /// Whether somebody takes connections at a locator. Connects, and closes at once.
  ///
  /// Someone whose queue of connections is full is there too. Leaves the thread's sentence alone.
  public static func isThere(_ locator: Locator, deadline: Int64) -> Bool {
    guard locator.kind != .simulated else { return true }
    // A `unix:` socket answers at once, unless its queue is full.
    let attempt = StreamAttempt(locator, deadline: locator.kind == .unix ? 0 : deadline)
    if attempt.descriptor >= 0 { close(attempt.descriptor) }
    return attempt.descriptor >= 0 || attempt.code == EAGAIN
  }

  /// A link over a connected socket that does not block, which it then owns.
  public static func over(_ descriptor: Int32) -> Link {
    Link(
      LinkOperations(
        send: { context, bytes, count, _, sent in
          StreamSocket.send(socket(context), bytes, count, sent).rawValue
        },
        receive: { context, buffer, capacity, count in
          StreamSocket.receive(socket(context), buffer, capacity, count).rawValue
        },
        descriptor: { socket($0) },
        close: { _ = close(socket($0)) }, showsRoom: true),
      context: UnsafeMutableRawPointer(bitPattern: Int(descriptor) + 1).unsafelyUnwrapped)
  }
}

/// The context of a stream link is its descriptor plus one, which is never null: it needs no memory.
private func socket(_ context: UnsafeMutableRawPointer) -> Int32 {
  Int32(truncatingIfNeeded: Int(bitPattern: context) - 1)
}
