import CPlatform
import Glibc
import Testing
import Transport

struct InterruptTests {
  @Test func `it is readable while it is raised, and only then`() throws {
    let interrupt = try Interrupt.make()
    defer { Interrupt.discard(interrupt) }
    #expect(!Interrupt.isRaised(interrupt) && !isReadable(interrupt))
    Interrupt.raise(interrupt)
    Interrupt.raise(interrupt)
    #expect(Interrupt.isRaised(interrupt) && isReadable(interrupt))
    Interrupt.lower(interrupt)
    #expect(!Interrupt.isRaised(interrupt) && !isReadable(interrupt))
  }

  @Test func `raised by one thread and lowered by another, it is never readable for nothing`()
    throws
  {
    let interrupt = try Interrupt.make()
    defer { Interrupt.discard(interrupt) }
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 2)
    words.initialize(repeating: 0, count: 2)
    defer { words.deallocate() }
    nonisolated(unsafe) let (shared, asked, raised) = (interrupt, words, words + 1)
    let raising = Thread {
      var round: UInt64 = 0
      while true {
        while spk_platform_load(asked) == round { sched_yield() }
        round = spk_platform_load(asked)
        guard round != .max else { return }
        Interrupt.raise(shared)
        spk_platform_store(raised, round)
      }
    }
    var wrong = 0
    var round: UInt64 = 0
    let end = spk_platform_now() + 1_000_000_000
    while round < 20_000, spk_platform_now() < end {
      round += 1
      spk_platform_store(asked, round)
      // At once when it can be seen, which is before `raise` has returned.
      while !Interrupt.isRaised(interrupt) {}
      Interrupt.lower(interrupt)
      while spk_platform_load(raised) < round { sched_yield() }
      if Interrupt.isRaised(interrupt) != isReadable(interrupt) { wrong += 1 }
      Interrupt.lower(interrupt)
      if Interrupt.isRaised(interrupt) || isReadable(interrupt) { wrong += 1 }
    }
    spk_platform_store(asked, .max)
    raising.join()
    #expect(wrong == 0)
  }

  private func isReadable(_ interrupt: Interrupt.Pointer) -> Bool {
    var wanted = pollfd(fd: interrupt.pointee.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wanted, 1, 0) == 1
  }
}
