import Fault
import Memory
import Model
import NeuroCore

/// A trained network as a model that boards run: `signal` (analogue, or an input of spikes) drives `neurons`, which drive each other through `fast` and
/// `slow`, and `readout`, whose membranes show the output.
///
/// - Source: docs/training.md, "On the board".
public enum BoardModel {
  /// The model of a network.
  ///
  /// - Parameter scale: of the weights; what does not fit is clipped.
  /// - Throws: what building a model throws.
  public static func build(
    _ parameters: Parameters, _ dynamics: Dynamics, _ scale: BoardScale
  ) throws(Fault) -> Model {
    var model = try Model(name: Name("trained"))
    try addPopulations(parameters, dynamics, scale, to: &model)
    try add(.input, "signal-neurons", 0, 1, .membrane, parameters, scale, to: &model)
    if parameters.shape.hasFast {
      try add(.fast, "fast", 1, 1, .current1, parameters, scale, to: &model)
    }
    if parameters.shape.hasSlow {
      try add(.slow, "slow", 1, 1, .current2, parameters, scale, to: &model)
    }
    try add(.readOut, "neurons-readout", 1, 2, .current1, parameters, scale, to: &model)
    return model
  }

  private static func addPopulations(
    _ parameters: Parameters, _ dynamics: Dynamics, _ scale: BoardScale, to model: inout Model
  ) throws(Fault) {
    let shape = parameters.shape
    var signal = Population(
      kind: shape.inputKind == .values ? .analogue : .input, neuronCount: Int32(shape.inputCount))
    if shape.inputKind == .events { signal.preTrace = trace(dynamics.membraneLoss) }
    _ = try model.addPopulation(name: Name("signal"), role: .none, signal)

    var neurons = Population(kind: dynamics.kind, neuronCount: Int32(shape.neuronCount))
    neurons.threshold = Int32(BoardScale.threshold)
    neurons.reset = .subtract
    neurons.lowerBound = Int32((dynamics.lowerBound * Double(BoardScale.threshold)).rounded())
    neurons.decays[0] = DecaySet(
      membrane: decay(dynamics.membraneLoss), current1: decay(dynamics.fastLoss),
      current2: decay(dynamics.slowLoss))
    neurons.membraneViewShift = UInt8(BoardScale.membraneViewShift)
    neurons.preTrace = trace(dynamics.slowLoss)
    let index = try model.addPopulation(name: Name("neurons"), role: .none, neurons)
    let bias = try Buffer<Int32>(count: shape.neuronCount, repeating: 0)
    for (neuron, value) in scale.integers(parameters, .bias).enumerated() {
      bias[neuron] = Int32(value)
    }
    try model.setParameters(population: index, .bias, UnsafeBufferPointer(bias.elements))

    var readOut = Population(kind: .leaky, neuronCount: Int32(shape.outputCount))
    readOut.hasThreshold = false
    readOut.reset = .none
    readOut.currentShift = UInt8(BoardScale.readOutShift)
    readOut.decays[0] = DecaySet(current1: decay(dynamics.slowLoss))
    _ = try model.addPopulation(name: Name("readout"), role: .output, readOut)
  }

  /// What a source has sent, as its target's low-pass holds it, for rules that are added to the model: 16 for each spike.
  private static func trace(_ loss: Double) -> Trace {
    Trace(step: 1 << 12, decay: decay(loss), viewShift: 8)
  }

  private static func decay(_ loss: Double) -> UInt16 { UInt16((loss * 4096).rounded()) }

  /// A dense projection; its weights go by rows of the source, a block's by rows of the target.
  private static func add(
    _ block: Block, _ name: StaticString, _ source: Int32, _ target: Int32,
    _ compartment: Compartment, _ parameters: Parameters, _ scale: BoardScale,
    to model: inout Model
  ) throws(Fault) {
    var projection = Projection(source: source, target: target)
    projection.compartment = compartment
    projection.shift = UInt8(scale.shifts[block] ?? 0)
    let index = try model.addProjection(name: Name(name), projection)
    let integers = scale.integers(parameters, block)
    let sources = Int(model.population(Int(source)).population.neuronCount)
    let targets = integers.count / sources
    let weights = try Buffer<Int16>(count: integers.count, repeating: 0)
    for row in 0..<sources {
      for column in 0..<targets {
        weights[row * targets + column] = Int16(integers[column * sources + row])
      }
    }
    try model.setWeights(projection: index, UnsafeBufferPointer(weights.elements))
  }
}

extension Dynamics {
  /// In the words of the law; a quadratic population takes its threshold and its reset from its circle.
  fileprivate var kind: PopulationKind {
    if case .quadratic = neuron { return .quadratic }
    return .leaky
  }
}
