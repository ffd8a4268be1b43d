import NeuroCore
import Testing
import WireProtocol

/// Descriptions are compared by what the debugger shows of them: every field, the codec not asked.
private func fields(_ value: some Any) -> String {
  var text = ""
  dump(value, to: &text)
  return text
}

private func decays(_ population: Population) -> [DecaySet] {
  population.decays.indices.map { population.decays[$0] }
}

private func terms(_ projection: Projection) -> [String] {
  projection.rule.terms.indices.map { fields(projection.rule.terms[$0]) }
}

@Suite struct DescriptionCodecTests {
  @Test(arguments: 1...300)
  func `a population is read back`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let population = anyPopulation(&generator)
    let bytes = payload { $0.put(population) }
    #expect(bytes.count == 64 + 8 * Int(population.decaySetCount))
    let back = try #require(read(bytes) { $0.readPopulation() })
    #expect(fields(back) == fields(population))
    #expect(decays(back) == decays(population))
  }

  @Test(arguments: 1...300)
  func `a projection is read back`(seed: Int) throws {
    var generator = SeededGenerator(state: UInt64(seed))
    let projection = anyProjection(&generator)
    let bytes = payload { $0.put(projection) }
    #expect(bytes.count == 34 + 14 * Int(projection.rule.termCount))
    let back = try #require(read(bytes) { $0.readProjection() })
    #expect(fields(back) == fields(projection))
    #expect(terms(back) == terms(projection))
  }

  @Test func `a slice is read back`() throws {
    let slice = Slice(core: -1, population: .max, first: 3, count: .min)
    let bytes = payload { $0.put(slice) }
    #expect(bytes.count == 16)
    #expect(try fields(#require(read(bytes) { $0.readSlice() })) == fields(slice))
  }

  @Test func `every shorter payload is refused`() {
    var generator = SeededGenerator(state: 5)
    let population = payload { $0.put(anyPopulation(&generator)) }
    for count in 0..<population.count {
      #expect(read(Array(population[..<count])) { $0.readPopulation() } == nil)
    }
    let projection = payload { $0.put(anyProjection(&generator)) }
    for count in 0..<projection.count {
      #expect(read(Array(projection[..<count])) { $0.readProjection() } == nil)
    }
  }

  /// Offsets of numbers in a population, and the first number that is not defined.
  @Test(arguments: [(0, UInt8(4)), (1, 2), (2, 3), (4, 17), (63, 1)])
  func `a number that is not defined fails a population`(offset: Int, number: UInt8) {
    let bytes = payload { $0.put(Population(kind: .leaky, neuronCount: 4)) }
    for number in number...255 {
      var wrong = bytes
      wrong[offset] = number
      #expect(read(wrong) { $0.readPopulation() } == nil)
    }
  }

  /// The same of a projection with one term, which begins at 34.
  @Test(arguments: [
    (8, UInt8(4)), (9, 4), (10, 2), (14, 2), (15, 2), (16, 2), (17, 5), (28, 3), (29, 2), (34, 3),
    (35, 3), (36, 8), (37, 8), (38, 8), (41, 1),
  ])
  func `a number that is not defined fails a projection`(offset: Int, number: UInt8) {
    var projection = Projection(source: 0, target: 1)
    projection.rule.termCount = 1
    let bytes = payload { $0.put(projection) }
    for number in number...255 {
      var wrong = bytes
      wrong[offset] = number
      #expect(read(wrong) { $0.readProjection() } == nil)
    }
  }
}
