import CPlatform
import CSpikelet
import Fault
import Glibc
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
  /// Sends all bytes, and waits for room.
  func send(_ bytes: [UInt8], within milliseconds: Int64 = 10_000) throws(Fault) {
    var sent = 0
    let end = deadline(milliseconds)
    while sent < bytes.count {
      let count = try sendNow(bytes[sent...])
      sent += count
      if count == 0 { try wait(POLLOUT, until: end) }
    }
  }

  /// Sends what there is room for.
  func sendNow(_ bytes: some Collection<UInt8>) throws(Fault) -> Int {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try send(UnsafeRawBufferPointer(copy), deadline: 0)
  }

  /// What one `receive` gives that gives something.
  func receive(capacity: Int = 100, within milliseconds: Int64 = 10_000) throws(Fault) -> [UInt8] {
    let end = deadline(milliseconds)
    while true {
      let bytes = try receiveNow(capacity: capacity)
      if !bytes.isEmpty { return bytes }
      try wait(POLLIN, until: end)
    }
  }

  func receiveNow(capacity: Int = 100) throws(Fault) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    defer { room.deallocate() }
    let count = try receive(into: room)
    return Array(room[..<count])
  }

  private func wait(_ events: Int32, until end: Int64) throws(Fault) {
    var wanted = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let left = Int32(clamping: (end - spk_platform_now()) / 1_000_000)
    guard left > 0, poll(&wanted, 1, left) > 0 else {
      throw Fault(.SPK_ERROR_TIMEOUT, "nothing came, or nothing was taken")
    }
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
