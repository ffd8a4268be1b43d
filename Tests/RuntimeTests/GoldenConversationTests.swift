import Fault
import Foundation
import NeuroCore
import Runtime
import Testing
import Transport

/// Host and board do not change what they say by accident: a session as Tests/Golden/frames-session.txt has it, each
/// request a line that begins with `>`, each frame of an answer one that begins with `<`.
///
/// SPIKELET_REGENERATE_GOLDEN=1 writes the file anew.
@Suite(.serialized) struct GoldenConversationTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/frames-session.txt").standardized

  private static var network: SessionNetwork {
    var network = SessionNetwork()
    let stimulus = network.add(.input, 3, role: .stimulus) { $0.gain = 65_535 }
    let labels = network.add(.input, 2, role: .label)
    let error = network.add(.analogue, 2)
    let output = network.add(.leaky, 2, role: .output) { $0.threshold = 50 }
    network.populations[output].arrays = [(.bias, [1, 2])]
    network.connect(stimulus, output, weights: [10, 20, 30, 40, 50, 60]) {
      $0.rule.termCount = 1
      $0.rule.terms[0].mantissa = 32
      $0.learning = true
    }
    network.connect(stimulus, output, weights: [256, -512], rows: [[1], [], [0]]) {
      $0.storage = .int16Master
      $0.delayTicks = 2
    }
    network.connect(labels, output, weights: [9, 9]) {
      $0.connectivity = .oneToOne
      $0.labelGated = true
    }
    network.connect(error, output, weights: [1, 2, 3, 4]) { $0.compartment = .dendrite }
    return network
  }

  /// The frames of the session, in order.
  private static func conversation() throws -> [String] {
    let record = LinkRecord()
    let session = try SessionUnderTest(network.model(), seed: 0x0102_0304_0506_0708) {
      (interrupt, _) throws(Fault) in
      FaultyLink.wrap(
        try inProcessLink(.standard, interrupt), LinkTrouble(record: record), seed: 1)
    }
    try session.record(0)
    try session.setValues(2, [100, -100])
    try session.setEnabled(1, false)
    try session.setLearning(0, true)
    try session.setRate(0, 128)
    _ = try session.ticks(set: (3, 4))
    _ = try session.probe(3, 3, first: 1, count: 1)
    _ = try session.run(
      ticks: 3, flags: 1,
      [Spike(tick: 0, population: 0, neuron: 2), Spike(tick: 1, population: 0, neuron: 0)])
    _ = try session.run(ticks: 2, signals: [nil, nil, [1, 2, 3, -4]])
    try session.setProbePeriod(try session.probe(3, 0, first: 0, count: 2), ticks: 4)
    _ = try session.present([0, 128, 255], ticks: 4, label: 1, labelPeriod: 2, flags: 3)
    _ = try session.weights(0)
    _ = try session.state(3, 0, count: 2)
    var model = try network.model()
    try session.snapshot(&model)
    try session.restore(model)
    try session.clear()
    var answers = FirmwareUnderTest.frames(record.received)[...]
    var lines: [String] = []
    for request in record.sent {
      lines.append("> " + request.hexadecimal)
      while let answer = answers.first, answer.sequence == request.word(8) {
        let frame = [UInt8].frame(
          type: answer.type, flags: answer.flags, index: answer.index, sequence: answer.sequence,
          epoch: answer.epoch, answer.payload)
        lines.append("< " + frame.hexadecimal)
        answers = answers.dropFirst()
      }
    }
    #expect(answers.isEmpty)
    return lines
  }

  @Test func `a session says the golden bytes and hears them`() throws {
    let text = try Self.conversation().joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["SPIKELET_REGENERATE_GOLDEN"] == "1" {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: Self.file, encoding: .utf8))
  }

  @Test func `a board answers the golden requests alone`() throws {
    let board = try #require(
      FirmwareUnderTest(
        cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 131_072, greets: false))
    var expected: [BoardFrame] = []
    var found: [BoardFrame] = []
    for line in try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n") {
      let digits = Array(line.utf8.dropFirst(2))
      let bytes = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)!
      }
      if line.hasPrefix(">") {
        found += board.take(bytes)
      } else {
        expected += FirmwareUnderTest.frames(bytes)
      }
    }
    #expect(found == expected)
  }
}
