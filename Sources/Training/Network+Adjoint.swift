import Foundation

extension Network {
  /// Adds the gradient of the loss of trials that were run, by the exact adjoint of `run`, from the last tick to the first.
  ///
  ///     γ_q = γ_fast/τ_fast + γ_slow       γ_n = γ_v + g(v') γ_q       γ_I = dt ∂f/∂I γ_n
  ///     γ_v ← (1 + dt ∂f/∂v) γ_n − g(v) γ_q
  ///     γ_fast ← (1 − dt/τ_fast) γ_fast + W_fastᵀ γ_I
  ///     γ_slow ← (1 − dt/τ_slow) γ_slow + W_slowᵀ γ_I + Oᵀ ∂l/∂o
  ///
  /// With a hard threshold it is that of the smooth gate along the hard trajectory: no gradient, but a direction. So is, with either
  /// of them, that of a `Surrogate`.
  ///
  /// - Parameters:
  ///   - trajectory: of `run` with the same trials; its drive is used up.
  ///   - gradient: of the parameters' shape, added to.
  public func addGradient(
    _ trials: Trials, _ trajectory: Trajectory, to gradient: inout Parameters
  ) {
    let n = shape.neuronCount
    let errors = outputErrors(trials, trajectory)
    var adjoint = Adjoint(neuronCount: n)
    for tick in stride(from: trials.tickCount - 1, through: 0, by: -1) {
      step(&adjoint, trajectory, tick)
      let driveAdjoint = UnsafePointer(trajectory.drive.baseAddress! + tick * n)
      if shape.hasFast {
        adjoint.fast.withUnsafeMutableBufferPointer {
          multiply(.fast, driveAdjoint, to: $0.baseAddress!, transposed: true)
        }
      }
      if shape.hasSlow {
        adjoint.slow.withUnsafeMutableBufferPointer {
          multiply(.slow, driveAdjoint, to: $0.baseAddress!, transposed: true)
        }
      }
      errors.withUnsafeBufferPointer { errors in
        let ofTick = errors.baseAddress! + tick * shape.outputCount
        adjoint.slow.withUnsafeMutableBufferPointer { slow in
          multiply(.readOut, ofTick, to: slow.baseAddress!, transposed: true)
        }
      }
      let cost = Real(trials.activityCost / Double(trials.tickCount * Lanes.scalarCount))
      for neuron in 0..<n { adjoint.slow[neuron] += cost * trajectory.slow[tick * n + neuron] }
    }
    sumProducts(trials, trajectory, errors, to: &gradient)
  }

  /// ∂ loss / ∂ output: [ticks][outputs].
  private func outputErrors(_ trials: Trials, _ trajectory: Trajectory) -> [Lanes] {
    let scale = Real(1 / Double(trials.tickCount * Lanes.scalarCount))
    let answers = trials.answers(UnsafeBufferPointer(trajectory.output))
    return trials.targets.indices.map { index in
      scale * trials.importance[index] * (answers[index] - trials.targets[index])
    }
  }

  /// One tick back, but for what recurrent synapses carry.
  private func step(_ adjoint: inout Adjoint, _ trajectory: Trajectory, _ tick: Int) {
    let gate = Gate(zone: dynamics.zone)
    let surrogate = dynamics.surrogate
    let entering = Real(surrogate?.share ?? 1)
    let leaving: Real = surrogate == nil ? 1 : 0
    let limit = Lanes(repeating: Real(surrogate?.limit ?? .infinity))
    let fastKept = Real(1 - dynamics.fastLoss)
    let slowKept = Real(1 - dynamics.slowLoss)
    let fastGain = Real(1 / dynamics.fastMilliseconds)
    for neuron in 0..<shape.neuronCount {
      let index = tick * shape.neuronCount + neuron
      let before = trajectory.voltage[index]
      let after = trajectory.voltage[index + shape.neuronCount]
      let slopes = dynamics.slopes(before, after, trajectory.drive[index])
      let charge = fastGain * adjoint.fast[neuron] + adjoint.slow[neuron]
      let voltage = adjoint.voltage[neuron] + entering * gate.density(after) * charge
      trajectory.drive[index] = slopes.drive * voltage
      adjoint.voltage[neuron] = slopes.voltage * voltage - leaving * gate.density(before) * charge
      adjoint.fast[neuron] *= fastKept
      adjoint.slow[neuron] *= slowKept
      if surrogate != nil {
        adjoint.voltage[neuron].clamp(lowerBound: -limit, upperBound: limit)
        adjoint.slow[neuron].clamp(lowerBound: -limit, upperBound: limit)
      }
    }
  }

  /// Gradients of weights: sums over ticks of the adjoint behind a synapse times what came before it.
  private func sumProducts(
    _ trials: Trials, _ trajectory: Trajectory, _ errors: [Lanes], to gradient: inout Parameters
  ) {
    let n = shape.neuronCount
    let ticks = trials.tickCount
    let drive = trajectory.drive.baseAddress!
    let layout = parameters
    gradient.values.withUnsafeMutableBufferPointer { values in
      func start(_ block: Block) -> UnsafeMutablePointer<Double> {
        values.baseAddress! + layout.range(block).lowerBound
      }
      if shape.hasFast {
        addOuterProducts(
          drive, rows: n, trajectory.fast.baseAddress!, columns: n, ticks: ticks, to: start(.fast))
      }
      if shape.hasSlow {
        addOuterProducts(
          drive, rows: n, trajectory.slow.baseAddress!, columns: n, ticks: ticks, to: start(.slow))
      }
      trials.inputs.withUnsafeBufferPointer { inputs in
        addOuterProducts(
          drive + n, rows: n, inputs.baseAddress!, columns: shape.inputCount, ticks: ticks - 1,
          to: start(.input))
      }
      errors.withUnsafeBufferPointer { errors in
        addOuterProducts(
          errors.baseAddress!, rows: shape.outputCount, trajectory.slow.baseAddress!,
          columns: n, ticks: ticks, to: start(.readOut))
      }
      let bias = start(.bias)
      for index in 0..<ticks * n { bias[index % n] += Double(drive[index].sum()) }
    }
    gradient.clearDiagonals()
  }
}

/// Derivatives of the loss by the state at one tick: [neurons] each.
private struct Adjoint {
  var voltage: [Lanes]
  var fast: [Lanes]
  var slow: [Lanes]

  init(neuronCount: Int) {
    voltage = Array(repeating: .zero, count: neuronCount)
    fast = voltage
    slow = voltage
  }
}

extension Lanes {
  var cosine: Lanes {
    var result = Lanes.zero
    for lane in indices { result[lane] = cos(self[lane]) }
    return result
  }

  var sine: Lanes {
    var result = Lanes.zero
    for lane in indices { result[lane] = sin(self[lane]) }
    return result
  }
}
