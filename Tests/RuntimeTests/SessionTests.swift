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
    for (index, part) in network.populations.enumerated() where part.parameters.kind == .leaky {
      for compartment in [Compartment.membrane, .current1, .current2, .dendrite] {
        #expect(
          try session.state(
            index, Int(compartment.rawValue), count: network.neuronCount(index))
            == reference.network.populations[index].state(compartment))
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
}
