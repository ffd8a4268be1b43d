import Fault
import Model
import NeuroCore
import Runtime
import Testing

/// Sessions over a link in this process, held against the reference.
@Suite struct SessionTests {
  /// Boards of very different sizes.
  private static var sizes: [BoardSize] {
    [
      BoardSize(cores: 1, neuronsPerCore: 65_536, synapseBytesPerCore: 1 << 40), .standard,
      BoardSize(cores: 64, neuronsPerCore: 6, synapseBytesPerCore: 1_500),
      BoardSize(cores: 200, neuronsPerCore: 17, synapseBytesPerCore: 700),
    ]
  }

  private func recorded(
    _ network: SessionNetwork, on size: BoardSize
  ) throws(Fault) -> SessionUnderTest {
    let session = try SessionUnderTest(network.model(), on: size, seed: network.seed)
    for (index, part) in network.populations.enumerated() where part.parameters.kind != .analogue {
      try session.record(index)
    }
    return session
  }

  @Test(arguments: 1...50)
  func `results are those of the law whatever the board`(seed: Int) throws {
    let network = SessionNetwork.random(seed: UInt64(seed))
    var sessions: [SessionUnderTest] = []
    for size in Self.sizes {
      do throws(Fault) {
        sessions.append(try recorded(network, on: size))
      } catch {
        try #require(error.status == .SPK_ERROR_DOES_NOT_FIT, "\(error.sentence.text)")
      }
    }
    try #require(sessions.count >= 2)
    var reference = ReferenceSession(network)
    for (index, step) in network.randomScript(seed: UInt64(seed), steps: 25).enumerated() {
      let expected = reference.take(step, network)
      let first = try sessions[0].take(step)
      #expect(first.scores == expected.scores, "step \(index)")
      if case .run = step { #expect(first.spikes == expected.spikes, "step \(index)") }
      for other in sessions.dropFirst() {
        #expect(try other.take(step) == first, "step \(index)")
      }
    }
    for session in sessions { try compare(session, reference, network) }
  }

  private func compare(
    _ session: SessionUnderTest, _ reference: ReferenceSession, _ network: SessionNetwork
  ) throws(Fault) {
    for index in network.projections.indices {
      #expect(try session.weights(index) == reference.network.projections[index].weights)
    }
    for (index, part) in network.populations.enumerated() {
      for variable in (0..<UInt8(StateVariable.count)).compactMap(StateVariable.init)
      where part.parameters.has(variable) {
        #expect(
          try session.state(index, Int(variable.rawValue), count: network.neuronCount(index))
            == reference.network.populations[index].state(variable))
      }
    }
    #expect(
      try session.ticks()
        == [reference.network.learningTickCount, reference.network.frozenTickCount])
  }

  @Test func `only what is recorded is reported`() throws {
    let network = SessionNetwork.random(seed: 3)
    let all = try recorded(network, on: .standard)
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    let script = network.randomScript(seed: 3, steps: 12)
    let output = network.population(.output)
    for step in script {
      #expect(
        try session.take(step).spikes == all.take(step).spikes.filter { $0.population == output })
    }
    try session.record(output, false)
    for step in script { #expect(try session.take(step).spikes.isEmpty) }
  }

  @Test func `probes see the state after each tick`() throws {
    let network = SessionNetwork.random(seed: 8)
    let output = network.population(.output)
    let count = network.neuronCount(output)
    let probed = try SessionUnderTest(network.model(), seed: network.seed)
    let stepped = try SessionUnderTest(network.model(), seed: network.seed)
    let membrane = try probed.probe(output, 0, first: 0, count: count)
    let current = try probed.probe(output, 1, first: 1, count: 1)
    #expect([membrane, current] == [0, 1])
    #expect(try probed.probeValues(membrane) == [])
    _ = try probed.run(ticks: 300, flags: 1)
    var expected: [[Int]] = [[], []]
    for _ in 0..<300 {
      _ = try stepped.run(ticks: 1, flags: 1)
      expected[0] += try stepped.state(output, 0, count: count)
      expected[1].append(try stepped.state(output, 1, count: 2)[1])
    }
    #expect(try probed.probeValues(membrane) == expected[0])
    #expect(try probed.probeValues(current) == expected[1])
    try probed.removeProbe(membrane)
    _ = try probed.run(ticks: 2, flags: 1)
    #expect(try probed.probeValues(current).count == 2)
    #expect(
      fault { () throws(Fault) in _ = try probed.probeValues(membrane) }?.status
        == .SPK_ERROR_ARGUMENT)
  }

  @Test func `more than one frame of spikes and probe values comes whole`() throws {
    var network = SessionNetwork()
    network.add(.leaky, 700, role: .output) { $0.threshold = -1 }
    let session = try SessionUnderTest(network.model())
    let probe = try session.probe(0, 0, first: 0, count: 700)
    let spikes = try session.run(ticks: 40)
    #expect(spikes.count == 40 * 700)
    #expect(
      spikes
        == (0..<40).flatMap { tick in
          (0..<700).map { Spike(tick: tick, population: 0, neuron: $0) }
        })
    #expect(try session.probeValues(probe) == [Int](repeating: 0, count: 40 * 700))
  }

  @Test func `scores of more neurons than a frame holds come whole`() throws {
    var network = SessionNetwork()
    network.add(.input, 1, role: .stimulus)
    network.add(.leaky, 8_100, role: .output) { $0.hasThreshold = false }
    network.populations[1].arrays = [(.bias, (0..<8_100).map { $0 == 8_050 ? 7 : -$0 })]
    network.populations[1].parameters.perNeuron = NeuronParameter.bias.bit
    let scores = try SessionUnderTest(network.model()).present([0], ticks: 1)
    #expect(scores.best == 8_050)
    #expect(scores.potentials == (0..<8_100).map { $0 == 8_050 ? 7 : -$0 })
    #expect(scores.firstSpikes.allSatisfy { $0 == -1 })
  }

  @Test func `learnt weights are stored in a model of the same shape`() throws {
    let network = SessionNetwork.random(seed: 21)
    let session = try SessionUnderTest(network.model(), seed: network.seed)
    for step in network.randomScript(seed: 21, steps: 15) { _ = try session.take(step) }
    var model = try network.model()
    try session.store(&model)
    let again = try SessionUnderTest(model, seed: 1)
    for index in network.projections.indices {
      #expect(try again.weights(index) == session.weights(index))
    }
    var other = try SessionNetwork.random(seed: 22).model()
    #expect(fault { () throws(Fault) in try session.store(&other) }?.status == .SPK_ERROR_ARGUMENT)
  }

  /// A session that has done `before` of a script and one restored from its snapshot do the rest alike.
  @Test(arguments: 1...40)
  func `a restored session goes on as the one it was taken of`(seed: Int) throws {
    let network = SessionNetwork.random(seed: UInt64(seed))
    let script = network.randomScript(seed: UInt64(seed), steps: 24)
    let session = try recorded(network, on: .standard)
    for step in script.prefix(12) { _ = try session.take(step) }
    var model = try network.model()
    try session.snapshot(&model)
    // Through the bytes of a file.
    let bytes = try model.encode()
    let read = try Model.decode(UnsafeBufferPointer(bytes.elements), source: "")
    #expect(read.snapshot == model.snapshot && read.snapshot != nil)
    let restored = try SessionUnderTest(network.model(), on: .standard, seed: 99)
    let reloaded = try SessionUnderTest(network.model(), on: .standard, seed: 98)
    for (index, part) in network.populations.enumerated() where part.parameters.kind != .analogue {
      try restored.record(index)
      try reloaded.record(index)
    }
    for step in script.suffix(5) {
      _ = try restored.take(step)
      _ = try reloaded.take(step)
    }
    try restored.restore(read)
    _ = try reloaded.reload(read)
    for (index, step) in script.suffix(12).enumerated() {
      let expected = try session.take(step)
      #expect(try restored.take(step) == expected, "step \(index)")
      #expect(try reloaded.take(step) == expected, "step \(index)")
    }
    for index in network.projections.indices {
      #expect(try restored.weights(index) == session.weights(index))
      #expect(try reloaded.weights(index) == session.weights(index))
    }
    #expect(try restored.ticks() == session.ticks())
  }

  @Test func `a snapshot tells what going back to it undoes`() throws {
    let network = SessionNetwork.random(seed: 4)
    let session = try SessionUnderTest(network.model(), seed: 4)
    _ = try session.run(ticks: 5, flags: 1)
    var model = try network.model()
    try session.snapshot(&model)
    _ = try session.run(ticks: 7, flags: 1)
    _ = try session.run(ticks: 3)
    let undone = try session.reload(model)
    #expect(undone.learningTicks == 7 && undone.frozenTicks == 3 && !undone.isUncertain)
    #expect(try session.ticks() == [5, 0])
  }

  @Test func `state that is written decays as the law says, whether anything arrives or not`()
    throws
  {
    var network = SessionNetwork()
    network.add(.leaky, 2, role: .output) {
      $0.hasThreshold = false
      $0.decays[0] = DecaySet(membrane: 2048, current1: 1024, current2: 4096, dendrite: 2048)
    }
    let session = try SessionUnderTest(network.model())
    try session.writeState(0, 1, [1000, -1000])
    try session.writeState(0, 3, [64, -64])
    try session.writeState(0, 0, [80, -80])
    _ = try session.run(ticks: 1)
    #expect(try session.state(0, 1, count: 2) == [750, -750])
    #expect(try session.state(0, 3, count: 2) == [32, -32])
    #expect(try session.state(0, 0, count: 2) == [790, -790])
    try session.writeState(0, 4, [3, 255])
    #expect(try session.state(0, 4, count: 2) == [3, 255])
    #expect(
      fault { () throws(Fault) in try session.writeState(0, 4, [256]) }?.status
        == .SPK_ERROR_ARGUMENT)
    #expect(
      fault { () throws(Fault) in try session.writeState(0, 0, [1 << 23]) }?.status
        == .SPK_ERROR_ARGUMENT)
  }

  @Test func `a model without a snapshot restores nothing`() throws {
    let network = SessionNetwork.random(seed: 5)
    let session = try SessionUnderTest(network.model())
    let model = try network.model()
    let cause = fault { () throws(Fault) in try session.restore(model) }
    #expect(cause?.status == .SPK_ERROR_STATE)
    let other = try SessionNetwork.random(seed: 6).model()
    #expect(
      fault { () throws(Fault) in _ = try session.reload(other) }?.status == .SPK_ERROR_ARGUMENT)
  }

  @Test func `a model that the board has no room for leaves the session as it is`() throws {
    var network = SessionNetwork()
    network.add(.leaky, 8, role: .output) { $0.bias = 60 }
    var grouped = SessionNetwork()
    grouped.add(.leaky, 8, role: .output) { $0.groupSize = 8 }
    let model = try grouped.model()
    let session = try SessionUnderTest(
      network.model(), on: BoardSize(cores: 2, neuronsPerCore: 4, synapseBytesPerCore: 4096))
    let beside = try SessionUnderTest(network.model())
    _ = try session.run(ticks: 3)
    _ = try beside.run(ticks: 3)
    let cause = fault { () throws(Fault) in _ = try session.reload(model) }
    #expect(cause?.status == .SPK_ERROR_DOES_NOT_FIT)
    #expect(try session.run(ticks: 9) == beside.run(ticks: 9))
    #expect(session.losses == 0)
    // Had the board been lost before, it would be so again.
    #expect(
      fault { () throws(Fault) in _ = try session.reload(model, isReopened: true) }?.status
        == .SPK_ERROR_DOES_NOT_FIT)
    #expect(fault { () throws(Fault) in try session.clear() }?.status == .SPK_ERROR_LOST)
    #expect(session.losses == 0)
  }
}
