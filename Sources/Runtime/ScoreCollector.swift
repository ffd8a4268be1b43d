import WireProtocol

/// Where the scores of a presentation go: [count of output neurons] each, or nil.
public struct ScoreArrays {
  public var counts: UnsafeMutablePointer<UInt32>?
  public var potentials: UnsafeMutablePointer<Int64>?
  public var firstSpikes: UnsafeMutablePointer<Int32>?

  public init(
    counts: UnsafeMutablePointer<UInt32>?, potentials: UnsafeMutablePointer<Int64>?,
    firstSpikes: UnsafeMutablePointer<Int32>?
  ) {
    self.counts = counts
    self.potentials = potentials
    self.firstSpikes = firstSpikes
  }

  public static var none: ScoreArrays {
    ScoreArrays(counts: nil, potentials: nil, firstSpikes: nil)
  }
}

/// Takes score frames apart and finds the best neuron.
struct ScoreCollector {
  private let count: Int
  private let arrays: ScoreArrays
  private var next = 0
  private var bestCount: UInt32 = 0
  private var bestPotential: Int64 = 0
  private(set) var best = 0

  init(count: Int, _ arrays: ScoreArrays) {
    self.count = count
    self.arrays = arrays
  }

  var isComplete: Bool { next == count }

  mutating func append(_ reader: inout PayloadReader) {
    guard reader.read(UInt32.self) == next else { return reader.fail() }
    while let score = reader.readScore() {
      guard next < count else { return reader.fail() }
      arrays.counts?[next] = score.spikes
      arrays.potentials?[next] = score.potential
      arrays.firstSpikes?[next] = score.firstSpike
      if next == 0 || (score.spikes, score.potential) > (bestCount, bestPotential) {
        bestCount = score.spikes
        bestPotential = score.potential
        best = next
      }
      next += 1
    }
  }
}
