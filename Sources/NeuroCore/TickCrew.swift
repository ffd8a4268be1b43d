/// Threads that share the work of a tick, lent to a fabric by whoever has threads.
public struct TickCrew: BitwiseCopyable {
  /// Does one part of the work, on any thread.
  public typealias Work = @convention(c) (UnsafeMutableRawPointer, Int) -> Void

  /// Parts of the work; 2 at least.
  public let count: Int
  /// Calls the work with its argument for each part 0 ..< count, on as many threads as there are, and returns when all have returned.
  private let run: @convention(c) (UnsafeMutableRawPointer, Work, UnsafeMutableRawPointer) -> Void
  private let context: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - context: handed to `run`.
  public init(
    count: Int, context: UnsafeMutableRawPointer,
    run: @convention(c) (UnsafeMutableRawPointer, Work, UnsafeMutableRawPointer) -> Void
  ) {
    self.count = count
    self.context = context
    self.run = run
  }

  /// Has the work done for each part, with its argument.
  public func share(_ work: Work, _ argument: UnsafeMutableRawPointer) {
    run(context, work, argument)
  }
}
