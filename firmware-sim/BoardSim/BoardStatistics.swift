import CPlatform
import Synchronization

/// Counts of what boards have done, kept by their threads and read by any other.
public final class BoardStatistics: @unchecked Sendable {
  public enum Count: Int, CaseIterable {
    case connections, requests, bytesIn, bytesOut, faults
  }

  private let words: UnsafeMutablePointer<UInt64>
  private let struck = Mutex<[BoardFault]>([])

  public init() {
    words = .allocate(capacity: Count.allCases.count)
    words.initialize(repeating: 0, count: Count.allCases.count)
  }

  deinit { words.deallocate() }

  public subscript(count: Count) -> UInt64 { spk_platform_load(words + count.rawValue) }

  func add(_ count: Count, _ amount: Int) {
    if amount > 0 { _ = spk_platform_add(words + count.rawValue, UInt64(amount)) }
  }

  func strike(_ fault: BoardFault) {
    struck.withLock { $0.append(fault) }
    add(.faults, 1)
  }

  /// The faults that have happened, as a plan has them.
  public var faults: [BoardFault] { struck.withLock { $0 } }

  /// One line: "12 connections, 3456 requests, 1.2 MB in, 34.5 kB out".
  public var line: String {
    let connections = self[.connections]
    let requests = self[.requests]
    return "\(connections) connections, \(requests) requests, \(size(self[.bytesIn])) in, "
      + "\(size(self[.bytesOut])) out" + (self[.faults] > 0 ? ", \(self[.faults]) faults" : "")
  }

  /// Three digits or so, and the unit.
  private func size(_ bytes: UInt64) -> String {
    var tenths = bytes * 10
    for unit in ["B", "kB", "MB"] {
      if tenths < 10_000 {
        return unit == "B" ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(unit)"
      }
      tenths /= 1_000
    }
    return "\(tenths / 10).\(tenths % 10) GB"
  }
}
