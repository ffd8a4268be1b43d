import BoardSim

// A simulated USB board for a testbed in C: Tests/usb/board_port.h. One thread at a time may use a board.

private func at(_ board: UnsafeMutableRawPointer) -> UsbBoard {
  Unmanaged<UsbBoard>.fromOpaque(board).takeUnretainedValue()
}

@c(board_port_make)
public func makeBoard(
  _ number: Int32, _ plan: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer? {
  var identity = UsbIdentity()
  identity.serial = "SIM000\(number)"
  do throws(ServingError) {
    var faults: FaultPlan?
    if let plan { faults = try FaultPlan(String(cString: plan)).ofBoard(Int(number) - 1) }
    return Unmanaged.passRetained(try UsbBoard(identity, faults: faults)).toOpaque()
  } catch {
    return nil
  }
}

@c(board_port_faults)
public func writeFaults(
  _ board: UnsafeMutableRawPointer, _ room: UnsafeMutablePointer<UInt8>, _ capacity: Int32
) -> Int32 {
  let names = at(board).statistics.faults.map(\.description).joined(separator: " ")
  return copy(Array(names.utf8), room, capacity)
}

/// Lets go what a fault has held back for long enough. Nanoseconds of the monotonic clock when to call this again and give
/// what was not taken once more, whatever the descriptor says; 0: no need.
@c(board_port_wake)
public func wake(_ board: UnsafeMutableRawPointer) -> Int64 {
  at(board).wake()
  return at(board).wakeTime ?? 0
}

/// 1: nothing is answered, 2: the board is not there, 4: bytes that were taken wait for room.
@c(board_port_state)
public func state(_ board: UnsafeMutableRawPointer) -> Int32 {
  let board = at(board)
  return (board.isFrozen ? 1 : 0) | (board.returnTime != nil ? 2 : 0) | (board.isBehind ? 4 : 0)
}

/// The device's descriptor, then the configuration's: as Linux shows them in sysfs.
@c(board_port_descriptors)
public func writeDescriptors(
  _ board: UnsafeMutableRawPointer, _ room: UnsafeMutablePointer<UInt8>, _ capacity: Int32
) -> Int32 {
  let identity = at(board).identity
  return copy(identity.deviceDescriptor + identity.configurationDescriptor, room, capacity)
}

@c(board_port_poll)
public func pollDescriptor(_ board: UnsafeMutableRawPointer) -> Int32 { at(board).descriptor }

@c(board_port_reset)
public func resetBus(_ board: UnsafeMutableRawPointer) { at(board).busReset() }

/// -1: the board stalls.
@c(board_port_control)
public func control(
  _ board: UnsafeMutableRawPointer, _ setup: UnsafePointer<UInt8>,
  _ data: UnsafeMutablePointer<UInt8>
) -> Int32 {
  guard let request = UsbSetup(Array(UnsafeBufferPointer(start: setup, count: 8))) else {
    return -1
  }
  let sent = request.isToHost ? 0 : Int(request.length)
  let answer = at(board).control(
    request, data: Array(UnsafeBufferPointer(start: data, count: sent)))
  guard case .data(let bytes) = answer else { return -1 }
  return request.isToHost ? copy(bytes, data, Int32(request.length)) : Int32(sent)
}

/// -1: the board stalls.
@c(board_port_out)
public func bulkOut(
  _ board: UnsafeMutableRawPointer, _ endpoint: UInt8, _ bytes: UnsafePointer<UInt8>, _ count: Int32
) -> Int32 {
  let slice = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))[...]
  guard case .accepted(let taken) = at(board).bulkOut(endpoint, slice) else { return -1 }
  return Int32(taken)
}

/// -1: the board stalls; -2: nothing yet; -3: overflow.
@c(board_port_in)
public func bulkIn(
  _ board: UnsafeMutableRawPointer, _ endpoint: UInt8, _ room: UnsafeMutablePointer<UInt8>,
  _ capacity: Int32
) -> Int32 {
  switch at(board).bulkIn(endpoint, max: Int(capacity)) {
  case .bytes(let bytes): copy(bytes, room, capacity)
  case .stall: -1
  case .notYet: -2
  case .overflow: -3
  }
}

private func copy(
  _ bytes: [UInt8], _ room: UnsafeMutablePointer<UInt8>, _ capacity: Int32
) -> Int32 {
  let count = min(bytes.count, Int(capacity))
  for index in 0..<count { room[index] = bytes[index] }
  return Int32(count)
}
