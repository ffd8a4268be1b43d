import CPlatform
import Fault
import Transport

extension Sentence {
  var text: String { String(decoding: (0..<count).map { self[$0] }, as: UTF8.self) }
}

extension Locator {
  init(_ text: String) throws(Fault) {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    defer { bytes.deallocate() }
    _ = bytes.initialize(from: text.utf8)
    try self.init(UnsafeBufferPointer(bytes))
  }
}

extension Link {
  func send(_ bytes: [UInt8], within milliseconds: Int64 = 10_000) throws(Fault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try send(UnsafeRawBufferPointer(copy), deadline: deadline(milliseconds))
  }

  /// What one `receive` gives.
  func receive(capacity: Int = 100, within milliseconds: Int64 = 10_000) throws(Fault) -> [UInt8] {
    try receive(capacity: capacity, deadline: deadline(milliseconds))
  }

  func receive(capacity: Int = 100, deadline: Int64) throws(Fault) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    defer { room.deallocate() }
    let count = try receive(into: room, deadline: deadline)
    return Array(room[..<count])
  }
}

/// Monotonic, in nanoseconds.
func deadline(_ milliseconds: Int64) -> Int64 { spk_platform_now() + milliseconds * 1_000_000 }

/// The fault that `body` ends with.
func fault(_ body: () throws(Fault) -> Void) -> Fault? {
  do throws(Fault) {
    try body()
    return nil
  } catch {
    return error
  }
}
