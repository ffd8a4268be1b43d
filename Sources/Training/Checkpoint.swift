import Foundation

/// A file with a training in the middle, to go on from: safetensors with float64 tensors, and the rest as JSON in its metadata.
public struct Checkpoint: Equatable, Sendable {
  public let task: NamedTask
  public let plan: TrainingPlan
  public let state: TrainingState

  public struct Unreadable: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// What is not a tensor.
  private struct Description: Codable {
    var task: NamedTask
    var plan: TrainingPlan
    var shape: Shape
    var step: Int
    var phase: Int
    var loss: Double
    var skippedCount: Int
    var rollbackCount: Int
    var adamStepCount: Int
    var difficulty: Double
    var bestLoss: Double?
    var bestRightShare: Double?
    var bestDifficulty: Double?
    var bestAdamStepCount: Int?
    var caution: Double
    var scale: BoardScale?
  }

  private static let key = "spikelet.training"

  public init(_ trainer: Trainer) {
    task = trainer.named
    plan = trainer.plan
    state = trainer.state
  }

  /// Writes a new file and puts it in the place of the old one.
  public func save(to path: String) throws {
    let description = Description(
      task: task, plan: plan, shape: state.parameters.shape, step: state.step, phase: state.phase,
      loss: state.loss, skippedCount: state.skippedCount, rollbackCount: state.rollbackCount,
      adamStepCount: state.adam.stepCount, difficulty: state.difficulty,
      bestLoss: state.best?.loss, bestRightShare: state.best?.rightShare,
      bestDifficulty: state.best?.difficulty,
      bestAdamStepCount: state.best?.adam.stepCount, caution: state.caution, scale: state.scale)
    var tensors = [
      ("parameters", state.parameters.values), ("adam.mean", state.adam.mean),
      ("adam.square", state.adam.square),
    ]
    if let best = state.best {
      tensors += [
        ("best", best.parameters.values), ("best.adam.mean", best.adam.mean),
        ("best.adam.square", best.adam.square),
      ]
    }
    let json = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
    var header: [String: Any] = ["__metadata__": [Self.key: json]]
    var data = Data()
    for (name, values) in tensors {
      let start = data.count
      for value in values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      header[name] = [
        "dtype": "F64", "shape": [values.count], "data_offsets": [start, data.count],
      ]
    }
    var text = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])
    text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
    var file = Data()
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { file.append(contentsOf: $0) }
    try (file + text + data).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// - Throws: `Unreadable`, or what reading the file throws.
  public init(path: String) throws {
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func fail(_ what: String) -> Unreadable { Unreadable(description: "\(path): \(what)") }
    guard file.count >= 8 else { throw fail("no checkpoint: \(file.count) bytes") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[$1]) << (8 * UInt64($1)) }
    guard length <= file.count - 8,
      let header = try? JSONSerialization.jsonObject(with: Data(file[8..<8 + Int(length)]))
        as? [String: Any],
      let metadata = header["__metadata__"] as? [String: String], let json = metadata[Self.key],
      let found = try? JSONDecoder().decode(Description.self, from: Data(json.utf8))
    else { throw fail("no checkpoint of a training") }
    let body = file[(8 + Int(length))...]

    func tensor(_ name: String, _ count: Int) throws -> [Double] {
      guard let entry = header[name] as? [String: Any], entry["dtype"] as? String == "F64",
        let offsets = entry["data_offsets"] as? [Int], offsets.count == 2, offsets[0] >= 0,
        offsets[1] <= body.count, offsets[1] - offsets[0] == 8 * count
      else { throw fail("tensor \"\(name)\" is missing or is not of \(count) float64 values") }
      return (0..<count).map { index in
        let start = body.startIndex + offsets[0] + 8 * index
        let bits = (0..<8).reduce(UInt64(0)) { $0 | UInt64(body[start + $1]) << (8 * UInt64($1)) }
        return Double(bitPattern: bits)
      }
    }

    var parameters = Parameters(found.shape)
    let count = parameters.values.count
    parameters.values = try tensor("parameters", count)
    var state = TrainingState(parameters)
    state.adam.mean = try tensor("adam.mean", count)
    state.adam.square = try tensor("adam.square", count)
    state.adam.stepCount = found.adamStepCount
    if let loss = found.bestLoss, let share = found.bestRightShare,
      let difficulty = found.bestDifficulty, let stepCount = found.bestAdamStepCount
    {
      parameters.values = try tensor("best", count)
      var adam = Adam(count: count)
      adam.mean = try tensor("best.adam.mean", count)
      adam.square = try tensor("best.adam.square", count)
      adam.stepCount = stepCount
      state.best = TrainingState.Best(
        loss: loss, rightShare: share, difficulty: difficulty, parameters: parameters, adam: adam)
    }
    state.caution = found.caution
    state.step = found.step
    state.phase = found.phase
    state.loss = found.loss
    state.skippedCount = found.skippedCount
    state.rollbackCount = found.rollbackCount
    state.difficulty = found.difficulty
    state.scale = found.scale
    task = found.task
    plan = found.plan
    self.state = state
  }
}
