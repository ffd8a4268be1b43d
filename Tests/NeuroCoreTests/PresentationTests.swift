import NeuroCore
import NeuroReference
import Testing

/// Sections 3 and 6 of docs/numerics.md.
@Suite struct PresentationTests {
  /// Stimulus 0, labels 1, noisy hidden 2 and output 3 that learn.
  static var network: NetworkDescription {
    var random = SplitMix64(seed: 5)
    var network = NetworkDescription(seed: 0x0123_4567_89AB_CDEF)
    network.add(.input, 20) {
      $0.gain = 30_000
      $0.floor = 10
    }
    network.add(.input, 3)
    for count in [12, 3] {
      network.add(.leaky, count) {
        $0.threshold = 300
        $0.noiseAmplitude = 50
        $0.decays[0] = DecaySet(membrane: 400)
      }
    }
    for (source, target) in [(0, 2), (2, 3), (1, 3)] {
      let count = network.neuronCount(source) * network.neuronCount(target)
      network.connect(source, target, (0..<count).map { _ in random.integer(-40...80) }) {
        $0.shift = 2
        $0.learning = true
        $0.labelGated = source == 1
        $0.rule.termCount = 1
        $0.rule.terms[0].factorA = .membrane
        $0.rule.terms[0].mantissa = -3
        $0.rule.terms[0].shift = 6
      }
    }
    return network
  }

  static func presentation(label: Int?, learns: Bool) -> ReferencePresentation {
    var presentation = ReferencePresentation(
      stimulusPopulation: 0, intensities: (0..<20).map { $0 * 12 }, tickCount: 40,
      outputPopulation: 3)
    presentation.labelPopulation = 1
    presentation.label = label
    presentation.labelPeriodTicks = 4
    presentation.learns = learns
    presentation.firstLearningTick = 10
    presentation.clearsFirst = true
    return presentation
  }

  @Test("A presentation is its ticks, one after the other", arguments: Implementation.allCases)
  func presentationIsItsTicks(implementation: Implementation) {
    let presentation = Self.presentation(label: 2, learns: true)
    var reference = Self.network.reference()
    let response = reference.present(presentation)

    let run = implementation.make(Self.network)
    var counts = [0, 0, 0]
    var potentials = [0, 0, 0]
    var firsts = [-1, -1, -1]
    for s in 0..<40 {
      run.drawSpikes(
        population: 0, intensities: presentation.intensities, stream: 0, count: UInt64(s))
      if s % 4 == 0 { run.fire(population: 1, neuron: 2) }
      run.tick(s, learning: s >= 10, labelled: true)
      for i in run.spikes(population: 3) {
        counts[i] += 1
        if firsts[i] < 0 { firsts[i] = s }
      }
      for i in 0..<3 { potentials[i] += run.membrane(3)[i] }
    }
    #expect(counts.reduce(0, +) > 0)
    #expect(response.spikeCounts == counts)
    #expect(response.potentials == potentials)
    #expect(response.firstSpikes == firsts)
    #expect(reference.projections.map(\.weights) == (0..<3).map(run.weights))
    #expect(reference.projections[0].weights != Self.network.projections[0].weights)
  }

  @Test("A frozen test changes nothing of later learning")
  func frozenTestsLeaveLearningAlone() {
    let training = Self.presentation(label: 1, learns: true)
    let test = Self.presentation(label: nil, learns: false)
    var untested = Self.network.reference()
    var tested = Self.network.reference()
    for _ in 0..<3 {
      let weights = tested.projections.map(\.weights)
      _ = tested.present(test)
      #expect(tested.projections.map(\.weights) == weights)
      #expect(tested.present(training) == untested.present(training))
    }
    #expect(tested.projections.map(\.weights) == untested.projections.map(\.weights))
    #expect(tested.learningTickCount == 120 && tested.frozenTickCount == 120)
    #expect(untested.learningTickCount == 120 && untested.frozenTickCount == 0)
  }

  @Test(
    "An input fires above the floor with the probability of its intensity",
    arguments: Implementation.allCases)
  func intensities(implementation: Implementation) {
    var network = NetworkDescription(seed: 9)
    network.add(.input, 2048) {
      $0.gain = 32_768
      $0.floor = 99
    }
    network.add(.leaky, 1)
    network.connect(0, 1, [Int](repeating: 0, count: 2048))
    let run = implementation.make(network)
    let intensities = (0..<2048).map { $0 % 2 == 0 ? 99 : 100 }
    run.drawSpikes(population: 0, intensities: intensities, stream: 1, count: 1 << 40)
    run.tick(stream: 1, count: 1 << 40, learning: false, labelled: false)
    let spikes = run.spikes(population: 0)
    #expect(spikes.allSatisfy { $0 % 2 == 1 })
    #expect(abs(spikes.count - 200) < 5 * 13, "1024 neurons of probability 12800 / 65536")
  }

  @Test("The class has the largest count, then potential, then the lowest index")
  func predictedClass() {
    func response(_ counts: [Int], _ potentials: [Int]) -> Int {
      ReferenceResponse(spikeCounts: counts, potentials: potentials, firstSpikes: [])
        .predictedClass
    }
    #expect(response([1, 3, 2], [9, 0, 9]) == 1)
    #expect(response([3, 1, 3], [-5, 9, -4]) == 2)
    #expect(response([0, 2, 2], [0, 7, 7]) == 1)
  }
}
