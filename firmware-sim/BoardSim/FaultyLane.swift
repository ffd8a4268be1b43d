/// The bytes that go one way, with the faults of a plan. What comes out depends on the bytes alone, and not on the pieces
/// in which they come in.
struct FaultyLane {
  /// What comes next.
  enum Step: Equatable {
    /// Some bytes. None: an empty packet.
    case bytes([UInt8])
    /// More bytes have to come in first.
    case nothing
    /// Nothing before this time.
    case wait(until: Int64)
    /// To be acted upon; the lane goes on behind it.
    case fault(BoardFault)
  }

  /// What happens to the next so many bytes.
  private enum Effect {
    case pass
    case drop(Int)
    case corrupt(Int)
    case duplicate(Int)
    /// Bytes to be held back, then bytes to let by.
    case reorder(hold: Int, pass: Int)
    case single(Int, isAfterEmpty: Bool)
  }

  private var faults: ArraySlice<BoardFault>
  /// Told of each fault that strikes.
  private let statistics: BoardStatistics?
  private var turning: FaultNumbers
  private var queue: ArraySlice<UInt8> = []
  /// To go out before what is in the queue.
  private var ready: [UInt8] = []
  /// Copied for a duplicate, or held back.
  private var aside: [UInt8] = []
  private var effect = Effect.pass
  private var offset = 0
  /// Nothing comes out before.
  private(set) var waitsUntil: Int64?

  init(_ plan: FaultPlan, _ way: BoardFault.Way, _ statistics: BoardStatistics? = nil) {
    self.statistics = statistics
    faults = plan.faults.filter { $0.way == way }[...]
    turning = FaultNumbers(state: plan.seed ^ (way == .toHost ? .max : 0))
  }

  /// Whether there is something to take, now or later, without more coming in.
  var holds: Bool { !queue.isEmpty || !ready.isEmpty }

  mutating func put(_ bytes: some Collection<UInt8>) { queue += bytes }

  /// Ends a wait whose time has come.
  mutating func wake(now: Int64) {
    if let time = waitsUntil, now >= time { waitsUntil = nil }
  }

  /// Forgets what has not come out yet; it counts as gone by.
  mutating func clear() {
    offset += queue.count
    queue = []
    ready = []
    aside = []
    effect = .pass
    waitsUntil = nil
  }

  /// The next bytes, at most `limit`.
  mutating func take(_ limit: Int, now: Int64) -> Step {
    while true {
      if let time = waitsUntil {
        guard now >= time else { return .wait(until: time) }
        waitsUntil = nil
      }
      if !ready.isEmpty {
        defer { ready.removeFirst(min(limit, ready.count)) }
        return .bytes(Array(ready.prefix(limit)))
      }
      if case .pass = effect, let fault = faults.first, fault.offset <= offset, !queue.isEmpty {
        faults.removeFirst()
        statistics?.strike(fault)
        if let step = begin(fault, now) { return step }
        continue
      }
      guard !queue.isEmpty else { return .nothing }
      if let step = advance(limit) { return step }
    }
  }

  /// - Returns: what others have to do; nil if the lane does it.
  private mutating func begin(_ fault: BoardFault, _ now: Int64) -> Step? {
    switch fault.kind {
    case .drop: effect = .drop(fault.amount)
    case .corrupt: effect = .corrupt(fault.amount)
    case .duplicate: effect = .duplicate(fault.amount)
    case .reorder: effect = .reorder(hold: fault.amount, pass: fault.amount)
    case .short: effect = .single(fault.amount, isAfterEmpty: false)
    case .delay: waitsUntil = now + Int64(fault.amount) * 1_000_000
    case .stall, .freeze, .reset, .unplug: return .fault(fault)
    }
    return nil
  }

  /// Moves some bytes on; the queue is not empty.
  ///
  /// - Returns: nil if none came out.
  private mutating func advance(_ limit: Int) -> Step? {
    switch effect {
    case .pass:
      let gap = faults.first.map { $0.offset - offset } ?? .max
      return .bytes(next(min(limit, gap)))
    case .drop(let count):
      let gone = next(count)
      effect = count == gone.count ? .pass : .drop(count - gone.count)
      return nil
    case .corrupt(let count):
      let turned = next(min(limit, count)).map { $0 ^ UInt8(1 + turning.below(255)) }
      effect = count == turned.count ? .pass : .corrupt(count - turned.count)
      return .bytes(turned)
    case .duplicate(let count):
      let bytes = next(min(limit, count))
      aside += bytes
      effect = count == bytes.count ? .pass : .duplicate(count - bytes.count)
      if count == bytes.count { bringBack() }
      return .bytes(bytes)
    case .reorder(let hold, let pass) where hold > 0:
      let held = next(hold)
      aside += held
      effect = .reorder(hold: hold - held.count, pass: pass)
      return nil
    case .reorder(_, let pass):
      let bytes = next(min(limit, pass))
      effect = pass == bytes.count ? .pass : .reorder(hold: 0, pass: pass - bytes.count)
      if pass == bytes.count { bringBack() }
      return .bytes(bytes)
    case .single(let count, isAfterEmpty: false):
      effect = .single(count, isAfterEmpty: true)
      return .bytes([])
    case .single(let count, isAfterEmpty: true):
      effect = count == 1 ? .pass : .single(count - 1, isAfterEmpty: false)
      return .bytes(next(1))
    }
  }

  private mutating func next(_ count: Int) -> [UInt8] {
    let bytes = Array(queue.prefix(count))
    queue.removeFirst(bytes.count)
    offset += bytes.count
    return bytes
  }

  private mutating func bringBack() {
    ready = aside
    aside = []
  }
}

/// Both ways of one board's link, and what has become of the board.
final class FaultyLink {
  var toBoard: FaultyLane
  var toHost: FaultyLane
  /// The board takes and says nothing before.
  private(set) var frozenUntil: Int64?
  /// The board is not there before.
  private(set) var goneUntil: Int64?
  /// A fresh board is due.
  var isReset = false

  init(_ plan: FaultPlan, _ statistics: BoardStatistics) {
    toBoard = FaultyLane(plan, .toBoard, statistics)
    toHost = FaultyLane(plan, .toHost, statistics)
  }

  /// Does what a fault says about the board.
  ///
  /// - Parameter stallStops: whether a stall stops the link for a while, for it has no endpoints.
  func act(_ fault: BoardFault, now: Int64, stallStops: Bool = false) {
    let time = now + Int64(fault.amount) * 1_000_000
    switch fault.kind {
    case .stall where !stallStops: break
    case .freeze, .stall: frozenUntil = max(frozenUntil ?? time, time)
    case .reset: isReset = true
    case .unplug: goneUntil = max(goneUntil ?? time, time)
    default: break
    }
  }

  /// Ends what has lasted long enough. What is left then lasts until `wakeTime`.
  func wake(now: Int64) {
    if let time = frozenUntil, now >= time { frozenUntil = nil }
    if let time = goneUntil, now >= time { goneUntil = nil }
    toBoard.wake(now: now)
    toHost.wake(now: now)
  }

  /// Whether neither way has anything to give before `wakeTime`.
  var standsStill: Bool { frozenUntil != nil || goneUntil != nil }

  /// When to look again; nil if nothing is held back, or more bytes have to come.
  var wakeTime: Int64? {
    if let still = [frozenUntil, goneUntil].compactMap(\.self).max() { return still }
    return [toBoard.waitsUntil, toHost.waitsUntil].compactMap(\.self).min()
  }

  /// Forgets what is under way, as a fresh board does.
  func clear() {
    toBoard.clear()
    toHost.clear()
    isReset = false
  }
}
