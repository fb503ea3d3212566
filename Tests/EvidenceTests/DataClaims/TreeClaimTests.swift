import Claims
import Evidence
import Fields
import Hashing
import Programs
import ProofSystem
import Testing

@Suite("Claims about trees") struct TreeClaimTests {
  static func schema(bins: Int64 = 8) throws -> TableSchema {
    try TableSchema(columns: [
      TableColumn(name: "a", type: .integer(IntegerRange(0...bins - 1))), TableColumn(name: "b", type: .integer(IntegerRange(0...bins - 1))),
      TableColumn(name: "c", type: .decimal(scale: 1, range: IntegerRange(0...bins - 1)), missing: .presence),
      TableColumn(name: "class", type: .category(["bad", "good", "so-so"])), TableColumn(name: "yes", type: .category(["no", "yes"])),
      TableColumn(name: "number", type: .integer(IntegerRange(-9...9))),
    ])
  }

  static func architecture(
    _ task: TreeTask, target: String, features: [String] = ["a", "b"], comparison: TreeComparison = .atMost, trees: Int = 1, depth: Int = 3,
    bins: Int64 = 8
  ) throws -> TreeArchitecture {
    try TreeArchitecture(
      schema: schema(bins: bins), features: features, target: target, task: task, comparison: comparison, trees: trees, depth: depth,
      nodeCount: trees * ((2 << depth) - 1), valueRange: IntegerRange(-3...7))
  }

  static func artefact(_ name: String, _ contents: ArtefactContents) throws -> ArtefactDescription {
    let shape = try #require(CodeShapes.shape(log2RowLength: 11, field: Goldilocks.self))
    let root = SHA256.hash(Array(name.utf8))
    let commitment = Artefact(
      kind: contents.kind, shape: shape, layout: MatrixLayout(name: name, log2RowLength: 11, tensors: contents.tensors), format: contents.format,
      root: root, field: Goldilocks.self, placement: nil)
    return ArtefactDescription(name: name, contents: contents, shape: shape, identity: commitment.identity, root: root, placement: nil)
  }

  @Test("ensembles come back from a manifest") func manifest() throws {
    for own in [
      try Self.architecture(.classes(count: 3), target: "class"),
      try Self.architecture(.binary(positive: 1), target: "yes", features: ["a", "b", "c"], comparison: .atLeast, trees: 5),
      try Self.architecture(.regression(shift: 4), target: "number", trees: 2),
    ] {
      let description = try Self.artefact("forest", .treeEnsemble(own))
      let entry = ManifestArtefact(description, root: SHA256.hash(Array("forest".utf8)), role: "model")
      let again = try entry.described()
      #expect(again.contents == description.contents && again.identity == description.identity)
    }
  }

  @Test("a training claim comes back from its own bytes, and says what it shows") func training() throws {
    let claim = TreeTrainingClaim(model: "tree", table: "train", tree: 0, growth: TreeGrowth(depth: 3, minimumSplit: 4, minimumLeaf: 2))
    let statement = ClaimStatement.data(.treeTraining(claim))
    for bytes in [ClaimJSON.value(statement).canonicalBytes, ClaimJSON.value(statement).prettyBytes] {
      let again = try ClaimJSON.read(type: ClaimJSON.type(statement), JSONNode(try JSONParser.parse(bytes)))
      #expect(again == statement && again.canonical.encoded == statement.canonical.encoded)
    }
    for text in [
      #"{"model": "tree", "table": "train", "tree": 0, "depth": 0, "minimumSplit": 4, "minimumLeaf": 2}"#,
      #"{"model": "tree", "table": "train", "tree": -1, "depth": 3, "minimumSplit": 4, "minimumLeaf": 2}"#,
      #"{"model": "tree", "table": "train", "tree": 0, "depth": 3, "minimumSplit": 1, "minimumLeaf": 2}"#,
      #"{"model": "tree", "table": "train", "tree": 0, "depth": 3, "minimumSplit": 4}"#,
    ] {
      #expect(throws: StatementError.self) {
        try ClaimJSON.read(type: "treeTraining", JSONNode(try JSONParser.parse(Array(text.utf8))))
      }
    }
    let artefacts = [
      try Self.artefact("tree", .treeEnsemble(Self.architecture(.classes(count: 3), target: "class"))),
      try Self.artefact("train", .table(Self.schema(), rowCount: 700)),
    ]
    let description = try #require(try ClaimFiles.descriptions([("growth", statement)], artefacts: artefacts).first)
    #expect(description.shows.joined().contains("700 rows") && description.establishes == [ManifestEdge(.trainedOn, from: "tree", to: "train")])
    #expect(description.discloses.allSatisfy { $0.extent == .hidden })
    let forest = try Self.artefact("tree", .treeEnsemble(Self.architecture(.classes(count: 3), target: "class", trees: 4)))
    let one = try #require(try ClaimFiles.descriptions([("growth", statement)], artefacts: [forest, artefacts[1]]).first)
    #expect(one.establishes.isEmpty && one.shows.joined().contains("Tree 0 of tree"))
  }

  @Test("a claim about a forest comes back from its own bytes, and says what is drawn") func forest() throws {
    let nonce = Nonce(bytes: [1, 2], source: .auditor)
    let claim = TreeTrainingClaim(
      model: "tree", table: "train", growth: TreeGrowth(depth: 3, minimumSplit: 4), sampling: TreeSampling(nonce: nonce, features: 2))
    let statement = ClaimStatement.data(.treeTraining(claim))
    for bytes in [ClaimJSON.value(statement).canonicalBytes, ClaimJSON.value(statement).prettyBytes] {
      let again = try ClaimJSON.read(type: ClaimJSON.type(statement), JSONNode(try JSONParser.parse(bytes)))
      #expect(again == statement && again.canonical.encoded == statement.canonical.encoded)
    }
    for text in [
      #"{"model": "tree", "table": "train", "tree": 0, "depth": 3, "minimumSplit": 4, "minimumLeaf": 2, "forest": {"nonce": {"auditor": ""}, "features": 1}}"#,
      #"{"model": "tree", "table": "train", "depth": 3, "minimumSplit": 4, "minimumLeaf": 2}"#,
      #"{"model": "tree", "table": "train", "depth": 3, "minimumSplit": 4, "minimumLeaf": 2, "forest": {"nonce": {"auditor": ""}, "features": 0}}"#,
    ] {
      #expect(throws: StatementError.self) { try ClaimJSON.read(type: "treeTraining", JSONNode(try JSONParser.parse(Array(text.utf8)))) }
    }
    let rows = try Self.artefact("train", .table(Self.schema(), rowCount: 700))
    let classes = try Self.artefact("tree", .treeEnsemble(Self.architecture(.classes(count: 3), target: "class", trees: 4)))
    let number = try Self.artefact("tree", .treeEnsemble(Self.architecture(.regression(shift: 16), target: "number", trees: 4)))
    for (model, word) in [(classes, "Gini impurity"), (number, "squared error")] {
      let description = try #require(try ClaimFiles.descriptions([("growth", statement)], artefacts: [model, rows]).first)
      let shown = description.shows.joined()
      #expect(shown.contains("Every tree of tree") && shown.contains("drawn with replacement") && shown.contains(word) && shown.contains("0102"))
      #expect(description.establishes == [ManifestEdge(.trainedOn, from: "tree", to: "train")])
    }
  }

  @Test("what a claim costs is at least what compiling it builds") func cost() throws {
    let sizes: [(Int, Int, Int64, TreeTask)] = [
      (20, 1, 4, .classes(count: 3)), (1_000, 3, 8, .classes(count: 3)), (9_000, 6, 32, .classes(count: 3)), (20, 1, 4, .regression(shift: 16)),
      (1_000, 5, 16, .regression(shift: 16)),
    ]
    for (rows, depth, bins, task) in sizes {
      let own = try Self.architecture(task, target: task.classCount == nil ? "number" : "class", trees: 3, depth: depth, bins: bins)
      let named = Dictionary(
        uniqueKeysWithValues: [
          try Self.artefact("tree", .treeEnsemble(own)), try Self.artefact("train", .table(Self.schema(bins: bins), rowCount: rows)),
        ].map { ($0.name, $0) })
      for statement in [
        ClaimStatement.wellFormed(artefact: "tree"),
        .inference(model: "tree", input: .table("train"), outputs: ["prediction": .bounded(IntegerRange(0...2))]),
        .data(.treeTraining(TreeTrainingClaim(model: "tree", table: "train", tree: 1, growth: TreeGrowth(depth: depth, minimumLeaf: 2)))),
        .data(
          .treeTraining(
            TreeTrainingClaim(
              model: "tree", table: "train", growth: TreeGrowth(depth: depth, minimumLeaf: 2),
              sampling: TreeSampling(nonce: Nonce(bytes: [1], source: .prover), features: 1)))),
      ] {
        let compiled = try CompiledClaims(claims: [statement], artefacts: statement.artefacts.compactMap { named[$0] })
        let (cost, built) = (StatementCost.of(statement, named), DataClaimCostTests.measure(compiled.builder))
        #expect(cost >= built, "\(statement.type) over \(rows) rows: \(cost) for \(built)")
      }
    }
  }
}
