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
      && delayTicks == Law.delayLimit
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
  ///   - open: opens the link; a run over it ends when the interrupt is raised.
  /// - Throws: PROTOCOL if it speaks another protocol or computes by another law, and what links throw.
  public init(
    timeoutMilliseconds: UInt32, open: (Interrupt.Pointer) throws(Fault) -> Link
  ) throws(Fault) {
    let interrupt = try Interrupt.make()
    do throws(Fault) {
      var connection = try Connection(
        try open(interrupt), timeoutMilliseconds: timeoutMilliseconds)
      capabilities = try connection.greet()
      self.connection = connection
      self.interrupt = interrupt
    } catch {
      Interrupt.discard(interrupt)
      throw error
    }
  }

  /// Opens another link in the place of one that is lost, and greets the board, which may be another one.
  public mutating func reopen(
    open: (Interrupt.Pointer) throws(Fault) -> Link
  ) throws(Fault) {
    // A board on USB is busy as long as the old link has it.
    connection.drop()
    connection.replace(try open(interrupt))
    do throws(Fault) {
      capabilities = try connection.greet()
    } catch {
      throw giveUp(error)
    }
  }

  deinit { Interrupt.discard(interrupt) }

  public var isLost: Bool { connection.isLost }
  public var counters: LinkCounters { connection.counters }
  /// The descriptor to poll for the board's answer; −1 where it is there as soon as a request is sent.
  public var descriptor: Int32 { connection.descriptor }

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
  }
}

extension Connection {
  /// Asks a board what it is.
  fileprivate mutating func greet() throws(Fault) -> BoardCapabilities {
    var reader = try exchange(.hello, try writer())
    let capabilities = reader.readCapabilities()
    guard capabilities.protocolVersion == BoardCapabilities.protocolVersion else {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board speaks protocol version \(capabilities.protocolVersion), this host \(BoardCapabilities.protocolVersion); update the older one"
      )
    }
    guard capabilities.lawVersion == Law.version else {
      throw Fault(
        .SPK_ERROR_PROTOCOL,
        "the board computes by law version \(capabilities.lawVersion), this host by \(Law.version); update the older one"
      )
    }
    guard reader.isComplete, capabilities.isSensible else { throw malformedReply(.hello) }
    return capabilities
  }
}
