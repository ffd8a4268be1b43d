import NeuroCore
import WireProtocol

/// A request, written byte by byte from docs/wire-protocol.md.
struct BoardRequest {
  let name: String
  let request: Request
  var payload: [UInt8] = []
}

/// The stages of a board that bring requests out of order or into it.
enum BoardStage: CaseIterable { case empty, describing, committed, running }

/// A small network with every kind of population and connectivity, request by request.
enum BoardConversation {
  static var hello: BoardRequest {
    BoardRequest(name: "hello", request: .hello, payload: numbers([1, 1, 0]))
  }
  static var begin: BoardRequest {
    BoardRequest(
      name: "begin", request: .beginNetwork, payload: numbers([1, 3, 4, 2], then: [7]))
  }
  static var commit: BoardRequest { BoardRequest(name: "commit", request: .commit) }
  static var start: BoardRequest { BoardRequest(name: "start", request: .start) }
  static var end: BoardRequest { BoardRequest(name: "end", request: .endNetwork) }

  /// What follows `begin` before `commit`.
  static var description: [BoardRequest] {
    var leaky = Population(kind: .leaky, neuronCount: 10)
    leaky.threshold = 300
    leaky.perNeuron = NeuronParameter.threshold.bit | NeuronParameter.decayIndex.bit
    leaky.decaySetCount = 2
    leaky.decays[1] = DecaySet(membrane: 9, current1: 400, current2: 4096, dendrite: 50)
    leaky.postTrace = Trace(step: 500, decay: 200, viewShift: 3)
    leaky.meanTicks = 3
    var input = Population(kind: .input, neuronCount: 20)
    input.gain = 60_000
    input.preTrace = Trace(step: 900, decay: 100, viewShift: 2)
    var dense = Projection(source: 0, target: 1)
    dense.rule.termCount = 3
    dense.rule.terms[0].mantissa = 40
    dense.rule.terms[0].factorA = .postTrace
    dense.rule.terms[1].trigger = .postsynaptic
    dense.rule.terms[1].factorA = .preTrace
    dense.rule.terms[1].mantissa = 9
    dense.rule.terms[2].trigger = .every
    dense.rule.terms[2].periodTicks = 3
    dense.rule.terms[2].factorA = .meanDendrite
    dense.rule.terms[2].mantissa = -1
    dense.rule.highLimit = 120
    dense.learning = true
    var sparse = Projection(source: 0, target: 1)
    sparse.connectivity = .sparse
    sparse.synapseCount = 6
    sparse.compartment = .membrane
    sparse.storage = .int16Master
    sparse.rule.termCount = 1
    sparse.rule.lowLimit = -20_000
    var lateral = Projection(source: 1, target: 1)
    lateral.connectivity = .oneToOne
    var analogue = Projection(source: 2, target: 1)
    analogue.compartment = .dendrite
    return [
      population(0, input), population(1, leaky),
      population(2, Population(kind: .analogue, neuronCount: 4)),
      projection(0, dense), projection(1, sparse), projection(2, lateral), projection(3, analogue),
      BoardRequest(
        name: "slices", request: .slice, payload: numbers([0, 0, 1, 0, 6, 1, 1, 6, 4])),
    ]
  }

  /// What follows `commit` before `start`.
  static var arrays: [BoardRequest] {
    [
      write("thresholds", 0, object: 1, (0..<10).map { Int32(100 + $0) }),
      write("decay indices", 4, object: 1, (0..<10).map { Int32($0 % 2) }),
      write("row starts", 17, object: 1, (0...20).map { UInt32(min($0, 6)) }),
      write("targets", 18, object: 1, (0..<6).map { UInt32($0) }),
      weights,
    ]
  }

  static var weights: BoardRequest {
    write("weights", 16, object: 0, (0..<200).map { Int8($0 % 120) })
  }

  /// What a running board takes.
  static var use: [BoardRequest] {
    let events: [UInt32] = [0, 0, 3, 0, 0, 4, 2, 0, 0, 5, 0, 19]
    return [
      weights,
      write("values", 19, object: 2, [Int16](repeating: 9, count: 4)),
      BoardRequest(name: "set", request: .set, payload: [1, 0, 0, 0, 1, 0, 0, 0]),
      BoardRequest(name: "record", request: .record, payload: numbers([1]) + [1]),
      BoardRequest(
        name: "probe", request: .probe, payload: [0, 1, 1, 0, 0, 0, 0, 0] + numbers([2, 5])),
      BoardRequest(
        name: "ticks", request: .ticks,
        payload: [1, 0, 0, 0, 0, 0, 0, 0] + numbers([], then: [9, 5, 6])),
      BoardRequest(name: "clear", request: .clear),
      BoardRequest(
        name: "run", request: .run,
        payload: numbers([12, 1, 4, 1] + events + [2]) + [UInt8](repeating: 0, count: 96)),
      BoardRequest(
        name: "present", request: .present,
        payload: numbers([8, 1, 0, 0, 0xFFFF_FFFF, 2, 1, 1]) + [UInt8](repeating: 200, count: 20)),
      BoardRequest(name: "stop", request: .stop),
      read("read weights", 16, object: 0, count: 200),
      read("read state", 32, object: 1, count: 10),
      read("read history", 20, object: 2, count: 8),
      write("history", 20, object: 0, [Int16](repeating: 1, count: 20)),
      write("state", 33, object: 1, [Int32](repeating: -9, count: 10)),
      write("refractory", 36, object: 1, [Int32](repeating: 2, count: 10)),
    ]
  }

  /// All of it, in order.
  static var whole: [BoardRequest] {
    [begin] + description + [commit] + arrays + [start] + use + [end]
  }

  /// What brings a board to a stage.
  static func prelude(_ stage: BoardStage) -> [BoardRequest] {
    switch stage {
    case .empty: []
    case .describing: [begin] + description
    case .committed: [begin] + description + [commit] + arrays
    case .running: [begin] + description + [commit] + arrays + [start]
    }
  }

  static func numbers(_ words: [UInt32], then longs: [UInt64] = []) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in words { bytes.put(word) }
    for long in longs { bytes.put(long) }
    return bytes
  }

  static func population(_ index: UInt32, _ population: Population) -> BoardRequest {
    BoardRequest(
      name: "population \(index)", request: .population,
      payload: .payload {
        $0.put(index)
        $0.put(population)
      })
  }

  static func projection(_ index: UInt32, _ projection: Projection) -> BoardRequest {
    BoardRequest(
      name: "projection \(index)", request: .projection,
      payload: .payload {
        $0.put(index)
        $0.put(projection)
      })
  }

  static func place(_ kind: UInt8, object: UInt16, first: UInt64 = 0, count: UInt32) -> [UInt8] {
    var bytes: [UInt8] = [kind, 0]
    bytes.put(object)
    bytes.put(first)
    bytes.put(count)
    return bytes
  }

  static func write<Value: FixedWidthInteger>(
    _ name: String, _ kind: UInt8, object: UInt16, first: UInt64 = 0, _ values: [Value]
  ) -> BoardRequest {
    var bytes = place(kind, object: object, first: first, count: UInt32(values.count))
    for value in values { bytes.put(value) }
    return BoardRequest(name: name, request: .write, payload: bytes)
  }

  static func read(
    _ name: String, _ kind: UInt8, object: UInt16, first: UInt64 = 0, count: UInt32
  ) -> BoardRequest {
    BoardRequest(
      name: name, request: .read, payload: place(kind, object: object, first: first, count: count))
  }
}

extension FirmwareUnderTest {
  /// Sends requests that must all be done.
  func bring(to stage: BoardStage) {
    for request in BoardConversation.prelude(stage) {
      let refusal = refusal(request.request, request.payload)
      precondition(refusal == nil, "\(request.name): \(String(describing: refusal))")
    }
  }
}
