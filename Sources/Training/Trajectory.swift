/// What a network did in some trials, tick by tick: all that the adjoint needs. Kept for the next trials of the same length.
public final class Trajectory {
  public let shape: Shape
  public let tickCount: Int
  /// [ticks + 1][neurons]: row t is the state before tick t.
  public let voltage: UnsafeMutableBufferPointer<Lanes>
  public let fast: UnsafeMutableBufferPointer<Lanes>
  public let slow: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][neurons]: I; the adjoint leaves its own in this place.
  let drive: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][neurons]: 1 for a spike, −1 for a wrap backwards, else 0.
  public let spikes: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][outputs]
  public let output: UnsafeMutableBufferPointer<Lanes>

  public init(_ shape: Shape, tickCount: Int) {
    self.shape = shape
    self.tickCount = tickCount
    let states = (tickCount + 1) * shape.neuronCount
    voltage = .allocate(capacity: states)
    fast = .allocate(capacity: states)
    slow = .allocate(capacity: states)
    drive = .allocate(capacity: tickCount * shape.neuronCount)
    spikes = .allocate(capacity: tickCount * shape.neuronCount)
    output = .allocate(capacity: tickCount * shape.outputCount)
    for buffer in [voltage, fast, slow, drive, spikes, output] {
      buffer.initialize(repeating: .zero)
    }
  }

  deinit {
    for buffer in [voltage, fast, slow, drive, spikes, output] { buffer.deallocate() }
  }

  /// Spikes in all trials.
  public var spikeCount: Double {
    var sum = Lanes.zero
    for lanes in spikes { sum += lanes.replacing(with: 0, where: lanes .< 0) }
    return sum.sum()
  }
}
