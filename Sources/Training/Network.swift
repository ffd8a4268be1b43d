/// A recurrent network of spiking neurons whose synapses are differentiable: a spike's current is released while the voltage
/// passes the active zone below the threshold, so that the loss has an exact gradient.
///
///     v' = v + dt f(v, I)           I = U x + W_fast s_fast + W_slow s_slow + b
///     q  = spikes + G(v') − G(v)    a full crossing releases 1; entering the zone and leaving it again, 0
///     s_fast' = (1 − dt/τ_fast) s_fast + q/τ_fast        s_slow' = (1 − dt/τ_slow) s_slow + q        o = O s_slow
///
/// Inputs and outputs are heard a tick late, as boards hear values and spikes.
///
/// - Source: [Huh2018] D. Huh, T. J. Sejnowski, "Gradient descent for spiking neural networks", NeurIPS 2018; the discrete form
///   and its adjoint are written out in docs/training.md.
public struct Network: Sendable {
  public var dynamics: Dynamics
  public var parameters: Parameters {
    didSet { weights = parameters.values.map { Real($0) } }
  }
  /// The parameters as they are computed with.
  private var weights: [Real]

  public init(_ dynamics: Dynamics, _ parameters: Parameters) {
    self.dynamics = dynamics
    self.parameters = parameters
    weights = parameters.values.map { Real($0) }
  }

  var shape: Shape { parameters.shape }

  /// Runs trials, and writes what happened to `trajectory`.
  ///
  /// - Complexity: O(ticks · neurons · (neurons + inputs + outputs)), no allocation.
  public func run(_ trials: Trials, _ trajectory: Trajectory) {
    precondition(trajectory.shape == shape)
    trajectory.setTicks(trials.tickCount)
    let n = shape.neuronCount
    for neuron in 0..<n {
      trajectory.voltage[neuron] = Lanes(repeating: Real(dynamics.startVoltage))
      trajectory.fast[neuron] = .zero
      trajectory.slow[neuron] = .zero
    }
    for tick in 0..<trials.tickCount {
      sumDrive(trials, trajectory, tick)
      advance(trajectory, tick)
      let output = trajectory.output.baseAddress! + tick * shape.outputCount
      output.update(repeating: .zero, count: shape.outputCount)
      multiply(.readOut, trajectory.slow.baseAddress! + tick * n, to: output)
    }
  }

  /// Σ importance · l(output, target) + ½ cost · |s_slow|², the mean over ticks and trials. l is ½ |output − target|², or the
  /// cross-entropy of classes.
  public func loss(_ trials: Trials, _ trajectory: Trajectory) -> Double {
    var total = 0.0
    let answers = trials.answers(UnsafeBufferPointer(trajectory.output))
    for tick in 0..<trials.tickCount {
      var sum = Lanes.zero
      for index in tick * shape.outputCount..<(tick + 1) * shape.outputCount {
        sum += trials.importance[index] * trials.loss(answers[index], trials.targets[index])
      }
      if trials.activityCost > 0 {
        for index in tick * shape.neuronCount..<(tick + 1) * shape.neuronCount {
          sum += Real(0.5 * trials.activityCost) * trajectory.slow[index] * trajectory.slow[index]
        }
      }
      total += Double(sum.sum())
    }
    return total / Double(trials.tickCount * Lanes.scalarCount)
  }

  /// out += block · vector, lane by lane.
  func multiply(
    _ block: Block, _ vector: UnsafePointer<Lanes>, to out: UnsafeMutablePointer<Lanes>,
    transposed: Bool = false
  ) {
    let rows = block == .readOut ? shape.outputCount : shape.neuronCount
    let columns = block == .input ? shape.inputCount : shape.neuronCount
    let start = parameters.range(block).lowerBound
    weights.withUnsafeBufferPointer { weights in
      addProduct(
        weights.baseAddress! + start, rowStride: transposed ? 1 : columns,
        columnStride: transposed ? columns : 1, rows: transposed ? columns : rows,
        columns: transposed ? rows : columns, vector, to: out)
    }
  }

  private func sumDrive(_ trials: Trials, _ trajectory: Trajectory, _ tick: Int) {
    let n = shape.neuronCount
    let drive = trajectory.drive.baseAddress! + tick * n
    let bias = parameters.range(.bias).lowerBound
    for neuron in 0..<n { drive[neuron] = Lanes(repeating: weights[bias + neuron]) }
    if tick > 0 {
      trials.inputs.withUnsafeBufferPointer { inputs in
        multiply(.input, inputs.baseAddress! + (tick - 1) * shape.inputCount, to: drive)
      }
    }
    if shape.hasFast { multiply(.fast, trajectory.fast.baseAddress! + tick * n, to: drive) }
    if shape.hasSlow { multiply(.slow, trajectory.slow.baseAddress! + tick * n, to: drive) }
  }

  /// Voltages, spikes and synapses of one tick.
  private func advance(_ trajectory: Trajectory, _ tick: Int) {
    let gate = Gate(zone: dynamics.zone)
    let fastKept = Real(1 - dynamics.fastLoss)
    let slowKept = Real(1 - dynamics.slowLoss)
    let fastGain = Real(1 / dynamics.fastMilliseconds)
    for index in tick * shape.neuronCount..<(tick + 1) * shape.neuronCount {
      let next = index + shape.neuronCount
      let before = trajectory.voltage[index]
      let (after, spikes) = dynamics.step(before, trajectory.drive[index])
      var charge = spikes
      if !dynamics.isHard { charge += gate.released(after) - gate.released(before) }
      trajectory.voltage[next] = after
      trajectory.spikes[index] = spikes
      trajectory.fast[next] = fastKept * trajectory.fast[index] + fastGain * charge
      trajectory.slow[next] = slowKept * trajectory.slow[index] + charge
    }
  }
}

extension Dynamics {
  /// One tick of a neuron: its voltage after it, and its spikes.
  @inline(__always)
  func step(_ v: Lanes, _ drive: Lanes) -> (Lanes, Lanes) {
    switch neuron {
    case .integrating, .leaky:
      let free = Real(1 - membraneLoss) * v + Real(tickMilliseconds) * drive
      let (low, high) = (Real(lowerBound), Real(Self.upperBound))
      let held = free.replacing(with: low, where: free .< low)
        .replacing(with: high, where: free .> high)
      let spikes = Lanes.zero.replacing(with: 1, where: held .>= 1)
      return (held - spikes, spikes)
    case .quadratic:
      let share = isHard ? v.boardShare : 1 - (2 * Real.pi * v).cosine
      let free = v + Real(membraneLoss) * (2 - share) + Real(tickMilliseconds) * share * drive
      let held = free.replacing(with: 0, where: free .< 0).replacing(with: 2, where: free .> 2)
      let spikes = Lanes.zero.replacing(with: 1, where: held .> 1)
      return (held - spikes, spikes)
    }
  }

  /// 1 + dt ∂f/∂v and dt ∂f/∂I of the tick that led from `before` to `after`; both 0 where v was held at a bound.
  @inline(__always)
  func slopes(_ before: Lanes, _ after: Lanes, _ drive: Lanes) -> (voltage: Lanes, drive: Lanes) {
    switch neuron {
    case .integrating, .leaky:
      let isHeld = (after .<= Real(lowerBound)) .| (after .>= Real(Self.upperBound - 1))
      return (
        Lanes(repeating: Real(1 - membraneLoss)).replacing(with: 0, where: isHeld),
        Lanes(repeating: Real(tickMilliseconds)).replacing(with: 0, where: isHeld)
      )
    case .quadratic:
      let angle = 2 * Real.pi * before
      let turn = 2 * Real.pi * angle.sine
      let isHeld = (after .<= 0) .| (after .>= 1)
      return (
        (1 + turn * (Real(tickMilliseconds) * drive - Real(membraneLoss))).replacing(
          with: 0, where: isHeld),
        (Real(tickMilliseconds) * (1 - angle.cosine)).replacing(with: 0, where: isHeld)
      )
    }
  }
}
