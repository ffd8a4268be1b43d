import CSpikelet
import Fault
import NeuroCore
import Runtime
import Testing

/// What a session refuses before it asks the board, and that it goes on afterwards.
@Suite struct SessionRefusalTests {
  private let network = SessionNetwork.random(seed: 4)

  private func expect(
    _ status: spk_status, _ words: String, _ body: (SessionUnderTest) throws(Fault) -> Void
  ) throws {
    let session = try SessionUnderTest(network.model())
    let found = fault { () throws(Fault) in try body(session) }
    #expect(found?.status == status)
    #expect(found?.sentence.text.contains(words) == true, "\(found?.sentence.text ?? "no fault")")
    _ = try session.run(ticks: 1)
  }

  @Test func `runs out of range are refused`() throws {
    try expect(.SPK_ERROR_ARGUMENT, "ticks: 0 found") { s throws(Fault) in _ = try s.run(ticks: 0) }
    try expect(.SPK_ERROR_ARGUMENT, "65537") { s throws(Fault) in _ = try s.run(ticks: 65_537) }
    try expect(.SPK_ERROR_ARGUMENT, "flags: 8") { s throws(Fault) in
      _ = try s.run(ticks: 1, flags: 8)
    }
  }

  @Test func `events that cannot be are refused`() throws {
    let stimulus = network.population(.stimulus)
    let neurons = network.neuronCount(stimulus)
    let first = Spike(tick: 1, population: stimulus, neuron: 1)
    let wrong = [
      (Spike(tick: 2, population: stimulus, neuron: 0), "event 0: tick 2 of 2"),
      (Spike(tick: 0, population: 99, neuron: 0), "population 99 does not exist"),
      (Spike(tick: 0, population: stimulus, neuron: neurons), "neuron \(neurons) of population"),
      (Spike(tick: 0, population: network.population(.output), neuron: 0), "event 0"),
    ]
    for (event, words) in wrong {
      try expect(.SPK_ERROR_ARGUMENT, words) { s throws(Fault) in
        _ = try s.run(ticks: 2, [event])
      }
    }
    for event in [first, Spike(tick: 1, population: stimulus, neuron: 0)] {
      try expect(.SPK_ERROR_ARGUMENT, "event 1 does not follow event 0") { s throws(Fault) in
        _ = try s.run(ticks: 2, [first, event])
      }
    }
  }

  @Test func `presentations out of range are refused`() throws {
    let pixels = [UInt8](repeating: 0, count: network.neuronCount(network.population(.stimulus)))
    let outputs = network.neuronCount(network.population(.output))
    try expect(.SPK_ERROR_ARGUMENT, "intensities") { s throws(Fault) in
      _ = try s.present(pixels + [0], ticks: 1)
    }
    for label in [-2, outputs] {
      try expect(.SPK_ERROR_ARGUMENT, "label: \(label)") { s throws(Fault) in
        _ = try s.present(pixels, ticks: 1, label: label)
      }
    }
    for period in [0, 65_536] {
      try expect(.SPK_ERROR_ARGUMENT, "label_period") { s throws(Fault) in
        _ = try s.present(pixels, ticks: 1, labelPeriod: period)
      }
    }
    try expect(.SPK_ERROR_ARGUMENT, "flags: 4") { s throws(Fault) in
      _ = try s.present(pixels, ticks: 1, flags: 4)
    }
  }

  @Test func `arrays of the wrong size or value are refused`() throws {
    let values = network.populations.firstIndex { $0.parameters.kind == .analogue }!
    let count = network.neuronCount(values)
    try expect(.SPK_ERROR_ARGUMENT, "magnitude at most 100") { s throws(Fault) in
      try s.setValues(values, [Int](repeating: 101, count: count))
    }
    try expect(.SPK_ERROR_ARGUMENT, "\(count) expected") { s throws(Fault) in
      try s.setValues(values, [1] + [Int](repeating: 1, count: count))
    }
    try expect(.SPK_ERROR_ARGUMENT, "weights found") { s throws(Fault) in
      try s.write(0, weights: [0])
    }
    let outputs = network.neuronCount(network.population(.output))
    try expect(.SPK_ERROR_ARGUMENT, "it has \(outputs)") { s throws(Fault) in
      _ = try s.state(network.population(.output), 0, count: outputs + 1)
    }
    try expect(.SPK_ERROR_ARGUMENT, "variable: 9") { s throws(Fault) in
      _ = try s.state(network.population(.output), 9, count: 1)
    }
    try expect(.SPK_ERROR_ARGUMENT, "does not have variable 4") { s throws(Fault) in
      _ = try s.state(values, 4, count: 1)
    }
    try expect(.SPK_ERROR_ARGUMENT, "expected of a probe") { s throws(Fault) in
      _ = try s.probe(network.population(.output), 4, first: 0, count: 1)
    }
  }

  @Test func `what does not exist is refused`() throws {
    let none = network.projections.count
    try expect(.SPK_ERROR_ARGUMENT, "projection \(none) does not exist") { s throws(Fault) in
      try s.setEnabled(none, true)
    }
    try expect(.SPK_ERROR_ARGUMENT, "population 99 does not exist") { s throws(Fault) in
      try s.record(99)
    }
    try expect(.SPK_ERROR_ARGUMENT, "probe 0 does not exist") { s throws(Fault) in
      try s.removeProbe(0)
    }
    try expect(.SPK_ERROR_ARGUMENT, "below 2^56") { s throws(Fault) in
      _ = try s.ticks(set: (1 << 56, 0))
    }
  }

  @Test func `more than sixteen probes are refused`() throws {
    try expect(.SPK_ERROR_STATE, "all 16 probes are in use") { s throws(Fault) in
      for _ in 0..<17 { _ = try s.probe(network.population(.output), 0, first: 0, count: 1) }
    }
  }
}
