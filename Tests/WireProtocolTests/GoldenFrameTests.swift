import Foundation
import NeuroCore
import Testing
import WireProtocol

/// The wire does not change by accident: these frames have the bytes of Tests/Golden/frames.txt.
///
/// SPIKELET_REGENERATE_GOLDEN=1 writes the file anew.
@Suite(.serialized) struct GoldenFrameTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/frames.txt").standardized

  /// "name: bytes in hexadecimal", a line a frame.
  private static var lines: [String] {
    var lines: [String] = []
    var sequence: UInt32 = 0
    func add(
      _ name: String, _ type: UInt8, flags: UInt8 = 0, _ fill: (inout PayloadWriter) -> Void
    ) {
      sequence += 1
      var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount + 4096)
      let bytes = frame.withUnsafeMutableBytes { bytes in
        var writer = PayloadWriter(bytes.baseAddress!, capacity: 4096)
        fill(&writer)
        return Array(
          writer.seal(
            FrameHeader(
              type: type, flags: flags, sequence: sequence, epoch: 1, payloadBytes: 0)))
      }
      lines.append(
        "\(name): "
          + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
    var generator = SeededGenerator(state: 1)
    add("hello", Request.hello.rawValue) { $0.put(HelloHead(keepsAnswers: true)) }
    add("capabilities", Request.hello.reply) {
      $0.put(
        BoardCapabilities(cores: 8, neuronsPerCore: 1024, synapseBytesPerCore: 131_072))
    }
    for kind in [PopulationKind.input, .analogue, .leaky] {
      add("standard \(kind) population", Request.population.rawValue) {
        $0.put(UInt32(0))
        $0.put(Population(kind: kind, neuronCount: 100))
      }
    }
    add("any population", Request.population.rawValue) {
      $0.put(UInt32(1))
      $0.put(anyPopulation(&generator))
    }
    add("standard projection", Request.projection.rawValue) {
      $0.put(UInt32(0))
      $0.put(Projection(source: 0, target: 1))
    }
    add("any projection", Request.projection.rawValue) {
      $0.put(UInt32(1))
      $0.put(anyProjection(&generator))
    }
    add("slice", Request.slice.rawValue) {
      $0.put(UInt32(0))
      $0.put(Slice(core: 1, population: 2, first: 64, count: 36))
    }
    add("sync", Request.sync.rawValue) { $0.put(UInt32(9)) }
    add("its answer", Request.sync.reply) { $0.put(SyncReply(token: 9, next: 3)) }
    add("refusal", Request.commit.reply, flags: FrameFlag.error) {
      $0.put(BoardError.resources.rawValue)
    }
    add("standard quadratic population", Request.population.rawValue) {
      $0.put(UInt32(0))
      $0.put(Population(kind: .quadratic, neuronCount: 100))
    }
    return lines
  }

  @Test func `frames have the golden bytes`() throws {
    let text = Self.lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["SPIKELET_REGENERATE_GOLDEN"] == "1" {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: Self.file, encoding: .utf8))
  }

  @Test func `golden frames are whole`() throws {
    for line in try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n") {
      let digits = Array(line.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst(2))
      let bytes = stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)!
      }
      let isWhole = bytes.withUnsafeBytes { bytes in
        guard case .frame(let header) = FrameHeader.scan(bytes, limit: 4096) else { return false }
        return header.frameBytes == bytes.count
      }
      #expect(isWhole, "\(line)")
    }
  }
}
