import CPlatform
import Fault

/// A block of `count` elements from the C heap, freed with its owner. A failed allocation is a typed throw.
public struct Buffer<Element: BitwiseCopyable>: ~Copyable {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  /// - Throws: `SPK_ERROR_NO_MEMORY` if the bytes overflow or cannot be had.
  public init(count: Int, repeating value: Element) throws(Fault) {
    base = try allocate(Element.self, count: count)
    self.count = count
    base.initialize(repeating: value, count: count)
  }

  public init(copying source: UnsafeBufferPointer<Element>) throws(Fault) {
    base = try allocate(Element.self, count: source.count)
    count = source.count
    if let first = source.baseAddress { base.initialize(from: first, count: count) }
  }

  public subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { free(base) }
}

/// Uninitialised memory for `count` elements, aligned to 64 bytes; the caller gives it back to `free`.
///
/// - Throws: `SPK_ERROR_NO_MEMORY` if the bytes overflow or cannot be had.
public func allocate<Element: BitwiseCopyable>(
  _ type: Element.Type, count: Int
) throws(Fault) -> UnsafeMutablePointer<Element> {
  try allocateBytes(count: count, stride: MemoryLayout<Element>.stride)
    .bindMemory(to: type, capacity: max(count, 1))
}

@inline(never)
func allocateBytes(count: Int, stride: Int) throws(Fault) -> UnsafeMutableRawPointer {
  let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: stride)
  guard !overflow, bytes <= Int.max - 64, let raw = spk_platform_allocate(bytes) else {
    throw Fault(
      .SPK_ERROR_NO_MEMORY,
      "out of memory: \(count) elements of \(stride) bytes were asked for")
  }
  return raw
}
