import Foundation
import Testing

private let shippedModules = [
  "BoardFirmware", "CAPI", "Fault", "Memory", "Model", "NeuroCore", "NeuroKernels", "Runtime",
  "Threads", "Transport", "TransportUSB", "WireProtocol",
]

struct SourceTests {
  @Test func `no two Swift files have the same name`() throws {
    let files = try SourceTree.everySwiftFile()
    for (name, same) in Dictionary(grouping: files, by: \.name) where same.count > 1 {
      Issue.record("\(name) is the name of \(same.map(\.path).joined(separator: ", "))")
    }
  }

  @Test func `no source is longer than 500 lines`() throws {
    let texts = try ["include", "examples", "Benchmarks", "Tests", "Sources"].flatMap {
      try SourceTree.files(in: $0, "c", "h", "hpp", "cpp", "py")
    }
    for file in try SourceTree.everySwiftFile() + texts where file.lines.count > 500 {
      Issue.record("\(file.path) has \(file.lines.count) lines; split it")
    }
  }

  @Test(arguments: ["BoardFirmware", "NeuroCore", "NeuroKernels", "WireProtocol"])
  func `what runs on the board has no floating point`(module: String) throws {
    let word = try Regex(#"\b(C?Float(16|32|64|80)?|C?Double)\b"#)
    try expectNone(of: word, in: [module])
  }

  @Test func `what ships neither prints nor traps with a message`() throws {
    try expectNone(of: try Regex(#"\b(debugPrint|print|fatalError)\("#), in: shippedModules)
  }

  private func expectNone(of pattern: Regex<AnyRegexOutput>, in modules: [String]) throws {
    for file in try modules.flatMap(SourceTree.module) {
      for (number, line) in file.codeLines.enumerated() {
        if let match = line.firstMatch(of: pattern) {
          Issue.record("\(file.path):\(number + 1) has \(line[match.range])")
        }
      }
    }
  }
}
