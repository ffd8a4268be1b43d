import Fault
import Model
import NeuroCore
import Runtime
import Testing

/// A placement in arrays.
private struct Placed {
  struct Core: Equatable {
    var neurons: Int
    var slices: Int
    var synapses: Int
    var bytes: Int
  }

  var slices: [Slice]
  var cores: [Core]

  init(_ network: SessionNetwork, on size: BoardSize = .standard) throws(Fault) {
    let placement = try Placement(network.model(), on: size)
    slices = (0..<placement.slices.count).map { placement.slices[$0] }
    cores = placement.cores.elements.map {
      Core(neurons: $0.neurons, slices: $0.slices, synapses: $0.synapses, bytes: $0.bytes)
    }
  }

  func slices(of population: Int) -> [Slice] { slices.filter { $0.population == population } }
}

/// What docs/numerics.md 7 says, worked out on its own.
@Suite struct PlacementTests {
  private func digits(_ hidden: Int, _ storage: WeightStorage) -> SessionNetwork {
    var network = SessionNetwork()
    let stimulus = network.add(.input, 784, role: .stimulus)
    let layer = network.add(.leaky, hidden)
    let output = network.add(.leaky, 10, role: .output)
    network.connect(stimulus, layer) { $0.storage = storage }
    network.connect(layer, output) { $0.storage = storage }
    return network
  }

  @Test func `784-100-10 of int8 takes one core`() throws {
    let placed = try Placed(digits(100, .int8))
    #expect(placed.slices.map(\.core) == [0, 0])
    #expect(
      placed.cores[0]
        == .init(neurons: 110, slices: 2, synapses: 79_400, bytes: 784 * 100 + 100 * 10))
    #expect(placed.cores[1...].allSatisfy { $0.neurons == 0 && $0.bytes == 0 })
  }

  @Test func `784-500-10 of int16 masters is cut at multiples of 64`() throws {
    let placed = try Placed(digits(500, .int16Master))
    // 131,072 bytes take 83 columns of 784 masters: 64 a core; the last slice takes what is left.
    #expect(placed.slices(of: 1).map(\.count) == [64, 64, 64, 64, 64, 64, 64, 52])
    #expect(placed.slices(of: 1).map(\.core) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(placed.cores[0].bytes == 64 * 784 * 2 + 10 * 500 * 2)
    #expect(placed.cores[0].synapses == 64 * 784 + 10 * 500)
    #expect(placed.cores[7].bytes == 52 * 784 * 2)
  }

  @Test func `sparse synapses and their row tables are charged where they live`() throws {
    var network = SessionNetwork()
    let source = network.add(.input, 5)
    let target = network.add(.leaky, 130)
    network.connect(source, target, rows: [[0, 1, 2], [], [63, 64], [129], [0]]) {
      $0.storage = .int16Master
    }
    network.connect(target, target) { $0.connectivity = .oneToOne }
    let placed = try Placed(
      network, on: BoardSize(cores: 3, neuronsPerCore: 64, synapseBytesPerCore: 1000))
    #expect(placed.slices.map(\.count) == [64, 64, 2])
    let table = 4 * 6
    #expect(placed.cores.map(\.bytes) == [table + 5 * 4 + 64, table + 4 + 64, table + 4 + 2])
    #expect(placed.cores.map(\.synapses) == [5 + 64, 1 + 64, 1 + 2])
  }

  @Test(arguments: [(3, 64), (7, 60), (60, 60), (96, 96)])
  func `groups are not split`(group: Int, neurons: Int) throws {
    var network = SessionNetwork()
    network.add(.leaky, 200) { $0.groupSize = Int32(group) }
    let placed = try Placed(
      network, on: BoardSize(cores: 8, neuronsPerCore: neurons, synapseBytesPerCore: 1))
    #expect(placed.slices.allSatisfy { Int($0.first) % group == 0 })
    #expect(placed.slices.reduce(0) { $0 + $1.count } == 200)
  }

  @Test func `what does not fit says what, where and by how much`() throws {
    let bytes = try #require(
      fault { () throws(Fault) in _ = try Placed(digits(900, .int16Master)) })
    #expect(bytes.status == .SPK_ERROR_DOES_NOT_FIT)
    let sentence = bytes.sentence.text
    #expect(sentence.contains("population \"population 1\""))
    #expect(sentence.contains("neurons 664 .. 899 need 370048 synapse bytes"))
    #expect(sentence.contains("has 928 free"))

    var wide = SessionNetwork()
    wide.connect(wide.add(.input, 200_000), wide.add(.leaky, 3))
    let column = try #require(fault { () throws(Fault) in _ = try Placed(wide) })
    #expect(column.status == .SPK_ERROR_DOES_NOT_FIT)
    #expect(column.sentence.text.contains("200000 at the least on one core"))
    #expect(column.sentence.text.contains("has 131072 free"))

    var many = SessionNetwork()
    many.add(.leaky, 8193)
    let neurons = try #require(fault { () throws(Fault) in _ = try Placed(many) })
    #expect(neurons.status == .SPK_ERROR_DOES_NOT_FIT)
    #expect(neurons.sentence.text.contains("neurons 8192 .. 8192"))
    #expect(neurons.sentence.text.contains("0 neurons free"))

    var group = SessionNetwork()
    group.add(.leaky, 3000) { $0.groupSize = 1025 }
    let split = try #require(fault { () throws(Fault) in _ = try Placed(group) })
    #expect(split.status == .SPK_ERROR_DOES_NOT_FIT)
    #expect(split.sentence.text.contains("population \"population 0\""))
  }

  @Test(arguments: 1...60)
  func `random placements hold every neuron once, within what cores have`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let network = SessionNetwork.random(seed: UInt64(seed), largest: 150)
    let size = BoardSize(
      cores: generator.integer(1...40), neuronsPerCore: generator.integer(8...200),
      synapseBytesPerCore: generator.integer(2_000...60_000))
    let placed: Placed
    do throws(Fault) {
      placed = try Placed(network, on: size)
    } catch {
      #expect(error.status == .SPK_ERROR_DOES_NOT_FIT, "\(error.sentence.text)")
      return
    }
    var next = placed.slices[...]
    for (index, part) in network.populations.enumerated() where part.parameters.kind.hasMembrane {
      var first: Int32 = 0
      while let slice = next.first, slice.population == Int32(index) {
        #expect(slice.first == first && slice.count > 0)
        #expect((0..<size.cores).contains(Int(slice.core)))
        if part.parameters.groupSize > 0 { #expect(first % part.parameters.groupSize == 0) }
        first += slice.count
        next = next.dropFirst()
      }
      #expect(first == part.parameters.neuronCount)
    }
    #expect(next.isEmpty)
    for core in 0..<size.cores { checkCharge(network, placed, core, size) }
  }

  /// The charge of a core, slice by slice and synapse by synapse.
  private func checkCharge(
    _ network: SessionNetwork, _ placed: Placed, _ core: Int, _ size: BoardSize
  ) {
    let slices = placed.slices.filter { $0.core == Int32(core) }
    var expected = Placed.Core(neurons: 0, slices: slices.count, synapses: 0, bytes: 0)
    for slice in slices {
      expected.neurons += Int(slice.count)
      for part in network.projections where part.parameters.target == slice.population {
        let sources = network.neuronCount(Int(part.parameters.source))
        let columns = Int(slice.first)..<Int(slice.first + slice.count)
        let width = part.parameters.storage == .int8 ? 1 : 2
        switch part.parameters.connectivity {
        case .dense:
          expected.synapses += sources * columns.count
          expected.bytes += sources * columns.count * width
        case .oneToOne, .sharedKernel:
          expected.synapses += columns.count
          expected.bytes += columns.count * width
        case .sparse:
          let synapses = part.rows.reduce(0) { $0 + $1.count { columns.contains($0) } }
          expected.synapses += synapses
          expected.bytes += synapses * (width + 2) + 4 * (sources + 1)
        }
      }
    }
    #expect(placed.cores[core] == expected)
    #expect(expected.neurons <= size.neuronsPerCore && expected.bytes <= size.synapseBytesPerCore)
  }
}
