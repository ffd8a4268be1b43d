import NeuroCore

/// What a presentation is given. Section 6.
public struct ReferencePresentation: Sendable {
  public var stimulusPopulation: Int
  /// 0 .. 255, one a stimulus neuron.
  public var intensities: [Int]
  public var tickCount: Int
  public var outputPopulation: Int
  public var labelPopulation: Int?
  public var label: Int?
  public var labelPeriodTicks = 1
  public var learns = false
  public var firstLearningTick = 0
  public var clearsFirst = false

  public init(
    stimulusPopulation: Int, intensities: [Int], tickCount: Int, outputPopulation: Int
  ) {
    self.stimulusPopulation = stimulusPopulation
    self.intensities = intensities
    self.tickCount = tickCount
    self.outputPopulation = outputPopulation
  }
}

/// What a presentation gives, for each neuron of the output population.
public struct ReferenceResponse: Equatable, Sendable {
  public var spikeCounts: [Int]
  /// The sum of V at the end of each tick.
  public var potentials: [Int]
  /// The offset of the first spike, or −1.
  public var firstSpikes: [Int]

  public init(spikeCounts: [Int], potentials: [Int], firstSpikes: [Int]) {
    self.spikeCounts = spikeCounts
    self.potentials = potentials
    self.firstSpikes = firstSpikes
  }

  /// The neuron with the largest count, then the largest potential, then the lowest index.
  public var predictedClass: Int {
    var best = 0
    for i in spikeCounts.indices {
      if (spikeCounts[i], potentials[i]) > (spikeCounts[best], potentials[best]) { best = i }
    }
    return best
  }
}

extension ReferenceNetwork {
  /// The draws of the next tick of a learning or a frozen run, which is counted. Section 3.
  public mutating func nextDraws(learningRun: Bool) -> ReferenceDraws {
    if learningRun {
      defer { learningTickCount += 1 }
      return ReferenceDraws(seed: seed, stream: 0, count: learningTickCount)
    }
    defer { frozenTickCount += 1 }
    return ReferenceDraws(seed: seed, stream: 1, count: frozenTickCount)
  }

  /// Shows an intensity vector for some ticks. Section 6.
  public mutating func present(_ presentation: ReferencePresentation) -> ReferenceResponse {
    if presentation.clearsFirst { clear() }
    let output = presentation.outputPopulation
    let zeros = [Int](repeating: 0, count: populations[output].neuronCount)
    var response = ReferenceResponse(
      spikeCounts: zeros, potentials: zeros, firstSpikes: zeros.map { _ in -1 })
    for s in 0..<presentation.tickCount {
      let draws = nextDraws(learningRun: presentation.learns)
      drawSpikes(
        population: presentation.stimulusPopulation, intensities: presentation.intensities,
        draws: draws)
      if let labels = presentation.labelPopulation, let label = presentation.label,
        s % presentation.labelPeriodTicks == 0
      {
        fire(population: labels, neuron: label)
      }
      tick(
        draws: draws, learning: presentation.learns && s >= presentation.firstLearningTick,
        labelled: presentation.label != nil)
      for i in populations[output].spikes {
        response.spikeCounts[i] += 1
        if response.firstSpikes[i] < 0 { response.firstSpikes[i] = s }
      }
      for i in zeros.indices { response.potentials[i] += populations[output].membrane[i] }
    }
    return response
  }
}
