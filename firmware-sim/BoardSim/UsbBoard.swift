import BoardFirmware
import CPlatform
import Glibc
import WireProtocol

/// A simulated board as a USB device: one interface of the vendor's class, a bulk endpoint each way that carry the stream
/// of docs/wire-protocol.md, and control requests.
///
/// Nothing here waits. The firmware works on a thread of its own, so that control requests and new bytes are taken while it
/// runs, and a `stop` among them ends the run. Like any device it has no configuration until the host sets one, and its
/// bulk endpoints stall until then. One thread at a time may use a board.
public final class UsbBoard {
  public let identity: UsbIdentity
  public let capabilities: BoardCapabilities
  public let statistics: BoardStatistics
  var board: DetachedBoard
  var configuration: UInt8 = 0
  /// Halted endpoints, by address.
  var halted: Set<UInt8> = []
  private let faults: FaultyLink?
  /// Out of the lane to the board, and not taken by it yet.
  private var outRest: ArraySlice<UInt8> = []

  public init(
    _ identity: UsbIdentity = UsbIdentity(), cores: Int = 8, neuronsPerCore: Int = 1_024,
    synapseBytesPerCore: Int = 131_072, faults plan: FaultPlan? = nil,
    statistics: BoardStatistics = BoardStatistics()
  ) throws(ServingError) {
    var capabilities = BoardCapabilities(
      cores: UInt32(cores), neuronsPerCore: UInt32(neuronsPerCore),
      synapseBytesPerCore: UInt64(synapseBytesPerCore))
    capabilities.firmwareVersion = Firmware.version
    capabilities.identity = identity.number
    self.identity = identity
    self.capabilities = capabilities
    self.statistics = statistics
    faults = plan.map { FaultyLink($0, statistics) }
    board = try DetachedBoard(capabilities, statistics)
  }

  /// For `poll`: readable when `bulkIn` has something to give, writable when `bulkOut` has room, unless `wakeTime` says
  /// otherwise. Another one after a reset.
  public var descriptor: Int32 { board.descriptor }

  /// The time of `spk_platform_now` at which `wake` has to be called and calls that came to nothing be made again, whatever
  /// `descriptor` says. Nil unless a fault holds something back.
  public var wakeTime: Int64? { faults?.wakeTime }

  /// Lets go what a fault has held back for long enough.
  public func wake() {
    guard let faults else { return }
    faults.wake(now: spk_platform_now())
    push(faults)
  }

  /// Whether bytes that were taken wait for room, which a fault may bring about: `wake` when `descriptor` is writable.
  public var isBehind: Bool { !outRest.isEmpty }

  /// Whether nothing is answered until `wakeTime`, control requests neither: whoever has one keeps it. A fault.
  public var isFrozen: Bool { faults?.frozenUntil != nil }

  /// The time at which the board is plugged in again; nil while it is there. Whoever shows it to hosts takes it away.
  public var returnTime: Int64? { faults?.goneUntil }

  /// What a bulk transfer to the board came to.
  public enum Out: Equatable, Sendable {
    /// So many bytes were taken: fewer than given, or none, while the board has no room. The rest is to be given again.
    case accepted(Int)
    case stall
  }

  /// What a bulk transfer to the host came to.
  public enum In: Equatable, Sendable {
    /// Fewer than asked for end the transfer, as a short packet does. Empty: a packet without bytes.
    case bytes([UInt8])
    case notYet
    case stall
    /// The room ended inside a packet. The packets are lost, as on a real bus; ask for multiples of a packet.
    case overflow
  }

  /// Takes bytes for the firmware; none are a packet without bytes, which means nothing.
  public func bulkOut(_ endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Out {
    guard endpoint == identity.outEndpoint, configuration != 0, !halted.contains(endpoint) else {
      return .stall
    }
    guard let faults else { return send(bytes) }
    push(faults)
    if halted.contains(endpoint) { return .stall }
    guard !faults.toBoard.holds, outRest.isEmpty, !faults.standsStill else { return .accepted(0) }
    faults.toBoard.put(bytes)
    push(faults)
    return .accepted(bytes.count)
  }

  private func send(_ bytes: ArraySlice<UInt8>) -> Out {
    guard !bytes.isEmpty else { return .accepted(0) }
    let sent = bytes.withUnsafeBytes { spk_platform_send(descriptor, $0.baseAddress, $0.count) }
    if sent >= 0 { return .accepted(sent) }
    guard errno != EAGAIN, errno != EINTR else { return .accepted(0) }
    // The firmware cannot tell any more where frames begin: a reset of the board helps.
    halted.insert(identity.outEndpoint)
    return .stall
  }

  /// Moves what the lane to the board lets out.
  private func push(_ faults: FaultyLink) {
    while !halted.contains(identity.outEndpoint), !faults.standsStill {
      if !outRest.isEmpty {
        guard case .accepted(let count) = send(outRest), count > 0 else { return }
        outRest = outRest.dropFirst(count)
        continue
      }
      switch faults.toBoard.take(1 << 16, now: spk_platform_now()) {
      case .bytes(let bytes): outRest = bytes[...]
      case .nothing, .wait: return
      case .fault(let fault): act(fault, faults, endpoint: identity.outEndpoint)
      }
    }
  }

  private func act(_ fault: BoardFault, _ faults: FaultyLink, endpoint: UInt8) {
    if fault.kind == .stall { halted.insert(endpoint) }
    faults.act(fault, now: spk_platform_now())
    if faults.isReset { restart() }
  }

  /// Bytes of the firmware: at most `max`, as many as there are.
  public func bulkIn(_ endpoint: UInt8, max: Int) -> In {
    guard endpoint == identity.inEndpoint, configuration != 0, !halted.contains(endpoint) else {
      return .stall
    }
    let packet = identity.speed.packetBytes
    let wanted = (max + packet - 1) / packet * packet
    guard wanted > 0 else { return .bytes([]) }
    let result = faults.map { pull($0, wanted) } ?? receive(wanted)
    if case .bytes(let bytes) = result, bytes.count > max { return .overflow }
    return result
  }

  private func receive(_ wanted: Int) -> In {
    var count = 0
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { room, length in
      count = recv(descriptor, room.baseAddress, wanted, 0)
      failure = errno
      length = Swift.max(0, count)
    }
    if count > 0 { return .bytes(bytes) }
    guard count == 0 || (failure != EAGAIN && failure != EINTR) else { return .notYet }
    halted.insert(identity.inEndpoint)
    return .stall
  }

  /// What the lane to the host lets out.
  private func pull(_ faults: FaultyLink, _ wanted: Int) -> In {
    while !halted.contains(identity.inEndpoint), !faults.standsStill {
      if !faults.toHost.holds {
        guard case .bytes(let bytes) = receive(1 << 16) else { break }
        faults.toHost.put(bytes)
      }
      switch faults.toHost.take(wanted, now: spk_platform_now()) {
      case .bytes(let bytes): return .bytes(bytes)
      case .nothing: continue
      case .wait: return .notYet
      case .fault(let fault): act(fault, faults, endpoint: identity.inEndpoint)
      }
    }
    return halted.contains(identity.inEndpoint) ? .stall : .notYet
  }

  /// A reset of the bus: a fresh board without a configuration.
  public func busReset() {
    restart()
    configuration = 0
  }

  /// A fresh board with nothing under way. If none is to be had, the endpoints stay halted.
  func restart() {
    faults?.clear()
    outRest = []
    do throws(ServingError) {
      board = try DetachedBoard(capabilities, statistics)
      halted = []
    } catch {
      halted = [identity.inEndpoint, identity.outEndpoint]
    }
  }
}
