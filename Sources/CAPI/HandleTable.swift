import CPlatform
import CSpikelet
import Fault

/// Kinds of object that a handle may name.
enum HandleKind: UInt64 {
  case context = 1
  case device = 2
  case model = 3
  case session = 4

  var name: StaticString {
    switch self {
    case .context: "context"
    case .device: "device"
    case .model: "model"
    case .session: "session"
    }
  }
}

/// The one table of a process: handles are keys into it, never addresses that are followed.
///
/// A key is generation · 2^16 + index + 1. A slot's state is generation (32 bits), kind (8), a close that is under way (3), calls
/// inside (21). Slots are never freed, so a look-up of any number is safe.
///
/// A close keeps new calls waiting, but for those that must not wait: calls inside may be waiting for them. Once nobody is
/// inside, it is decided whether the object stays or goes.
enum HandleTable {
  typealias Slot = spk_platform_slot

  static let capacity = SPK_PLATFORM_SLOTS
  private static let closing: UInt64 = 1 << 23
  /// Nobody comes in at all; soon over.
  private static let deciding: UInt64 = 1 << 22
  /// The object goes. Calls that may wait still do, so that they fail once all is over.
  private static let going: UInt64 = 1 << 21
  private static let userMask: UInt64 = going - 1
  private static let generationMask = UInt64(UInt.max >> 16) & 0xFFFF_FFFF

  private static var slots: UnsafeMutablePointer<Slot> {
    platform_handle_slots().unsafelyUnwrapped
  }

  private static func word(_ slot: UnsafeMutablePointer<Slot>) -> UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(slot).assumingMemoryBound(to: UInt64.self)
  }

  /// Gives an object a key.
  static func insert(
    _ object: UnsafeMutableRawPointer, _ kind: HandleKind
  ) throws(Fault) -> OpaquePointer {
    for index in 0..<capacity {
      let slot = slots + index
      var state = spk_platform_load(word(slot))
      guard state >> 24 & 0xFF == 0, state & closing == 0 else { continue }
      // Claimed as closing until the object is in place, so that no look-up finds it half made.
      let generation = max(1, (state >> 32 &+ 1) & generationMask)
      let claimed = generation << 32 | kind.rawValue << 24 | closing | deciding
      guard spk_platform_exchange(word(slot), &state, claimed) != 0 else { continue }
      slot.pointee.object = object
      var expected = claimed
      _ = spk_platform_exchange(word(slot), &expected, claimed & ~(closing | deciding))
      return OpaquePointer(bitPattern: UInt(generation) << 16 | UInt(index + 1)).unsafelyUnwrapped
    }
    throw Fault(
      .SPK_ERROR_NO_MEMORY, "\(capacity) handles are open in this process, which is all there are")
  }

  /// Counts a call into the object of `handle`; `leave` ends it.
  ///
  /// - Parameters:
  ///   - waits: for a close that is under way. Inside a callback never.
  static func enter(
    _ handle: OpaquePointer?, _ kind: HandleKind, waits: Bool = true
  ) throws(Fault) -> UnsafeMutableRawPointer {
    try change(handle, kind, by: 1, waits: waits && !ThreadMessage.isInCallback)
  }

  static func leave(_ handle: OpaquePointer?) {
    guard let slot = find(handle) else { return }
    _ = spk_platform_add(word(slot), UInt64.max)
  }

  /// Keeps new calls waiting; then `decide` until it is, and `go` and `remove`; or `reopen`.
  static func beginClose(
    _ handle: OpaquePointer?, _ kind: HandleKind
  ) throws(Fault) -> UnsafeMutableRawPointer {
    try change(handle, kind, by: closing, waits: true)
  }

  /// Whether nobody is inside; then nobody comes in before `go` or `reopen`.
  static func decide(_ handle: OpaquePointer?) -> Bool {
    guard let slot = find(handle) else { return true }
    var state = spk_platform_load(word(slot))
    return state & userMask == 0
      && spk_platform_exchange(word(slot), &state, state | deciding) != 0
  }

  /// Calls that must not wait no longer find the object.
  static func go(_ handle: OpaquePointer?) {
    guard let slot = find(handle) else { return }
    _ = spk_platform_add(word(slot), going &- deciding)
  }

  /// Adds to the state of the handle's slot, once no close is under way or, for who must not wait, none is being decided.
  private static func change(
    _ handle: OpaquePointer?, _ kind: HandleKind, by amount: UInt64, waits: Bool
  ) throws(Fault) -> UnsafeMutableRawPointer {
    guard let slot = find(handle) else { throw stale(handle, kind) }
    var state = spk_platform_load(word(slot))
    let blocking = waits ? closing : deciding
    while names(state, handle, kind), waits || state & going == 0 {
      if state & blocking != 0 || state & userMask == userMask {
        spk_platform_pause()
        state = spk_platform_load(word(slot))
      } else if spk_platform_exchange(word(slot), &state, state + amount) != 0 {
        return slot.pointee.object.unsafelyUnwrapped
      }
    }
    throw stale(handle, kind)
  }

  /// The object stays. Whoever wanted to close it is inside now, until it has told why.
  static func reopen(_ handle: OpaquePointer?) {
    guard let slot = find(handle) else { return }
    // Only who closes changes this bit.
    let decided = spk_platform_load(word(slot)) & deciding
    _ = spk_platform_add(word(slot), 1 &- closing &- decided)
  }

  static func remove(_ handle: OpaquePointer?) {
    guard let slot = find(handle) else { return }
    slot.pointee.object = nil
    spk_platform_store(word(slot), spk_platform_load(word(slot)) & ~0xFFFF_FFFF)
  }

  private static func find(_ handle: OpaquePointer?) -> UnsafeMutablePointer<Slot>? {
    let key = UInt(bitPattern: handle)
    let index = Int(key & 0xFFFF) - 1
    guard index >= 0, index < capacity else { return nil }
    return slots + index
  }

  /// Whether a state is that of the object which the handle names.
  private static func names(
    _ state: UInt64, _ handle: OpaquePointer?, _ kind: HandleKind
  ) -> Bool {
    state >> 32 == UInt64(UInt(bitPattern: handle) >> 16) && state >> 24 & 0xFF == kind.rawValue
  }

  private static func stale(_ handle: OpaquePointer?, _ kind: HandleKind) -> Fault {
    if handle == nil {
      return Fault(.SPK_ERROR_HANDLE, "the \(kind.name) handle is null")
    }
    return Fault(
      .SPK_ERROR_HANDLE,
      "the \(kind.name) handle is not one: it was closed, or it names something else")
  }
}
