import Fault
import Memory
import NeuroCore

extension Model {
  /// A model of what a description says, without arrays: those of projections are still missing.
  init(description text: UnsafeBufferPointer<UInt8>) throws(Fault) {
    let document: JSONDocument
    do throws(Fault) {
      document = try JSONDocument(text)
    } catch {
      throw error.at("network")
    }
    self = try Model(document)
  }

  private init(_ document: borrowing JSONDocument) throws(Fault) {
    var reader = try ObjectReader(document.root)
    var model = try Model(name: reader.modelName())
    let populations = try reader.array("populations")
    let projections = try reader.array("projections")
    let snapshot = try Snapshot(reader.value("snapshot"))
    try reader.finish()
    try populations?.forEachElement { (index, value) throws(Fault) in
      do throws(Fault) {
        try model.readPopulation(value)
      } catch {
        throw error.at("population \(index)")
      }
    }
    try projections?.forEachElement { (index, value) throws(Fault) in
      do throws(Fault) {
        try model.readProjection(value)
      } catch {
        throw error.at("projection \(index)")
      }
    }
    model.snapshot = snapshot
    self = model
  }

  private mutating func readPopulation(_ value: JSONValue) throws(Fault) {
    var reader = try ObjectReader(value)
    let name = try reader.name("name")
    var population = Population.standard(try reader.word("kind"))
    let role: Role
    var countsPerUnit: Int32 = 0
    do throws(Fault) {
      role = try reader.word("role", standard: .none)
      try withUnsafeMutablePointer(to: &reader) { (reader) throws(Fault) in
        try population.visit(.reading(reader))
        try population.kind.visitScale(.reading(reader), &countsPerUnit)
      }
      if population.kind.hasMembrane, let decays = try reader.array("decays") {
        try population.readDecays(decays)
      }
      try reader.finish()
    } catch {
      throw error.at("\"\(name)\"")
    }
    _ = try addPopulation(
      name: name, role: role, population, countsPerUnit: countsPerUnit)
  }

  private mutating func readProjection(_ value: JSONValue) throws(Fault) {
    var reader = try ObjectReader(value)
    let name = try reader.name("name")
    var projection = Projection(source: 0, target: 0)
    do throws(Fault) {
      projection.source = try readEnd("source", &reader)
      projection.target = try readEnd("target", &reader)
      try withUnsafeMutablePointer(to: &reader) { (reader) throws(Fault) in
        try projection.visit(.reading(reader))
      }
      if let rule = reader.value("rule") { try projection.rule.read(rule) }
      try reader.finish()
    } catch {
      throw error.at("\"\(name)\"")
    }
    try projections.append(try describe(name: name, projection))
  }

  private func readEnd(_ key: StaticString, _ reader: inout ObjectReader) throws(Fault) -> Int32 {
    let name = try reader.text(key)
    guard let index = findPopulation(name) else {
      throw Fault(.SPK_ERROR_MODEL, "\(key) \"\(name.excerpt)\" is not a population of the model")
    }
    return Int32(index)
  }
}

extension Snapshot {
  /// Nil if there is none.
  fileprivate init?(_ value: JSONValue?) throws(Fault) {
    guard let value else { return nil }
    self.init(seed: 0, learningTicks: 0, frozenTicks: 0)
    do throws(Fault) {
      var reader = try ObjectReader(value)
      try withUnsafeMutablePointer(to: &reader) { (reader) throws(Fault) in
        try visit(.reading(reader))
      }
      try reader.finish()
    } catch {
      throw error.at("snapshot")
    }
  }
}

extension ObjectReader {
  fileprivate mutating func modelName() throws(Fault) -> Name {
    guard value("name") != nil else { return Name() }
    return try name("name")
  }
}

extension Population {
  /// [[membrane, current1, current2, dendrite], …], 1 to 16 of them.
  fileprivate mutating func readDecays(_ sets: JSONValue) throws(Fault) {
    try FieldVisitor.check("count of decays", sets.count, 1, Law.decaySetLimit)
    decaySetCount = UInt8(sets.count)
    for index in 0..<sets.count {
      let set = sets[index]
      guard set.isArray, set.count == 4 else {
        throw Fault(.SPK_ERROR_FORMAT, "decay set \(index) is not an array of 4 numbers")
      }
      func decay(_ position: Int) throws(Fault) -> UInt16 {
        UInt16(try ObjectReader.integer("decay", set[position], 0, Int(Law.decayLimit)))
      }
      decays[index] = DecaySet(
        membrane: try decay(0), current1: try decay(1), current2: try decay(2),
        dendrite: try decay(3))
    }
  }
}

extension Rule {
  fileprivate mutating func read(_ value: JSONValue) throws(Fault) {
    var reader = try ObjectReader(value)
    try withUnsafeMutablePointer(to: &reader) { (reader) throws(Fault) in
      try visit(.reading(reader))
    }
    guard let terms = try reader.array("terms") else {
      throw Fault(.SPK_ERROR_FORMAT, "rule has no terms")
    }
    try reader.finish()
    try FieldVisitor.check("count of terms", terms.count, 1, Law.termLimit)
    termCount = UInt8(terms.count)
    for index in 0..<terms.count {
      do throws(Fault) {
        var reader = try ObjectReader(terms[index])
        try withUnsafeMutablePointer(to: &reader) { (reader) throws(Fault) in
          try self.terms[index].visit(.reading(reader))
        }
        try reader.finish()
      } catch {
        throw error.at("term \(index)")
      }
    }
  }
}
