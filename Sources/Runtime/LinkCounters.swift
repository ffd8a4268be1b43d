/// What passed between host and board since the device was opened.
public struct LinkCounters: BitwiseCopyable, Sendable {
  public var requests: UInt64 = 0
  public var refusals: UInt64 = 0
  public var losses: UInt64 = 0
  /// Times that bytes of the board were wrong or missing, and were asked for again.
  public var damages: UInt64 = 0
  public var bytesOut: UInt64 = 0
  public var bytesIn: UInt64 = 0
  public var ticks: UInt64 = 0
  public var eventsOut: UInt64 = 0
  public var eventsIn: UInt64 = 0
}
