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

/// Arrays of a population: its parameters by their numbers, then those of a snapshot.
enum PopulationTensor: UInt8, Word {
  case threshold = 0
  case bias = 1
  case resetValue = 2
  case lowerBound = 3
  case decayIndex = 4
  case state = 5
  case history = 6

  static let count = 7

  /// The parameter, if it is one.
  var parameter: NeuronParameter? { NeuronParameter(rawValue: rawValue) }

  var word: StaticString {
    if let parameter { return parameter.word }
    return self == .state ? "state" : "history"
  }
}

/// A tensor's name taken apart: `<owner>.<suffix>`, at the last dot.
///
/// Owners may have dots: suffixes have none, and those of populations and projections differ.
enum TensorName {
  case population(owner: UnsafeBufferPointer<UInt8>, PopulationTensor)
  case projection(owner: UnsafeBufferPointer<UInt8>, ProjectionTensor)

  /// Nil if the suffix is not known.
  init?(_ name: UnsafeBufferPointer<UInt8>) {
    var dot = name.count - 1
    while dot >= 0, name[dot] != UInt8(ascii: ".") { dot -= 1 }
    guard dot >= 0 else { return nil }
    let owner = UnsafeBufferPointer(rebasing: name[0..<dot])
    let suffix = UnsafeBufferPointer(rebasing: name[(dot + 1)...])
    if let tensor = PopulationTensor(word: suffix) {
      self = .population(owner: owner, tensor)
    } else if let tensor = ProjectionTensor(word: suffix) {
      self = .projection(owner: owner, tensor)
    } else {
      return nil
    }
  }
}
