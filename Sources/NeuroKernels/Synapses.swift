// Loops over the synapses of a sparse row: arrivals[target] += acting weight · 2^shift. No vector instruction helps here.

import CKernels

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

/// Changes the weights of a sparse row by the steps of their columns, and adds what they become.
///
/// - Parameters:
///   - weights: [count], changed in place.
///   - targets: [count] neurons, all different; columns are counted from `first`.
///   - most, fraction, dither: [columns] as of `changeAndAddRows`.
///   - rho: ρ of the row.
///   - low, high: limits of the weight.
@inline(never)
@export(interface)
@_optimize(speed)
public func changeAndScatter(
  _ weights: UnsafeMutablePointer<Int8>, to targets: UnsafePointer<UInt16>, first: Int,
  most: UnsafePointer<Int8>, fraction: UnsafePointer<UInt8>, dither: UnsafePointer<UInt8>,
  rho: UInt8, low: Int32, high: Int32, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    let column = Int(targets[synapse]) &- first
    let less = lessStep(fraction: fraction[column], dither: dither[column] &+ rho)
    let step = Int32(most[column] &+ Int8(truncatingIfNeeded: less))
    let weight = kernels_clip(Int32(weights[synapse]) &+ step, low, high)
    weights[synapse] = Int8(truncatingIfNeeded: weight)
    arrivals[column] &+= weight &<< shift
  }
}

/// As above for int16 masters.
@inline(never)
@export(interface)
@_optimize(speed)
public func changeAndScatter(
  _ weights: UnsafeMutablePointer<Int16>, to targets: UnsafePointer<UInt16>, first: Int,
  most: UnsafePointer<Int16>, fraction: UnsafePointer<UInt8>, dither: UnsafePointer<UInt8>,
  rho: UInt8, low: Int32, high: Int32, shift: Int32,
  into arrivals: UnsafeMutablePointer<Int32>, count: Int
) {
  for synapse in 0..<count {
    let column = Int(targets[synapse]) &- first
    let less = lessStep(fraction: fraction[column], dither: dither[column] &+ rho)
    let step = Int32(most[column] &+ Int16(truncatingIfNeeded: less))
    let weight = kernels_clip(Int32(weights[synapse]) &+ step, low, high)
    weights[synapse] = Int16(truncatingIfNeeded: weight)
    arrivals[column] &+= (weight &>> 8) &<< shift
  }
}

/// What the larger step of a column is changed by: 0 if f > u, else −1; without a branch, which would be a guess.
@inline(__always)
@export(implementation)
public func lessStep(fraction: UInt8, dither: UInt8) -> Int32 {
  (Int32(fraction) &- Int32(dither) &- 1) &>> 31
}
