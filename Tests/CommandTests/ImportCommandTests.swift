import Foundation
import Hashing
import Testing

/// `import` into a store, and what is shown of a model's file.
@Suite("Importing models", .serialized) struct ImportCommandTests {
  let zkmlops: BuiltProgram
  static let example =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path + "/Examples/imported-network/"

  init() throws { zkmlops = try .zkmlops() }

  private func importing(_ folder: SampleProject, _ more: [String], rows: Bool = true) throws -> BuiltProgram.Outcome {
    try zkmlops.run(["import", Self.example + "wdbc_mlp.onnx"] + (rows ? ["--rows", Self.example + "rows.npz"] : []) + more, in: folder.path)
  }

  @Test("a model without rows is not committed unless that is asked for") func uncalibrated() throws {
    let folder = try SampleProject()
    let refused = try importing(folder, ["--into", "store"], rows: false)
    #expect(refused.status == 2 && refused.errors.contains("--uncalibrated"))
    #expect(!folder.names.contains("store"))
    let taken = try importing(folder, ["--into", "store", "--uncalibrated"], rows: false)
    #expect(taken.status == 0 && taken.output.contains("Calibrated on nothing") && taken.output.contains("commitment"), "\(taken.errors)")
  }

  @Test("what is public and what is hidden is listed, and the same file, rows and options give the same program") func deterministic() throws {
    let folder = try SampleProject()
    let text = try importing(folder, ["--labels", "labels"])
    #expect(text.status == 0 && text.output.contains("Public (in the program") && text.output.contains("Hidden (in the artefact)"))
    #expect(text.output.contains("accuracy on 64 labels"))
    let (first, second) = (try importing(folder, ["--json"]).json(), try importing(folder, ["--json"]).json())
    let digest = try #require(first["program"] as? String)
    #expect(digest.count == 64 && second["program"] as? String == digest)
    #expect(text.output.contains(digest))
    #expect(try importing(folder, ["--json", "--bits", "20"]).json()["program"] as? String != digest)
  }

  @Test("the file is bound to the artefact and shown on demand") func source() throws {
    let folder = try SampleProject()
    let committed = try importing(folder, ["--into", "store", "--name", "tumours", "--json"]).json()
    let artefact = try #require((committed["committed"] as? [String: Any])?["artefact"] as? [String: Any])
    let identity = try #require(artefact["identity"] as? String)
    // A second import of the same file keeps the commitment.
    let again = try #require(try importing(folder, ["--into", "store", "--name", "tumours", "--json"]).json()["committed"] as? [String: Any])
    #expect((again["artefact"] as? [String: Any])?["identity"] as? String == identity)
    #expect(again["kept"] as? Bool == true)
    let shown = try zkmlops.run(["import", "--reveal-source", "tumours", "--store", "store"], in: folder.path)
    #expect(shown.status == 0, "\(shown.errors)")
    let statement = try shown.json()
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.example + "wdbc_mlp.onnx")))
    #expect(statement["sha256"] as? String == SHA256.hash(file).hex)
    #expect(statement["artefact"] as? String == identity)
    // By hand: SHA-256("zkmlops/model source/v1" ‖ salt ‖ SHA-256(file)).
    let salt = try #require((statement["salt"] as? String).flatMap { Digest(hex: $0) })
    let commitment = SHA256.hash(Array("zkmlops/model source/v1".utf8) + salt.bytes + SHA256.hash(file).bytes)
    #expect(statement["source"] as? String == commitment.hex)
    #expect("\(artefact["format"] ?? "")".contains(commitment.hex))
    #expect(!"\(committed)".contains(SHA256.hash(file).hex))
    #expect(try zkmlops.run(["import", "--reveal-source", "nothing", "--store", "store"], in: folder.path).status == 2)
  }

  @Test("an MLflow folder is taken as it is") func mlflow() throws {
    let folder = try SampleProject()
    try FileManager.default.createDirectory(atPath: folder.path + "/model", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.example + "wdbc_mlp.onnx", toPath: folder.path + "/model/network.onnx")
    let flavours = "flavors:\n  onnx:\n    onnx_version: 1.19.1\n    data: network.onnx\n    providers:\n    - CPUExecutionProvider\n"
    try folder.write(flavours, to: "model/MLmodel")
    let rows = Self.example + "rows.npz"
    let (own, whole) = (
      try zkmlops.run(["import", "model", "--rows", rows, "--json"], in: folder.path).json(), try importing(folder, ["--json"]).json()
    )
    #expect(own["program"] as? String == whole["program"] as? String)
    try folder.write(flavours.replacingOccurrences(of: "network.onnx", with: "../network.onnx"), to: "model/MLmodel")
    #expect(try zkmlops.run(["import", "model"], in: folder.path).status == 2)
  }

  @Test("a committed network answers without a proof as the float model does") func answers() throws {
    let folder = try SampleProject()
    try #require(try importing(folder, ["--into", "store", "--name", "tumours"]).status == 0)
    let rows = ["--model", "tumours", "--store", "store", "--rows", Self.example + "patients.npz"]
    let answer = try zkmlops.run(["infer"] + rows + ["--json"], in: folder.path)
    #expect(answer.status == 0, "\(answer.errors)")
    let outputs = try #require(try answer.json()["outputs"] as? [[String: Any]])
    let values = try #require(outputs.first?["values"] as? [String]).compactMap(Double.init)
    // What ONNX Runtime 1.32.0 gives for these rows.
    let expected = [-4.157626, 4.888201, -0.601628, 0.738386, -4.330212, 5.159702, 1.274607, -1.526346]
    #expect(values.count == expected.count)
    for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) <= 0.02 * abs(wanted)) }
    for arguments in [["--rows", Self.example + "rows.npz", "--table", "x"], ["--rows", "absent.npz"], ["--table", "absent"], ["--columns", "a"]] {
      let refused = try zkmlops.run(["infer", "--model", "tumours", "--store", "store"] + arguments, in: folder.path)
      #expect(refused.status == 2, "\(arguments): \(refused.errors)")
    }
  }

  @Test("answers are proved with rows hidden or public and outputs published or committed; both verifiers' programs take the bundle") func proved()
    throws
  {
    let folder = try SampleProject()
    try #require(try importing(folder, ["--into", "store", "--name", "tumours"]).status == 0)
    let question = ["infer", "--model", "tumours", "--store", "store", "--rows", Self.example + "patients.npz", "--prove"]
    let verifier = try BuiltProgram.verifier()
    for (more, name) in [([], "hidden"), (["--public-input"], "public"), (["--output", "output=committed"], "committed")] {
      let made = try zkmlops.run(question + more + ["--out", name], in: folder.path)
      #expect(made.status == 0, "\(name): \(made.errors)")
      let verified = try verifier.run([name], in: folder.path)
      #expect(verified.status == 0 && verified.output.contains("networkInference"), "\(name): \(verified.errors)")
    }
    #expect(try zkmlops.run(question + ["--output", "output=hidden", "--out", "nothing"], in: folder.path).status == 2)
    let shown = try zkmlops.run(["import", "--reveal-source", "tumours", "--store", "store"], in: folder.path)
    try folder.write(shown.output, to: "source.json")
    #expect(try verifier.run(["hidden", "--source", "source.json"], in: folder.path).status == 0)
    try #require(try importing(folder, ["--into", "store", "--name", "other"]).status == 0)
    try folder.write(try zkmlops.run(["import", "--reveal-source", "other", "--store", "store"], in: folder.path).output, to: "other.json")
    #expect(try verifier.run(["hidden", "--source", "other.json"], in: folder.path).status == 4)
  }
}
