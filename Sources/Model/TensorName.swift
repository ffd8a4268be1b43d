import NeuroCore

/// The suffixes of a projection's tensors; those of a population are the words of `NeuronParameter`.
enum ProjectionTensor: UInt8, Word {
  case weight = 0
  case rowStarts = 1
  case targets = 2

  static let count = 3

  var word: StaticString {
    switch self {
    case .weight: "weight"
    case .rowStarts: "row_starts"
    case .targets: "targets"
    }
  }
}

/// A tensor's name taken apart: `<owner>.<suffix>`, at the last dot.
///
/// Owners may have dots: suffixes have none, and those of populations and projections differ.
enum TensorName {
  case parameter(owner: UnsafeBufferPointer<UInt8>, NeuronParameter)
  case projection(owner: UnsafeBufferPointer<UInt8>, ProjectionTensor)

  /// Nil if the suffix is not known.
  init?(_ name: UnsafeBufferPointer<UInt8>) {
    var dot = name.count - 1
    while dot >= 0, name[dot] != UInt8(ascii: ".") { dot -= 1 }
    guard dot >= 0 else { return nil }
    let owner = UnsafeBufferPointer(rebasing: name[0..<dot])
    let suffix = UnsafeBufferPointer(rebasing: name[(dot + 1)...])
    if let parameter = NeuronParameter(word: suffix) {
      self = .parameter(owner: owner, parameter)
    } else if let tensor = ProjectionTensor(word: suffix) {
      self = .projection(owner: owner, tensor)
    } else {
      return nil
    }
  }
}
