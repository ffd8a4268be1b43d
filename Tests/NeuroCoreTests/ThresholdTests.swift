import NeuroCore
import Testing

/// Steps 5 and 6 of a tick, docs/numerics.md 2, against numbers worked out by hand.
@Suite struct ThresholdTests {
  /// Neurons that are driven by their bias alone.
  static func driven(
    _ biases: [Int], _ change: (inout Population) -> Void = { _ in }
  ) -> NetworkDescription {
    var network = NetworkDescription()
    network.add(.leaky, biases.count, change)
    network.set(.bias, of: 0, biases)
    return network
  }

  /// The spikes and V of each tick.
  static func run(
    _ network: NetworkDescription, _ implementation: Implementation, ticks: Int
  ) -> (spikes: [[Int]], membranes: [[Int]]) {
    let run = implementation.make(network)
    var spikes: [[Int]] = []
    var membranes: [[Int]] = []
    for count in 0..<ticks {
      run.tick(count)
      spikes.append(run.spikes(population: 0))
      membranes.append(run.membrane(0))
    }
    return (spikes, membranes)
  }

  @Test("A neuron fires above its threshold, not at it", arguments: Implementation.allCases)
  func thresholdIsStrict(implementation: Implementation) {
    let network = Self.driven([9, 10, 11]) { $0.threshold = 10 }
    #expect(Self.run(network, implementation, ticks: 1).spikes == [[2]])
  }

  @Test("Each neuron has its own threshold", arguments: Implementation.allCases)
  func thresholdPerNeuron(implementation: Implementation) {
    var network = Self.driven([5, 5, 5])
    network.set(.threshold, of: 0, [4, 5, -1])
    #expect(Self.run(network, implementation, ticks: 1).spikes == [[0, 2]])
  }

  @Test("A population without a threshold never fires", arguments: Implementation.allCases)
  func readoutIsSilent(implementation: Implementation) {
    let network = Self.driven([100]) { $0.hasThreshold = false }
    #expect(Self.run(network, implementation, ticks: 2).spikes == [[], []])
  }

  @Test(
    "Firing leaves V, sets it, or takes the threshold from it",
    arguments: Implementation.allCases,
    [
      (ResetKind.none, [15, 30, 45]), (.value, [3, 3, 3]), (.subtract, [5, 10, 15]),
    ])
  func resets(implementation: Implementation, reset: (kind: ResetKind, membranes: [Int])) {
    let network = Self.driven([15]) {
      $0.threshold = 10
      $0.decays[0].membrane = 0
      $0.reset = reset.kind
      $0.resetValue = 3
    }
    let found = Self.run(network, implementation, ticks: 3)
    #expect(found.membranes == reset.membranes.map { [$0] })
    #expect(found.spikes == [[0], [0], [0]])
  }

  @Test("A reset stops at the lower bound", arguments: Implementation.allCases)
  func resetStopsAtTheLowerBound(implementation: Implementation) {
    let network = Self.driven([20]) {
      $0.threshold = 10
      $0.resetValue = -50
      $0.lowerBound = -30
    }
    #expect(Self.run(network, implementation, ticks: 1).membranes == [[-30]])
  }

  @Test("Subtracting a negative threshold saturates", arguments: Implementation.allCases)
  func subtractSaturates(implementation: Implementation) {
    let network = Self.driven([8_388_607]) {
      $0.threshold = -8_388_608
      $0.reset = .subtract
    }
    #expect(Self.run(network, implementation, ticks: 1).membranes == [[8_388_607]])
  }

  @Test("A refractory neuron integrates but does not fire", arguments: Implementation.allCases)
  func refractory(implementation: Implementation) {
    let network = Self.driven([20]) {
      $0.threshold = 10
      $0.decays[0].membrane = 0
      $0.refractoryTicks = 2
    }
    let found = Self.run(network, implementation, ticks: 7)
    #expect(found.spikes == [[0], [], [], [0], [], [], [0]])
    #expect(found.membranes == [[0], [20], [40], [0], [20], [40], [0]])
  }

  @Test(
    "Of a group the neuron furthest above its threshold fires", arguments: Implementation.allCases)
  func groupWinner(implementation: Implementation) {
    var network = Self.driven([50, 9, 1, -7, 3]) { $0.groupSize = 2 }
    network.set(.threshold, of: 0, [45, 3, 5, 0, 1])
    let found = Self.run(network, implementation, ticks: 1)
    #expect(found.spikes == [[1, 4]])
    #expect(found.membranes == [[50, 0, 1, -7, 0]])
  }

  @Test("Among equals of a group the lowest index fires", arguments: Implementation.allCases)
  func groupTie(implementation: Implementation) {
    let network = Self.driven([7, 8, 8, 8, 8, 8]) { $0.groupSize = 3 }
    #expect(Self.run(network, implementation, ticks: 1).spikes == [[1, 3]])
  }

  @Test("A refractory neuron leaves its group to others", arguments: Implementation.allCases)
  func groupRefractory(implementation: Implementation) {
    let network = Self.driven([9, 8, 7]) {
      $0.groupSize = 65_536
      $0.refractoryTicks = 2
      $0.threshold = 1
    }
    let found = Self.run(network, implementation, ticks: 4)
    #expect(found.spikes == [[0], [1], [2], [0]])
  }
}
