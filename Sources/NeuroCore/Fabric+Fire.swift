import NeuroKernels

extension Fabric {
  /// Steps 5 and 6: who fires, and what that does to it. Source: docs/numerics.md 2.
  func fire(_ slice: Slice) {
    let memory = populations + Int(slice.population)
    let population = memory.pointee.population
    guard population.hasThreshold else { return }
    let first = Int(slice.first)
    let end = first + Int(slice.count)
    if population.groupSize > 1 {
      fireGroups(memory, first: first, end: end)
      return
    }
    let membrane = memory.pointee.state[0]
    let refractory = memory.pointee.refractory
    let thresholds =
      population.hasArray(.threshold)
      ? memory.pointee.parameters[Int(NeuronParameter.threshold.rawValue)] : nil
    for neuron in first..<end {
      let threshold = thresholds?[neuron] ?? population.threshold
      if refractory[neuron] != 0 {
        refractory[neuron] &-= 1
      } else if membrane[neuron] > threshold {
        reset(memory, population, neuron, threshold: threshold)
      }
    }
  }

  /// Of each group the candidate furthest above its threshold fires, the lowest index among equals.
  private func fireGroups(
    _ memory: UnsafeMutablePointer<PopulationMemory>, first: Int, end: Int
  ) {
    let population = memory.pointee.population
    let size = Int(population.groupSize)
    let refractory = memory.pointee.refractory
    var neuron = first
    while neuron < end {
      let groupEnd = min(end, (neuron / size + 1) * size)
      var winner = -1
      var best: Int32 = 0
      while neuron < groupEnd {
        let threshold = memory.pointee.value(.threshold, shared: population.threshold, neuron)
        let excess = memory.pointee.state[0][neuron] &- threshold
        if refractory[neuron] != 0 {
          refractory[neuron] &-= 1
        } else if excess > best {
          best = excess
          winner = neuron
        }
        neuron += 1
      }
      if winner >= 0 {
        let threshold = memory.pointee.value(.threshold, shared: population.threshold, winner)
        reset(memory, population, winner, threshold: threshold)
      }
    }
  }

  @inline(__always)
  private func reset(
    _ memory: UnsafeMutablePointer<PopulationMemory>, _ population: Population, _ neuron: Int,
    threshold: Int32
  ) {
    let membrane = memory.pointee.state[0]
    switch population.reset {
    case .none: break
    case .value:
      membrane[neuron] = memory.pointee.value(.resetValue, shared: population.resetValue, neuron)
    case .subtract: membrane[neuron] = saturate(membrane[neuron] &- threshold)
    }
    let lower = memory.pointee.value(.lowerBound, shared: population.lowerBound, neuron)
    membrane[neuron] = max(lower, membrane[neuron])
    memory.pointee.refractory[neuron] = population.refractoryTicks
    memory.pointee.append(neuron)
  }
}
