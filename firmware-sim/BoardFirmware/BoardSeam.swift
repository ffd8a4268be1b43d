import NeuroCore

/// What the firmware needs of the machine that it runs on.
public struct BoardSeam {
  /// Memory aligned to 64 bytes, or nil.
  public var allocate: @convention(c) (Int) -> UnsafeMutableRawPointer?
  public var release: @convention(c) (UnsafeMutableRawPointer?) -> Void
  /// Sends bytes to the host; false if they could not be taken.
  public var send: @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer, Int) -> Bool
  /// Whether the host has sent a `stop` of this sequence number: the run under way is to end. Asked after each tick of a run.
  public var stops: @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Bool
  /// Who shares the work of a tick, for as long as the board is there; nil: nobody.
  public var crew: TickCrew?
  /// Handed to `send` and `stops`.
  public var context: UnsafeMutableRawPointer?

  public init(
    allocate: @convention(c) (Int) -> UnsafeMutableRawPointer?,
    release: @convention(c) (UnsafeMutableRawPointer?) -> Void,
    send: @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer, Int) -> Bool,
    stops: @convention(c) (UnsafeMutableRawPointer?, UInt32) -> Bool,
    crew: TickCrew? = nil, context: UnsafeMutableRawPointer?
  ) {
    self.allocate = allocate
    self.release = release
    self.send = send
    self.stops = stops
    self.crew = crew
    self.context = context
  }

  /// Zeroed elements, or nil.
  func make<Element: BitwiseCopyable>(
    _ type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element>? {
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Element>.stride)
    guard !overflow, let raw = allocate(bytes) else { return nil }
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return raw.bindMemory(to: type, capacity: max(count, 1))
  }
}
