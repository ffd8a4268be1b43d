// swift-tools-version: 6.2
import PackageDescription

// Two modes from one manifest: SPIKELET_EMBEDDED=1 builds what ships, without a runtime and without hidden
// allocations, as LLVM bitcode for the Makefile to link; without it, full Swift for tests, sanitizers and fuzzing.
let embedded = Context.environment["SPIKELET_EMBEDDED"] == "1"

let common: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let settings: [SwiftSetting] =
  common
  + (embedded
    ? [
      .enableExperimentalFeature("Embedded"),
      .unsafeFlags([
        "-wmo", "-no-allocations", "-Xcc", "-fPIC", "-Xcc", "-fno-plt", "-Xfrontend",
        "-mergeable-traps", "-Xfrontend",
        "-disable-stack-protector",
        "-Xfrontend", "-lto=llvm-full", "-Xfrontend", "-emit-bc",
      ]),
    ] : [])

/// Inlining and unrolling in SIL as for speed would add a fifth to the code: LLVM decides at link time.
let small: [SwiftSetting] = [
  .unsafeFlags([
    "-Osize", "-Xllvm", "-sil-inline-overall-caller-block-limit=8",
    "-Xllvm", "-sil-disable-pass=closure-specialize", "-Xllvm", "-sil-disable-pass=loop-rotate",
  ])
]

func library(_ name: String, _ dependencies: [String] = [], path: String? = nil) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
    path: path ?? "Sources/\(name)", swiftSettings: settings + (embedded ? small : []))
}

/// Kernels are built for speed, all else for size. One vector at a time: two were not faster, and a tenth larger.
func kernels(_ name: String, _ flags: [String] = []) -> Target {
  .target(
    name: name, dependencies: ["CKernels"], path: "Sources/\(name)",
    swiftSettings: settings
      + [.unsafeFlags(["-Xllvm", "-force-vector-interleave=1"] + flags)])
}

func tests(_ name: String, _ dependencies: [String]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
    path: "Tests/\(name)", swiftSettings: common)
}

/// The trainer: optimised in every mode, since nothing can be trained without, and with SPIKELET_NATIVE=1 for the processor
/// that it is built on. Its results do not depend on that.
func training(_ name: String, _ defines: [SwiftSetting] = []) -> Target {
  let native = Context.environment["SPIKELET_NATIVE"] == "1" ? ["-Xcc", "-march=native"] : []
  return .target(
    name: name, dependencies: ["Model", "NeuroCore", "Fault", "Memory"],
    path: "Sources/\(name)",
    swiftSettings: common + defines + [.unsafeFlags(["-O"] + native)])
}

/// SPIKELET_ARCH names the processor where it is not the host's.
#if arch(x86_64)
  let processor = "x86_64"
#else
  let processor = "other"
#endif
let architecture = Context.environment["SPIKELET_ARCH"] ?? processor

/// The same kernels for processors with AVX2, chosen when a network is loaded.
let wideKernels: [Target] =
  architecture == "x86_64" ? [kernels("NeuroKernelsV3", ["-Xcc", "-march=x86-64-v3"])] : []

let shipped: [Target] = [
  .systemLibrary(name: "CSpikelet", path: "include"),
  .systemLibrary(name: "CLibUSB", path: "Sources/CLibUSB"),
  .target(
    name: "CPlatform", path: "Sources/CPlatform",
    cSettings: [.unsafeFlags(["-fPIC"] + (embedded ? ["-flto"] : []))]),
  .target(
    name: "CChecksum", path: "Sources/CChecksum",
    cSettings: [.unsafeFlags(["-fPIC"] + (embedded ? ["-flto"] : []))]),
  library("Fault", ["CSpikelet", "CPlatform"]),
  library("Memory", ["CPlatform", "Fault"]),
  .systemLibrary(name: "CKernels", path: "Sources/CKernels"),
  kernels("NeuroKernels"),
  library("NeuroCore", ["CKernels", "NeuroKernels"] + wideKernels.map(\.name)),
  library("WireProtocol", ["NeuroCore", "CChecksum"]),
  library("Model", ["NeuroCore", "CPlatform", "Fault", "Memory"]),
  library("Transport", ["CPlatform", "Fault", "Memory"]),
  library("TransportUSB", ["Transport", "CLibUSB", "CPlatform", "Fault", "Memory", "CSpikelet"]),
  library("Threads", ["NeuroCore", "CPlatform", "Fault"]),
  library("BoardFirmware", ["NeuroCore", "WireProtocol"], path: "firmware-sim/BoardFirmware"),
  library(
    "Runtime", ["NeuroCore", "WireProtocol", "Model", "Transport", "CPlatform", "Fault", "Memory"]),
  library(
    "Scheduling", ["Runtime", "Transport", "CPlatform", "CSpikelet", "Fault", "Memory"]),
  library(
    "CAPI",
    [
      "CSpikelet", "Scheduling", "Runtime", "Model", "NeuroCore", "Transport", "TransportUSB",
      "BoardFirmware", "Threads", "CPlatform",
      "Fault", "Memory",
    ]),
]

let host: [Target] = [
  library("NeuroReference", ["NeuroCore"]),
  training("Training"),
  training("TrainingFloat64", [.define("TRAINING_FLOAT64")]),
  library(
    "BoardSim", ["BoardFirmware", "WireProtocol", "CPlatform"], path: "firmware-sim/BoardSim"),
  library("BoardPort", ["BoardSim"], path: "firmware-sim/BoardPort"),
  .executableTarget(
    name: "spikelet-board", dependencies: ["BoardSim"], path: "firmware-sim/spikelet-board",
    swiftSettings: common),
  .executableTarget(
    name: "spikelet", dependencies: ["CAPI", "CSpikelet", "Training", "Model", "Fault"],
    path: "Sources/spikelet", swiftSettings: common),
  .executableTarget(
    name: "training-step", dependencies: ["Training"], path: "Benchmarks/training",
    exclude: ["training_step.py"], swiftSettings: common),
  tests("NeuroCoreTests", ["NeuroCore", "NeuroKernels", "NeuroReference"]),
  tests("ModelTests", ["Model", "NeuroCore", "Fault", "Memory"]),
  tests("WireProtocolTests", ["WireProtocol", "NeuroCore", "CChecksum"]),
  tests(
    "RuntimeTests",
    [
      "Runtime", "Model", "NeuroCore", "NeuroReference", "BoardFirmware", "WireProtocol",
      "Transport", "Fault", "Memory",
    ]),
  tests("TransportTests", ["Transport", "CPlatform", "Fault", "CSpikelet"]),
  tests(
    "BoardSimTests",
    ["BoardSim", "WireProtocol", "Transport", "CPlatform", "Fault", "spikelet-board"]),
  tests("TrainingTests", ["Training", "TrainingFloat64"]),
  tests("SpikeletTests", ["spikelet", "Training"]),
  tests("ArchitectureTests", []),
]

/// SPIKELET_THREADS=1: of the tests only those that scripts/test-threads runs under the thread sanitizer.
let onlyThreads = Context.environment["SPIKELET_THREADS"] == "1"
let threads = [tests("CAPITests", ["CAPI", "CSpikelet", "CPlatform", "BoardSim", "Threads"])]
let hosted = threads + (onlyThreads ? host.filter { $0.name == "BoardSim" } : host)

let package = Package(
  name: "spikelet",
  products: [.library(name: "spikelet-objects", type: .static, targets: ["CAPI"])]
    + (embedded || onlyThreads
      ? []
      : [
        .executable(name: "spikelet", targets: ["spikelet"]),
        .executable(name: "training-step", targets: ["training-step"]),
        .executable(name: "spikelet-board", targets: ["spikelet-board"]),
        .library(name: "board-port", type: .dynamic, targets: ["BoardPort"]),
      ]),
  targets: wideKernels + (embedded ? shipped : shipped + hosted),
  swiftLanguageModes: [.v6]
)
