import Foundation
import Testing

/// Small twins of the shapes of VGG-16 and GPT-2 (`reference/make_models.py`): imported, answered, proved and verified by the programs.
@Suite("Twins of large networks", .serialized) struct NetworkTwinTests {
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path + "/reference/models/"
  static let names = ["vgg-twin", "gpt-twin"].filter { FileManager.default.fileExists(atPath: folder + "\($0).onnx") }

  @Test("the twins are there, or their absence is shown") func presence() {
    if Self.names.count < 2 { print("SKIPPED: twins of large networks: make them with reference/make_models.py") }
    #expect(Self.names.count == 2 || !FileManager.default.fileExists(atPath: Self.folder))
  }

  @Test("a twin's integers are near its floats, and one row proves and verifies", arguments: names) func twin(name: String) throws {
    let zkmlops = try BuiltProgram.zkmlops()
    let project = try SampleProject()
    let imported = try zkmlops.run(
      ["import", Self.folder + "\(name).onnx", "--rows", Self.folder + "\(name).npz", "--into", "store", "--name", "twin", "--json"],
      in: project.path)
    try #require(imported.status == 0, "\(imported.errors)")
    let errors = try #require(try imported.json()["errors"] as? [[String: Any]])
    try #require(errors.count == 1)
    let (error, largest) = (Double("\(errors[0]["largestError"] ?? "")"), Double("\(errors[0]["largestValue"] ?? "")"))
    #expect(try #require(error) <= 1e-3 * (try #require(largest)))
    let question = ["--model", "twin", "--store", "store", "--rows", Self.folder + "\(name).row.npz"]
    let answer = try zkmlops.run(["infer"] + question + ["--json"], in: project.path)
    #expect(answer.status == 0 && answer.output.contains("outputs"), "\(answer.errors)")
    let made = try zkmlops.run(["infer"] + question + ["--prove", "--out", "bundle"], in: project.path)
    #expect(made.status == 0, "\(made.errors)")
    let verified = try BuiltProgram.verifier().run(["bundle"], in: project.path)
    #expect(verified.status == 0 && verified.output.contains("networkInference"), "\(verified.errors)")
  }
}
