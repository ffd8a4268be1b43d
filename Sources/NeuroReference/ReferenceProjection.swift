import NeuroCore

/// A projection with its weights. Section 1.2.
public struct ReferenceProjection: Sendable {
  public var description: Projection
  public let sourceCount: Int
  public let targetCount: Int
  /// Stored weights in model order: row after row, ascending targets in a row.
  public var weights: [Int]
  /// Sparse projections: row j has the synapses rowStarts[j] ..< rowStarts[j + 1].
  public let rowStarts: [Int]
  /// Sparse projections: the target of each synapse.
  public let targets: [Int]

  public init(
    _ description: Projection, sourceCount: Int, targetCount: Int, weights: [Int],
    rowStarts: [Int] = [], targets: [Int] = []
  ) {
    self.description = description
    self.sourceCount = sourceCount
    self.targetCount = targetCount
    self.weights = weights
    self.rowStarts = rowStarts
    self.targets = targets
  }

  /// The synapses of row j: the index of each weight, and its target neuron.
  public func synapses(row j: Int) -> [(index: Int, target: Int)] {
    switch description.connectivity {
    case .dense: (0..<targetCount).map { i in (index: j * targetCount + i, target: i) }
    case .sparse: (rowStarts[j]..<rowStarts[j + 1]).map { s in (index: s, target: targets[s]) }
    case .oneToOne: [(index: j, target: j)]
    case .sharedKernel: preconditionFailure("shared kernels are reserved in law version 1")
    }
  }

  /// Bits of a stored weight.
  public var bits: Int { description.storage == .int8 ? 8 : 16 }

  /// The acting weight of a stored weight w.
  public func acting(_ w: Int) -> Int { description.storage == .int8 ? w : w >> 8 }
}
