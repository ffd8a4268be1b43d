import Fault
import Model
import Testing

struct MutationTests {
  /// A few changed, inserted or removed bytes: it loads, or it is a fault; nothing traps.
  @Test(arguments: UInt64(1)...40)
  func `a mutated file loads or is refused`(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    var original = seed % 2 == 0 ? try smallModel() : try randomModel(seed: seed)
    if seed % 4 < 2 { try addSnapshot(&original, &generator) }
    let valid = try original.bytes()
    let read = try Model.decode(valid)
    #expect(read.snapshot == original.snapshot && (read.snapshot != nil) == (seed % 4 < 2))
    for _ in 0..<100 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0...5, using: &generator) {
        case 0: bytes.removeLast(bytes.count - index)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(.random(in: 0...255, using: &generator), at: index)
        case 3: bytes[index] = .random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &generator)
        case 4: bytes[index] ^= UInt8(1) << UInt8.random(in: 0...7, using: &generator)
        default: bytes[index] = .random(in: 0...255, using: &generator)
        }
      }
      guard
        let found = fault({ () throws(Fault) in
          let model = try Model.decode(bytes)
          try model.check()
          #expect(try! Model.decode(model.bytes()).bytes() == model.bytes())
        })
      else { continue }
      #expect(found.sentence.count > 0)
      #expect(
        found.status == .SPK_ERROR_FORMAT || found.status == .SPK_ERROR_MODEL
          || found.status == .SPK_ERROR_UNSUPPORTED, "\(found.sentence.text)")
    }
  }
}
