import Testing

@testable import BoardSim

/// What each fault does to the bytes that go one way.
struct FaultyLaneTests {
  private static let bytes = (0..<100).map { UInt8($0) }

  /// All pieces that come out of a lane for bytes that come in in pieces, with time for every wait.
  private func pieces(
    _ plan: String, _ bytes: [UInt8] = bytes, piece: Int = 100, limit: Int = 1_000,
    way: BoardFault.Way = .toBoard
  ) throws -> [[UInt8]] {
    var lane = FaultyLane(try FaultPlan(plan), way)
    var out: [[UInt8]] = []
    var now: Int64 = 0
    for start in stride(from: 0, to: bytes.count, by: piece) {
      lane.put(bytes[start..<min(start + piece, bytes.count)])
      loop: while true {
        switch lane.take(limit, now: now) {
        case .bytes(let bytes): out.append(bytes)
        case .nothing: break loop
        case .wait(let time): now = time
        case .fault: continue
        }
      }
      #expect(!lane.holds)
    }
    return out
  }

  private func range(_ range: Range<Int>) -> [UInt8] { Array(Self.bytes[range]) }

  @Test func `without faults bytes pass as they are`() throws {
    #expect(try pieces("drop@in:5") == [Self.bytes])
    #expect(try pieces("drop@100") == [Self.bytes])
  }

  @Test(arguments: [1, 3, 100], [1, 7, 1_000])
  func `bytes get lost come twice or change places`(piece: Int, limit: Int) throws {
    func out(_ plan: String) throws -> [UInt8] {
      Array(try pieces(plan, piece: piece, limit: limit).joined())
    }
    #expect(try out("drop@10*5") == range(0..<10) + range(15..<100))
    #expect(try out("drop@98*5") == range(0..<98))
    #expect(try out("duplicate@10*5") == range(0..<15) + range(10..<100))
    #expect(
      try out("reorder@10*5") == range(0..<10) + range(15..<20) + range(10..<15) + range(20..<100))
    #expect(try out("reorder@90*8") == range(0..<90) + range(98..<100), "the rest is held back")
    #expect(
      try out("drop@0*2,duplicate@50*1,drop@50*2")
        == range(2..<51) + [50] + range(53..<100), "one after the other at the same place")
    let turned = try out("corrupt@10*3,seed=4,count=0")
    #expect(turned.count == 100)
    #expect(
      turned.indices.filter { turned[$0] != Self.bytes[$0] } == [10, 11, 12])
  }

  @Test func `bits are turned as the seed says`() throws {
    func out(_ seed: Int, _ piece: Int) throws -> [UInt8] {
      Array(try pieces("corrupt@10*50,count=0,seed=\(seed)", piece: piece).joined())
    }
    #expect(try out(1, 100) == out(1, 3))
    #expect(try out(1, 100) != out(2, 100))
  }

  @Test func `short packets have one byte and an empty one before it`() throws {
    #expect(
      try pieces("short@10*2") == [range(0..<10), [], [10], [], [11], range(12..<100)])
  }

  @Test func `bytes wait until their time`() throws {
    var lane = FaultyLane(try FaultPlan("delay@10*20"), .toBoard)
    lane.put(Self.bytes)
    #expect(lane.take(1_000, now: 5) == .bytes(range(0..<10)))
    #expect(lane.take(1_000, now: 5) == .wait(until: 20_000_005))
    #expect(lane.take(1_000, now: 20_000_004) == .wait(until: 20_000_005))
    #expect(lane.holds)
    #expect(lane.take(1_000, now: 20_000_005) == .bytes(range(10..<100)))
    #expect(lane.take(1_000, now: 20_000_006) == .nothing)
  }

  @Test(arguments: ["stall", "freeze", "reset", "unplug"])
  func `what happens to the board is told once before its byte`(kind: String) throws {
    let plan = try FaultPlan("\(kind)@10*7")
    var lane = FaultyLane(plan, .toBoard)
    lane.put(range(0..<10))
    #expect(lane.take(1_000, now: 0) == .bytes(range(0..<10)))
    #expect(lane.take(1_000, now: 0) == .nothing)
    lane.put(range(10..<100))
    #expect(lane.take(1_000, now: 0) == .fault(plan.faults[0]))
    #expect(lane.take(1_000, now: 0) == .bytes(range(10..<100)))
  }

  @Test func `what is forgotten counts as gone by`() throws {
    var lane = FaultyLane(try FaultPlan("drop@100*1,delay@3"), .toBoard)
    lane.put(range(0..<90))
    _ = lane.take(3, now: 0)
    #expect(lane.take(3, now: 0) == .wait(until: 20_000_000))
    lane.clear()
    #expect(lane.take(3, now: 0) == .nothing)
    lane.put(range(0..<20))
    #expect(lane.take(1_000, now: 0) == .bytes(range(0..<10)))
    #expect(lane.take(1_000, now: 0) == .bytes(range(11..<20)))
  }

  @Test(arguments: 1...200)
  func `what comes out does not depend on the pieces that come in`(seed: Int) throws {
    let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let plan = "seed=\(seed),count=20,span=5000"
    let whole = try pieces(plan, bytes, piece: 5_000)
    #expect(try Array(pieces(plan, bytes, piece: 7).joined()) == Array(whole.joined()))
    #expect(try Array(pieces(plan, bytes, piece: 512, limit: 64).joined()) == Array(whole.joined()))
  }
}
