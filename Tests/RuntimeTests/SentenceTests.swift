import Fault
import Testing

/// Sentences that are longer than there is room for.
@Suite struct SentenceTests {
  @Test(arguments: ["ä", "€", "😀", "x"], 0..<8)
  func `a sentence is cut after a whole character`(character: String, shift: Int) {
    let long = Array(
      (String(repeating: ".", count: shift) + String(repeating: character, count: 400)).utf8)
    let (told, sentence) = long.withUnsafeBufferPointer { long in
      (Fault(.SPK_ERROR_IO, "found \(long)").sentence, "found \(long)" as Sentence)
    }
    let expected = Array("found ".utf8) + long
    for found in [told, sentence] {
      let bytes = (0..<found.count).map { found[$0] }
      #expect(String(validating: bytes, as: UTF8.self) != nil, "\(bytes.suffix(4))")
      #expect(bytes.count > Sentence.capacity - character.utf8.count)
      #expect(bytes == Array(expected.prefix(bytes.count)))
      found.withText { #expect(String(cString: $0).utf8.count == bytes.count) }
    }
    #expect(told.text == sentence.text)
    ThreadMessage.keep(sentence)
    #expect(ThreadMessage.sentence.text == sentence.text)
  }

  @Test(arguments: 1...9)
  func `a copy is cut after a whole character`(capacity: Int) {
    let sentence: Sentence = "aä€😀"
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    defer { room.deallocate() }
    #expect(
      sentence.copy(to: room, capacity: capacity) == [0, 1, 1, 3, 3, 3, 6, 6, 6][capacity - 1])
    #expect("aä€😀".hasPrefix(String(cString: room)))
  }
}
