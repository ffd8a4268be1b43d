import Foundation
import NeuroCore
import Testing

/// Results of fixed networks, kept in Tests/Golden so that no change of a result goes unseen.
///
/// SPIKELET_REGENERATE_GOLDEN=1 writes the file anew from the reference. Only a new version of the law
/// may change results; a change of how the tests arrange their networks changes "arrangement" too.
@Suite struct GoldenDigestTests {
  struct Golden: Codable, Equatable {
    struct Entry: Codable, Equatable {
      var seed: Int
      var arrangement: String
      var result: String
    }
    var lawVersion: Int
    var entries: [Entry]
  }

  /// The first 24 networks have presynaptic triggers and no traces, the first 48 no quadratic neurons.
  static let seeds = 1...72
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/core-digests.json").standardized

  /// Digests of the arrangement, and of all spikes and the final weights.
  static func entry(seed: Int, _ implementation: Implementation) -> Golden.Entry {
    var random = SplitMix64(seed: 0x601D_0000 + UInt64(seed))
    let description = NetworkDescription.random(
      &random, largest: 70, traces: seed > 24, quadratic: seed > 48)
    let scenario = description.randomScenario(&random)
    description.drawPlacement(&random)
    let run = implementation.make(description)
    var result = Digest()
    for tick in scenario {
      tick.run(on: run)
      for (population, part) in description.populations.enumerated()
      where part.parameters.kind != .analogue {
        result.add(run.spikes(population: population))
      }
    }
    for projection in description.projections.indices {
      result.add(run.weights(projection: projection))
    }
    return Golden.Entry(seed: seed, arrangement: random.arrangement.text, result: result.text)
  }

  static func golden(_ implementation: Implementation) -> Golden {
    Golden(lawVersion: Law.version, entries: seeds.map { entry(seed: $0, implementation) })
  }

  @Test("Results are those of the golden digests", arguments: Implementation.allCases)
  func resultsAreGolden(implementation: Implementation) throws {
    let found = Self.golden(implementation)
    if AgreementTests.setting("SPIKELET_REGENERATE_GOLDEN") == 1 {
      guard implementation == .reference else { return }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try (encoder.encode(found) + Data("\n".utf8)).write(to: Self.file)
      return
    }
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: Self.file))
    #expect(golden.lawVersion == found.lawVersion)
    #expect(golden.entries.map(\.arrangement) == found.entries.map(\.arrangement))
    #expect(golden.entries.map(\.result) == found.entries.map(\.result))
  }
}
