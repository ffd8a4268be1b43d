import Fault
import Model
import NeuroCore
import Testing

struct RoundTripTests {
  @Test(arguments: UInt64(1)...60)
  func `a random model is the same after encode and decode`(seed: UInt64) throws {
    let model = try randomModel(seed: seed)
    let bytes = try model.bytes()
    let again = try Model.decode(bytes)
    #expect(try again.bytes() == bytes)
    expectEqual(again, model)
  }

  @Test func `data begins at a multiple of 64 bytes`() throws {
    let bytes = try smallModel().bytes()
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect((8 + length) % 64 == 0)
  }

  @Test func `an empty model is a file too`() throws {
    let model = try Model.decode(try Model(name: Name()).bytes())
    #expect(model.populationCount == 0)
  }

  private func expectEqual(_ left: borrowing Model, _ right: borrowing Model) {
    #expect(left.name.text == right.name.text)
    #expect(left.populationCount == right.populationCount)
    for index in 0..<min(left.populationCount, right.populationCount) {
      let a = left.population(index)
      let b = right.population(index)
      #expect(a.name.text == b.name.text)
      #expect(a.role == b.role)
      #expect(text(a.population) == text(b.population))
      #expect(a.countsPerUnit == b.countsPerUnit)
      for number in 0..<UInt8(NeuronParameter.count) {
        let parameter = NeuronParameter(rawValue: number)!
        let count = Int(a.population.neuronCount)
        #expect(array(a.array(parameter), count) == array(b.array(parameter), count))
      }
    }
    #expect(left.projectionCount == right.projectionCount)
    for index in 0..<min(left.projectionCount, right.projectionCount) {
      let a = left.projection(index)
      let b = right.projection(index)
      let sources = Int(left.population(Int(a.projection.source)).population.neuronCount)
      #expect(a.name.text == b.name.text)
      #expect(text(a.projection) == text(b.projection))
      #expect(left.weights(index) == right.weights(index))
      #expect(array(a.rowStarts, sources + 1) == array(b.rowStarts, sources + 1))
      #expect(array(a.targets, a.weightCount) == array(b.targets, b.weightCount))
    }
  }

  private func array<Element>(_ base: UnsafeMutablePointer<Element>?, _ count: Int) -> [Element]? {
    base.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// Every field, in text.
  private func text(_ population: Population) -> String {
    var plain = population
    let decays = population.decays.indices.map { population.decays[$0] }
    plain.decays = .init(repeating: DecaySet())
    return fields(plain) + "\(decays)"
  }

  private func text(_ projection: Projection) -> String {
    let terms = projection.rule.terms.indices.map { projection.rule.terms[$0] }
    return fields(projection) + fields(projection.rule) + "\(terms)"
  }

  private func fields(_ value: Any) -> String {
    Mirror(reflecting: value).children
      .filter { $0.label != "decays" && $0.label != "terms" && $0.label != "rule" }
      .map { "\($0.label!)=\($0.value)" }.joined(separator: " ")
  }
}
