import Training

/// What excites and what inhibits each neuron in some trials: the positive and the negative parts of its drive, which a network
/// in balance lets cancel. Both are seen through the low-pass of the read-out.
struct Currents {
  /// [ticks][neurons] of one group of trials; inhibition as a positive number.
  private(set) var excitation: [Lanes]
  private(set) var inhibition: [Lanes]
  let trajectory: Trajectory
  let trials: Trials

  init(_ network: Network, _ task: any TrainingTask, seed: UInt64) {
    var draws = Draws(seed: seed, stream: Trainer.evaluationStream)
    trials = task.trials(&draws, difficulty: 1)
    trajectory = Trajectory(task.shape, tickCount: task.tickCount)
    network.run(trials, trajectory)
    let n = task.shape.neuronCount
    excitation = Array(repeating: .zero, count: task.tickCount * n)
    inhibition = excitation
    for tick in 1..<task.tickCount {
      for neuron in 0..<n { add(network, tick, neuron) }
    }
  }

  private mutating func add(_ network: Network, _ tick: Int, _ neuron: Int) {
    let shape = network.parameters.shape
    let n = shape.neuronCount
    var (positive, negative) = (Lanes.zero, Lanes.zero)
    func add(_ part: Lanes) {
      positive += part.replacing(with: 0, where: part .< 0)
      negative -= part.replacing(with: 0, where: part .> 0)
    }
    for input in 0..<shape.inputCount {
      add(
        Real(network.parameters[.input, neuron, input])
          * trials.inputs[(tick - 1) * shape.inputCount + input])
    }
    if shape.hasFast {
      for source in 0..<n {
        add(Real(network.parameters[.fast, neuron, source]) * trajectory.fast[tick * n + source])
      }
    }
    if shape.hasSlow {
      for source in 0..<n {
        add(Real(network.parameters[.slow, neuron, source]) * trajectory.slow[tick * n + source])
      }
    }
    let kept = Real(network.dynamics.slowLoss)
    let index = tick * n + neuron
    excitation[index] = excitation[index - n] + kept * (positive - excitation[index - n])
    inhibition[index] = inhibition[index - n] + kept * (negative - inhibition[index - n])
  }

  /// Of excitation and inhibition over time: the mean over neurons and trials.
  var correlation: Double {
    let n = trajectory.shape.neuronCount
    var sum = 0.0
    for neuron in 0..<n {
      let ticks = stride(from: neuron, to: excitation.count, by: n)
      for lane in Lanes.zero.indices {
        sum += correlationOf(
          ticks.map { excitation[$0][lane] }, ticks.map { inhibition[$0][lane] })
      }
    }
    return sum / Double(n * Lanes.scalarCount)
  }

  private func correlationOf(_ x: [Real], _ y: [Real]) -> Double {
    let meanX = x.reduce(0, +) / Real(x.count)
    let meanY = y.reduce(0, +) / Real(y.count)
    var (xx, xy, yy): (Real, Real, Real) = (0, 0, 0)
    for (a, b) in zip(x, y) {
      xx += (a - meanX) * (a - meanX)
      xy += (a - meanX) * (b - meanY)
      yy += (b - meanY) * (b - meanY)
    }
    return xx * yy > 0 ? Double(xy / (xx * yy).squareRoot()) : 0
  }
}
