import CPlatform
import Fault
import Memory

/// A link to a board in the same process: the board answers inside `send`, on the caller's thread.
public struct InProcessLink: ~Copyable {
  /// Hands bytes to the board; false if it no longer understands.
  public typealias Deliver =
    @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, Int) -> Bool
  /// Ends the board.
  public typealias Release = @convention(c) (UnsafeMutableRawPointer) -> Void

  private var outbox = List<UInt8>()
  private var taken = 0
  private var outOfMemory = false
  private let interrupt: Interrupt.Pointer
  /// When the request that the board works on has taken too long.
  private var deadline: Int64 = 0
  private var board: UnsafeMutableRawPointer?
  private var deliver: Deliver?
  private var release: Release?

  private init(_ interrupt: Interrupt.Pointer) { self.interrupt = interrupt }

  /// A link without a board yet. Its address is what the board sends to, by `acceptReply`.
  ///
  /// - Parameters:
  ///   - interrupt: ends a run; stays the caller's, and must outlive the link.
  public static func make(_ interrupt: Interrupt.Pointer) throws(Fault) -> UnsafeMutableRawPointer {
    guard let raw = spk_platform_allocate(MemoryLayout<InProcessLink>.size) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a link in the process")
    }
    raw.bindMemory(to: InProcessLink.self, capacity: 1).initialize(to: InProcessLink(interrupt))
    return raw
  }

  /// Joins a board to the link at `address`, which then owns both.
  public static func join(
    _ address: UnsafeMutableRawPointer, board: UnsafeMutableRawPointer,
    deliver: @escaping Deliver, release: @escaping Release
  ) -> Link {
    let link = at(address)
    link.pointee.board = board
    link.pointee.deliver = deliver
    link.pointee.release = release
    return Link(
      LinkOperations(
        send: sendInProcess, receive: receiveInProcess, descriptor: { _ in -1 },
        close: closeInProcess, showsRoom: true),
      context: address)
  }

  /// Frees a link that no board was joined to.
  public static func discard(_ address: UnsafeMutableRawPointer) { close(address) }

  /// Takes bytes of the board for the host; the board's way to send.
  public static let acceptReply:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer, Int) -> Bool = {
      address, bytes, count in
      guard let address else { return false }
      let link = at(address)
      do throws(Fault) {
        try link.pointee.outbox.append(
          UnsafeBufferPointer(start: bytes.assumingMemoryBound(to: UInt8.self), count: count))
        return true
      } catch {
        link.pointee.outOfMemory = true
        return false
      }
    }

  /// Whether a run has to end: its time is up, or it was cancelled. The board asks after each tick.
  public static let stops: @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Bool = {
    address, _ in
    guard let address else { return true }
    let link = at(address)
    return Interrupt.isRaised(link.pointee.interrupt) || spk_platform_now() > link.pointee.deadline
  }

  fileprivate static func at(
    _ address: UnsafeMutableRawPointer
  ) -> UnsafeMutablePointer<InProcessLink> {
    address.assumingMemoryBound(to: InProcessLink.self)
  }

  /// Takes the address, not `self`: the board answers into the same link before `deliver` returns.
  fileprivate static func send(
    _ link: UnsafeMutablePointer<InProcessLink>, _ bytes: UnsafeRawPointer, _ count: Int,
    deadline: Int64
  ) -> LinkResult {
    link.pointee.deadline = deadline
    link.pointee.outOfMemory = false
    guard let board = link.pointee.board, let deliver = link.pointee.deliver else { return .lost }
    if deliver(board, bytes, count) { return .done }
    return link.pointee.outOfMemory ? .noMemory : .lost
  }

  fileprivate mutating func receive(
    _ buffer: UnsafeMutableRawPointer, _ capacity: Int, _ count: UnsafeMutablePointer<Int>
  ) {
    let length = min(capacity, outbox.count - taken)
    guard length > 0, let first = outbox.elements.baseAddress else { return }
    buffer.copyMemory(from: first + taken, byteCount: length)
    taken += length
    if taken == outbox.count {
      outbox.removeAll()
      taken = 0
    }
    count.pointee = length
  }

  fileprivate static func close(_ address: UnsafeMutableRawPointer) {
    let link = at(address)
    if let board = link.pointee.board, let release = link.pointee.release { release(board) }
    link.deinitialize(count: 1)
    free(address)
  }
}

private func sendInProcess(
  _ address: UnsafeMutableRawPointer, _ bytes: UnsafeRawPointer, _ count: Int, _ deadline: Int64,
  _ sent: UnsafeMutablePointer<Int>
) -> Int32 {
  sent.pointee = count
  return InProcessLink.send(InProcessLink.at(address), bytes, count, deadline: deadline).rawValue
}

private func receiveInProcess(
  _ address: UnsafeMutableRawPointer, _ buffer: UnsafeMutableRawPointer, _ capacity: Int,
  _ count: UnsafeMutablePointer<Int>
) -> Int32 {
  InProcessLink.at(address).pointee.receive(buffer, capacity, count)
  return LinkResult.done.rawValue
}

private func closeInProcess(_ address: UnsafeMutableRawPointer) { InProcessLink.close(address) }
