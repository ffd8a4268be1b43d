import Fault
import Memory
import NeuroCore

/// Which tensor of a file is which array of a model.
struct TensorSlots: ~Copyable {
  /// [populations × 5 parameters, then projections × 3 suffixes] tensor numbers, −1 where there is none.
  private let slots: Buffer<Int32>
  private let populationCount: Int

  /// - Throws: `SPK_ERROR_FORMAT` for a tensor that is no array of the model.
  init(_ header: borrowing FileHeader, _ model: borrowing Model) throws(Fault) {
    let populationSlots = model.populationCount * PopulationTensor.count
    let slots = try Buffer<Int32>(
      count: populationSlots + model.projectionCount * ProjectionTensor.count, repeating: -1)
    for index in 0..<header.tensors.count {
      let name = header.tensors[index].name
      switch TensorName(name) {
      case .population(let owner, let tensor):
        guard let population = model.findPopulation(owner) else { throw Self.unexpected(name) }
        slots[population * PopulationTensor.count + Int(tensor.rawValue)] = Int32(index)
      case .projection(let owner, let tensor):
        guard let projection = model.findProjection(owner),
          tensor == .weight || model.projection(projection).projection.connectivity == .sparse
        else { throw Self.unexpected(name) }
        let slot = projection * ProjectionTensor.count + Int(tensor.rawValue)
        slots[populationSlots + slot] = Int32(index)
      case nil: throw Self.unexpected(name)
      }
    }
    self.slots = slots
    populationCount = model.populationCount
  }

  /// An array of a population; nil if the file has none.
  func tensor(
    _ header: borrowing FileHeader, population: Int, _ tensor: PopulationTensor
  ) -> Tensor? {
    let index = slots[population * PopulationTensor.count + Int(tensor.rawValue)]
    return index >= 0 ? header.tensors[Int(index)] : nil
  }

  /// A tensor that the projection cannot do without.
  ///
  /// - Throws: `SPK_ERROR_FORMAT`
  func tensor(
    _ header: borrowing FileHeader, projection: Int, _ tensor: ProjectionTensor, of name: Name
  ) throws(Fault) -> Tensor {
    let first = populationCount * PopulationTensor.count
    let index = slots[first + projection * ProjectionTensor.count + Int(tensor.rawValue)]
    guard index >= 0 else {
      throw Fault(.SPK_ERROR_FORMAT, "tensor \"\(name).\(tensor.word)\" is missing")
    }
    return header.tensors[Int(index)]
  }

  private static func unexpected(_ name: UnsafeBufferPointer<UInt8>) -> Fault {
    Fault(
      .SPK_ERROR_FORMAT,
      "tensor \"\(name.excerpt)\" belongs to no population or projection of the description")
  }
}
