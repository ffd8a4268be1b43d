import CPlatform
import Fault
import Glibc
import Transport
import WireProtocol

/// A link around one to a board in the process, which looks like one that has to be waited for; what comes of each request is
/// the test's.
final class InterposedLink {
  /// Bytes for the host, and the milliseconds that they take.
  typealias Answer = (bytes: [UInt8], milliseconds: Int)
  /// What the host gets of a request; the board's own answer may be had.
  typealias Answering = (Request, [UInt8], _ board: ([UInt8]) -> [UInt8]) -> Answer

  private var inner: Link
  private let answering: Answering
  /// Gives more once nothing is left.
  private let flood: (() -> [UInt8])?
  private var outbox: [UInt8] = []
  private var inbox: [UInt8] = []
  private var readyTime: Int64 = 0
  /// Always readable: who waits looks at once.
  private let descriptor: Int32

  private init(
    _ inner: consuming Link, _ answering: @escaping Answering, _ flood: (() -> [UInt8])?
  ) {
    self.inner = inner
    self.answering = answering
    self.flood = flood
    descriptor = spk_platform_event()
    spk_platform_signal(descriptor)
  }

  deinit { close(descriptor) }

  static func wrap(
    _ inner: consuming Link, flood: (() -> [UInt8])? = nil, _ answering: @escaping Answering
  ) -> Link {
    let link = InterposedLink(inner, answering, flood)
    return Link(
      LinkOperations(
        send: { context, bytes, count, _, sent in
          sent.pointee = count
          InterposedLink.at(context).send(UnsafeRawBufferPointer(start: bytes, count: count))
          return LinkResult.done.rawValue
        },
        receive: { context, buffer, capacity, count in
          count.pointee = InterposedLink.at(context).receive(
            UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
          return LinkResult.done.rawValue
        },
        descriptor: { InterposedLink.at($0).descriptor },
        close: { Unmanaged<InterposedLink>.fromOpaque($0).release() }, showsRoom: true),
      context: Unmanaged.passRetained(link).toOpaque())
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> InterposedLink {
    Unmanaged<InterposedLink>.fromOpaque(context).takeUnretainedValue()
  }

  private func send(_ bytes: UnsafeRawBufferPointer) {
    outbox += bytes
    while let header = outbox.withUnsafeBytes(FrameHeader.parse),
      header.frameBytes <= outbox.count
    {
      let frame = Array(outbox.prefix(header.frameBytes))
      outbox.removeFirst(header.frameBytes)
      let answer = answering(Request(rawValue: header.type)!, frame, ask)
      inbox += answer.bytes
      readyTime = spk_platform_now() + Int64(answer.milliseconds) * 1_000_000
    }
  }

  /// What the board answers.
  private func ask(_ frame: [UInt8]) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: 1 << 17)
    return frame.withUnsafeBytes { frame in
      piece.withUnsafeMutableBytes { room in
        do throws(Fault) {
          guard try inner.send(frame, deadline: .max) == frame.count else { return [] }
          return Array(room.prefix(try inner.receive(into: room)))
        } catch {
          return []
        }
      }
    }
  }

  private func receive(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard spk_platform_now() >= readyTime else { return 0 }
    if inbox.isEmpty, let flood { inbox = flood() }
    let count = min(room.count, inbox.count)
    room.copyBytes(from: inbox.prefix(count))
    inbox.removeFirst(count)
    return count
  }
}
