import Claims
import Evidence
import Foundation
import Pipelines
import Programs
import Testing

/// A prepared table, a tree grown on it and its predictions in a store, and a bundle about them.
@Suite("Bundles with claims about trees") struct TreeBundleTests {
  static let growth = TreeGrowth(depth: 3, minimumSplit: 4, minimumLeaf: 2)

  static func table() throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "a", type: .integer(IntegerRange(0...7))), TableColumn(name: "b", type: .integer(IntegerRange(-2...5))),
      TableColumn(name: "label", type: .category(["bad", "good"])),
    ])
    let rows = Array(Int64(0)..<60)
    let (a, b) = (rows.map { $0 * 5 % 8 }, rows.map { $0 * $0 % 8 - 2 })
    return try StoredTable(schema: schema, columns: [a, b, zip(a, b).map { $0 + 2 * $1 > 5 ? 1 : 0 }])
  }

  static let requests: [(name: String, request: ClaimRequest)] = [
    ("train-well-formed", .wellFormed(artefact: "train")), ("tree-well-formed", .wellFormed(artefact: "tree")),
    ("predictions-well-formed", .wellFormed(artefact: "predictions")),
    (
      "inference",
      .inference(model: "tree", input: .table("train"), outputs: ["prediction": .committed(artefact: "predictions", column: "prediction")])
    ),
    ("growth", .data(.treeTraining(TreeTrainingClaim(model: "tree", table: "train", growth: growth)))),
  ]

  @Test("from a store to a bundle that verifies, with lineage and words; another tree is refused") func endToEnd() throws {
    let folder = try TemporaryFolder()
    let options = Pipeline.Options(store: folder.file("store"), output: folder.file("bundle"))
    let table = try Self.table()
    let model = try TreeModel.train(table, features: ["a", "b"], target: "label", growth: Self.growth)
    let predictions = try StoredTable(
      schema: TableSchema(columns: [TableColumn(name: "prediction", type: .category(["bad", "good"]))]),
      columns: [try model.run(table).output("prediction") ?? []])
    _ = try TableCommitments.commit([("train", table), ("predictions", predictions)], openings: 2, options: options)
    let stump = try TreeModel(architecture: model.architecture, trees: [.leaf([1, 0])])
    _ = try TableCommitments.commit(models: [("tree", model), ("stump", stump)], openings: 2, trees: .separate, options: options)
    _ = try SingleProofs.prove(Self.requests, options: options)
    let report = try BundleVerifier.verify(try BundleReader.read(folder.file("bundle")))
    #expect(Set(report.claims.map(\.entry.type)) == ["wellFormed", "inference", "treeTraining"])
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "tree", to: "train")))
    #expect(report.manifest.edges.contains(ManifestEdge(.predictedBy, from: "predictions", to: "tree")))
    #expect(report.text.contains("greedy training on the 60 rows of train"))
    let other: (name: String, request: ClaimRequest) = (
      "growth", .data(.treeTraining(TreeTrainingClaim(model: "stump", table: "train", growth: Self.growth)))
    )
    let elsewhere = Pipeline.Options(store: folder.file("store"), output: folder.file("other"))
    #expect(throws: ProgramError.self) { try SingleProofs.prove([other], options: elsewhere) }
  }
}
