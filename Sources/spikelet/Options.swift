import Training

/// The command line.
struct Options: Equatable {
  enum Command: Equatable {
    case train(NamedTask)
    case quantise(checkpoint: String)
    case samples(TouchClassification)
  }

  private(set) var command: Command
  private(set) var output = ""
  private(set) var picture: String?
  private(set) var checkpoint: String?
  private(set) var resumes = false
  private(set) var stepCount: Int?
  private(set) var seed: UInt64 = 1
  private(set) var threadCount = 1
  private(set) var trialCount = 512

  /// - Parameter arguments: without the name of the program.
  init(_ arguments: [String]) throws(Failure) {
    guard arguments.count >= 2 else { throw Failure("a command and what it is for were expected") }
    switch arguments[0] {
    case "train":
      switch arguments[1] {
      case "autoencode": command = .train(.autoEncoding(AutoEncoding()))
      case "xor": command = .train(.delayedXor(DelayedXor()))
      case "classify": command = .train(.touchClassification(TouchClassification()))
      default: throw Failure("no task \"\(arguments[1])\"; there are autoencode, xor and classify")
      }
    case "samples":
      guard arguments[1] == "classify" else {
        throw Failure("no samples of \"\(arguments[1])\"; there are those of classify")
      }
      command = .samples(TouchClassification())
    case "quantise": command = .quantise(checkpoint: arguments[1])
    default: throw Failure("no command \"\(arguments[0])\"")
    }
    var rest = arguments[2...]
    while let option = rest.popFirst() {
      if option == "--resume" {
        resumes = true
        continue
      }
      guard let value = rest.popFirst() else { throw Failure("\(option) has no value") }
      try set(option, value)
    }
    guard !output.isEmpty else { throw Failure("-o FILE is missing") }
    guard !resumes || checkpoint != nil else { throw Failure("--resume goes with --checkpoint") }
  }

  private mutating func set(_ option: String, _ value: String) throws(Failure) {
    switch option {
    case "-o": output = value
    case "--picture": picture = value
    case "--checkpoint": checkpoint = value
    case "--steps": stepCount = Int(try number(option, value, 1...1_000_000))
    case "--seed": seed = try number(option, value, 0...UInt64.max)
    case "--trials": trialCount = Int(try number(option, value, 1...1_000_000))
    case "--neuron": try setNeuron(value)
    case "--classes":
      try setKnownCount(number(option, value, 2...UInt64(Touch.Kind.allCases.count)))
    case "--delay": try setDelay(value)
    case "--gate": try setGate(value)
    case "--threads": threadCount = Int(try number(option, value, 1...64))
    default: throw Failure("no option \"\(option)\"")
    }
  }

  /// Quadratic neurons are for the task that the paper has them for.
  private mutating func setNeuron(_ value: String) throws(Failure) {
    guard case .train(.delayedXor(var task)) = command else {
      throw Failure("--neuron goes with train xor")
    }
    switch value {
    case "leaky": break
    case "quadratic": task.dynamics.neuron = .quadratic(milliseconds: 25)
    default: throw Failure("--neuron is \"\(value)\", expected leaky or quadratic")
    }
    command = .train(.delayedXor(task))
  }

  private mutating func setKnownCount(_ count: UInt64) throws(Failure) {
    guard case .train(.touchClassification(var task)) = command else {
      throw Failure("--classes goes with train classify")
    }
    task.knownCount = Int(count)
    command = .train(.touchClassification(task))
  }

  private mutating func setDelay(_ value: String) throws(Failure) {
    guard case .train(.delayedXor(let task)) = command else {
      throw Failure("--delay goes with train xor")
    }
    var longer = DelayedXor(longestGapMilliseconds: Double(try number("--delay", value, 10...5000)))
    if task.dynamics.neuron != DelayedXor().dynamics.neuron {
      longer.dynamics.neuron = task.dynamics.neuron
    }
    longer.growsSmoothly = task.growsSmoothly
    command = .train(.delayedXor(longer))
  }

  private mutating func setGate(_ value: String) throws(Failure) {
    guard case .train(.delayedXor(var task)) = command else {
      throw Failure("--gate goes with train xor")
    }
    guard value == "smooth" || value == "hard" else {
      throw Failure("--gate is \"\(value)\", expected smooth or hard")
    }
    task.growsSmoothly = value == "smooth"
    command = .train(.delayedXor(task))
  }

  /// Groups of as many trials as there are lanes.
  var groupCount: Int { (trialCount + Lanes.scalarCount - 1) / Lanes.scalarCount }

  private func number(
    _ option: String, _ value: String, _ range: ClosedRange<UInt64>
  ) throws(Failure) -> UInt64 {
    guard let number = UInt64(value), range.contains(number) else {
      throw Failure(
        "\(option) is \"\(value)\", expected \(range.lowerBound) .. \(range.upperBound)")
    }
    return number
  }
}
