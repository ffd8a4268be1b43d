import Foundation
import NeuroCore
import Testing

/// The core against the plain reference of the law, over random networks.
///
/// SPIKELET_RANDOM_NETWORKS sets how many, SPIKELET_FIRST_SEED the first of their seeds: one network
/// of a failure is seen again with its seed and a count of 1.
@Suite struct AgreementTests {
  static let networkCount = setting("SPIKELET_RANDOM_NETWORKS") ?? 300
  static let firstSeed = setting("SPIKELET_FIRST_SEED") ?? 1
  static let batchCount = 8

  @Test(
    "Random networks give the same spikes, state and weights as the law", arguments: 0..<batchCount)
  func randomNetworksAgree(batch: Int) {
    for index in stride(from: batch, to: Self.networkCount, by: Self.batchCount) {
      let seed = Self.firstSeed + index
      let large = seed % 100 == 0
      let disagreement = Comparison(
        seed: UInt64(seed), largest: large ? 300 : 65, workLimit: large ? 60_000 : 4_000
      ).firstDisagreement()
      if let disagreement {
        Issue.record("random network of seed \(seed): \(disagreement)")
        return
      }
    }
  }

  static func setting(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init)
  }
}
