import Foundation
import Testing

/// What each module may import. Everything else is forbidden.
private let allowedImports: [String: Set<String>] = [
  "Fault": ["CSpikelet", "CPlatform"],
  "Memory": ["CPlatform", "Fault"],
  "NeuroKernels": ["CKernels"],
  "NeuroCore": ["NeuroKernels", "NeuroKernelsV3", "CKernels"],
  "NeuroReference": ["NeuroCore"],
  "Training": ["Model", "NeuroCore", "Fault", "Memory", "Foundation", "Dispatch"],
  "spikelet": ["CSpikelet", "CAPI", "Training", "Model", "Fault", "Foundation"],
  "Threads": ["NeuroCore", "CPlatform", "Fault"],
  "WireProtocol": ["NeuroCore", "CChecksum"],
  "Model": ["NeuroCore", "CPlatform", "Fault", "Memory", "CSpikelet"],
  "Transport": ["CPlatform", "Fault", "Memory", "CSpikelet"],
  "TransportUSB": ["Transport", "CLibUSB", "CPlatform", "Fault", "Memory", "CSpikelet"],
  "BoardFirmware": ["NeuroCore", "WireProtocol"],
  "BoardSim": [
    "BoardFirmware", "WireProtocol", "CPlatform", "Transport", "Foundation", "Glibc",
    "Synchronization",
  ],
  "BoardPort": ["BoardSim"],
  "spikelet-board": ["BoardSim"],
  "Runtime": [
    "NeuroCore", "WireProtocol", "Model", "Transport", "CPlatform", "Fault", "Memory", "CSpikelet",
  ],
  "Scheduling": ["Runtime", "Transport", "CPlatform", "Fault", "Memory", "CSpikelet"],
  "CAPI": [
    "CSpikelet", "Scheduling", "Runtime", "Model", "NeuroCore", "Transport", "CPlatform", "Fault",
    "Memory",
  ],
]

/// The one place where the library is joined to its simulated board, and to USB.
private let compositionRoot = (
  prefix: "CompositionRoot", imports: Set(["BoardFirmware", "Threads", "TransportUSB"])
)

struct ImportTests {
  @Test(arguments: allowedImports.keys.sorted())
  func `a module imports what the table allows and nothing else`(module: String) throws {
    let files = try SourceTree.module(module)
    #expect(!files.isEmpty, "\(module) has no sources")
    for file in files {
      var allowed = allowedImports[module]!
      if module == "CAPI", file.name.hasPrefix(compositionRoot.prefix) {
        allowed.formUnion(compositionRoot.imports)
      }
      for found in imports(of: file) where !allowed.contains(found) {
        Issue.record("\(file.path) imports \(found), which the table does not allow \(module)")
      }
    }
  }

  @Test func `every folder of Swift sources is in the table`() throws {
    let folders = try ["Sources", "firmware-sim"].flatMap { top in
      try SourceTree.files(in: top, "swift").map { $0.path.components(separatedBy: "/")[1] }
    }
    #expect(Set(folders) == Set(allowedImports.keys))
  }
}

/// The modules that a file imports: X of `import X`, `public import X`, `import struct X.Y`.
private func imports(of file: SourceFile) -> [String] {
  let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
  ]
  return file.codeLines.compactMap { line in
    var words = line.split(separator: " ")
    guard let keyword = words.firstIndex(of: "import"),
      words[..<keyword].allSatisfy({ $0.hasPrefix("@") || $0.allSatisfy(\.isLetter) })
    else { return nil }
    words.removeSubrange(...keyword)
    if let kind = words.first, kinds.contains(kind) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
  }
}
