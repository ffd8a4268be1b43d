import Fault
import Memory
import Model
import NeuroCore

/// What the neurons of one population cost in synapses and bytes. Source: docs/numerics.md 7.
struct ColumnCost: ~Copyable {
  /// Per neuron, by dense and one-to-one projections.
  private var synapsesEach = 0
  private var bytesEach = 0
  /// Per slice: row tables of sparse projections.
  private var bytesPerSlice = 0
  /// [neurons + 1] running sums over sparse synapses and their bytes; one element if there are none.
  private let sparseSynapses: Buffer<Int>
  private let sparseBytes: Buffer<Int>

  init(_ model: borrowing Model, population index: Int) throws(Fault) {
    let count = Int(model.population(index).population.neuronCount)
    var sparse = false
    for entry in 0..<model.projectionCount {
      let projection = model.projection(entry).projection
      guard Int(projection.target) == index, projection.connectivity == .sparse else { continue }
      sparse = true
    }
    let synapses = try Buffer<Int>(count: sparse ? count + 1 : 1, repeating: 0)
    let bytes = try Buffer<Int>(count: sparse ? count + 1 : 1, repeating: 0)
    for entry in 0..<model.projectionCount {
      let projection = model.projection(entry)
      guard Int(projection.projection.target) == index else { continue }
      let sources = Int(
        model.population(Int(projection.projection.source)).population.neuronCount)
      let width = projection.projection.storage.bytes
      switch projection.projection.connectivity {
      case .dense:
        synapsesEach += sources
        bytesEach += sources * width
      case .oneToOne, .sharedKernel:
        synapsesEach += 1
        bytesEach += width
      case .sparse:
        bytesPerSlice += 4 * (sources + 1)
        guard let targets = projection.targets else { continue }
        for synapse in 0..<projection.weightCount {
          synapses[Int(targets[synapse]) + 1] += 1
          bytes[Int(targets[synapse]) + 1] += width + 2
        }
      }
    }
    for neuron in 1..<max(synapses.count, 1) {
      synapses[neuron] += synapses[neuron - 1]
      bytes[neuron] += bytes[neuron - 1]
    }
    sparseSynapses = synapses
    sparseBytes = bytes
  }

  /// What neurons first .. first + count − 1 cost as one slice.
  func use(first: Int, count: Int) -> (synapses: Int, bytes: Int) {
    guard count > 0 else { return (0, 0) }
    var synapses = count * synapsesEach
    var bytes = count * bytesEach + bytesPerSlice
    if sparseSynapses.count > 1 {
      synapses += sparseSynapses[first + count] - sparseSynapses[first]
      bytes += sparseBytes[first + count] - sparseBytes[first]
    }
    return (synapses, bytes)
  }
}
