import CPlatform
import CSpikelet
import Fault
import Runtime
import Scheduling
import Transport

/// An open board, and where it is. Its lock is held by whoever talks to it.
struct DeviceBody: HandleBody, ~Copyable {
  static var kind: HandleKind { .device }
  let parent: ObjectPointer<ContextBody>
  /// Stays where it is, for the thread of the context.
  let board: UnsafeMutablePointer<BoardConnection>
  let locator: Locator
  /// What it was opened with.
  let simulated: SimulatedBoard
  var hasSession = false
  /// Whether a submission waits for the lock. Changed atomically.
  var isWanted: UInt64 = 0

  init(
    parent: ObjectPointer<ContextBody>, board: UnsafeMutablePointer<BoardConnection>,
    locator: Locator, simulated: SimulatedBoard
  ) {
    self.parent = parent
    self.board = board
    self.locator = locator
    self.simulated = simulated
  }

  deinit {
    board.deinitialize(count: 1)
    free(board)
  }
}

extension UnsafeMutablePointer where Pointee == Object<DeviceBody> {
  var boardLock: BoardLock {
    BoardLock(
      mutex(), isWanted: withUnsafeMutablePointer(to: &self.pointee.body.isWanted) { $0 },
      self.pointee.body.parent.pointee.body.dispatcher)
  }

  /// For devices in the place of that of all objects: a submission may wait for the board.
  func unlock() { boardLock.giveUp() }
}

/// A board in this process.
struct SimulatedBoard: BitwiseCopyable {
  let size: BoardSize
  /// That share its work, the caller's counted.
  let threads: Int
}

/// What the caller's options say; null: the default board.
func simulatedBoard(
  _ options: UnsafePointer<spk_board_options>?
) throws(Fault) -> SimulatedBoard {
  guard options != nil else {
    return SimulatedBoard(
      size: BoardSize(cores: 8, neuronsPerCore: 1_024, synapseBytesPerCore: 131_072), threads: 1)
  }
  let board = try readStruct(options, "board")
  let bytes = board.synapse_bytes_per_core
  guard bytes >= 1, bytes <= 1 << 40 else {
    throw Fault(
      .SPK_ERROR_ARGUMENT, "board->synapse_bytes_per_core: \(bytes) found, 1 .. 2^40 expected")
  }
  return SimulatedBoard(
    size: BoardSize(
      cores: try inRange(board.cores, 1, 4_096, "board->cores"),
      neuronsPerCore: try inRange(board.neurons_per_core, 1, 65_536, "board->neurons_per_core"),
      synapseBytesPerCore: Int(clamping: bytes)),
    threads: max(1, try inRange(board.threads, 0, 64, "board->threads")))
}

@c @implementation
public func spk_device_open(
  _ context: OpaquePointer?, _ locator: UnsafePointer<CChar>?,
  _ board: UnsafePointer<spk_board_options>?, _ device: UnsafeMutablePointer<OpaquePointer?>?
) -> spk_status {
  enter(context, ContextBody.self) { owner throws(Fault) in
    let device = try require(device, "device")
    let place = try Locator(try text(locator, "locator"))
    let simulated = try simulatedBoard(board)
    guard let raw = spk_platform_allocate(MemoryLayout<BoardConnection>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a device")
    }
    let connection = raw.bindMemory(to: BoardConnection.self, capacity: 1)
    do throws(Fault) {
      connection.initialize(
        to: try BoardConnection {
          (interrupt, deadline) throws(Fault) in
          try owner.pointee.body.links.open(place, simulated, interrupt, deadline: deadline)
        })
    } catch {
      free(raw)
      throw error
    }
    device.pointee = try makeHandle(
      DeviceBody(parent: owner, board: connection, locator: place, simulated: simulated),
      context: key(context), logger: owner.pointee.logger)
    owner.addChild()
  }
}

@c @implementation
public func spk_device_close(_ device: OpaquePointer?) -> spk_status {
  close(device, DeviceBody.self) { $0.pointee.body.parent.removeChild() }
}

@c @implementation
public func spk_device_capabilities(
  _ device: OpaquePointer?, _ capabilities: UnsafeMutablePointer<spk_capabilities>?
) -> spk_status {
  enter(device, DeviceBody.self) { object throws(Fault) in
    let result = try require(capabilities, "capabilities")
    try checkStruct(result, MemoryLayout<spk_capabilities>.stride, "capabilities")
    object.lock()
    object.pointee.body.board.pointee.describe(result)
    object.unlock()
  }
}

@c @implementation
public func spk_device_counters(
  _ device: OpaquePointer?, _ counters: UnsafeMutablePointer<spk_counters>?
) -> spk_status {
  enter(device, DeviceBody.self) { object throws(Fault) in
    let result = try require(counters, "counters")
    try checkStruct(result, MemoryLayout<spk_counters>.stride, "counters")
    object.lock()
    let counted = object.pointee.body.board.pointee.counters
    object.unlock()
    result.pointee.losses = UInt32(clamping: counted.losses)
    result.pointee.requests = counted.requests
    result.pointee.refusals = counted.refusals
    result.pointee.bytes_out = counted.bytesOut
    result.pointee.bytes_in = counted.bytesIn
    result.pointee.ticks = counted.ticks
    result.pointee.events_out = counted.eventsOut
    result.pointee.events_in = counted.eventsIn
    result.pointee.damages = counted.damages
  }
}
