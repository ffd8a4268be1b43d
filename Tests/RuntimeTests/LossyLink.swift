import CPlatform
import Fault
import Transport

/// A link around one to a board in the process, which looks like one that has to be waited for, and which damages what passes
/// until so many faults have come about.
final class LossyLink {
  private var inner: Link
  private var generator: SeededGenerator
  private var faultsLeft: Int
  private var inbox: [UInt8] = []
  /// Always readable: the board has answered before anybody waits.
  private let descriptor: Int32

  private init(_ inner: consuming Link, seed: UInt64, faults: Int) {
    self.inner = inner
    generator = SeededGenerator(state: seed)
    faultsLeft = faults
    descriptor = spk_platform_event()
    spk_platform_signal(descriptor)
  }

  deinit { close(descriptor) }

  static func wrap(_ inner: consuming Link, seed: UInt64, faults: Int) -> Link {
    let link = LossyLink(inner, seed: seed, faults: faults)
    return Link(
      LinkOperations(
        send: { context, bytes, count, deadline, sent in
          // Cut short now and then, as by a full buffer.
          let link = LossyLink.at(context)
          sent.pointee = link.generator.chance(20) ? link.generator.integer(0...count) : count
          return link.send(
            Array(UnsafeRawBufferPointer(start: bytes, count: sent.pointee)), deadline)
        },
        receive: { context, buffer, capacity, count in
          count.pointee = LossyLink.at(context).receive(
            UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
          return LinkResult.done.rawValue
        },
        descriptor: { LossyLink.at($0).descriptor },
        close: { Unmanaged<LossyLink>.fromOpaque($0).release() }, showsRoom: true),
      context: Unmanaged.passRetained(link).toOpaque())
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> LossyLink {
    Unmanaged<LossyLink>.fromOpaque(context).takeUnretainedValue()
  }

  private func send(_ bytes: [UInt8], _ deadline: Int64) -> Int32 {
    let passed = damaged(bytes)
    let isSent = passed.withUnsafeBytes { bytes in
      do throws(Fault) { return try inner.send(bytes, deadline: deadline) == bytes.count } catch {
        return false
      }
    }
    return (isSent && collect() ? LinkResult.done : .lost).rawValue
  }

  /// Takes what the board has answered; false if its link is lost.
  private func collect() -> Bool {
    var piece = [UInt8](repeating: 0, count: 1 << 17)
    var answer: [UInt8] = []
    while true {
      let count = piece.withUnsafeMutableBytes { room in
        do throws(Fault) { return try inner.receive(into: room) } catch { return -1 }
      }
      guard count >= 0 else { return false }
      guard count > 0 else { break }
      answer += piece[..<count]
    }
    inbox += damaged(answer)
    return true
  }

  private func receive(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, inbox.count, generator.chance(20) ? 100 : .max)
    room.copyBytes(from: inbox.prefix(count))
    inbox.removeFirst(count)
    return count
  }

  private func damaged(_ bytes: [UInt8]) -> [UInt8] {
    guard faultsLeft > 0, !bytes.isEmpty, generator.chance(12) else { return bytes }
    faultsLeft -= 1
    var bytes = bytes
    let place = generator.integer(0...bytes.count - 1)
    let end = min(bytes.count, place + generator.integer(1...64))
    switch generator.integer(0...4) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: end)
    case 2: for index in place..<end { bytes[index] ^= UInt8(generator.integer(1...255)) }
    case 3: bytes.replaceSubrange(place..<end, with: bytes[place..<end].reversed())
    default: bytes = []
    }
    return bytes
  }
}
