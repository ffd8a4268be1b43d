// swift-tools-version: 6.2
import PackageDescription

// Two modes from one manifest: SPIKELET_EMBEDDED=1 builds what ships, without a runtime and without hidden
// allocations; without it, full Swift for tests, sanitizers and fuzzing.
let embedded = Context.environment["SPIKELET_EMBEDDED"] == "1"

let common: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let settings: [SwiftSetting] =
  common
  + (embedded
    ? [
      .enableExperimentalFeature("Embedded"),
      .unsafeFlags(["-wmo", "-no-allocations", "-Xcc", "-fPIC"]),
    ] : [])

func library(_ name: String, _ dependencies: [String] = [], path: String? = nil) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
    path: path ?? "Sources/\(name)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [String]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
    path: "Tests/\(name)", swiftSettings: common)
}

let shipped: [Target] = [
  .systemLibrary(name: "CSpikelet", path: "include"),
  .systemLibrary(name: "CPlatform", path: "Sources/CPlatform"),
  .systemLibrary(name: "CJansson", path: "Sources/CJansson"),
  library("Fault", ["CSpikelet"]),
  library("Memory", ["CPlatform", "Fault"]),
  library("NeuroKernels"),
  library("NeuroCore", ["NeuroKernels"]),
  library("WireProtocol", ["NeuroCore"]),
  library("Model", ["NeuroCore", "CJansson", "CPlatform", "Fault", "Memory"]),
  library("Transport", ["CPlatform", "Fault", "Memory"]),
  library("BoardFirmware", ["NeuroCore", "WireProtocol"], path: "firmware-sim/BoardFirmware"),
  library(
    "Runtime", ["NeuroCore", "WireProtocol", "Model", "Transport", "CPlatform", "Fault", "Memory"]),
  library(
    "CAPI",
    [
      "CSpikelet", "Runtime", "Model", "NeuroCore", "Transport", "BoardFirmware", "CPlatform",
      "Fault", "Memory",
    ]),
]

let host: [Target] = [
  library("NeuroReference", ["NeuroCore"]),
  tests("NeuroCoreTests", ["NeuroCore", "NeuroReference"]),
  tests("ModelTests", ["Model", "NeuroCore", "Fault", "Memory"]),
  tests("WireProtocolTests", ["WireProtocol", "NeuroCore"]),
  tests("RuntimeTests", ["Runtime", "Model", "NeuroCore", "BoardFirmware", "Transport", "Fault", "Memory"]),
  tests("ArchitectureTests", []),
]

let package = Package(
  name: "spikelet",
  products: [.library(name: "spikelet-objects", type: .static, targets: ["CAPI"])],
  targets: embedded ? shipped : shipped + host,
  swiftLanguageModes: [.v6]
)
