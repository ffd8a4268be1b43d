import CPlatform
import Fault
import Memory
import NeuroCore

extension Model {
  /// Checks what only shows in the whole: the sizes of label and output, weights within limits, sums of arrivals.
  ///
  /// Fields, names, roles and synapses are checked where they are added and set.
  ///
  /// - Throws: `SPK_ERROR_MODEL` with a sentence that names the object, or `SPK_ERROR_NO_MEMORY`.
  /// - Complexity: O(populations + projections + sparse synapses + weights of rules with limits).
  /// - Source: docs/numerics.md 1, 4 and 6.
  public func check() throws(Fault) {
    try checkLabels()
    for index in 0..<projectionCount {
      let entry = projectionPointer(index)
      do throws(Fault) {
        try entry.pointee.checkRange()
      } catch {
        throw error.at("projection \"\(entry.pointee.name)\"")
      }
    }
    try checkArrivals()
  }

  private func checkLabels() throws(Fault) {
    guard let label = population(role: .label), let output = population(role: .output) else {
      return
    }
    let labels = populationPointer(label)
    let outputs = populationPointer(output)
    guard labels.pointee.population.neuronCount == outputs.pointee.population.neuronCount else {
      throw Fault(
        .SPK_ERROR_MODEL,
        "population \"\(labels.pointee.name)\" has \(labels.pointee.population.neuronCount) labels, expected \(outputs.pointee.population.neuronCount), as many as \"\(outputs.pointee.name)\" has outputs"
      )
    }
  }

  /// The worst case of one tick's arrivals must stay below 2^31 at each population and compartment.
  private func checkArrivals() throws(Fault) {
    let sums = try Buffer<Int>(count: populationCount * Compartment.count, repeating: 0)
    var mostTargets = 0
    for index in 0..<projectionCount {
      mostTargets = max(mostTargets, shape(projectionPointer(index).pointee.projection).targets)
    }
    // Zero between projections; pages that no synapse points to are never touched.
    let inDegrees = try allocateZeros(UInt32.self, count: mostTargets)
    defer { free(inDegrees) }
    for index in 0..<projectionCount {
      let entry = projectionPointer(index)
      let projection = entry.pointee.projection
      let source = populationPointer(Int(projection.source)).pointee.population
      let synapses = largestInDegree(entry, inDegrees)
      let value = source.kind == .analogue ? Int(source.valueLimit) : 1
      let slot = Int(projection.target) * Compartment.count + Int(projection.compartment.rawValue)
      sums[slot] += synapses * 128 * (1 << Int(projection.shift)) * value
      guard sums[slot] < 1 << 31 else {
        throw Fault(
          .SPK_ERROR_MODEL,
          "projection \"\(entry.pointee.name)\": worst case of arrivals at \(projection.compartment.word) of population \"\(populationPointer(Int(projection.target)).pointee.name)\" is \(sums[slot]) with it, expected below 2147483648; lower shift, or have fewer synapses"
        )
      }
    }
  }

  /// The most synapses that one target neuron has in a projection.
  ///
  /// - Parameter inDegrees: [targets] zeros, and zeros again afterwards.
  private func largestInDegree(
    _ entry: UnsafeMutablePointer<ProjectionEntry>, _ inDegrees: UnsafeMutablePointer<UInt32>
  ) -> Int {
    switch entry.pointee.projection.connectivity {
    case .dense: return shape(entry.pointee.projection).sources
    case .oneToOne: return 1
    case .sparse, .sharedKernel:
      guard let targets = entry.pointee.targets else { return 0 }
      var most: UInt32 = 0
      for synapse in 0..<entry.pointee.weightCount {
        inDegrees[Int(targets[synapse])] += 1
        most = max(most, inDegrees[Int(targets[synapse])])
      }
      for synapse in 0..<entry.pointee.weightCount { inDegrees[Int(targets[synapse])] = 0 }
      return Int(most)
    }
  }
}
