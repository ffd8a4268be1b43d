// Loops over the synapses of a sparse row: arrivals[target] += acting weight · 2^shift. No vector instruction helps here.

/// - Parameters:
///   - weights: [count] int8 weights.
///   - targets: [count] neurons, all different.
@inline(never)
@export(interface)
@_optimize(speed)
public func scatter(
  _ weights: UnsafePointer<Int8>, to targets: UnsafePointer<UInt16>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    arrivals[Int(targets[synapse])] &+= Int32(weights[synapse]) &<< shift
  }
}

@inline(never)
@export(interface)
@_optimize(speed)
public func scatter(
  _ weights: UnsafePointer<Int8>, to targets: UnsafePointer<UInt32>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    arrivals[Int(targets[synapse])] &+= Int32(weights[synapse]) &<< shift
  }
}

/// As above for int16 masters.
@inline(never)
@export(interface)
@_optimize(speed)
public func scatter(
  _ weights: UnsafePointer<Int16>, to targets: UnsafePointer<UInt16>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    arrivals[Int(targets[synapse])] &+= Int32(weights[synapse] &>> 8) &<< shift
  }
}

@inline(never)
@export(interface)
@_optimize(speed)
public func scatter(
  _ weights: UnsafePointer<Int16>, to targets: UnsafePointer<UInt32>, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    arrivals[Int(targets[synapse])] &+= Int32(weights[synapse] &>> 8) &<< shift
  }
}
