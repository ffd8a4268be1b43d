import Fault
import Memory
import NeuroCore

/// Settings of a classifier that learns by event-driven random back-propagation. docs/erbp.md.
public struct ErbpSettings {
  /// Neurons of each layer, input first, output last.
  public var layers: UnsafeBufferPointer<UInt32>
  public var seed: UInt64 = 1
  public var storage = WeightStorage.int16Master
  public var rounding = Rounding.stochasticByColumn
  public var hasFeedback = true
  public var hasGate = true
  /// Learning rates are 2^−shift of the acting weight's unit per unit of the dendrite.
  public var hiddenShift = 15
  public var outputShift = 14
  /// Half width of the window on the current, in thresholds.
  public var gate = 8
  public var feedbackPercent = 100
  public var gain: Int32 = 32_768
  public var floor: UInt8 = 10

  public init(layers: UnsafeBufferPointer<UInt32>) { self.layers = layers }
}

/// Thresholds, weights and decays of the network; measured, as docs/erbp.md says.
private enum Unit {
  /// An acting weight of 32 units, shifted by 5, is a threshold.
  static let shift: UInt8 = 5
  static let threshold: Int32 = 1_024
  static let leak: UInt16 = 1_024
  /// Label and prediction spikes count 0.9 of the error neurons' threshold.
  static let errorWeight: Int16 = 90
  static let errorThreshold: Int32 = 99
  static let outputFeedback: Int16 = 32
  static let feedbackLimit = 127
}

extension Model {
  /// Builds a classifier out of populations and projections; all weights come from the seed.
  ///
  /// - Source: [Neftci2017] for the rule; docs/erbp.md for the integer form.
  public static func erbp(name: Name, _ settings: ErbpSettings) throws(Fault) -> Model {
    var model = try Model(name: name)
    try model.addLayers(settings)
    try model.addErrors(settings)
    return model
  }

  private mutating func addLayers(_ settings: ErbpSettings) throws(Fault) {
    let last = settings.layers.count - 1
    var input = Population(kind: .input, neuronCount: Int32(clamping: settings.layers[0]))
    input.gain = settings.gain
    input.floor = settings.floor
    _ = try addPopulation(name: Name("input"), role: .stimulus, input)
    for layer in 1...last {
      var population = Population(
        kind: .leaky, neuronCount: Int32(clamping: settings.layers[layer]))
      population.threshold = Unit.threshold
      population.reset = .none
      population.refractoryTicks = 1
      population.decays[0] = DecaySet(
        membrane: 4_096, current1: Unit.leak, current2: 4_096, dendrite: Unit.leak)
      _ = try addPopulation(
        name: layerName(layer, last), role: layer == last ? .output : .none, population)
    }
    for layer in 1...last {
      var projection = Projection(source: Int32(layer - 1), target: Int32(layer))
      projection.shift = Unit.shift
      projection.storage = settings.storage
      projection.learning = layer == last || settings.hasFeedback
      projection.rule = try rule(
        settings, shift: layer == last ? settings.outputShift : settings.hiddenShift)
      try fill(try connect(projection), settings, layer: layer)
    }
  }

  /// + η U while the current lies in the window, on each presynaptic spike.
  private func rule(_ settings: ErbpSettings, shift: Int) throws(Fault) -> Rule {
    var terms = RuleSettings(rate: 1 / Double(1 << shift))
    if settings.hasGate {
      terms.gateLow = Int16(clamping: -settings.gate * Int(Unit.threshold))
      terms.gateHigh = Int16(clamping: settings.gate * Int(Unit.threshold))
    }
    var rule = Rule()
    rule.rounding = settings.rounding
    try rule.setTerms(.erbp, terms, storage: settings.storage)
    return rule
  }

  /// Starting weights: uniform within ± 32 √(7 / (n_pre + n_post)) units.
  private mutating func fill(
    _ index: Int, _ settings: ErbpSettings, layer: Int
  ) throws(Fault) {
    let before = Int(settings.layers[layer - 1])
    let after = Int(settings.layers[layer])
    let range = squareRoot(8_192 * 8_192 * 7 / (before + after))
    var draws = SplitMix(seed: settings.seed, stream: UInt64(layer))
    let weights = try Buffer<Int16>(count: before * after, repeating: 0)
    for synapse in 0..<weights.count {
      let master = draws.uniform(range)
      weights[synapse] = Int16(
        clamping: settings.storage == .int8 ? (master + 128) >> 8 : master)
      if settings.storage == .int8 { weights[synapse] = min(127, max(-128, weights[synapse])) }
    }
    try setWeights(projection: index, UnsafeBufferPointer(weights.elements))
  }

  private mutating func addErrors(_ settings: ErbpSettings) throws(Fault) {
    let last = settings.layers.count - 1
    let classes = Int32(clamping: settings.layers[last])
    let label = try addPopulation(
      name: Name("label"), role: .label, Population(kind: .input, neuronCount: classes))
    var errors = Population(kind: .leaky, neuronCount: classes)
    errors.threshold = Unit.errorThreshold
    errors.reset = .subtract
    errors.lowerBound = 0
    errors.decays[0] = DecaySet(membrane: 0)
    let missed = try addPopulation(name: Name("error+"), role: .none, errors)
    let wrong = try addPopulation(name: Name("error-"), role: .none, errors)
    try join(label, missed, .membrane, Unit.errorWeight)
    try join(label, wrong, .membrane, -Unit.errorWeight)
    try join(last, missed, .membrane, -Unit.errorWeight)
    try join(last, wrong, .membrane, Unit.errorWeight)
    try join(missed, last, .dendrite, Unit.outputFeedback)
    try join(wrong, last, .dendrite, -Unit.outputFeedback)
    guard settings.hasFeedback else { return }
    for layer in 1..<last { try addFeedback(settings, layer: layer, missed, wrong) }
  }

  /// Adds a projection named after its ends: `<source>-<target>`.
  @inline(never)
  private mutating func connect(_ projection: Projection) throws(Fault) -> Int {
    var name = population(Int(projection.source)).name
    name.append(45)
    name.append(population(Int(projection.target)).name)
    return try addProjection(name: name, projection)
  }

  /// A one-to-one projection of equal weights: feedback to dendrites, or else label-gated.
  @inline(never)
  private mutating func join(
    _ source: Int, _ target: Int, _ compartment: Compartment, _ weight: Int16
  ) throws(Fault) {
    var projection = Projection(source: Int32(source), target: Int32(target))
    projection.connectivity = .oneToOne
    projection.compartment = compartment
    projection.shift = compartment == .dendrite ? Unit.shift : 0
    projection.labelGated = compartment == .membrane
    let index = try connect(projection)
    let weights = try Buffer<Int16>(
      count: projectionWeightCount(index), repeating: weight)
    try setWeights(projection: index, UnsafeBufferPointer(weights.elements))
  }

  private func projectionWeightCount(_ index: Int) -> Int { projection(index).weightCount }

  /// Fixed random feedback of one hidden layer: uniform, zero mean over the classes, the negative from "error-".
  private mutating func addFeedback(
    _ settings: ErbpSettings, layer: Int, _ missed: Int, _ wrong: Int
  ) throws(Fault) {
    let last = settings.layers.count - 1
    let classes = Int(settings.layers[last])
    let count = Int(settings.layers[layer])
    var neurons = 0
    for hidden in 1...last { neurons += Int(settings.layers[hidden]) }
    let full = squareRoot(711 * 711 * 7 * 65_536 / (classes + neurons))
    let range = full * settings.feedbackPercent / 100
    var draws = SplitMix(seed: settings.seed, stream: UInt64(256 + layer))
    let weights = try Buffer<Int16>(count: classes * count, repeating: 0)
    let column = try Buffer<Int>(count: classes, repeating: 0)
    for neuron in 0..<count {
      var sum = 0
      for rail in 0..<classes {
        column[rail] = draws.uniform(range)
        sum += column[rail]
      }
      for rail in 0..<classes {
        let value = (column[rail] - sum / classes + 128) >> 8
        weights[rail * count + neuron] = Int16(
          clamping: min(Unit.feedbackLimit, max(-Unit.feedbackLimit, value)))
      }
    }
    for rail in 0..<2 {
      try addFeedback(rail == 0 ? missed : wrong, layer, weights)
      for index in 0..<weights.count { weights[index] = -weights[index] }
    }
  }

  private mutating func addFeedback(
    _ source: Int, _ layer: Int, _ weights: borrowing Buffer<Int16>
  ) throws(Fault) {
    var projection = Projection(source: Int32(source), target: Int32(layer))
    projection.compartment = .dendrite
    projection.shift = Unit.shift
    let index = try connect(projection)
    try setWeights(projection: index, UnsafeBufferPointer(weights.elements))
  }
}

/// "input", "hidden1" …, "output".
@inline(never)
private func layerName(_ layer: Int, _ last: Int) -> Name {
  if layer == 0 { return Name("input") }
  if layer == last { return Name("output") }
  var name = Name("hidden")
  if layer >= 10 { name.append(48 + UInt8(layer / 10)) }
  name.append(48 + UInt8(layer % 10))
  return name
}

extension Name {
  fileprivate mutating func append(_ other: Name) {
    for index in 0..<other.count { append(other[index]) }
  }
}

/// The largest integer whose square is at most `value`.
private func squareRoot(_ value: Int) -> Int {
  var low = 0
  var high = 1 << 31
  while low < high {
    let middle = (low + high + 1) / 2
    if middle * middle <= value { low = middle } else { high = middle - 1 }
  }
  return low
}

/// SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64) {
    state = seed &* 0xD134_2543_DE82_EF95 &+ stream
    _ = next()
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// Uniform in −range .. range.
  mutating func uniform(_ range: Int) -> Int {
    let span = UInt64(2 * range + 1)
    return Int(next().multipliedFullWidth(by: span).high) - range
  }
}
