import NeuroCore
import Testing
import WireProtocol

/// What a board answers to requests that are wrong in themselves.
@Suite struct FirmwareRefusalTests {
  private typealias Talk = BoardConversation

  /// The answer of a board in `stage`.
  private func refusal(_ stage: BoardStage, _ request: BoardRequest) throws -> BoardError? {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: stage)
    return board.refusal(request.request, request.payload)
  }

  private func refusal(
    _ stage: BoardStage, _ request: Request, _ payload: [UInt8]
  ) throws -> BoardError? {
    try refusal(stage, BoardRequest(name: "", request: request, payload: payload))
  }

  @Test func `surplus bytes and missing bytes are malformed`() throws {
    let stages: [(BoardStage, [BoardRequest])] = [
      (.empty, [Talk.begin]), (.describing, Talk.description + [Talk.commit]),
      (.committed, Talk.arrays + [Talk.start]), (.running, Talk.use + [Talk.end]),
    ]
    for (stage, requests) in stages {
      for request in requests {
        #expect(
          try refusal(stage, request.request, request.payload + [0]) == .malformed,
          "\(request.name) with a byte more")
        guard !request.payload.isEmpty else { continue }
        #expect(
          try refusal(stage, request.request, request.payload.dropLast()) == .malformed,
          "\(request.name) with a byte less")
      }
    }
  }

  @Test func `what is not a request is unknown`() throws {
    let board = try #require(FirmwareUnderTest())
    for type in UInt8.min...UInt8.max where Request(rawValue: type) == nil {
      let answer = board.take(board.next(type, [1, 2, 3]))
      #expect(answer.map(\.error) == [.unknownRequest])
      #expect(answer.map(\.type) == [type | 0x80])
    }
  }

  @Test func `networks beyond the law are refused`() throws {
    for words: [UInt32] in [
      [0, 1, 1, 1], [2, 1, 1, 1], [1, 4097, 1, 1], [1, 1, 4097, 1], [1, 1, 1, .max],
      [1, .max, .max, .max],
    ] {
      #expect(try refusal(.empty, .beginNetwork, Talk.numbers(words, then: [1])) == .law)
    }
  }

  @Test func `indices that do not exist are refused`() throws {
    let population = Population(kind: .input, neuronCount: 1)
    for index: UInt32 in [4, 0x7FFF_FFFF, 0x8000_0000, .max] {
      // Numbers of 2^31 and more name nothing.
      let error = index > 0x7FFF_FFFF ? BoardError.malformed : .index
      #expect(try refusal(.describing, Talk.population(index, population)) == error)
      #expect(
        try refusal(.describing, Talk.projection(index, Projection(source: 0, target: 1))) == error)
      #expect(try refusal(.describing, .slice, Talk.numbers([index, 0, 1, 0, 6])) == error)
      #expect(try refusal(.running, .record, Talk.numbers([index]) + [1]) == error)
      #expect(try refusal(.running, .run, Talk.numbers([5, 0, 1, 0, 0, index, 0])) == .index)
      #expect(
        try refusal(.running, .run, Talk.numbers([5, 0, 1, 0, 0, 0, max(index, 20)])) == .index)
    }
    for source: Int32 in [-1, .min, 3, .max] {
      #expect(
        try refusal(.describing, Talk.projection(0, Projection(source: source, target: 1)))
          == .index)
      #expect(
        try refusal(.describing, Talk.projection(0, Projection(source: 0, target: source)))
          == .index)
    }
    #expect(try refusal(.running, Talk.read("", 16, object: 4, count: 0)) == .index)
    #expect(try refusal(.running, Talk.write("", 16, object: 4, [Int8]())) == .index)
    #expect(try refusal(.running, .set, [0, 0, 4, 0, 1, 0, 0, 0]) == .index)
    #expect(
      try refusal(.running, .probe, [16, 1, 1, 0, 0, 0, 0, 0] + Talk.numbers([0, 1])) == .index)
    #expect(
      try refusal(.running, .probe, [0, 1, 0, 0, 0, 0, 0, 0] + Talk.numbers([0, 1])) == .index)
  }

  @Test(
    arguments: [
      (10, 1), (11, 0), (1, 10), (0x7FFF_FFFF, 1), (0x1_0000_0000, 1), (0x7FFF_FFFF_FFFF_FFFF, 1),
      (0x8000_0000_0000_0000, 1),
      (UInt64.max, 1), (0, 0xFFFF),
    ] as [(UInt64, UInt32)])
  func `places outside an array are refused`(first: UInt64, count: UInt32) throws {
    let error = first > 0x7FFF_FFFF ? BoardError.malformed : .index
    let place = Talk.place(32, object: 1, first: first, count: count)
    #expect(try refusal(.running, .read, place) == (count > 16_000 ? .malformed : error))
    let values = [Int32](repeating: 1, count: Int(count))
    #expect(try refusal(.committed, Talk.write("", 0, object: 1, first: first, values)) == error)
    let neurons = Talk.numbers([UInt32(clamping: first), count])
    #expect(try refusal(.running, .probe, [0, 1, 1, 0, 0, 0, 0, 0] + neurons) == .index)
  }

  @Test func `bytes of a probe that are not used are refused`() throws {
    let neurons = Talk.numbers([0, 1])
    #expect(try refusal(.running, .probe, [0, 1, 1, 0, 0, 1, 0, 0] + neurons) == .malformed)
    #expect(try refusal(.running, .probe, [0, 1, 1, 0, 0, 0, 255, 255] + neurons) == nil)
  }

  @Test func `values beyond the law are refused`() throws {
    #expect(try refusal(.committed, Talk.write("", 0, object: 1, [Int32(1 << 23)])) == .law)
    #expect(try refusal(.committed, Talk.write("", 0, object: 1, [Int32.min])) == .law)
    #expect(try refusal(.committed, Talk.write("", 4, object: 1, [Int32(2)])) == .law)
    #expect(try refusal(.committed, Talk.write("", 4, object: 1, [Int32(-1)])) == .law)
    #expect(try refusal(.running, Talk.write("", 19, object: 2, [Int16.min])) == .law)
    #expect(try refusal(.running, Talk.write("", 16, object: 0, [Int8(121)])) == .law)
    #expect(try refusal(.running, .set, [2, 0, 0, 0, 1, 1, 0, 0]) == .law)
    #expect(try refusal(.running, .set, [1, 0, 2, 0, 1, 0, 0, 0]) == .law)
    let counts = [1, 0, 0, 0, 0, 0, 0, 0] + Talk.numbers([], then: [1, 1 << 56, 0])
    #expect(try refusal(.running, .ticks, counts) == .law)
    #expect(try refusal(.running, Talk.write("", 32, object: 1, [Int32(1 << 23)])) == .law)
    #expect(try refusal(.running, Talk.write("", 36, object: 1, [Int32(256)])) == .law)
    #expect(try refusal(.running, Talk.write("", 36, object: 1, [Int32(-1)])) == .law)
    #expect(try refusal(.running, Talk.write("", 20, object: 0, [Int16(2)])) == .law)
    #expect(try refusal(.running, Talk.write("", 20, object: 2, [Int16.min])) == .law)
    #expect(try refusal(.running, Talk.write("", 41, object: 1, [Int32(0)])) == .malformed)
    func write(_ kind: UInt8, _ object: UInt16, _ value: Int32) throws -> BoardError? {
      try refusal(.running, Talk.write("", kind, object: object, [value]))
    }
    for kind in UInt8(36)...40 where kind != 37 { #expect(try write(kind, 0, 0) == .index) }
    for object in UInt16(1)...2 { #expect(try write(37, object, 0) == .index) }
    #expect(try write(37, 0, 1 << 23) == .law && write(37, 0, -1) == .law)
    #expect(try write(38, 1, 1 << 23) == .law && write(38, 1, -1) == .law)
    #expect(try write(39, 1, 32_768) == .law && write(39, 1, -32_769) == .law)
    #expect(try write(40, 1, 98_302) == .law && write(40, 1, -98_305) == .law)
    #expect(try write(40, 1, 98_301) == nil && write(39, 1, -32_768) == nil)
    let past = Talk.write("", 20, object: 0, first: 20, [Int16(1)])
    #expect(try refusal(.running, past) == .index)
  }

  @Test func `rules that ask for what is not there are refused`() throws {
    func refusal(
      _ source: Int32 = 0, _ target: Int32 = 1, _ change: (inout Projection) -> Void
    ) throws -> BoardError? {
      let board = try #require(FirmwareUnderTest())
      board.bring(to: .describing)
      for request in Talk.description.prefix(3) { _ = board.ask(request.request, request.payload) }
      var bare = Population(kind: .leaky, neuronCount: 10)
      bare.threshold = 300
      if target == 1, source == 1 {
        _ = board.refusal(.population, Talk.population(1, bare).payload)
      }
      var projection = Projection(source: source, target: target)
      projection.rule.termCount = 1
      change(&projection)
      return board.refusal(.projection, Talk.projection(0, projection).payload)
    }
    #expect(try refusal { $0.rule.terms[0].trigger = .postsynaptic } == nil)
    #expect(try refusal { $0.rule.terms[0].trigger = .every } == .law)
    #expect(try refusal { $0.rule.terms[0].periodTicks = 1 } == .law)
    #expect(try refusal { $0.rule.skipsDiagonal = true } == .law)
    #expect(try refusal(2) { _ in } == .law)
    #expect(try refusal(2) { $0.rule.terms[0].trigger = .postsynaptic } == nil)
    #expect(
      try refusal(2) {
        $0.rule.terms[0].trigger = .postsynaptic; $0.rule.terms[0].factorA = .preTrace
      } == nil)
    for factor in [Factor.preTrace, .postTrace, .meanDendrite] {
      #expect(try refusal(0) { $0.rule.terms[0].factorB = factor } == nil)
      #expect(try refusal(1) { $0.rule.terms[0].factorB = factor } == .law)
    }
    for change: (inout Population) -> Void in [
      { $0.preTrace.step = -1 }, { $0.postTrace.decay = 4_097 }, { $0.preTrace.viewShift = 16 },
    ] {
      let board = try #require(FirmwareUnderTest())
      board.bring(to: .describing)
      var population = Population(kind: .leaky, neuronCount: 10)
      change(&population)
      #expect(board.refusal(.population, Talk.population(1, population).payload) == .law)
    }
  }

  @Test func `an element that is refused keeps all others out`() throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .running)
    let before = board.ask(.read, Talk.read("", 16, object: 0, count: 200).payload).map(\.payload)
    let weights = [Int8](repeating: 5, count: 199) + [121]
    #expect(board.refusal(.write, Talk.write("", 16, object: 0, weights).payload) == .law)
    #expect(
      board.ask(.read, Talk.read("", 16, object: 0, count: 200).payload).map(\.payload) == before)
  }

  @Test func `weights are as wide as they are stored`() throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .running)
    let masters: [Int16] = [1, -2, 3, -20_000, 5, 32_767]
    for wrong in [
      Talk.write("", 16, object: 0, [Int16](repeating: 1, count: 200)),
      Talk.write("", 16, object: 1, [Int8](repeating: 1, count: 6)),
    ] { #expect(board.refusal(.write, wrong.payload) == .malformed) }
    #expect(board.refusal(.write, Talk.write("", 16, object: 1, masters).payload) == nil)
    let read = board.ask(.read, Talk.read("", 16, object: 1, first: 2, count: 3).payload)
    #expect(read.map(\.payload) == [[3, 0, 0xE0, 0xB1, 5, 0]])
    let low = Array(masters.dropLast()) + [-20_001]
    #expect(board.refusal(.write, Talk.write("", 16, object: 1, low).payload) == .law)
  }

  @Test func `runs beyond their limits are malformed`() throws {
    for words: [UInt32] in [
      [0, 0, 0, 0], [65_537, 0, 0, 0], [.max, 0, 0, 0], [1, 8, 0, 0], [1, .max, 0, 0], [1, 0, 0],
      [5, 0, 1, 0, 5, 0, 0], [5, 0, 1, 0, .max, 0, 0], [5, 0, 2, 0, 3, 0, 1, 3, 0, 1],
      [5, 0, 2, 0, 3, 0, 1, 2, 0, 1], [5, 0, 2, 0, 3, 0, 1], [5, 0, .max, 0, 3, 0, 1],
      [1, 0, 0, 1], [1, 0, 0, .max], [1, 0, 0, 65], [1, 0, 0, 1, 2], [1, 0, 0, 1, 2, 0],
      [1, 0, 0, 1, 2, 0, 0, 0], [1, 0, 0, 2, 2, 0, 0, 2, 0, 0], [1, 0, 0, 0, 2, 0, 0],
    ] {
      #expect(try refusal(.running, .run, Talk.numbers(words)) == .malformed)
    }
    #expect(try refusal(.running, .run, Talk.numbers([1, 0, 0, 1, 0, 0, 0])) == .index)
    #expect(try refusal(.running, .run, Talk.numbers([1, 0, 0, 1, 3, 0, 0])) == .index)
    #expect(try refusal(.running, .run, Talk.numbers([1, 0, 0, 1, 2, 0x8000, 0])) == .law)
    let pixels = [UInt8](repeating: 1, count: 20)
    for words: [UInt32] in [
      [0, 0, 0, 0, .max, 1, 0, 1], [65_537, 0, 0, 0, .max, 1, 0, 1], [1, 4, 0, 0, .max, 1, 0, 1],
      [1, 0, 0, 0, .max, 0, 0, 1], [1, 0, 0, 0, .max, 65_536, 0, 1],
      [1, 0, 0, 0, .max - 1, 1, 0, 1],
    ] {
      #expect(try refusal(.running, .present, Talk.numbers(words) + pixels) == .malformed)
    }
    for words: [UInt32] in [
      [1, 0, 1, 0, .max, 1, 0, 1], [1, 0, 0, 0, .max, 1, 0, 2], [1, 0, .max, 0, .max, 1, 0, 1],
      [1, 0, 0, 0, 3, 1, 0, 1], [1, 0, 0, 9, 3, 1, 0, 1],
    ] {
      #expect(try refusal(.running, .present, Talk.numbers(words) + pixels) == .index)
    }
  }

  @Test func `slices must cover each leaky neuron once`() throws {
    for slices: [UInt32] in [
      [0, 0, 1, 0, 5, 1, 1, 6, 4], [0, 0, 1, 0, 7, 1, 1, 6, 4], [0, 2, 1, 0, 6, 1, 1, 6, 4],
      [0, .max, 1, 0, 6, 1, 1, 6, 4], [0, 0, 0, 0, 6, 1, 1, 6, 4], [0, 0, 1, 0, .max, 1, 1, 6, 4],
      [0, 0, 1, 0, 6, 1, 1, 6, 0x7FFF_FFFF], [0, 0, 1, 0, 10, 1, 1, 10, 0],
    ] {
      let board = try #require(FirmwareUnderTest())
      board.bring(to: .describing)
      #expect(board.refusal(.slice, Talk.numbers(slices)) == nil)
      #expect(board.refusal(.commit) == .law)
    }
  }

  @Test func `a population described anew is checked again`() throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .describing)
    let analogue = Talk.population(0, Population(kind: .analogue, neuronCount: 20))
    #expect(board.refusal(.population, analogue.payload) == nil)
    #expect(board.refusal(.commit) == .law)
  }

  @Test func `a network larger than the board is refused`() throws {
    for (neurons, bytes, error) in [(6, 4096, nil), (5, 4096, BoardError.resources)] {
      let board = try #require(
        FirmwareUnderTest(neuronsPerCore: neurons, synapseBytesPerCore: bytes))
      for request in [Talk.begin] + Talk.description {
        #expect(board.refusal(request.request, request.payload) == nil)
      }
      #expect(board.refusal(.commit) == error)
    }
    // Core 0: 6 columns of 20 + 1 + 4 bytes, a row table of 4 · 21, and 6 sparse synapses of 4 bytes.
    for (bytes, error) in [(258, nil), (257, BoardError.resources)] {
      let board = try #require(FirmwareUnderTest(synapseBytesPerCore: bytes))
      for request in [Talk.begin] + Talk.description + [Talk.commit] + Talk.arrays {
        #expect(board.refusal(request.request, request.payload) == nil)
      }
      #expect(board.refusal(.start) == error)
    }
  }

  @Test(
    arguments: [
      [7, 0], [0, 6], [20], [.max, 6], [6, 0], [0, 1, 7],
    ] as [[UInt32]])
  func `rows that are not in order are refused at the start`(starts: [UInt32]) throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .committed)
    let request = Talk.write("", 17, object: 1, starts)
    #expect(board.refusal(.write, request.payload) == nil)
    #expect(board.refusal(.start) == .law)
  }

  @Test(arguments: [[10], [.max], [0, 0]] as [[UInt32]])
  func `targets that do not exist are refused at the start`(targets: [UInt32]) throws {
    let board = try #require(FirmwareUnderTest())
    board.bring(to: .committed)
    let starts = Talk.write("", 17, object: 1, [0] + [UInt32](repeating: 6, count: 20))
    #expect(board.refusal(.write, starts.payload) == nil)
    let request = Talk.write("", 18, object: 1, targets)
    #expect(board.refusal(.write, request.payload) == nil)
    #expect(board.refusal(.start) == .law)
  }
}
