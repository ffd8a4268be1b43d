import CKernels

/// Cuts one block of memory into arrays aligned to 64 bytes; without a block it only counts.
struct Arena {
  private let base: UnsafeMutableRawPointer?
  private(set) var used = 0
  private(set) var overflowed = false

  init(_ base: UnsafeMutableRawPointer?) { self.base = base }

  /// Zeroed memory for `count` elements. While counting, the address stands for nothing and must not be followed.
  mutating func take<Element: BitwiseCopyable>(
    _ type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    place(count, MemoryLayout<Element>.stride).bindMemory(to: type, capacity: count)
  }

  @inline(never)
  private mutating func place(_ count: Int, _ stride: Int) -> UnsafeMutableRawPointer {
    let start = used
    let (bytes, tooMany) = count.multipliedReportingOverflow(by: stride)
    let (end, tooFar) = used.addingReportingOverflow(bytes)
    if tooMany || tooFar || end > Int.max - 63 {
      overflowed = true
    } else {
      used = (end + 63) & ~63
    }
    guard let base, !overflowed else {
      return UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    }
    let raw = base + start
    kernels_zero(raw, used - start)
    return raw
  }
}
