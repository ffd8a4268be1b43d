import CPlatform
import Fault
import NeuroCore

/// Threads that do parts of the same work with the one that asks for it, round by round.
///
/// Whoever comes first to a part does it, so that nobody waits for a thread that sleeps or has lost its processor, and work is done
/// even where the threads are gone, as in a process that has forked. Who waits looks for some microseconds, then sleeps.
public struct ThreadCrew: ~Copyable {
  public typealias Pointer = UnsafeMutablePointer<ThreadCrew>

  /// The most threads of a crew.
  public static let limit = 64

  private let count: Int
  private let threads: UnsafeMutablePointer<pthread_t>
  private let process = getpid()
  private let words: UnsafeMutablePointer<UInt64>

  /// A crew of so many threads, the caller's counted.
  ///
  /// - Parameters:
  ///   - count: 2 .. `limit`.
  /// - Throws: NO_MEMORY; the system may have no more threads, too.
  public static func make(_ count: Int) throws(Fault) -> Pointer {
    guard let raw = spk_platform_allocate(MemoryLayout<ThreadCrew>.size) else { throw noMemory }
    let words = spk_platform_allocate(Word.bytes(count))
    let threads = spk_platform_allocate(MemoryLayout<pthread_t>.stride * count)
    guard let words, let threads else {
      free(words)
      free(threads)
      free(raw)
      throw noMemory
    }
    memset(words, 0, Word.bytes(count))
    let crew = raw.bindMemory(to: ThreadCrew.self, capacity: 1)
    crew.initialize(
      to: ThreadCrew(
        count: count, threads: threads.bindMemory(to: pthread_t.self, capacity: count),
        words: words.bindMemory(to: UInt64.self, capacity: Word.bytes(count) / 8)))
    for part in 1..<count {
      let failure = spk_platform_thread(
        crew.pointee.threads + part,
        { crew in
          ThreadCrew.serve(crew.unsafelyUnwrapped.assumingMemoryBound(to: ThreadCrew.self))
          return nil
        }, crew)
      guard failure == 0 else {
        end(crew, started: part - 1)
        throw Fault(
          .SPK_ERROR_NO_MEMORY,
          "the system gives no thread (error \(failure)); ask for fewer than \(count)")
      }
    }
    return crew
  }

  private init(
    count: Int, threads: UnsafeMutablePointer<pthread_t>, words: UnsafeMutablePointer<UInt64>
  ) {
    self.count = count
    self.threads = threads
    self.words = words
  }

  /// Ends its threads and frees it; nobody is at work.
  public static func end(_ crew: Pointer) { end(crew, started: crew.pointee.count - 1) }

  private static func end(_ crew: Pointer, started: Int) {
    // After a fork the threads are the other process's.
    if crew.pointee.process == getpid() {
      crew.pointee.announce(Word.ended)
      for index in 0..<started { pthread_join(crew.pointee.threads[1 + index], nil) }
    }
    free(crew.pointee.words)
    free(crew.pointee.threads)
    crew.deinitialize(count: 1)
    free(crew)
  }

  /// The crew as a fabric wants it.
  public static func lend(_ crew: Pointer) -> TickCrew {
    TickCrew(count: crew.pointee.count, context: crew) { crew, work, argument in
      ThreadCrew.run(crew.assumingMemoryBound(to: ThreadCrew.self), work, argument)
    }
  }

  private static func run(
    _ crew: Pointer, _ work: @escaping TickCrew.Work, _ argument: UnsafeMutableRawPointer
  ) {
    // Nobody reads it: every part of the last round is done.
    crew.pointee.job.pointee = Job(work: work, argument: argument)
    let round = spk_platform_load(crew.pointee.word(Word.round)) + 1
    crew.pointee.announce(round)
    help(crew, round, first: 0)
    let all = round * UInt64(crew.pointee.count)
    var done = spk_platform_load(crew.pointee.word(Word.done))
    while done != all {
      crew.pointee.wait(Word.done, whileIs: done, sleepers: Word.callerSleeps)
      done = spk_platform_load(crew.pointee.word(Word.done))
    }
  }

  /// What a thread of the crew does until the crew ends.
  private static func serve(_ crew: Pointer) {
    let number = Int(spk_platform_add(crew.pointee.word(Word.arrived), 1))
    var round: UInt64 = 0
    while true {
      crew.pointee.wait(Word.round, whileIs: round, sleepers: Word.sleepers)
      round = spk_platform_load(crew.pointee.word(Word.round))
      guard round != Word.ended else { return }
      help(crew, round, first: number)
    }
  }

  /// Does the parts of a round that nobody has taken, its own first.
  private static func help(_ crew: Pointer, _ round: UInt64, first: Int) {
    for step in 0..<crew.pointee.count {
      let part = (first + step) % crew.pointee.count
      var before = round - 1
      guard spk_platform_exchange(crew.pointee.word(Word.taken + part), &before, round) != 0
      else { continue }
      // The round is still this one: it does not end before this part is done.
      let job = crew.pointee.job.pointee
      job.work(job.argument, part)
      _ = spk_platform_add(crew.pointee.word(Word.done), 1)
      crew.pointee.wake(Word.done, sleepers: Word.callerSleeps)
    }
  }

  private func announce(_ round: UInt64) {
    spk_platform_store(word(Word.round), round)
    wake(Word.round, sleepers: Word.sleepers)
  }

  private func wake(_ index: Int, sleepers: Int) {
    spk_platform_fence()
    if spk_platform_load(word(sleepers)) != 0 { spk_platform_wake_sleepers(word(index)) }
  }

  /// Waits while a word has a value: looks at it for a while, then sleeps until it is woken.
  private func wait(_ index: Int, whileIs value: UInt64, sleepers: Int) {
    let word = word(index)
    let end = spk_platform_now() + lookNanoseconds
    repeat {
      for _ in 0..<32 {
        if spk_platform_load(word) != value { return }
        spk_platform_relax()
      }
    } while spk_platform_now() < end
    _ = spk_platform_add(self.word(sleepers), 1)
    spk_platform_fence()
    while spk_platform_load(word) == value { spk_platform_sleep_while(word, value) }
    _ = spk_platform_add(self.word(sleepers), UInt64.max)
  }

  private func word(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    words + Word.stride * index
  }

  private var job: UnsafeMutablePointer<Job> {
    UnsafeMutableRawPointer(word(Word.job)).assumingMemoryBound(to: Job.self)
  }

  private static var noMemory: Fault {
    Fault(.SPK_ERROR_NO_MEMORY, "out of memory for the threads of a simulated board")
  }
}

/// How long a thread looks before it sleeps: to be woken takes as long.
private let lookNanoseconds: Int64 = 50_000

private struct Job: BitwiseCopyable {
  let work: TickCrew.Work
  let argument: UnsafeMutableRawPointer
}

/// The words that threads meet at, each in a line of the cache for itself.
private enum Word {
  static let round = 0, done = 1, sleepers = 2, callerSleeps = 3, arrived = 4, job = 5, taken = 6
  static let stride = 16
  /// The round after the last.
  static let ended = UInt64.max

  static func bytes(_ parts: Int) -> Int { 8 * stride * (taken + parts) }
}
