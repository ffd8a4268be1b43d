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

  public init(
    _ identity: UsbIdentity = UsbIdentity(), cores: Int = 8, neuronsPerCore: Int = 1_024,
    synapseBytesPerCore: Int = 131_072, statistics: BoardStatistics = BoardStatistics()
  ) throws(ServingError) {
    var capabilities = BoardCapabilities(
      cores: UInt32(cores), neuronsPerCore: UInt32(neuronsPerCore),
      synapseBytesPerCore: UInt64(synapseBytesPerCore))
    capabilities.firmwareVersion = Firmware.version
    self.identity = identity
    self.capabilities = capabilities
    self.statistics = statistics
    board = try DetachedBoard(capabilities, statistics)
  }

  /// For `poll`: readable when `bulkIn` has something to give, writable when `bulkOut` has room. Another one after a reset.
  public var descriptor: Int32 { board.descriptor }

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
    guard !bytes.isEmpty else { return .accepted(0) }
    let sent = bytes.withUnsafeBytes { spk_platform_send(descriptor, $0.baseAddress, $0.count) }
    if sent >= 0 { return .accepted(sent) }
    guard errno != EAGAIN, errno != EINTR else { return .accepted(0) }
    // The firmware cannot tell any more where frames begin: a reset of the board helps.
    halted.insert(endpoint)
    return .stall
  }

  /// Bytes of the firmware: at most `max`, as many as there are.
  public func bulkIn(_ endpoint: UInt8, max: Int) -> In {
    guard endpoint == identity.inEndpoint, configuration != 0, !halted.contains(endpoint) else {
      return .stall
    }
    let packet = identity.speed.packetBytes
    let wanted = (max + packet - 1) / packet * packet
    guard wanted > 0 else { return .bytes([]) }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { room, length in
      count = recv(descriptor, room.baseAddress, wanted, 0)
      length = Swift.max(0, count)
    }
    if count > max { return .overflow }
    if count > 0 { return .bytes(bytes) }
    guard count == 0 || (errno != EAGAIN && errno != EINTR) else { return .notYet }
    halted.insert(endpoint)
    return .stall
  }

  /// A reset of the bus: a fresh board without a configuration.
  public func busReset() {
    restart()
    configuration = 0
  }

  /// A fresh board with nothing under way. If none is to be had, the endpoints stay halted.
  func restart() {
    do throws(ServingError) {
      board = try DetachedBoard(capabilities, statistics)
      halted = []
    } catch {
      halted = [identity.inEndpoint, identity.outEndpoint]
    }
  }
}
