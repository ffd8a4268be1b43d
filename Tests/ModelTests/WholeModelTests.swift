import Fault
import Model
import NeuroCore
import Testing

/// What only shows in the whole model.
struct WholeModelTests {
  @Test func `labels are as many as outputs`() throws {
    var model = try Model(name: Name())
    _ = try model.addPopulation(
      name: Name("label"), role: .label, Population(kind: .input, neuronCount: 3))
    _ = try model.addPopulation(name: Name("out"), role: .output, leaky(2))
    let found = try #require(fault { () throws(Fault) in try model.check() })
    #expect(found.status == .SPK_ERROR_MODEL)
    #expect(found.sentence.text.contains("\"label\" has 3 labels, expected 2"))
  }

  @Test func `zero weights outside the limits of the rule are refused until set`() throws {
    var model = try Model(name: Name())
    _ = try model.addPopulation(name: Name("a"), role: .none, leaky(2))
    _ = try model.addProjection(
      name: Name("a-a"), projection(0, 0) { $0.setRule { $0.lowLimit = 1 } })
    let found = try #require(fault { () throws(Fault) in try model.check() })
    #expect(found.sentence.text.contains("weight 0 is 0, expected 1 .. 127"))
    try model.set(projection: 0, weights: [1, 2, 3, 127])
    try model.check()
  }

  /// 2^20 sources × 128 × 2^shift reaches 2^31 at shift 4.
  @Test(arguments: [UInt8(3), 4])
  func `worst case of dense arrivals stays below 2 to the 31`(shift: UInt8) throws {
    var model = try Model(name: Name())
    _ = try model.addPopulation(
      name: Name("in"), role: .none, Population(kind: .input, neuronCount: 1 << 20))
    _ = try model.addPopulation(name: Name("out"), role: .none, leaky(1))
    _ = try model.addProjection(name: Name("in-out"), projection(0, 1) { $0.shift = shift })
    try expectArrivals(model, refused: shift == 4)
  }

  @Test func `worst case sums the projections into one compartment`() throws {
    var model = try Model(name: Name())
    _ = try model.addPopulation(
      name: Name("in"), role: .none, Population(kind: .input, neuronCount: 1 << 19))
    _ = try model.addPopulation(name: Name("out"), role: .none, leaky(1))
    _ = try model.addProjection(name: Name("1"), projection(0, 1) { $0.shift = 4 })
    _ = try model.addProjection(
      name: Name("2"),
      projection(0, 1) {
        $0.shift = 4
        $0.compartment = .membrane
      })
    try expectArrivals(model, refused: false)
    _ = try model.addProjection(name: Name("3"), projection(0, 1) { $0.shift = 4 })
    try expectArrivals(model, refused: true)
  }

  /// 16 synapses × 128 × 32767 × 2^5 is 2^31 − 2^16; with 2^15 as many, or one synapse more, it is not below.
  @Test(arguments: [UInt32(16), 17])
  func `worst case of sparse arrivals counts the synapses of the fullest neuron`(
    synapses: UInt32
  ) throws {
    var model = try Model(name: Name())
    _ = try model.addPopulation(
      name: Name("in"), role: .none, Population(kind: .analogue, neuronCount: 20))
    _ = try model.addPopulation(name: Name("out"), role: .none, leaky(3))
    _ = try model.addProjection(
      name: Name("s"),
      projection(0, 1) {
        $0.connectivity = .sparse
        $0.shift = 5
      })
    try model.set(
      projection: 0, rowStarts: (0...20).map { min($0, synapses) },
      targets: .init(repeating: 2, count: Int(synapses)),
      weights: .init(repeating: 1, count: Int(synapses)))
    try expectArrivals(model, refused: synapses == 17)
  }

  private func expectArrivals(_ model: borrowing Model, refused: Bool) throws {
    var found: Fault?
    do throws(Fault) { try model.check() } catch { found = error }
    #expect((found != nil) == refused)
    if let found {
      #expect(found.status == .SPK_ERROR_MODEL)
      #expect(found.sentence.text.contains("worst case of arrivals"))
      #expect(found.sentence.text.contains("\"out\""))
    }
  }
}
