import Fault
import Runtime
import Testing
import WireProtocol

/// Probes that do not see every tick: which ticks they see, whatever the runs, and what their values are.
@Suite struct ProbePeriodTests {
  /// Periods of the probes; the last one is the longest that there is.
  private static let periods = [3, 1, 7, 2, 65_536, 40]

  private let network = SessionNetwork.random(seed: 8)
  private var output: Int { network.population(.output) }
  private var count: Int { network.neuronCount(output) }

  private func probed(_ session: SessionUnderTest) throws -> [Int] {
    try Self.periods.enumerated().map { index, period in
      let probe = try session.probe(output, index % 4, first: index % 2, count: count - index % 2)
      try session.setProbePeriod(probe, ticks: period)
      return probe
    }
  }

  /// The state that probe `index` sees.
  private func state(_ session: SessionUnderTest, _ index: Int) throws -> [Int] {
    Array(try session.state(output, index % 4, count: count).dropFirst(index % 2))
  }

  @Test(arguments: [(0, 0), (65_530, 3), (1 << 56 - 20, 11)] as [(UInt64, UInt64)])
  func `a probe sees the ticks whose number is a multiple of its period`(
    learning: UInt64, frozen: UInt64
  ) throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let stepped = try SessionUnderTest(network.model(), seed: network.seed)
    let probes = try probed(session)
    _ = try session.ticks(set: (learning, frozen))
    _ = try stepped.ticks(set: (learning, frozen))
    var before = [learning, frozen]
    for (ticks, flags) in [(1, 1), (1, 1), (30, 1), (2, 0), (1, 0), (90, 0), (6, 3), (100, 1)] {
      _ = try session.run(ticks: ticks, flags: UInt32(flags))
      var expected = probes.map { _ in [Int]() }
      for tick in 0..<UInt64(ticks) {
        _ = try stepped.run(ticks: 1, flags: UInt32(tick == 0 ? flags : flags & 1))
        for (index, period) in Self.periods.enumerated()
        where (before[0] + before[1] + tick + 1) % UInt64(period) == 0 {
          expected[index] += try state(stepped, index)
        }
      }
      for (index, probe) in probes.enumerated() {
        #expect(try session.probeValues(probe) == expected[index], "period \(Self.periods[index])")
      }
      before = try session.ticks()
    }
  }

  @Test func `a presentation counts its ticks too`() throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let probes = try probed(session)
    let intensities = [UInt8](
      repeating: 9, count: network.neuronCount(network.population(.stimulus)))
    _ = try session.present(intensities, ticks: 5)
    #expect(
      try probes.map { try session.probeValues($0).count }
        == [1, 5, 0, 2, 0, 0].enumerated()
        .map { $1 * (count - $0 % 2) })
    _ = try session.present(intensities, ticks: 2, flags: 1)
    #expect(try session.probeValues(probes[2]).count == count)
  }

  @Test func `a period holds from the next run on and goes with its probe`() throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let probe = try session.probe(output, 0, first: 0, count: 1)
    _ = try session.run(ticks: 8)
    let all = try session.probeValues(probe)
    try session.setProbePeriod(probe, ticks: 4)
    #expect(try session.probeValues(probe) == all)
    _ = try session.run(ticks: 8)
    #expect(try session.probeValues(probe).count == 2)
    try session.removeProbe(probe)
    #expect(try session.probe(output, 0, first: 0, count: 1) == probe)
    #expect(try session.probeValues(probe).isEmpty)
    _ = try session.run(ticks: 8)
    #expect(try session.probeValues(probe).count == 8)
  }

  @Test func `periods that there are not are refused`() throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let probe = try session.probe(output, 0, first: 0, count: 1)
    for ticks in [0, 65_537] {
      let found = fault { () throws(Fault) in try session.setProbePeriod(probe, ticks: ticks) }
      #expect(found?.status == .SPK_ERROR_ARGUMENT)
      #expect(found?.sentence.text == "ticks: \(ticks) found, 1 .. 65536 expected")
    }
    _ = try session.run(ticks: 3)
    #expect(try session.probeValues(probe).count == 3)
  }

  @Test func `a session that is restored or resumed sees the ticks that it saw`() throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let probes = try probed(session)
    func seen() throws -> [[Int]] {
      _ = try session.run(ticks: 50, flags: 1)
      return try probes.map { try session.probeValues($0) }
    }
    _ = try session.run(ticks: 5, flags: 1)
    var model = try network.model()
    try session.snapshot(&model)
    let expected = try seen()
    try session.restore(model)
    #expect(try seen() == expected)
    session.beginCall()
    _ = try session.reload(model)
    #expect(try seen() == expected)
  }

  @Test(arguments: 1...40)
  func `what a link loses of it is found again`(seed: Int) throws {
    func follow(faults: Int) throws -> [[Int]] {
      let session = try SessionUnderTest(network.model(), seed: network.seed) {
        (interrupt, _) throws(Fault) in
        LossyLink.wrap(
          try inProcessLink(.standard, interrupt), seed: UInt64(seed), faults: faults)
      }
      session.beginCall()
      let probes = try probed(session)
      return try [9, 1, 300].flatMap { ticks in
        session.beginCall()
        _ = try session.run(ticks: ticks)
        return try probes.map { try session.probeValues($0) }
      }
    }
    #expect(try follow(faults: 1 + seed % 12) == follow(faults: 0))
  }

  @Test func `a board that reports at other ticks is not believed`() throws {
    let session = try SessionUnderTest(network.model(), seed: network.seed) {
      (interrupt, _) throws(Fault) in
      InterposedLink.wrap(try inProcessLink(.standard, interrupt)) { request, frame, board in
        guard request == .probe else { return (board(frame), 0) }
        var payload = Array(frame.dropFirst(28))
        payload[6] = 2
        return (
          board(.frame(type: frame[4], sequence: frame.word(8), epoch: frame.word(12), payload)), 0
        )
      }
    }
    session.beginCall()
    let probe = try session.probe(output, 0, first: 0, count: 1)
    let found = fault { () throws(Fault) in _ = try session.run(ticks: 5) }
    #expect(found?.status == .SPK_ERROR_PROTOCOL && session.losses == 1)
    #expect(try session.probeValues(probe).isEmpty)
  }
}
