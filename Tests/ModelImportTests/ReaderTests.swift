import Foundation
import ONNXProto
import SwiftProtobuf
import Testing

import ModelImport

@Suite("Reading ONNX files")
struct ReaderTests {
  private func importing(_ model: Onnx_ModelProto) throws -> ImportedModel {
    try ModelImporter(bytes: try Sample.bytes(model)).importModel()
  }

  @Test("a dense layer becomes a program that computes it")
  func dense() throws {
    let importer = try ModelImporter(bytes: try Sample.bytes(Sample.dense()))
    let rows = ModelRows(["x": try #require(ModelRows.Array(dimensions: [2, 3], numbers: [1, 2, -1, 0.5, -0.25, 4]))])
    let imported = try importer.importModel(rows: rows)
    // x·W + b = (1.85, 1.8) and (−2.7125 …, …) by hand: 0.5 + 0.5 + 0.75 + 0.1 and −1 + 4 − 1 − 0.2.
    let result = try imported.run([[1, 2, -1]])
    #expect(abs(result[0][0] - 1.85) < 1e-3)
    #expect(abs(result[0][1] - 1.8) < 1e-3)
    #expect(imported.hidden.count == 2)
    #expect(imported.published.isEmpty)
  }

  @Test("every truncation and flipped byte ends in a model or a typed error")
  func damaged() throws {
    let bytes = try Sample.bytes(Sample.dense())
    var ended = 0
    for length in 0..<bytes.count {
      _ = try? ModelImporter(bytes: Array(bytes.prefix(length))).importModel()
      ended += 1
    }
    for position in bytes.indices {
      var copy = bytes
      copy[position] ^= 0x5A
      _ = try? ModelImporter(bytes: copy).importModel()
      ended += 1
    }
    #expect(ended == 2 * bytes.count)
    #expect(throws: ModelImportError.malformed(place: "file", reason: "there is no graph")) { try ModelImporter(bytes: []) }
  }

  @Test("cycles, double names and missing makers are named")
  func graphs() throws {
    let x = Sample.info("x", [1, 3])
    let cycle = Sample.model([Sample.node("Add", ["x", "b"], ["a"]), Sample.node("Relu", ["a"], ["b"])], inputs: [x], outputs: ["b"])
    #expect(throws: ModelImportError.malformed(place: "node add", reason: "it depends on its own result (b)")) { try importing(cycle) }
    let missing = Sample.model([Sample.node("Add", ["x", "w"], ["y"])], inputs: [x], outputs: ["y"])
    #expect(throws: ModelImportError.malformed(place: "node add", reason: "nothing makes its input w")) { try importing(missing) }
    let double = Sample.model([Sample.node("Relu", ["x"], ["y"]), Sample.node("Abs", ["x"], ["y"])], inputs: [x], outputs: ["y"])
    #expect(throws: ModelImportError.malformed(place: "node abs", reason: "a second value is called y")) { try importing(double) }
    let absent = Sample.model([Sample.node("Relu", ["x"], ["y"])], inputs: [x], outputs: ["z"])
    #expect(throws: (any Error).self) { try importing(absent) }
  }

  @Test("sizes that a file claims are checked before memory is taken")
  func sizes() throws {
    var model = Sample.dense()
    model.graph.initializer[0].dims = [1 << 40, 1 << 40]
    #expect(throws: ModelImportError.tooLarge(node: "initialiser W", reason: "a tensor of more than 2^28 numbers")) { try importing(model) }
    model.graph.initializer[0].dims = [-3, 2]
    #expect(throws: ModelImportError.malformed(place: "initialiser W", reason: "a dimension of -3")) { try importing(model) }
    model.graph.initializer[0].dims = [3, 200]
    #expect(throws: ModelImportError.malformed(place: "initialiser W", reason: "6 numbers for 600 entries")) { try importing(model) }
    var wide = Sample.model(
      [Sample.node("Expand", ["x", "shape"], ["y"])], initialisers: [Sample.integers("shape", [1 << 20, 1 << 20, 3])],
      inputs: [Sample.info("x", [1, 3])], outputs: ["y"])
    #expect(throws: ModelImportError.tooLarge(node: "expand", reason: "a tensor of more than 134217728 numbers")) { try importing(wide) }
    wide.graph.input = [Sample.info("x", [1 << 33, 1 << 33])]
    #expect(throws: (any Error).self) { try importing(wide) }
  }

  @Test("weights that are not finite are refused")
  func notFinite() throws {
    for value in [Float.nan, .infinity] {
      var model = Sample.dense()
      model.graph.initializer[0].floatData[1] = value
      #expect(throws: (any Error).self) { try importing(model) }
    }
  }

  @Test("types in each other's place are refused")
  func types() throws {
    var model = Sample.dense()
    model.graph.initializer[0].dataType = 99
    #expect(throws: ModelImportError.unsupported(node: "initialiser W", operation: "tensor", reason: "element type number 99")) {
      try importing(model)
    }
    let reshape = Sample.model(
      [Sample.node("Reshape", ["x", "shape"], ["y"])], initialisers: [Sample.floats("shape", [2], [1, 3])],
      inputs: [Sample.info("x", [1, 3])], outputs: ["y"])
    #expect(throws: ModelImportError.unsupported(node: "reshape", operation: "Reshape", reason: "shape comes from hidden numbers")) {
      try importing(reshape)
    }
  }

  @Test("external data come from regular files of the model's own folder alone")
  func externalData() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let folder = root.appendingPathComponent("model")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let weights = [Float](arrayLiteral: 0.5, -1, 0.25, 2, -0.75, 1).flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    try Data(weights).write(to: folder.appendingPathComponent("w.bin"))
    try Data(weights).write(to: root.appendingPathComponent("w.bin"))
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("link.bin"), withDestinationURL: root.appendingPathComponent("w.bin"))
    func importing(_ location: String, length: Int = 24) throws -> ImportedModel {
      var model = Sample.dense()
      model.graph.initializer[0].floatData = []
      model.graph.initializer[0].dataLocation = .external
      model.graph.initializer[0].externalData = [("location", location), ("length", "\(length)")].map { key, value in
        var entry = Onnx_StringStringEntryProto()
        entry.key = key
        entry.value = value
        return entry
      }
      let file = folder.appendingPathComponent("m.onnx")
      try Data(try Sample.bytes(model)).write(to: file)
      return try ModelImporter(path: file.path).importModel()
    }
    #expect(try importing("w.bin").hidden.count == 2)
    for location in ["../w.bin", "link.bin", "/etc/hostname", "a/../../w.bin", "missing.bin", ""] {
      #expect(throws: (any Error).self, "\(location)") { try importing(location) }
    }
    #expect(throws: (any Error).self) { try importing("w.bin", length: 1 << 30) }
  }

  @Test("other formats are told apart, with the lines that convert them")
  func foreign() throws {
    func name(_ bytes: [UInt8], _ path: String) -> String? { ForeignFormat.recognise(bytes, path: path)?.name }
    #expect(name([0x80, 4, 0x95], "model.bin")?.contains("pickle") == true)
    #expect(name([1], "model.joblib")?.contains("pickle") == true)
    #expect(name([0x50, 0x4B, 3, 4] + Array("archive/data.pkl".utf8), "m")?.contains("PyTorch") == true)
    #expect(name([0x89, 0x48, 0x44, 0x46], "m")?.contains("Keras") == true)
    #expect(name(Array("{\"learner\": {}}".utf8), "model.json")?.contains("XGBoost") == true)
    #expect(name(Array("tree\nversion=v4".utf8), "model.txt")?.contains("LightGBM") == true)
    #expect(name(try Sample.bytes(Sample.dense()), "model.onnx") == nil)
  }

  @Test("opsets outside the supported ones are named")
  func opsets() throws {
    var model = Sample.dense()
    model.opsetImport[0].version = 3
    model.opsetImport[1].version = 3
    #expect(throws: (any Error).self) { try importing(model) }
  }
}
