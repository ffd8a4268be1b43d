/// How floating-point parameters become the int8 weights of a board: a weight w of a projection with shift k stands for
/// w · 2^k units, and the unit of each block follows from the threshold and from what a value of a signal means.
///
/// Source: docs/training.md, "On the board".
public struct BoardScale: Codable, Equatable, Sendable {
  /// v = 1: the threshold, or the circle of quadratic neurons.
  public static let threshold = 1 << 20
  /// The analogue value that stands for a signal of 1, and what a read-out's membrane shows for it.
  public static let signalUnit = 1 << 12
  /// Rules see the threshold of the neurons as 4,096.
  static let membraneViewShift = 8
  /// Fractional bits of a read-out's current below those of its membrane.
  public static let readOutShift = 6
  static let largestShift = 15
  /// So that sums of arrivals stay below 2^31: docs/numerics.md 1.2.
  static let largestValueShift = 7

  /// Shifts of the projections of input, fast, slow and read-out weights.
  public private(set) var shifts: [Block: Int] = [:]
  private let dynamics: Dynamics
  private let inputKind: InputKind

  /// The smallest shifts with which all weights fit into 8 bits, or the largest there are.
  public init(_ parameters: Parameters, _ dynamics: Dynamics) {
    self.dynamics = dynamics
    inputKind = parameters.shape.inputKind
    for block in Block.allCases where block != .bias {
      let largest = parameters[block].reduce(0) { max($0, abs($1)) }
      let isValued = block == .input && inputKind == .values
      let limit = isValued ? Self.largestValueShift : Self.largestShift
      var shift = 0
      while shift < limit, largest > 127.5 * unit(block, shift: shift) { shift += 1 }
      shifts[block] = shift
    }
  }

  /// The parameter that a weight of 1 stands for.
  public func unit(_ block: Block) -> Double { unit(block, shift: shifts[block] ?? 0) }

  private func unit(_ block: Block, shift: Int) -> Double {
    let volt = 1 / (dynamics.tickMilliseconds * Double(Self.threshold))
    let weight = Double(1 << shift)
    switch block {
    case .input: return weight * volt * (inputKind == .values ? Double(Self.signalUnit) : 1)
    case .fast: return weight * volt * dynamics.fastMilliseconds
    case .slow: return weight * volt
    case .readOut: return weight / Double(Self.signalUnit << Self.readOutShift)
    case .bias: return volt
    }
  }

  /// A block as the board holds it; what does not fit is clipped.
  public func integers(_ parameters: Parameters, _ block: Block) -> [Int] {
    let unit = unit(block)
    let limit = block == .bias ? Double((1 << 23) - 1) : 127
    return parameters.values[parameters.range(block)].map {
      Int(min(limit, max(-limit, ($0 / unit).rounded())))
    }
  }

  /// The parameters that the board's integers stand for.
  public func rounded(_ parameters: Parameters) -> Parameters {
    var result = parameters
    for block in Block.allCases {
      let unit = unit(block)
      result[block] = integers(parameters, block).map { Double($0) * unit }
    }
    return result
  }
}
