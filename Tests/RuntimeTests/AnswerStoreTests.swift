import Testing
import WireProtocol

@testable import BoardFirmware

/// What a board keeps of its answers.
@Suite struct AnswerStoreTests {
  private func makeStore() throws -> (AnswerStore, BoardSeam) {
    let seam = BoardSeam(
      allocate: { HeapLedger.allocate($0) }, release: { HeapLedger.release($0) },
      send: { _, _, _ in true }, stops: { _, _ in false }, context: nil)
    return (try #require(AnswerStore(seam)), seam)
  }

  /// Frames of all lengths: what the board promises to keep is there, byte for byte.
  @Test(arguments: [64, 4_000, FrameHeader.replyLimit]) func `the bytes promised are kept`(
    longest: Int
  ) throws {
    var (store, seam) = try makeStore()
    defer { store.release(seam) }
    var generator = SeededGenerator(state: UInt64(longest))
    var sent: [[UInt8]] = []
    for sequence in 0..<UInt32(400_000 / longest + 200) {
      let length = generator.chance(30) ? longest : generator.integer(0...longest)
      let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: length)
      sent.append(.frame(type: 0x81, sequence: sequence, payload))
      sent[sent.count - 1].withUnsafeBytes { store.append($0) }
      var kept = sent.count
      var bytes = 0
      while kept > 0, bytes + sent[kept - 1].count <= AnswerStore.keptBytes {
        kept -= 1
        bytes += sent[kept].count
      }
      let found = store.frames(from: 0, of: UInt32(kept))
      #expect(found?.count == bytes)
    }
    let last = try #require(store.frames(from: 0, of: UInt32(sent.count - 3)))
    #expect(Array(last) == Array(sent.suffix(3).joined()))
  }

  @Test func `what is not kept is not given`() throws {
    var (store, seam) = try makeStore()
    defer { store.release(seam) }
    let frame = [UInt8].frame(type: 0x81, index: 3, sequence: 7, [1, 2, 3])
    frame.withUnsafeBytes { store.append($0) }
    #expect(store.frames(from: 3, of: 7)?.count == frame.count)
    #expect(store.frames(from: 2, of: 7) == nil && store.frames(from: 3, of: 8) == nil)
    store.removeAll()
    #expect(store.frames(from: 3, of: 7) == nil)
  }
}
