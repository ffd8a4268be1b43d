import Foundation
import NeuroCore
import Testing
import WireProtocol

/// Every error, and what is said when something got lost, as Tests/Golden/frames-errors.txt has it: a line that says why, each
/// piece to the board a line that begins with `>`, each frame of an answer one that begins with `<`.
///
/// SPIKELET_REGENERATE_GOLDEN=1 writes the file anew.
@Suite(.serialized) struct GoldenErrorTests {
  private typealias Talk = BoardConversation

  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/frames-errors.txt").standardized

  /// What is sent, with the reason; each line of bytes is followed by its answer.
  private static var pieces: [(reason: String, bytes: [UInt8])] {
    func frame(
      _ type: UInt8, _ sequence: UInt32, _ payload: [UInt8] = [], index: UInt16 = 0,
      epoch: UInt32 = 1
    ) -> [UInt8] {
      .frame(type: type, index: index, sequence: sequence, epoch: epoch, payload)
    }
    func of(_ request: Request) -> UInt8 { request.rawValue }
    let description = Talk.description
    var pieces: [(String, [UInt8])] = [
      ("epoch: there is no session", frame(of(.counters), 1)),
      ("version: none in common", frame(of(.hello), 1, Talk.numbers([2, 3, 1]))),
      (
        "malformed: a hello without an epoch",
        frame(of(.hello), 1, Talk.numbers([1, 1, 1]), epoch: 0)
      ),
      ("a session that keeps answers", frame(of(.hello), 1, Talk.numbers([1, 1, 1]))),
      ("unknown request", frame(0x7F, 2)),
      ("malformed: a payload too long", frame(of(.clear), 3, [0])),
      ("state: nothing is described", frame(of(.commit), 4)),
      ("law: another law", frame(of(.beginNetwork), 5, Talk.numbers([2, 1, 1, 1], then: [7]))),
      ("a network", frame(of(.beginNetwork), 6, Talk.begin.payload)),
      (
        "index: a population that was not announced",
        frame(
          of(.population), 7, Talk.population(4, Population(kind: .input, neuronCount: 1)).payload)
      ),
    ]
    var sequence: UInt32 = 8
    for request in description + [Talk.commit] + Talk.arrays + [Talk.start] {
      pieces.append((request.name, frame(of(request.request), sequence, request.payload)))
      sequence += 1
    }
    pieces.append(
      ("a probe", frame(of(.probe), sequence, [0, 1, 1, 0, 0, 0, 0, 0] + Talk.numbers([0, 10]))))
    sequence += 1
    pieces += [
      ("a repeat is not looked at", frame(of(.counters), sequence - 1)),
      ("notice: a request got lost before this one", frame(of(.counters), sequence + 1)),
      ("window: far from the next one", frame(of(.counters), sequence + 100)),
      ("sync: the last answer again", frame(of(.sync), sequence - 1, Talk.numbers([5]))),
      ("gone: a frame that never was", frame(of(.sync), sequence - 1, Talk.numbers([6]), index: 9)),
      ("notice: no frame", [0, 1, 2, 3]),
      ("counters", frame(of(.counters), sequence)),
      ("epoch: another session", frame(of(.counters), sequence + 1, epoch: 2)),
      ("reset", frame(of(.reset), sequence + 1)),
      ("epoch: the session is forgotten", frame(of(.counters), sequence + 2)),
    ]
    return pieces
  }

  private static func conversation() throws -> [String] {
    let board = try #require(FirmwareUnderTest(greets: false))
    var lines: [String] = []
    for (reason, bytes) in pieces {
      lines += ["# " + reason, "> " + bytes.hexadecimal]
      for answer in board.take(bytes) {
        let frame = [UInt8].frame(
          type: answer.type, flags: answer.flags, index: answer.index, sequence: answer.sequence,
          epoch: answer.epoch, answer.payload)
        lines.append("< " + frame.hexadecimal)
      }
    }
    // The board is too small for these, in two ways.
    let small = try #require(FirmwareUnderTest(neuronsPerCore: 2))
    for request in [Talk.begin] + Talk.description {
      _ = small.ask(request.request, request.payload)
    }
    lines.append("# resources: two cores of two neurons")
    lines.append("< " + text(small.ask(.commit)))
    let ledger = HeapLedger()
    try HeapLedger.$current.withValue(ledger) {
      let full = try #require(FirmwareUnderTest())
      ledger.blocksLeft = 0
      lines.append("# no memory")
      lines.append("< " + text(full.ask(.beginNetwork, Talk.begin.payload)))
    }
    return lines
  }

  private static func text(_ answer: [BoardFrame]) -> String {
    answer.map { frame in
      [UInt8].frame(
        type: frame.type, flags: frame.flags, index: frame.index, sequence: frame.sequence,
        epoch: frame.epoch, frame.payload
      ).hexadecimal
    }.joined(separator: " ")
  }

  @Test func `a board refuses and notices in the golden bytes`() throws {
    let text = try Self.conversation().joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["SPIKELET_REGENERATE_GOLDEN"] == "1" {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: Self.file, encoding: .utf8))
  }

  @Test func `every error is there`() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    for code in UInt16(1)...11 {
      let error = try #require(BoardError(rawValue: code))
      var payload: [UInt8] = []
      payload.put(code)
      // The end of a frame with the error flag: length 2, checksums, the number.
      let isThere = text.split(separator: "\n").contains { line in
        line.hasPrefix("< ") && line.dropFirst(2 + 10).hasPrefix("02")
          && line.hasSuffix(payload.hexadecimal)
      }
      #expect(isThere, "\(error)")
    }
    #expect(BoardError(rawValue: 12) == nil)
  }
}
