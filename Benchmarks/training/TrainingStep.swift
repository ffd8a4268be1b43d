import Foundation
import Training

/// One step of a training, again and again, when told to: the other half of Benchmarks/training/training_step.py.
///
///     training-step FOLDER
///
/// For each network it writes FOLDER/NAME.json, what it is, and FOLDER/NAME.f32, parameters, inputs, targets, importance and
/// gradient, one after the other. Then it reads names from its input, and answers each with the milliseconds of a step.
@main struct TrainingStep {
  static let threadCount = 2
  static let groupCount = 2

  static func main() throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[1])
    var steps: [String: TrainingStep] = [:]
    for (name, named) in networks {
      let step = TrainingStep(named)
      try step.write(name, to: folder)
      steps[name] = step
    }
    print("ready " + networks.map(\.0).joined(separator: " "))
    fflush(nil)
    while let name = readLine(), var step = steps[name] {
      print(step.take())
      fflush(nil)
      steps[name] = step
    }
  }

  /// Of the paper's tasks, as they are trained; XOR with all 80 neurons and 600 ms.
  private static let networks: [(String, NamedTask)] = {
    var leaky = DelayedXor()
    leaky.neuronCount = 80
    leaky.gapsMilliseconds = 10...235
    var quadratic = leaky
    quadratic.dynamics.neuron = .quadratic(milliseconds: 25)
    return [
      ("autoencode", .autoEncoding(AutoEncoding())), ("xor-leaky", .delayedXor(leaky)),
      ("xor-quadratic", .delayedXor(quadratic)),
    ]
  }()

  private let task: any TrainingTask
  private let groups: [Trials]
  private let pool: GradientPool
  private let first: Network
  private var network: Network
  private var adam: Adam
  private let rates: [Double]

  private init(_ named: NamedTask) {
    task = named.task
    let trainer = Trainer(named, named.plan(stepCount: nil))
    network = trainer.network
    // Quadratic neurons that start as they are trained are in chaos, where two computations never agree: these have a rest.
    if case .quadratic = network.dynamics.neuron {
      network.parameters.scale(.slow, by: 0.02)
      network.parameters.scale(.input, by: 0.5)
      for index in network.parameters.range(.bias) { network.parameters.values[index] = -0.03 }
    }
    first = network
    var draws = Draws(seed: 1, stream: 3)
    groups = (0..<Self.groupCount).map { [task] _ in task.trials(&draws, difficulty: 1) }
    pool = GradientPool(
      task.shape, tickCount: task.tickCount, threadCount: Self.threadCount)
    adam = Adam(count: network.parameters.values.count)
    rates = Array(repeating: 1e-4, count: network.parameters.values.count)
  }

  private func gradient(_ network: Network) -> (loss: Double, gradient: Parameters) {
    let groups = groups
    return pool.gradient(network, groupCount: groups.count) { groups[$0] }
  }

  /// Forward, backward and Adam.
  private mutating func take() -> Double {
    let start = ContinuousClock.now
    let (_, gradient) = gradient(network)
    adam.step(&network.parameters.values, gradient.values, rates: rates)
    return (ContinuousClock.now - start) / .milliseconds(1)
  }

  private func write(_ name: String, to folder: URL) throws {
    let (loss, gradient) = gradient(first)
    let shape = task.shape
    let dynamics = first.dynamics
    var description: [String: Any] = [
      "inputs": shape.inputCount, "neurons": shape.neuronCount, "outputs": shape.outputCount,
      "fast": shape.hasFast, "slow": shape.hasSlow, "ticks": task.tickCount,
      "trials": groups.count * Lanes.scalarCount, "dt": dynamics.tickMilliseconds,
      "fast_milliseconds": dynamics.fastMilliseconds, "fast_loss": dynamics.fastLoss,
      "slow_loss": dynamics.slowLoss, "membrane_loss": dynamics.membraneLoss,
      "zone": dynamics.zone, "start": dynamics.startVoltage, "lower": dynamics.lowerBound,
      "upper": Dynamics.upperBound, "loss": loss,
    ]
    if case .quadratic = dynamics.neuron { description["quadratic"] = true }
    var data = Data()
    func append(_ value: Double) {
      withUnsafeBytes(of: Float(value)) { data.append(contentsOf: $0) }
    }
    first.parameters.values.forEach(append)
    for part in [\Trials.inputs, \.targets, \.importance] {
      // [trials][ticks][channels]
      for group in groups {
        for lane in Lanes.zero.indices { group[keyPath: part].forEach { append(Double($0[lane])) } }
      }
    }
    gradient.values.forEach(append)
    try data.write(to: folder.appendingPathComponent("\(name).f32"))
    try JSONSerialization.data(withJSONObject: description)
      .write(to: folder.appendingPathComponent("\(name).json"))
  }
}
