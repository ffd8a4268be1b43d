import CPlatform
import CSpikelet
import Scheduling
import Fault
import Memory
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
    let links = owner.pointee.body.links
    var locators = List<Locator>()
    var fault: Fault?
    links.forEachBoard { add($0, to: &locators, &fault) }
    Dispatcher.forEachWatch(owner.pointee.body.dispatcher) { add($0, to: &locators, &fault) }
    if let fault { throw fault }
    guard try fits(room, count, needed: locators.count, "boards") else { return }
    for index in 0..<locators.count {
      boards.unsafelyUnwrapped[index] = board(
        locators[index], isPresent: links.isThere(locators[index]))
    }
  }
}

/// Adds a locator unless it is in the list already.
private func add(_ locator: Locator, to list: inout List<Locator>, _ fault: inout Fault?) {
  for index in 0..<list.count where list[index] == locator { return }
  do throws(Fault) { try list.append(locator) } catch { fault = error }
}

private func board(_ locator: Locator, isPresent: Bool) -> spk_board {
  var board = spk_board()
  board.is_present = isPresent ? 1 : 0
  withUnsafeMutableBytes(of: &board.locator) { bytes in
    _ = locator.sentence.copy(
      to: bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self),
      capacity: bytes.count)
  }
  return board
}
