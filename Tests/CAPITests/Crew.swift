import Glibc

/// Threads that work side by side, and are waited for no longer than a limit: a deadlock fails its test, and does not hang it.
final class Crew: @unchecked Sendable {
  private final class Body {
    let crew: Crew
    let run: @Sendable () -> Void
    init(_ crew: Crew, _ run: @escaping @Sendable () -> Void) {
      self.crew = crew
      self.run = run
    }
  }

  private let shared = Guarded((started: 0, ended: 0))

  func start(_ run: @escaping @Sendable () -> Void) {
    shared.with { $0.started += 1 }
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(self, run)).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { raw in
        let body = Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue()
        body.run()
        body.crew.shared.with { $0.ended += 1 }
        return nil
      }, body)
    precondition(code == 0)
    pthread_detach(thread)
  }

  /// Whether all have ended in time; those that have not stay where they are.
  func hasEnded(within seconds: Double = 20) -> Bool {
    waits(seconds) { self.shared.with { $0.started == $0.ended } }
  }

  /// Runs `body` with the numbers 0 ..< count side by side.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
    let crew = Crew()
    for number in 0..<count { crew.start { body(number) } }
    return crew.hasEnded(within: 60)
  }
}

/// Whether `condition` comes true in time.
func waits(_ seconds: Double, _ condition: () -> Bool) -> Bool {
  let end = monotonicSeconds() + seconds
  while !condition() {
    guard monotonicSeconds() < end else { return condition() }
    usleep(200)
  }
  return true
}

func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A value behind a lock.
final class Guarded<Value>: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  @discardableResult
  func with<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body(&value)
  }

  var current: Value { with { $0 } }
}

/// Numbers from a seed, one row of them a thread.
struct Dice {
  private var state: UInt64

  init(seed: UInt64, thread: Int) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(thread) << 32 }

  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ mixed >> 31) % UInt64(sides))
  }
}
