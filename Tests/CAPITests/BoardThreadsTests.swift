import CSpikelet
import Glibc
import Testing
import Threads

/// A board in the process that several threads simulate.
@Suite(.serialized) struct BoardThreadsTests {
  @Test("As many threads as one likes give the bits of one", arguments: zip(1...2, [2, 3]))
  func sameBits(seed: UInt64, threads: UInt32) throws {
    let alone = try ThreadedBoard(seed: seed, threads: 1)
    let board = try ThreadedBoard(seed: seed, threads: threads)
    for ticks in [5, 3] {
      let (expected, found) = (try alone.run(ticks: ticks), try board.run(ticks: ticks))
      let place = zip(expected, found).enumerated().first { $1.0 != $1.1 }?.offset
      #expect(place == nil, "seed \(seed), \(threads) threads: value \(place!) differs")
      #expect(found.count == expected.count, "seed \(seed), \(threads) threads")
    }
    try alone.end()
    try board.end()
  }

  @Test("Each part of each round is done once, whether the threads are awake or not")
  func everyPartOnce() throws {
    for count in [2, 3, 8] {
      let crew = try ThreadCrew.make(count)
      let lent = ThreadCrew.lend(crew)
      let tally = UnsafeMutablePointer<Int>.allocate(capacity: count)
      tally.initialize(repeating: 0, count: count)
      for round in 0..<3_000 {
        lent.share({ tally, part in tally.assumingMemoryBound(to: Int.self)[part] += 1 }, tally)
        // Long enough for the threads to fall asleep, now and then.
        if round % 300 == 0 { usleep(2_000) }
      }
      #expect((0..<count).allSatisfy { tally[$0] == 3_000 }, "\(count) threads")
      ThreadCrew.end(crew)
      tally.deallocate()
    }
  }
}
