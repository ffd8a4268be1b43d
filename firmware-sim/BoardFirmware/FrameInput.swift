import WireProtocol

/// Finds frames in the bytes of a host, which come in pieces of any size and may be damaged.
struct FrameInput: BitwiseCopyable {
  enum Step {
    /// Good until the next step.
    case frame(FrameHeader, UnsafeRawBufferPointer)
    /// Bytes were passed over that are no frame.
    case damage
    /// More bytes have to come.
    case nothing
    case noMemory
  }

  /// Bytes that no whole frame begins with yet.
  private var pending: UnsafeMutablePointer<UInt8>?
  private var capacity = 0
  private var start = 0
  private var end = 0

  func release(_ seam: BoardSeam) { seam.release(pending) }

  /// The next frame of the bytes that are pending and then of `rest`, which moves on.
  mutating func next(_ rest: inout UnsafeRawBufferPointer, _ seam: BoardSeam) -> Step {
    while true {
      let isPending = end > start
      let bytes = isPending ? pendingBytes : rest
      guard !bytes.isEmpty else { return .nothing }
      switch FrameHeader.scan(bytes, limit: FrameHeader.requestLimit) {
      case .frame(let header):
        pass(header.frameBytes, isPending, &rest)
        return .frame(
          header,
          UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount..<header.frameBytes]))
      case .damaged(let skip):
        pass(skip, isPending, &rest)
        return .damage
      case .incomplete(let wanted):
        guard !rest.isEmpty else {
          guard isPending, FrameHeader.endsWithSync(bytes) else { return .nothing }
          pass(1, isPending, &rest)
          return .damage
        }
        guard keep(wanted, &rest, seam) else { return .noMemory }
      }
    }
  }

  private var pendingBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pending.map { $0 + start }, count: end - start)
  }

  private mutating func pass(
    _ length: Int, _ isPending: Bool, _ rest: inout UnsafeRawBufferPointer
  ) {
    if isPending {
      start += length
    } else {
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
  }

  /// Moves bytes behind those pending, up to `wanted` in all.
  private mutating func keep(
    _ wanted: Int, _ rest: inout UnsafeRawBufferPointer, _ seam: BoardSeam
  ) -> Bool {
    if let pending, start > 0 { pending.update(from: pending + start, count: end - start) }
    end -= start
    start = 0
    if wanted > capacity {
      guard let larger = seam.make(UInt8.self, wanted) else { return false }
      if let pending { larger.update(from: pending, count: end) }
      seam.release(pending)
      pending = larger
      capacity = wanted
    }
    guard let pending, let source = rest.baseAddress else { return false }
    let taken = min(wanted - end, rest.count)
    UnsafeMutableRawPointer(pending + end).copyMemory(from: source, byteCount: taken)
    end += taken
    rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    return true
  }
}
