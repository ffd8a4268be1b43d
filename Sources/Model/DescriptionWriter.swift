import Fault
import NeuroCore

extension Model {
  /// The description of the network as JSON: everything but the arrays. Source: docs/file-format.md.
  func writeDescription(_ json: inout JSONWriter) throws(Fault) {
    try json.open("{")
    if name.count > 0 {
      try json.key("name")
      try json.string(name)
    }
    try json.key("populations")
    try json.open("[")
    for index in 0..<populationCount { try population(index).write(&json) }
    try json.close("]")
    try json.key("projections")
    try json.open("[")
    for index in 0..<projectionCount {
      let entry = projection(index)
      try entry.write(
        &json, source: population(Int(entry.projection.source)).name,
        target: population(Int(entry.projection.target)).name)
    }
    try json.close("]")
    if var snapshot {
      try json.key("snapshot")
      try json.open("{")
      try json.fields { (visitor) throws(Fault) in try snapshot.visit(visitor) }
      try json.close("}")
    }
    try json.close("}")
  }
}

extension PopulationEntry {
  fileprivate func write(_ json: inout JSONWriter) throws(Fault) {
    var copy = self
    try json.open("{")
    try json.key("name")
    try json.string(name)
    try json.key("kind")
    try json.string(population.kind.word)
    if role != .none {
      try json.key("role")
      try json.string(role.word)
    }
    try json.fields { (visitor) throws(Fault) in
      try copy.population.visit(visitor)
      try copy.population.kind.visitScale(visitor, &copy.countsPerUnit)
    }
    if population.kind.hasMembrane {
      try json.key("decays")
      try json.open("[")
      for index in 0..<Int(population.decaySetCount) {
        let set = population.decays[index]
        try json.open("[")
        try json.integer(Int(set.membrane))
        try json.integer(Int(set.current1))
        try json.integer(Int(set.current2))
        try json.integer(Int(set.dendrite))
        try json.close("]")
      }
      try json.close("]")
    }
    try json.close("}")
  }
}

extension ProjectionEntry {
  fileprivate func write(
    _ json: inout JSONWriter, source: Name, target: Name
  ) throws(Fault) {
    var copy = projection
    try json.open("{")
    try json.key("name")
    try json.string(name)
    try json.key("source")
    try json.string(source)
    try json.key("target")
    try json.string(target)
    try json.fields { (visitor) throws(Fault) in try copy.visit(visitor) }
    if projection.hasRule {
      try json.key("rule")
      try json.open("{")
      try json.fields { (visitor) throws(Fault) in try copy.rule.visit(visitor) }
      try json.key("terms")
      try json.open("[")
      for index in 0..<Int(projection.rule.termCount) {
        try json.open("{")
        try json.fields { (visitor) throws(Fault) in
          try copy.rule.terms[index].visit(visitor)
        }
        try json.close("}")
      }
      try json.close("]")
      try json.close("}")
    }
    try json.close("}")
  }
}

extension JSONWriter {
  fileprivate mutating func fields(
    _ body: (FieldVisitor) throws(Fault) -> Void
  ) throws(Fault) {
    try withUnsafeMutablePointer(to: &self) { (writer) throws(Fault) in
      try body(.writing(writer))
    }
  }
}
