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
  public let capabilities: BoardCapabilities
  var connection: Connection

  /// Greets the board.
  ///
  /// - Throws: PROTOCOL if it speaks another protocol or computes by another law, and what links throw.
  public init(_ link: consuming Link, timeoutMilliseconds: UInt32) throws(Fault) {
    var connection = try Connection(link, timeoutMilliseconds: timeoutMilliseconds)
    var reader = try connection.exchange(.hello, try connection.writer())
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
    guard reader.isComplete, capabilities.isSensible else {
      throw connection.malformedReply(.hello)
    }
    self.capabilities = capabilities
    self.connection = connection
  }

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
