import Foundation

/// A text file of the repository.
struct SourceFile {
  /// From the root of the repository: "Sources/Fault/Fault.swift".
  let path: String
  let lines: [String]

  var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// The lines without what follows `//`, comment or not.
  var codeLines: [Substring] {
    lines.map { line in
      line.range(of: "//").map { line[..<$0.lowerBound] } ?? line[...]
    }
  }
}

/// The repository that this test was built from.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The files below `folder` whose names end in one of `extensions`, by path.
  static func files(in folder: String, _ extensions: String...) throws -> [SourceFile] {
    let start = root.appendingPathComponent(folder)
    guard let paths = FileManager.default.subpaths(atPath: start.path) else { return [] }
    return try paths.sorted()
      .filter { path in extensions.contains { path.hasSuffix(".\($0)") } }
      .map { path in
        let text = try String(contentsOf: start.appendingPathComponent(path), encoding: .utf8)
        var lines = text.components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        return SourceFile(path: "\(folder)/\(path)", lines: lines)
      }
  }

  /// The Swift sources of a module.
  static func module(_ name: String) throws -> [SourceFile] {
    let simulation = ["BoardFirmware", "BoardPort", "BoardSim", "spikelet-board"]
    return try files(
      in: simulation.contains(name) ? "firmware-sim/\(name)" : "Sources/\(name)", "swift")
  }

  static func everySwiftFile() throws -> [SourceFile] {
    try ["Sources", "firmware-sim", "Tests"].flatMap { try files(in: $0, "swift") }
  }
}
