import NeuroCore

/// A population with its parameters written out a neuron, its state, and what it sent. Section 1.1.
public struct ReferencePopulation: Sendable {
  public let description: Population
  public let neuronCount: Int

  /// [neuronCount] each, whether shared or per neuron in the description.
  public var threshold: [Int]
  public var bias: [Int]
  public var resetValue: [Int]
  public var lowerBound: [Int]
  public var decayIndex: [Int]

  /// [neuronCount] each; 0 at the start.
  public var membrane: [Int]
  public var current1: [Int]
  public var current2: [Int]
  public var dendrite: [Int]
  public var refractoryCount: [Int]
  public var preTrace: [Int]
  public var postTrace: [Int]
  /// M and S of the law.
  public var meanDendrite: [Int]
  public var dendriteSum: [Int]

  /// Neurons that fired in the tick just done, ascending.
  public internal(set) var spikes: [Int] = []
  /// Input populations: neurons that are to fire in the next tick, ascending.
  var inputSpikes: [Int] = []
  /// Analogue populations: the held values.
  public var values: [Int]

  /// Element d − 1 is what fired, or was held, d ticks ago; shorter near the start and after a clear.
  var pastSpikes: [[Int]] = []
  var pastValues: [[Int]] = []

  public init(_ description: Population) {
    self.description = description
    let count = Int(description.neuronCount)
    neuronCount = count
    let zeros = [Int](repeating: 0, count: count)
    threshold = [Int](repeating: Int(description.threshold), count: count)
    bias = [Int](repeating: Int(description.bias), count: count)
    resetValue = [Int](repeating: Int(description.resetValue), count: count)
    lowerBound = [Int](repeating: Int(description.lowerBound), count: count)
    decayIndex = zeros
    membrane = zeros
    current1 = zeros
    current2 = zeros
    dendrite = zeros
    refractoryCount = zeros
    preTrace = zeros
    postTrace = zeros
    meanDendrite = zeros
    dendriteSum = zeros
    values = zeros
  }

  /// Sets one value a neuron: [neuronCount] values.
  public mutating func setParameter(_ parameter: NeuronParameter, _ array: [Int]) {
    precondition(array.count == neuronCount, "one value a neuron")
    switch parameter {
    case .threshold: threshold = array
    case .bias: bias = array
    case .resetValue: resetValue = array
    case .lowerBound: lowerBound = array
    case .decayIndex: decayIndex = array
    }
  }

  public func state(_ variable: StateVariable) -> [Int] { self[keyPath: Self.path(variable)] }

  /// Sets a variable, [neuronCount] values, as of the end of the last tick.
  public mutating func setState(_ variable: StateVariable, _ values: [Int]) {
    self[keyPath: Self.path(variable)] = values
  }

  private static func path(_ variable: StateVariable) -> WritableKeyPath<Self, [Int]> {
    switch variable {
    case .membrane: \.membrane
    case .current1: \.current1
    case .current2: \.current2
    case .dendrite: \.dendrite
    case .refractory: \.refractoryCount
    case .preTrace: \.preTrace
    case .postTrace: \.postTrace
    case .meanDendrite: \.meanDendrite
    case .dendriteSum: \.dendriteSum
    }
  }

  /// [neuronCount] who fired in the tick just done.
  func hasFired() -> [Bool] {
    var hasFired = [Bool](repeating: false, count: neuronCount)
    for i in spikes { hasFired[i] = true }
    return hasFired
  }

  /// The neurons that fired d ticks ago.
  func spikes(ticksAgo d: Int) -> [Int] { d <= pastSpikes.count ? pastSpikes[d - 1] : [] }

  /// The values that were held d ticks ago.
  func values(ticksAgo d: Int) -> [Int] {
    d <= pastValues.count ? pastValues[d - 1] : [Int](repeating: 0, count: neuronCount)
  }

  /// What happened in the tick just done is now one tick ago.
  mutating func remember() {
    pastSpikes.insert(spikes, at: 0)
    pastValues.insert(values, at: 0)
    if pastSpikes.count > Law.delayLimit {
      pastSpikes.removeLast()
      pastValues.removeLast()
    }
  }

  /// Step 6 of section 2: the reset of neuron i.
  func membraneAfterSpike(_ i: Int) -> Int {
    if description.kind == .quadratic { return membrane[i] - (1 << 20) }
    let after =
      switch description.reset {
      case .none: membrane[i]
      case .value: resetValue[i]
      case .subtract: saturated(membrane[i] - threshold[i], bits: 24)
      }
    return max(lowerBound[i], after)
  }

  /// Section 3, "Clear".
  mutating func clear() {
    let zeros = [Int](repeating: 0, count: neuronCount)
    membrane = zeros
    current1 = zeros
    current2 = zeros
    dendrite = zeros
    refractoryCount = zeros
    preTrace = zeros
    postTrace = zeros
    meanDendrite = zeros
    dendriteSum = zeros
    values = zeros
    spikes = []
    inputSpikes = []
    pastSpikes = []
    pastValues = []
  }
}
