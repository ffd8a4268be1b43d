import Foundation
import NeuroReference
import Testing

@testable import NeuroCore

/// Quadratic neurons: docs/numerics.md 2.1.
@Suite struct QuadraticTests {
  static let circle = Double(Law.circle)

  /// Quadratic neurons of a bias each, the leak of all, and what else is asked for.
  private static func network(
    _ biases: [Int], loss: UInt16, _ change: (inout Population) -> Void = { _ in }
  ) -> NetworkDescription {
    var network = NetworkDescription()
    network.add(.quadratic, biases.count) {
      $0.decays[0].membrane = loss
      change(&$0)
    }
    network.set(.bias, of: 0, biases)
    return network
  }

  private static func tick(_ network: any NetworkUnderTest, _ index: Int) {
    network.tick(stream: 0, count: UInt64(index), learning: false, labelled: false)
  }

  @Test func `the cosine is that of floating point to within a four thousandth`() {
    for membrane in stride(from: -(1 << 23), through: (1 << 23) - 1, by: 37) {
      let exact = 1 + cos(2 * Double.pi * Double(membrane) / Self.circle)
      let found = Double(raisedCosine(membrane)) / 32_768
      guard abs(found - exact) < 1.0 / 4096 else {
        Issue.record("1 + cos at \(membrane) is \(found), in floating point \(exact)")
        return
      }
    }
    #expect(raisedCosine(0) == 65_536)
    #expect(raisedCosine(1 << 19) == 0)
    #expect(raisedCosine(-(1 << 19)) == 0)
  }

  @Test(
    "The rate under a constant drive is 2 √(I/τ)", arguments: Implementation.allCases,
    [UInt16(20), 41, 164])
  func rateIsThatOfTheory(implementation: Implementation, loss: UInt16) {
    let drives = [300, 1_000, 3_000]
    let run = implementation.make(Self.network(drives, loss: loss))
    var counts = [0, 0, 0]
    let ticks = 20_000
    for index in 0..<ticks {
      Self.tick(run, index)
      for neuron in run.spikes(population: 0) { counts[neuron] += 1 }
    }
    for (drive, count) in zip(drives, counts) {
      let rate = 2 * (Double(drive) / Self.circle * Double(loss) / 4096).squareRoot()
      let relative = Double(count) / Double(ticks) / rate
      #expect(abs(relative - 1) < 0.02, "\(count) spikes with drive \(drive)")
    }
  }

  @Test("One tick is that of floating point, rounded", arguments: Implementation.allCases)
  func tickIsThatOfFloatingPoint(implementation: Implementation) {
    let drives = [-9_000, -100, 0, 7, 2_000, 40_000]
    let run = implementation.make(Self.network(drives, loss: 300))
    var membranes = [Double](repeating: 0, count: drives.count)
    for index in 0..<40 {
      Self.tick(run, index)
      let found = run.state(population: 0, .membrane)
      for (neuron, drive) in drives.enumerated() {
        let cosine = cos(2 * Double.pi * membranes[neuron] / Self.circle)
        var next = membranes[neuron]
        next += (1 + cosine) * Double(drive) + (1 - cosine) * Self.circle * 300 / 4096
        next = max(-Self.circle / 2, next)
        if next > Self.circle / 2 { next -= Self.circle }
        #expect(abs(next - Double(found[neuron])) < 45, "tick \(index), drive \(drive)")
        membranes[neuron] = Double(found[neuron])
      }
    }
  }

  @Test(
    "The wrap holds a drive below 0 and is passed once a tick", arguments: Implementation.allCases)
  func wrapHolds(implementation: Implementation) {
    let run = implementation.make(
      Self.network([-8_388_608, -700_000, 8_388_607, 700_000], loss: 0))
    Self.tick(run, 0)
    #expect(run.state(population: 0, .membrane) == [-524_288, -524_288, 524_288, 351_424])
    #expect(run.spikes(population: 0) == [2, 3])
    Self.tick(run, 1)
    #expect(run.state(population: 0, .membrane).prefix(3) == [-524_288, -524_288, 524_288])
    #expect(!run.spikes(population: 0).contains(2), "no drive acts at the wrap")
  }

  @Test("At rest nothing moves without a drive", arguments: Implementation.allCases)
  func restIsRest(implementation: Implementation) {
    let run = implementation.make(Self.network([0, 0], loss: 4096))
    for index in 0..<10 { Self.tick(run, index) }
    #expect(run.state(population: 0, .membrane) == [0, 0])
  }

  @Test("A refractory neuron fires when it may", arguments: Implementation.allCases)
  func refractoryNeuronWaits(implementation: Implementation) {
    let run = implementation.make(Self.network([400_000], loss: 900) { $0.refractoryTicks = 9 })
    var ticks: [Int] = []
    for index in 0..<40 {
      Self.tick(run, index)
      if !run.spikes(population: 0).isEmpty { ticks.append(index) }
    }
    #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $1 - $0 == 10 })
    #expect(ticks.count >= 3)
  }

  @Test(
    "One neuron of a group fires in a tick, the others after it", arguments: Implementation.allCases
  )
  func groupsTakeTurns(implementation: Implementation) {
    let run = implementation.make(
      Self.network([263_000, 264_000, 263_500], loss: 0) { $0.groupSize = 3 })
    var order: [[Int]] = []
    for index in 0..<3 {
      Self.tick(run, index)
      order.append(run.spikes(population: 0))
    }
    #expect(order == [[1], [2], [0]])
  }

  @Test("The kernel turns any membrane under any drive as the law does", arguments: 1...20)
  func kernelAgrees(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let count = KernelTests.columns
    func state() -> [Int32] {
      KernelTests.numbers(Int32.self, count, &random).map { $0 >> 8 }
    }
    let (membrane, current1, current2) = (state(), state(), state())
    let arrivals = KernelTests.numbers(Int32.self, count, &random)
    let loss = random.pick([0, 4096, random.integer(0...4096)])
    let shift = random.pick([0, 15, random.integer(0...15)])
    let bias = random.pick([0, -8_388_608, 8_388_607, random.signed(bits: 24)])
    for kernels in KernelTests.builds {
      var found = membrane
      var left = arrivals
      kernels.turn(
        &found, current1, current2, &left, loss: Int32(loss), currentShift: Int32(shift),
        bias: Int32(bias), count: count)
      #expect(left.allSatisfy { $0 == 0 })
      for column in 0..<count {
        var drive = divided(Int(current1[column]) + Int(current2[column]), byPowerOfTwo: shift)
        drive += Int(arrivals[column]) + bias
        #expect(
          Int(found[column])
            == NeuroReference.turned(
              Int(membrane[column]), drive: saturated(drive, bits: 24), loss: loss))
      }
    }
  }
}
