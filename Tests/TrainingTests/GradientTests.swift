import Testing

@testable import TrainingFloat64

/// The adjoint against central differences, in 64 bits.
@Suite struct GradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let dynamics: Dynamics
    let inputScale: Double
    let bias: Double
    var objective = Objective.value
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "integrating",
      dynamics: Dynamics(
        neuron: .integrating, tickMilliseconds: 0.5, fastMilliseconds: 1, slowMilliseconds: 10),
      inputScale: 0.3, bias: 0.05),
    Case(
      name: "leaky",
      dynamics: Dynamics(
        neuron: .leaky(milliseconds: 20), tickMilliseconds: 0.5, fastMilliseconds: 2,
        slowMilliseconds: 10), inputScale: 0.3, bias: 0.1),
    Case(
      name: "quadratic",
      dynamics: Dynamics(
        neuron: .quadratic(milliseconds: 25), tickMilliseconds: 1, fastMilliseconds: 2,
        slowMilliseconds: 20), inputScale: 0.05, bias: 0.02),
    Case(
      name: "classes",
      dynamics: Dynamics(
        neuron: .leaky(milliseconds: 20), tickMilliseconds: 0.5, fastMilliseconds: 2,
        slowMilliseconds: 10), inputScale: 0.3, bias: 0.1, objective: .class),
  ]

  private struct Rig {
    var network: Network
    let trials: Trials
    let trajectory: Trajectory

    init(_ test: Case, seed: UInt64) {
      var draws = Draws(seed: seed, stream: 0)
      let shape = Shape(
        inputCount: 2, neuronCount: 5, outputCount: 2, hasFast: true, hasSlow: true)
      var parameters = Parameters(shape)
      for index in parameters.values.indices { parameters.values[index] = 0.02 * draws.normal() }
      for index in parameters.range(.input) {
        parameters.values[index] = test.inputScale * draws.normal()
      }
      for index in parameters.range(.bias) { parameters.values[index] += test.bias }
      for index in parameters.range(.readOut) { parameters.values[index] = draws.normal() }
      parameters.clearDiagonals()
      var trials = Trials(tickCount: 90, inputCount: 2, outputCount: 2)
      for index in trials.inputs.indices {
        for lane in Lanes.zero.indices {
          trials.inputs[index][lane] = draws.normal()
          trials.targets[index][lane] = draws.normal()
        }
      }
      for tick in trials.importance.indices {
        for lane in Lanes.zero.indices { trials.importance[tick][lane] = draws.uniform() }
      }
      trials.objective = test.objective
      if test.objective == .class {
        for lane in Lanes.zero.indices {
          for tick in 0..<trials.tickCount {
            trials.targets[2 * tick][lane] = Double(lane % 2)
            trials.targets[2 * tick + 1][lane] = Double(1 - lane % 2)
            trials.importance[2 * tick + 1][lane] = trials.importance[2 * tick][lane]
          }
        }
      }
      trials.activityCost = 0.3
      self.trials = trials
      network = Network(test.dynamics, parameters)
      trajectory = Trajectory(shape, tickCount: trials.tickCount)
    }

    func loss() -> Double {
      network.run(trials, trajectory)
      return network.loss(trials, trajectory)
    }

    func gradient() -> Parameters {
      var gradient = Parameters(network.parameters.shape)
      network.run(trials, trajectory)
      network.addGradient(trials, trajectory, to: &gradient)
      return gradient
    }

    /// The central difference of fourth order at `index`, and whether no spike came or went meanwhile.
    mutating func difference(_ index: Int) -> (Double, isSmooth: Bool) {
      let value = network.parameters.values[index]
      defer { network.parameters.values[index] = value }
      let step = 2e-7
      var rasters: [[Lanes]] = []
      func lossAt(_ steps: Double, _ rig: inout Rig) -> Double {
        rig.network.parameters.values[index] = value + steps * step
        defer { rasters.append(Array(rig.trajectory.spikes)) }
        return rig.loss()
      }
      let near = lossAt(1, &self) - lossAt(-1, &self)
      let far = lossAt(2, &self) - lossAt(-2, &self)
      return ((8 * near - far) / (12 * step), rasters.allSatisfy { $0 == rasters[0] })
    }
  }

  @Test(arguments: cases, [1, 2, 3] as [UInt64])
  func `every parameter's gradient is its central difference`(test: Case, seed: UInt64) {
    var rig = Rig(test, seed: seed)
    let gradient = rig.gradient()
    #expect(rig.trajectory.spikeCount > 50, "\(rig.trajectory.spikeCount) spikes")
    let shape = gradient.shape
    var worst = 0.0
    for block in Block.allCases {
      let scale = gradient[block].reduce(0) { max($0, abs($1)) }
      #expect(scale > 1e-6, "\(block)")
      for (offset, index) in gradient.range(block).enumerated() {
        let isRecurrent = block == .fast || block == .slow
        if isRecurrent && offset % (shape.neuronCount + 1) == 0 {
          #expect(gradient.values[index] == 0)
          continue
        }
        let (difference, isSmooth) = rig.difference(index)
        #expect(isSmooth, "a spike moved: \(block) \(offset)")
        worst = max(worst, abs(difference - gradient.values[index]) / scale)
      }
    }
    #expect(worst < 1e-6, "\(worst) of the largest gradient of its block")
  }
}
