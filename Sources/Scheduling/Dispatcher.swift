import CPlatform
import CSpikelet
import Fault
import Memory
import Runtime
import Transport

/// What a context does while its program goes on: moves submissions along, looks at boards, calls back.
///
/// One thread steps at a time: the context's own, or whoever calls `process`. The lock guards lists and counts, and is never
/// held while a board works or a callback runs.
public struct Dispatcher: ~Copyable {
  public typealias Pointer = UnsafeMutablePointer<Dispatcher>

  /// How to find out whether a board is there, and how failures are told.
  public struct Seam {
    /// Gets `context` and a pointer to a `Locator`.
    public var isThere: @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Bool
    public var context: UnsafeMutableRawPointer
    /// Readable when boards may have come or gone.
    public var news: Int32
    public var logger: Logger

    public init(
      isThere: @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Bool,
      context: UnsafeMutableRawPointer, news: Int32, logger: Logger
    ) {
      self.isThere = isThere
      self.context = context
      self.news = news
      self.logger = logger
    }
  }

  public let hasThread: Bool
  let depth: UInt32
  let seam: Seam
  var lock = pthread_mutex_t()
  /// Whether some thread has the turn to step.
  var isStepping = false
  /// Signalled when a submission ends, a callback returns, or the turn to step is given back.
  var changed = pthread_cond_t()
  var thread = pthread_t()
  var isRunning = false
  var isClosing = false
  var lanes: Lane.Pointer?
  /// Ended, and waiting to be taken.
  var completions = SubmissionQueue()
  var watches = List<Watch>()
  var lastWatch: UInt64 = 0
  /// Number of the watch whose callback runs, 0: none; and the thread that it runs on.
  var callingWatch: UInt64 = 0
  var callingThread = pthread_t()
  var nextLook: Int64 = 0

  /// Descriptors, −1 until they are needed. `inner` is readable when a step has something to do: new work (`wake`), a
  /// deadline (`timer`), or bytes of a board. `ready` is readable while completions wait. `outer` is either.
  var wake: Int32 = -1
  var timer: Int32 = -1
  var ready: Int32 = -1
  var inner: Int32 = -1
  var outer: Int32 = -1

  public static func make(hasThread: Bool, depth: UInt32, _ seam: Seam) throws(Fault) -> Pointer {
    guard let raw = spk_platform_allocate(MemoryLayout<Dispatcher>.stride) else {
      throw Fault(.SPK_ERROR_NO_MEMORY, "out of memory for a context")
    }
    let dispatcher = raw.bindMemory(to: Dispatcher.self, capacity: 1)
    dispatcher.initialize(to: Dispatcher(hasThread, depth, seam))
    pthread_mutex_init(&dispatcher.pointee.lock, nil)
    spk_platform_condition_init(&dispatcher.pointee.changed)
    return dispatcher
  }

  private init(_ hasThread: Bool, _ depth: UInt32, _ seam: Seam) {
    self.hasThread = hasThread
    self.depth = depth
    self.seam = seam
  }

  /// Ends the thread and gives everything back; there are no lanes left.
  public static func discard(_ dispatcher: Pointer) {
    dispatcher.locked { $0.pointee.isClosing = true }
    if dispatcher.pointee.isRunning {
      spk_platform_signal(dispatcher.pointee.wake)
      pthread_join(dispatcher.pointee.thread, nil)
    }
    dispatcher.pointee.closeDescriptors()
    pthread_mutex_destroy(&dispatcher.pointee.lock)
    pthread_cond_destroy(&dispatcher.pointee.changed)
    dispatcher.deinitialize(count: 1)
    free(dispatcher)
  }
}
