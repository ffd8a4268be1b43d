import CPlatform
import CSpikelet
import Scheduling
import Fault
import Transport

@c @implementation
public func spk_device_watch(
  _ context: OpaquePointer?, _ locator: UnsafePointer<CChar>?, _ callback: spk_board_callback?,
  _ user: UnsafeMutableRawPointer?
) -> spk_status {
  enter(context, ContextBody.self) { owner throws(Fault) in
    try Dispatcher.watch(
      owner.pointee.body.dispatcher, try Locator(try text(locator, "locator")), callback, user)
  }
}

@c @implementation
public func spk_device_unwatch(
  _ context: OpaquePointer?, _ locator: UnsafePointer<CChar>?
) -> spk_status {
  enter(context, ContextBody.self) { owner throws(Fault) in
    try Dispatcher.unwatch(
      owner.pointee.body.dispatcher, try Locator(try text(locator, "locator")))
  }
}

@c @implementation
public func spk_device_list(
  _ context: OpaquePointer?, _ boards: UnsafeMutablePointer<spk_board>?, _ capacity: Int,
  _ count: UnsafeMutablePointer<Int>?
) -> spk_status {
  enter(context, ContextBody.self) { owner throws(Fault) in
    let room = try array(boards, capacity, "boards")
    let dispatcher = owner.pointee.body.dispatcher
    var found = 1
    Dispatcher.forEachWatch(dispatcher) { if $0.kind != .simulated { found += 1 } }
    guard try fits(room, count, needed: found, "boards") else { return }
    write(.simulated, to: room, 0)
    var index = 1
    Dispatcher.forEachWatch(dispatcher) { locator in
      guard locator.kind != .simulated, index < found else { return }
      write(locator, to: room, index)
      index += 1
    }
    // Fewer than there were if a watch ended meanwhile.
    count?.pointee = index
  }
}

private func write(
  _ locator: Locator, to boards: UnsafeMutableBufferPointer<spk_board>, _ index: Int
) {
  var locator = locator
  boards[index] = spk_board()
  boards[index].is_present = withUnsafePointer(to: &locator) { isBoardThere($0) } ? 1 : 0
  withUnsafeMutableBytes(of: &boards[index].locator) { bytes in
    _ = locator.sentence.copy(
      to: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self),
      capacity: bytes.count)
  }
}
