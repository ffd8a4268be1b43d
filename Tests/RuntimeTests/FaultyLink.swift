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
      send: { context, bytes, count, deadline, sent in
        sent.pointee = count
        return FaultyLink.at(context).send(
          UnsafeRawBufferPointer(start: bytes, count: count), deadline: deadline
        ).rawValue
      },
      receive: { context, buffer, capacity, count in
        FaultyLink.at(context).receive(
          UnsafeMutableRawBufferPointer(start: buffer, count: capacity), count
        ).rawValue
      },
      descriptor: { FaultyLink.at($0).inner.descriptor },
      close: { Unmanaged<FaultyLink>.fromOpaque($0).release() }, showsRoom: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer, deadline: Int64) -> LinkResult {
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
      let count = rest.prefix(length).withUnsafeBytes { bytes in
        do throws(Fault) {
          return try inner.send(bytes, deadline: deadline)
        } catch {
          return 0
        }
      }
      guard count == length else { return .lost }
      rest = rest.dropFirst(length)
    }
    return .done
  }

  private func receive(
    _ buffer: UnsafeMutableRawBufferPointer, _ count: UnsafeMutablePointer<Int>
  ) -> LinkResult {
    while count.pointee == 0 {
      let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<piece(buffer.count)])
      var length: Int
      do throws(Fault) {
        length = try inner.receive(into: window)
      } catch {
        return .lost
      }
      guard length > 0 else { break }
      for index in 0..<length {
        receivedCount += 1
        if receivedCount == trouble.losesReceived { continue }
        window[count.pointee] =
          receivedCount == trouble.damagesReceived ? window[index] ^ 0x10 : window[index]
        count.pointee += 1
      }
      trouble.record?.received += window[..<count.pointee]
    }
    return .done
  }

  private func piece(_ most: Int) -> Int {
    guard let longest = trouble.longestPiece else { return most }
    return min(most, generator.integer(1...longest))
  }
}
