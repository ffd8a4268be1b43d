import CPlatform
import Fault

/// A growing array on the C heap, for elements that need no clean-up of their own.
public struct List<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>?
  public private(set) var count = 0
  public private(set) var capacity = 0

  public init() {}

  /// Appends one element; amortised O(1).
  ///
  /// - Throws: `SPK_ERROR_NO_MEMORY`; the list is then as it was.
  @inline(never)
  public mutating func append(_ element: Element) throws(Fault) {
    try reserve(count + 1)
    base.unsafelyUnwrapped[count] = element
    count += 1
  }

  public mutating func append(_ elements: UnsafeBufferPointer<Element>) throws(Fault) {
    guard let first = elements.baseAddress, elements.count > 0 else { return }
    try reserve(count + elements.count)
    (base.unsafelyUnwrapped + count).initialize(from: first, count: elements.count)
    count += elements.count
  }

  /// Makes room for `wanted` elements in all.
  public mutating func reserve(_ wanted: Int) throws(Fault) {
    guard wanted > capacity else { return }
    let larger = try grow(
      base, used: count, capacity: &capacity, to: wanted, stride: MemoryLayout<Element>.stride)
    base = larger.bindMemory(to: Element.self, capacity: capacity)
  }

  public mutating func removeAll() { count = 0 }

  public mutating func removeLast() {
    precondition(count > 0)
    count -= 1
  }

  /// Drops the first `number` elements and moves the rest to the front.
  public mutating func removeFirst(_ number: Int) {
    precondition(number >= 0 && number <= count)
    guard let base, number > 0 else { return }
    base.update(from: base + number, count: count - number)
    count -= number
  }

  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return base.unsafelyUnwrapped[index]
    }
    set {
      precondition(index >= 0 && index < count)
      base.unsafelyUnwrapped[index] = newValue
    }
  }

  /// Where the room begins that was reserved, `capacity` elements; nil if none was.
  public var start: UnsafeMutablePointer<Element>? { base }

  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { free(base) }
}

/// Moves what is used to a larger block, and frees the old one. One piece of code for the lists of all elements.
@inline(never)
private func grow(
  _ old: UnsafeMutableRawPointer?, used: Int, capacity: inout Int, to wanted: Int, stride: Int
) throws(Fault) -> UnsafeMutableRawPointer {
  let room = max(wanted, max(capacity + capacity / 2, 16))
  let larger = try allocateBytes(count: room, stride: stride)
  if let old {
    larger.copyMemory(from: old, byteCount: used * stride)
    free(old)
  }
  capacity = room
  return larger
}
