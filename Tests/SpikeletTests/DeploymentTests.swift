import Foundation
import Testing

@testable import Training
@testable import spikelet

/// A network in floating point with a hard threshold and int8 weights, against its model on the board.
@Suite struct DeploymentTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("spikelet-tests-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func task(_ neuron: NeuronKind) -> AutoEncoding {
    var task = AutoEncoding()
    task.neuronCount = 16
    task.tickCount = 200
    task.dynamics.neuron = neuron
    return task
  }

  private func isQuadratic(_ neuron: NeuronKind) -> Bool {
    if case .quadratic = neuron { return true }
    return false
  }

  /// Weights of all kinds, small enough for the network not to be in chaos.
  private func network(_ task: AutoEncoding, hasSlow: Bool) -> Network {
    var draws = Draws(seed: 3, stream: 9)
    var shape = task.shape
    shape.hasSlow = hasSlow
    var parameters = Parameters(shape)
    // A quadratic neuron alone is chaotic under a drive of half a turn a tick.
    let isQuadratic = isQuadratic(task.dynamics.neuron)
    for (block, size) in [
      (Block.input, isQuadratic ? 0.04 : 0.3), (.fast, 0.02), (.slow, 0.002), (.readOut, 0.1),
      (.bias, 0.05),
    ] {
      for index in parameters.range(block) { parameters.values[index] = size * draws.normal() }
    }
    if isQuadratic {
      for index in parameters.range(.bias) { parameters.values[index] += 0.1 }
    }
    parameters.clearDiagonals()
    var dynamics = task.dynamics
    dynamics.isHard = true
    return Network(dynamics, BoardScale(parameters, dynamics).rounded(parameters))
  }

  @Test(
    arguments: [NeuronKind.integrating, .leaky(milliseconds: 20), .quadratic(milliseconds: 20)],
    [false, true])
  func `the board does what the network does in floating point`(
    neuron: NeuronKind, hasSlow: Bool
  ) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let task = task(neuron)
    let network = network(task, hasSlow: hasSlow)
    let scale = BoardScale(network.parameters, network.dynamics)
    #expect(scale.rounded(network.parameters) == network.parameters, "rounding twice")
    let file = path("model.safetensors")
    try BoardModel.build(network.parameters, network.dynamics, scale).save(path: file)
    let session = try BoardSession(model: file, network.parameters.shape)
    var draws = Draws(seed: 1, stream: 1)
    var trials = task.trials(&draws, difficulty: 1)
    // As the board hears them.
    let unit = Real(BoardScale.signalUnit)
    trials.inputs = trials.inputs.map { ($0 * unit).rounded(.toNearestOrAwayFromZero) / unit }
    let trajectory = Trajectory(network.parameters.shape, tickCount: task.tickCount)
    network.run(trials, trajectory)
    var (expectedCount, sameCount, alikeCount) = (0, 0, 0)
    for lane in Lanes.zero.indices {
      let board = try session.run(trials, lane: lane)
      let expected = trajectory.spikes(lane: lane)
      #expect(expected.count > 50)
      expectedCount += expected.count
      sameCount += expected.intersection(board.spikes).count
      // Currents are rounded: now and then that moves a spike by a tick, and with it those that follow.
      let early = expected.filter { $0.tick < 50 }
      guard early == Set(board.spikes).filter({ $0.tick < 50 }) else { continue }
      alikeCount += 1
      for index in 0..<50 * task.signalCount {
        #expect(abs(board.output[index] - Double(trajectory.output[index][lane])) < 0.01)
      }
    }
    #expect(
      Double(sameCount) > (isQuadratic(neuron) ? 0.9 : 0.99) * Double(expectedCount),
      "\(sameCount) of \(expectedCount)")
    #expect(alikeCount >= Lanes.scalarCount - 2)
  }

  @Test func `the board hears events as the network does in floating point`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let task = TouchClassification()
    var dynamics = task.dynamics
    dynamics.isHard = true
    let start = task.start(seed: 1)
    let scale = BoardScale(start, dynamics)
    let network = Network(dynamics, scale.rounded(start))
    let file = path("model.safetensors")
    try BoardModel.build(start, dynamics, scale).save(path: file)
    let session = try BoardSession(model: file, task.shape)
    var draws = Draws(seed: 1, stream: 1)
    let trials = task.trials(&draws, difficulty: 1)
    let trajectory = Trajectory(task.shape, tickCount: task.tickCount)
    network.run(trials, trajectory)
    var (sameCount, expectedCount) = (0, 0)
    for lane in Lanes.zero.indices {
      let board = try session.run(trials, lane: lane)
      let expected = trajectory.spikes(lane: lane)
      #expect(expected.count > 100)
      expectedCount += expected.count
      sameCount += expected.intersection(board.spikes).count
    }
    #expect(
      Double(sameCount) > 0.98 * Double(expectedCount), "\(sameCount) of \(expectedCount)")
  }

  @Test func `the program trains a classifier, goes on, and writes a model, a picture and samples`()
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let common = [
      "train", "classify", "--steps", "2", "--classes", "6", "--trials", "16", "--checkpoint",
      path("c"),
    ]
    #expect(Program.run(common + ["-o", path("one"), "--picture", path("p")]) == 0)
    #expect(Program.run(common + ["-o", path("two"), "--resume"]) == 0)
    let files = try ["one", "two"].map { try Data(contentsOf: URL(fileURLWithPath: path($0))) }
    #expect(files[0] == files[1])
    #expect(try String(contentsOfFile: path("p"), encoding: .utf8).contains("double tap"))
    #expect(Program.run(["samples", "classify", "-o", path("s"), "--trials", "16"]) == 0)
    let lines = try String(contentsOfFile: path("s"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 16)
    let form = try Regex("[0-7]( [0-9]+:[0-9]+)*")
    #expect(lines.allSatisfy { (try? form.wholeMatch(in: $0)) != nil })
  }

  @Test func `the program trains, stops, goes on, and writes a model and a picture`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let common = [
      "train", "autoencode", "--steps", "3", "--trials", "8", "--checkpoint", path("c"),
    ]
    #expect(Program.run(common + ["-o", path("one"), "--picture", path("p")]) == 0)
    #expect(Program.run(common + ["-o", path("two"), "--resume"]) == 0)
    #expect(Program.run(["quantise", path("c"), "-o", path("three"), "--trials", "8"]) == 0)
    let files = try ["one", "two", "three"].map {
      try Data(contentsOf: URL(fileURLWithPath: path($0)))
    }
    #expect(files[0] == files[1] && files[0] == files[2])
    #expect(try String(contentsOfFile: path("p"), encoding: .utf8).hasSuffix("</svg>\n"))
    let xor = ["train", "xor", "--steps", "1", "--trials", "8", "--checkpoint", path("c")]
    #expect(Program.run(xor + ["-o", path("x"), "--resume"]) == 1, "another task's checkpoint")
    #expect(Program.run(xor + ["-o", path("x"), "--picture", path("q")]) == 0)
    #expect(try String(contentsOfFile: path("q"), encoding: .utf8).contains("+ then −"))
    #expect(Program.run(xor + ["-o", path("y"), "--neuron", "quadratic"]) == 0)
    let written = try Data(contentsOf: URL(fileURLWithPath: path("y")))
    #expect(written.range(of: Data("quadratic".utf8)) != nil)
    #expect(Program.run(["quantise", path("p"), "-o", path("four")]) == 1)
    #expect(
      Program.run(["train", "autoencode", "--steps", "1", "--trials", "8", "-o", "/nowhere/model"])
        == 1)
    #expect(Program.run(["train"]) == 2)
  }
}
