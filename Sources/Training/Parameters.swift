/// How a network hears its inputs.
public enum InputKind: String, Codable, Sendable {
  /// As values, which a board holds from tick to tick.
  case values
  /// As spikes: 0 or 1 a tick.
  case events
}

/// Sizes of a network, which recurrent synapses it has, and what it hears.
public struct Shape: Codable, Equatable, Sendable {
  public var inputCount: Int
  public var neuronCount: Int
  public var outputCount: Int
  public var hasFast: Bool
  public var hasSlow: Bool
  public var inputKind: InputKind

  public init(
    inputCount: Int, neuronCount: Int, outputCount: Int, hasFast: Bool, hasSlow: Bool,
    inputKind: InputKind = .values
  ) {
    self.inputCount = inputCount
    self.neuronCount = neuronCount
    self.outputCount = outputCount
    self.hasFast = hasFast
    self.hasSlow = hasSlow
    self.inputKind = inputKind
  }
}

/// The parts of a network that are learnt.
public enum Block: String, CaseIterable, Codable, Sendable {
  /// U: [neurons][inputs]
  case input
  /// W of the fast synapses: [neurons][neurons], to × from, zero on the diagonal
  case fast
  /// W of the slow synapses, as `fast`
  case slow
  /// O: [outputs][neurons]
  case readOut
  /// b: [neurons]
  case bias
}

/// Values for all that is learnt of a network, one block after another; gradients have the same form.
public struct Parameters: Equatable, Sendable {
  public let shape: Shape
  public var values: [Double]

  /// All zero.
  public init(_ shape: Shape) {
    self.shape = shape
    values = []
    values = [Double](repeating: 0, count: range(.bias).upperBound)
  }

  /// Normal deviates, block after block in the order given; the rest, and diagonals, are zero.
  init(_ shape: Shape, seed: UInt64, deviations: KeyValuePairs<Block, Double>) {
    self.init(shape)
    var draws = Draws(seed: seed, stream: 0)
    for (block, deviation) in deviations {
      for index in range(block) { values[index] = deviation * draws.normal() }
    }
    clearDiagonals()
  }

  public func count(_ block: Block) -> Int {
    switch block {
    case .input: shape.neuronCount * shape.inputCount
    case .fast: shape.hasFast ? shape.neuronCount * shape.neuronCount : 0
    case .slow: shape.hasSlow ? shape.neuronCount * shape.neuronCount : 0
    case .readOut: shape.outputCount * shape.neuronCount
    case .bias: shape.neuronCount
    }
  }

  /// Where a block lies in `values`.
  public func range(_ block: Block) -> Range<Int> {
    var start = 0
    for other in Block.allCases {
      if other == block { break }
      start += count(other)
    }
    return start..<start + count(block)
  }

  public subscript(block: Block) -> [Double] {
    get { Array(values[range(block)]) }
    set { values.replaceSubrange(range(block), with: newValue) }
  }

  public mutating func scale(_ block: Block, by factor: Double) {
    for index in range(block) { values[index] *= factor }
  }

  /// No neuron has synapses to itself.
  mutating func clearDiagonals() {
    for block in [Block.fast, .slow] where count(block) > 0 {
      let start = range(block).lowerBound
      for neuron in 0..<shape.neuronCount { values[start + neuron * (shape.neuronCount + 1)] = 0 }
    }
  }

  public var norm: Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

extension Parameters {
  /// The element of a block at a row and a column; a bias has one column.
  public subscript(block: Block, row: Int, column: Int) -> Double {
    let columns =
      switch block {
      case .input: shape.inputCount
      case .fast, .slow, .readOut: shape.neuronCount
      case .bias: 1
      }
    return values[range(block).lowerBound + row * columns + column]
  }

  /// −U·O without its diagonal, for networks with as many outputs as inputs: what the fast weights of a network in balance are
  /// aligned with. [neurons][neurons]
  public var balancedWeights: [Double] {
    let n = shape.neuronCount
    return (0..<n * n).map { index in
      let (to, from) = (index / n, index % n)
      guard to != from else { return 0 }
      return -(0..<shape.inputCount).reduce(0) {
        $0 + self[.input, to, $1] * self[.readOut, $1, from]
      }
    }
  }

  /// The cosine of the angle between the fast weights and −U·O; 0 if either is nothing.
  public var fastWeightCosine: Double {
    var (ww, wb, bb) = (0.0, 0.0, 0.0)
    for (w, b) in zip(self[.fast], balancedWeights) {
      ww += w * w
      wb += w * b
      bb += b * b
    }
    return ww * bb > 0 ? wb / (ww * bb).squareRoot() : 0
  }
}
