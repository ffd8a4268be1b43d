/// One thing that goes wrong on the way between a host and a board.
public struct BoardFault: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Bytes get lost, come twice, come with bits turned, or change places with as many behind them.
    case drop, duplicate, corrupt, reorder
    /// Bytes come later.
    case delay
    /// Bytes come one at a time.
    case short
    /// The endpoint halts; a link without endpoints stands still for a while.
    case stall
    /// The board takes, says and answers nothing for a while.
    case freeze
    /// The board forgets all.
    case reset
    /// The board is gone for a while.
    case unplug

    /// Bytes, or milliseconds where the kind is about time.
    var usualAmount: Int {
      switch self {
      case .drop, .duplicate, .reorder: 64
      case .corrupt, .reset: 1
      case .short: 16
      case .delay: 20
      case .stall: 100
      case .freeze: 1_000
      case .unplug: 300
      }
    }

    /// What a seed may draw.
    var drawnAmounts: ClosedRange<Int> {
      switch self {
      case .drop, .duplicate, .reorder: 1...64
      case .corrupt: 1...4
      case .reset: 1...1
      case .short: 1...32
      case .delay: 1...50
      case .stall: 20...200
      case .freeze: 100...3_000
      case .unplug: 100...1_000
      }
    }
  }

  public enum Way: String, CaseIterable, Sendable {
    case toBoard = "out"
    case toHost = "in"
  }

  public var kind: Kind
  public var way: Way
  /// Bytes that have gone this way before, since the board was made.
  public var offset: Int
  public var amount: Int
}

extension BoardFault: CustomStringConvertible {
  /// As a plan has it: `corrupt@out:1234*1`.
  public var description: String { "\(kind.rawValue)@\(way.rawValue):\(offset)*\(amount)" }
}

/// Faults of one board, in the order of their offsets; the same for the same text.
public struct FaultPlan: Equatable, Sendable {
  public private(set) var faults: [BoardFault] = []
  /// Draws the faults, and the bits that are turned.
  public private(set) var seed: UInt64 = 1
  private var explicit: [BoardFault] = []
  private var count = 0
  private var kinds = BoardFault.Kind.allCases
  private var span = 65_536

  static let usage = """
    PLAN says what goes wrong, in items between commas:

      KIND@[in:|out:]OFFSET[*AMOUNT]  one fault, before byte OFFSET on the way to the board (out, also if neither is
                           said) or to the host (in), counted since the board was made
      seed=N               draws COUNT faults, and the bits that are turned (1)
      count=N              faults to draw (5 if there is a seed)
      kinds=KIND+KIND…     kinds to draw from (all)
      span=N               offsets to draw are below N (65536)

      kinds: drop, duplicate, corrupt, reorder (AMOUNT bytes: 64, 64, 1, 64); short (16 bytes come one by one, on USB
      with an empty packet before each); delay (20 ms); stall (an endpoint of USB halts; a socket stands still for
      100 ms); freeze (1000 ms without an answer to anything); reset (the board forgets all); unplug (gone for 300 ms).

    """

  /// - Throws: which item of the text is wrong.
  public init(_ text: String) throws(ServingError) {
    var hasSeed = false
    var hasCount = false
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        explicit.append(try Self.fault(item))
        continue
      }
      switch parts[0] {
      case "seed":
        guard let number = UInt64(parts[1]) else { throw Self.wrong(item) }
        seed = number
        hasSeed = true
      case "count":
        count = try Self.number(parts[1], 0...10_000, item)
        hasCount = true
      case "span": span = try Self.number(parts[1], 1...(1 << 40), item)
      case "kinds":
        kinds = []
        for name in parts[1].split(separator: "+", omittingEmptySubsequences: false) {
          guard let kind = BoardFault.Kind(rawValue: String(name)) else { throw Self.wrong(item) }
          kinds.append(kind)
        }
      default: throw Self.wrong(item)
      }
    }
    if hasSeed, !hasCount { count = 5 }
    draw()
  }

  /// The plan of one of several boards: what is drawn differs, what is said does not.
  public func ofBoard(_ index: Int) -> FaultPlan {
    var plan = self
    plan.seed &+= UInt64(index)
    plan.draw()
    return plan
  }

  private mutating func draw() {
    var numbers = FaultNumbers(state: seed)
    faults = explicit
    for _ in 0..<count {
      let kind = kinds[numbers.below(kinds.count)]
      let way = BoardFault.Way.allCases[numbers.below(2)]
      let offset = numbers.below(span)
      let range = kind.drawnAmounts
      let amount = range.lowerBound + numbers.below(range.count)
      faults.append(BoardFault(kind: kind, way: way, offset: offset, amount: amount))
    }
    // Those of the same offset stay in their order.
    let order = faults.indices.sorted { (faults[$0].offset, $0) < (faults[$1].offset, $1) }
    faults = order.map { faults[$0] }
  }

  private static func fault(_ item: Substring) throws(ServingError) -> BoardFault {
    let parts = item.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = BoardFault.Kind(rawValue: String(parts[0])) else {
      throw wrong(item)
    }
    var place = parts[1]
    var way = BoardFault.Way.toBoard
    if let colon = place.firstIndex(of: ":") {
      guard let named = BoardFault.Way(rawValue: String(place[..<colon])) else { throw wrong(item) }
      way = named
      place = place[place.index(after: colon)...]
    }
    let numbers = place.split(separator: "*", omittingEmptySubsequences: false)
    guard numbers.count <= 2 else { throw wrong(item) }
    let offset = try number(numbers[0], 0...(1 << 40), item)
    let amount =
      numbers.count == 2 ? try number(numbers[1], 1...1_000_000, item) : kind.usualAmount
    return BoardFault(kind: kind, way: way, offset: offset, amount: amount)
  }

  private static func number(
    _ text: Substring, _ range: ClosedRange<Int>, _ item: Substring
  ) throws(ServingError) -> Int {
    guard let number = Int(text), range.contains(number) else { throw wrong(item) }
    return number
  }

  private static func wrong(_ item: Substring) -> ServingError {
    ServingError("--fault: \"\(item)\" is no part of a plan")
  }
}

/// Splitmix64: the same numbers everywhere for a seed.
struct FaultNumbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
