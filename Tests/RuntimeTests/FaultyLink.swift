import Fault
import Transport

/// What a link does to the bytes that pass it.
struct LinkTrouble {
  /// Sends and receives in pieces of 1 .. this many bytes.
  var longestPiece: Int?
  /// Bytes, counted over the life of the link, that are lost or damaged on the way to the board or back.
  var losesSent: Int?
  var losesReceived: Int?
  var damagesSent: Int?
  var damagesReceived: Int?
  /// Gets what is sent and received, each send in one piece.
  var record: LinkRecord?
}

/// What passed a link.
final class LinkRecord {
  fileprivate(set) var sent: [[UInt8]] = []
  fileprivate(set) var received: [UInt8] = []
}

/// A link around another one, with trouble on the way.
final class FaultyLink {
  private var inner: Link
  private let trouble: LinkTrouble
  private var generator: SeededGenerator
  private var sentCount = 0
  private var receivedCount = 0

  private init(_ inner: consuming Link, _ trouble: LinkTrouble, seed: UInt64) {
    self.inner = inner
    self.trouble = trouble
    generator = SeededGenerator(state: seed)
  }

  static func wrap(_ inner: consuming Link, _ trouble: LinkTrouble, seed: UInt64) -> Link {
    let link = FaultyLink(inner, trouble, seed: seed)
    return Link(operations, context: Unmanaged.passRetained(link).toOpaque())
  }

  private static func at(_ context: UnsafeMutableRawPointer) -> FaultyLink {
    Unmanaged<FaultyLink>.fromOpaque(context).takeUnretainedValue()
  }

  private static var operations: LinkOperations {
    LinkOperations(
      send: { context, bytes, count, deadline in
        FaultyLink.at(context).send(
          UnsafeRawBufferPointer(start: bytes, count: count), deadline: deadline)
      },
      receive: { context, buffer, capacity, deadline, count in
        FaultyLink.at(context).receive(
          UnsafeMutableRawBufferPointer(start: buffer, count: capacity), deadline: deadline, count)
      },
      descriptor: { FaultyLink.at($0).inner.descriptor },
      close: { Unmanaged<FaultyLink>.fromOpaque($0).release() })
  }

  private func send(_ bytes: UnsafeRawBufferPointer, deadline: Int64) -> Int32 {
    var passed: [UInt8] = []
    for byte in bytes {
      sentCount += 1
      if sentCount == trouble.losesSent { continue }
      passed.append(sentCount == trouble.damagesSent ? byte ^ 0x10 : byte)
    }
    trouble.record?.sent.append(passed)
    var rest = passed[...]
    while !rest.isEmpty {
      let length = min(rest.count, piece(rest.count))
      let result = rest.prefix(length).withUnsafeBytes { bytes in
        do throws(Fault) {
          try inner.send(bytes, deadline: deadline)
          return LinkResult.done
        } catch {
          return LinkResult.lost
        }
      }
      guard result == .done else { return result.rawValue }
      rest = rest.dropFirst(length)
    }
    return LinkResult.done.rawValue
  }

  private func receive(
    _ buffer: UnsafeMutableRawBufferPointer, deadline: Int64, _ count: UnsafeMutablePointer<Int>
  ) -> Int32 {
    while true {
      let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<piece(buffer.count)])
      var length: Int
      do throws(Fault) {
        length = try inner.receive(into: window, deadline: deadline)
      } catch {
        return LinkResult.timeout.rawValue
      }
      var kept = 0
      for index in 0..<length {
        receivedCount += 1
        if receivedCount == trouble.losesReceived { continue }
        window[kept] =
          receivedCount == trouble.damagesReceived ? window[index] ^ 0x10 : window[index]
        kept += 1
      }
      if kept > 0 {
        trouble.record?.received += window[..<kept]
        count.pointee = kept
        return LinkResult.done.rawValue
      }
    }
  }

  private func piece(_ most: Int) -> Int {
    guard let longest = trouble.longestPiece else { return most }
    return min(most, generator.integer(1...longest))
  }
}
