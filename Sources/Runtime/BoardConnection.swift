import CPlatform
import CSpikelet
import Fault
import Memory
import NeuroCore
import Transport
import WireProtocol

extension BoardCapabilities {
  /// Whether the numbers are of a board that models can be placed on.
  fileprivate var isSensible: Bool {
    cores >= 1 && cores <= 4_096 && neuronsPerCore >= 1 && neuronsPerCore <= 65_536
      && synapseBytesPerCore >= 1 && synapseBytesPerCore <= 1 << 40
      && delayTicks == Law.delayLimit && windowDepth >= 2
  }
}

/// An open board: what it said of itself, and the connection to it.
public struct BoardConnection: ~Copyable {
  public private(set) var capabilities: BoardCapabilities
  var connection: Connection
  /// Ends a run; any thread may raise it.
  public let interrupt: Interrupt.Pointer

  /// Opens a link and greets the board.
  ///
  /// - Parameters:
  ///   - open: opens the link before a monotonic time in nanoseconds; a run over it ends when the interrupt is raised.
  /// - Throws: PROTOCOL if it speaks another protocol or computes by another law, and what links throw.
  public init(open: (Interrupt.Pointer, Int64) throws(Fault) -> Link) throws(Fault) {
    let interrupt = try Interrupt.make()
    do throws(Fault) {
      let deadline =
        spk_platform_now() &+ Int64(BoardConnection.transferMilliseconds) &* 1_000_000
      var connection = try Connection(try open(interrupt, deadline))
      connection.deadline = deadline
      capabilities = try connection.greetBoard()
      self.connection = connection
      self.interrupt = interrupt
    } catch {
      Interrupt.discard(interrupt)
      throw error
    }
  }

  /// Opens another link in the place of one that is lost, and greets the board, which may be another one.
  public mutating func reopen(
    open: (Interrupt.Pointer, Int64) throws(Fault) -> Link
  ) throws(Fault) {
    // A board on USB is busy as long as the old link has it.
    connection.drop()
    connection.replace(try open(interrupt, connection.deadline))
    do throws(Fault) {
      capabilities = try connection.greetBoard()
    } catch {
      throw giveUp(error)
    }
  }

  /// The time that opening a board may take, and moving a network or weights at least.
  public static let transferMilliseconds: UInt32 = 10_000

  /// The time that a call may take which begins now, with all its requests.
  ///
  /// - Parameters:
  ///   - isTransfer: whether it moves a network or weights, for which the time of a step may be too short.
  public mutating func beginCall(milliseconds: UInt32, isTransfer: Bool = false) {
    connection.beginCall(
      milliseconds: isTransfer
        ? max(milliseconds, BoardConnection.transferMilliseconds) : milliseconds)
  }

  deinit { Interrupt.discard(interrupt) }

  public var isLost: Bool { connection.isLost }
  public var counters: LinkCounters { connection.counters }
  /// The descriptor to poll for the board's answer; −1 where it is there as soon as a request is sent.
  public var descriptor: Int32 { connection.descriptor }
  /// Whether the descriptor has to be polled for room too.
  public var waitsForRoom: Bool { connection.waitsForRoom }
  /// When a run has to be advanced, whatever the descriptor says; monotonic, in nanoseconds; 0: never.
  public var wakeTime: Int64 { connection.wakeTime }

  public var size: BoardSize {
    BoardSize(
      cores: Int(capabilities.cores), neuronsPerCore: Int(capabilities.neuronsPerCore),
      synapseBytesPerCore: Int(clamping: capabilities.synapseBytesPerCore))
  }

  /// Writes all but `struct_size`.
  public func describe(_ result: UnsafeMutablePointer<spk_capabilities>) {
    result.pointee.cores = capabilities.cores
    result.pointee.neurons_per_core = capabilities.neuronsPerCore
    result.pointee.delay_ticks = capabilities.delayTicks
    result.pointee.synapse_bytes_per_core = capabilities.synapseBytesPerCore
    result.pointee.law_version = capabilities.lawVersion
    result.pointee.protocol_version = capabilities.protocolVersion
    result.pointee.firmware_version = capabilities.firmwareVersion
    result.pointee.reserved = 0
    result.pointee.identity = capabilities.identity
  }
}

extension Connection {
  /// Asks a board what it is.
  fileprivate mutating func greetBoard() throws(Fault) -> BoardCapabilities {
    let capabilities = try greet()
    guard
      capabilities.protocolVersion >= ProtocolVersion.oldest,
      capabilities.protocolVersion <= ProtocolVersion.newest
    else {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board speaks protocol version \(capabilities.protocolVersion), this host \(ProtocolVersion.oldest) to \(ProtocolVersion.newest); update the older one"
      )
    }
    guard capabilities.lawVersion == Law.version else {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board computes by law version \(capabilities.lawVersion), this host by \(Law.version); update the older one"
      )
    }
    guard capabilities.isSensible else { throw malformedReply(.hello) }
    return capabilities
  }
}
