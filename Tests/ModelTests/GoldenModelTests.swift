import Fault
import Foundation
import Model
import Testing

/// The file format does not change by accident: the small model gives these bytes.
struct GoldenModelTests {
  private let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Golden/model.safetensors").standardizedFileURL

  /// With SPIKELET_REGENERATE_GOLDEN=1 in the environment the file is written anew.
  @Test func `the small model has the golden bytes`() throws {
    let bytes = try smallModel().bytes()
    if ProcessInfo.processInfo.environment["SPIKELET_REGENERATE_GOLDEN"] == "1" {
      try Data(bytes).write(to: path)
    }
    #expect(try Data(bytes) == Data(contentsOf: path))
  }

  @Test func `the golden file is read as the small model`() throws {
    let model = try Model.load(path: path.path)
    #expect(model.name.text == "small \"model\"")
    #expect(model.weights(0) == [-3000, 2, 3, 4, 5, 32767])
    #expect(model.weights(1) == [-128, 127, 7])
    #expect(model.projection(3).projection.enabled == false)
    #expect(try model.bytes() == Array(Data(contentsOf: path)))
  }
}
