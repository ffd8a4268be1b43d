/// What a network did in some trials, tick by tick: all that the adjoint needs. Kept for the next trials.
public final class Trajectory {
  public let shape: Shape
  /// Ticks of the trials that were run last; no more than there is room for.
  public private(set) var tickCount: Int
  private let capacity: Int
  /// [ticks + 1][neurons]: row t is the state before tick t.
  public let voltage: UnsafeMutableBufferPointer<Lanes>
  public let fast: UnsafeMutableBufferPointer<Lanes>
  public let slow: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][neurons]: I; the adjoint leaves its own in this place.
  let drive: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][neurons]: 1 for a spike, −1 for a wrap backwards, else 0.
  public let spikes: UnsafeMutableBufferPointer<Lanes>
  /// [ticks][outputs]
  public var output: UnsafeMutableBufferPointer<Lanes> {
    UnsafeMutableBufferPointer(rebasing: outputs[..<(tickCount * shape.outputCount)])
  }
  private let outputs: UnsafeMutableBufferPointer<Lanes>

  /// - Parameter tickCount: of the longest trials.
  public init(_ shape: Shape, tickCount: Int) {
    self.shape = shape
    self.tickCount = tickCount
    capacity = tickCount
    let states = (tickCount + 1) * shape.neuronCount
    voltage = .allocate(capacity: states)
    fast = .allocate(capacity: states)
    slow = .allocate(capacity: states)
    drive = .allocate(capacity: tickCount * shape.neuronCount)
    spikes = .allocate(capacity: tickCount * shape.neuronCount)
    outputs = .allocate(capacity: tickCount * shape.outputCount)
    for buffer in [voltage, fast, slow, drive, spikes, outputs] {
      buffer.initialize(repeating: .zero)
    }
  }

  deinit {
    for buffer in [voltage, fast, slow, drive, spikes, outputs] { buffer.deallocate() }
  }

  func setTicks(_ count: Int) {
    precondition(count <= capacity)
    tickCount = count
  }

  /// Spikes in all trials.
  public var spikeCount: Double {
    var total = 0.0
    for tick in 0..<tickCount {
      var sum = Lanes.zero
      for index in tick * shape.neuronCount..<(tick + 1) * shape.neuronCount {
        sum += spikes[index].replacing(with: 0, where: spikes[index] .< 0)
      }
      total += Double(sum.sum())
    }
    return total
  }
}
