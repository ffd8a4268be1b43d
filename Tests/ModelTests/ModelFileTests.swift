import Fault
import Foundation
import Model
import Testing

struct ModelFileTests {
  let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(
      path: "spikelet-model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test func `a saved model is loaded the same, and saved over itself`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "a.safetensors").path
    let model = try smallModel()
    try model.save(path: path)
    try model.save(path: path)
    #expect(try Model.load(path: path).bytes() == model.bytes())
    #expect(try names() == ["a.safetensors"])
  }

  @Test func `a missing file and a missing directory are not found`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "no/a.safetensors").path
    let loading = try #require(fault { () throws(Fault) in _ = try Model.load(path: path) })
    #expect(loading.status == .SPK_ERROR_NOT_FOUND)
    #expect(loading.sentence.text.hasPrefix(path))
    let model = try smallModel()
    let saving = try #require(fault { () throws(Fault) in try model.save(path: path) })
    #expect(saving.status == .SPK_ERROR_NOT_FOUND)
  }

  @Test func `a directory in place of a file is refused and left alone`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "folder").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let loading = try #require(fault { () throws(Fault) in _ = try Model.load(path: path) })
    #expect(loading.status == .SPK_ERROR_IO)
    let model = try smallModel()
    let saving = try #require(fault { () throws(Fault) in try model.save(path: path) })
    #expect(saving.status == .SPK_ERROR_IO)
    #expect(try names() == ["folder"])
  }

  @Test func `a place that cannot be written is refused`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let model = try smallModel()
    let found = try #require(
      fault { () throws(Fault) in try model.save(path: "/proc/spikelet.safetensors") })
    #expect(found.status == .SPK_ERROR_IO || found.status == .SPK_ERROR_NOT_FOUND)
  }

  @Test func `a broken model is not saved`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "a.safetensors").path
    var model = try smallModel()
    _ = try model.addPopulation(
      name: Name("label"), role: .label, .init(kind: .input, neuronCount: 5))
    let found = try #require(fault { () throws(Fault) in try model.save(path: path) })
    #expect(found.status == .SPK_ERROR_MODEL)
    #expect(try names().isEmpty)
  }
}
