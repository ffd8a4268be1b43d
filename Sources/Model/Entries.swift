import NeuroCore

/// What a population is for in presentations. Source: docs/numerics.md 6.
public enum Role: UInt8, BitwiseCopyable, Sendable {
  case none = 0
  case stimulus = 1
  case label = 2
  case output = 3
}

/// One population with its name and the arrays of one value a neuron. The model owns what pointers point to.
public struct PopulationEntry: BitwiseCopyable {
  public var name: Name
  public var role: Role
  public var population: Population
  /// Counts of value, or of membrane, currents and dendrite, that one physical unit is; 0: not stated. The board does not know.
  public var countsPerUnit: Int32
  var arrays: InlineArray<5, UnsafeMutablePointer<Int32>?> = .init(repeating: nil)
  /// [variables that it has][neuronCount] and [rows][neuronCount] of a snapshot; nil without one.
  var state: UnsafeMutablePointer<Int32>?
  var history: UnsafeMutablePointer<Int16>?

  init(name: Name, role: Role, population: Population, countsPerUnit: Int32) {
    self.name = name
    self.role = role
    self.population = population
    self.countsPerUnit = countsPerUnit
  }

  /// [neuronCount] values, or nil if the neurons share one.
  public func array(_ parameter: NeuronParameter) -> UnsafeMutablePointer<Int32>? {
    arrays[Int(parameter.rawValue)]
  }
}

/// One projection with its name, weights and synapses. The model owns what pointers point to.
public struct ProjectionEntry: BitwiseCopyable {
  public var name: Name
  public var projection: Projection
  /// Dense: sources × targets; one-to-one: neurons; sparse: synapses.
  public var weightCount = 0
  /// [weightCount] stored weights of int8 storage; dense ones as [sources][targets].
  public var weights8: UnsafeMutablePointer<Int8>?
  /// [weightCount] stored weights of int16 master storage.
  public var weights16: UnsafeMutablePointer<Int16>?
  /// Sparse: [sources + 1], row j is rowStarts[j] ..< rowStarts[j + 1].
  public var rowStarts: UnsafeMutablePointer<UInt32>?
  /// Sparse: [weightCount] target neurons, strictly ascending in a row; nil if there is none.
  public var targets: UnsafeMutablePointer<UInt32>?

  init(name: Name, projection: Projection) {
    self.name = name
    self.projection = projection
  }

  /// The stored weight at `index`, whatever the storage.
  public func weight(_ index: Int) -> Int16 {
    if let weights8 { return Int16(weights8[index]) }
    return weights16.unsafelyUnwrapped[index]
  }
}
