import NeuroCore

/// An enumeration whose cases have words in the file; the words of a number 0, 1, … without gaps.
protocol Word: RawRepresentable, BitwiseCopyable where RawValue == UInt8 {
  var word: StaticString { get }
}

extension Word {
  /// Nil if no case has this word.
  init?(word: UnsafeBufferPointer<UInt8>) {
    var number: UInt8 = 0
    while let value = Self(rawValue: number) {
      if word.equals(value.word) {
        self = value
        return
      }
      number += 1
    }
    return nil
  }
}

extension PopulationKind: Word {
  public var word: StaticString {
    switch self {
    case .input: "input"
    case .analogue: "analogue"
    case .leaky: "leaky"
    case .quadratic: "quadratic"
    }
  }
}

extension ResetKind: Word {
  var word: StaticString {
    switch self {
    case .none: "none"
    case .value: "value"
    case .subtract: "subtract"
    }
  }
}

extension Role: Word {
  var word: StaticString {
    switch self {
    case .none: "none"
    case .stimulus: "stimulus"
    case .label: "label"
    case .output: "output"
    }
  }
}

extension NeuronParameter: Word {
  var word: StaticString {
    switch self {
    case .threshold: "threshold"
    case .bias: "bias"
    case .resetValue: "reset_to"
    case .lowerBound: "lower_bound"
    case .decayIndex: "decay_index"
    }
  }
}

extension Compartment: Word {
  var word: StaticString {
    switch self {
    case .membrane: "membrane"
    case .current1: "current1"
    case .current2: "current2"
    case .dendrite: "dendrite"
    }
  }
}

extension Connectivity: Word {
  var word: StaticString {
    switch self {
    case .dense: "dense"
    case .sparse: "sparse"
    case .oneToOne: "one_to_one"
    case .sharedKernel: "shared_kernel"
    }
  }
}

extension WeightStorage: Word {
  var word: StaticString {
    switch self {
    case .int8: "int8"
    case .int16Master: "int16_master"
    }
  }
}

extension Trigger: Word {
  var word: StaticString {
    switch self {
    case .presynaptic: "pre"
    case .postsynaptic: "post"
    case .every: "every"
    }
  }
}

extension GateKind: Word {
  var word: StaticString {
    switch self {
    case .none: "none"
    case .inside: "inside"
    case .outside: "outside"
    }
  }
}

extension Factor: Word {
  var word: StaticString {
    switch self {
    case .one: "one"
    case .weight: "weight"
    case .membrane: "membrane"
    case .current: "current"
    case .dendrite: "dendrite"
    case .meanDendrite: "mean_dendrite"
    case .preTrace: "pre_trace"
    case .postTrace: "post_trace"
    }
  }
}

extension Rounding: Word {
  var word: StaticString {
    switch self {
    case .nearest: "nearest"
    case .stochastic: "stochastic"
    case .stochasticByColumn: "stochastic_by_column"
    }
  }
}
