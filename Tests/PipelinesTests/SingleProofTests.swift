import Evidence
import Foundation
import Hashing
import Importers
import Pipelines
import Store
import Synchronization
import Testing

@Suite("Single proofs about artefacts of the store") struct SingleProofTests {
  let project: Project
  let prefix: String

  init() throws {
    project = try Project(PipelineText(openings: 5))
    try project.run()
    prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
  }

  @Test("a hidden model's answer on a public row, from pairs and from a file") func infer() throws {
    let model = "\(prefix).model"
    let answer = try SingleProofs.infer(
      model: model, row: "income=4500.0,job=\"nurse\",age=", outputs: ["prediction", "probability"], options: project.options("answer"))
    let report = try project.verify("answer")
    #expect(report.bundleID == answer.report.bundleID)
    let claim = try #require(report.claim("inference"))
    #expect(claim.description.discloses.contains(Disclosure("input row", .exact, value: "income = 4500.0, job = nurse, age = missing")))
    #expect(claim.description.discloses.contains { $0.field == "probability" && $0.extent == .exact })
    #expect(report.manifest.artefacts.map(\.name) == [model])
    try project.folder.write("job,income,unused,age\nnurse,4500.0,x,\n", to: "row.csv")
    let again = try SingleProofs.infer(model: model, row: project.folder.file("row.csv"), options: project.options("again"))
    let values = [answer, again].map { $0.report.claim("inference")?.description.discloses.first { $0.field == "prediction" }?.value }
    #expect(values[0] == values[1] && values[0] != nil)
  }

  @Test("rows that do not fit the model are refused") func wrongRows() throws {
    for row in ["income=1", "income=1.0,job=pilot,age=3", "income=1.0,job=clerk,age=3,shoe=44", "nonsense", "income=1.23,job=clerk,age=3"] {
      #expect(throws: (any Error).self) { try SingleProofs.infer(model: "\(prefix).model", row: row, options: project.options("no")) }
    }
    #expect(throws: PipelineError.self) { try SingleProofs.infer(model: "\(prefix).test", row: "a=1", options: project.options("no")) }
    #expect(throws: StoreError.self) { try SingleProofs.infer(model: "nobody", row: "a=1", options: project.options("no")) }
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("no")))
  }

  @Test("claims of a file are proved over the committed artefacts, with well-formedness added") func claimFile() throws {
    try project.folder.write(
      """
      version: 1
      claims:
        - name: threshold
          type: accuracy
          labels: {artefact: \(prefix).test, column: approved}
          predictions: {artefact: \(prefix).predictions, column: prediction}
          atLeast: 0.5
        - {name: classes, type: classCounts, of: {artefact: \(prefix).test, column: approved}}
        - name: answers
          type: inference
          model: \(prefix).model
          table: \(prefix).test
          published: true
      """, to: "claims.yaml")
    _ = try SingleProofs.prove(files: [project.folder.file("claims.yaml")], options: project.options("claims"))
    let report = try project.verify("claims")
    #expect(report.claims.filter { $0.entry.type == "wellFormed" }.count == 3)
    #expect(report.claims.suffix(3).map(\.entry.name) == ["threshold", "classes", "answers"])
    let run = try project.verify()
    #expect(Set(report.manifest.artefacts.map(\.identity)) == Set(run.manifest.artefacts.map(\.identity)))
  }

  @Test("claim files with mistakes are refused with their place") func badClaimFiles() throws {
    let texts = [
      "version: 1\nclaims: []\n", "version: 2\nclaims: []\n", "version: 1\nclaims:\n  - {name: a, type: magic}\n",
      "version: 1\nclaims:\n  - {name: a, type: wellFormed, artefact: x, extra: 1}\n",
      "version: 1\nclaims:\n  - {name: a, type: accuracy, labels: {artefact: x, column: y}, predictions: {artefact: x, column: z}}\n",
      "version: 1\nclaims:\n  - {name: a, type: inference, model: m, table: t}\n",
    ]
    for text in texts {
      try project.folder.write(text, to: "claims.yaml")
      #expect(throws: ImportError.self, "\(text)") {
        try SingleProofs.prove(files: [project.folder.file("claims.yaml")], options: project.options("no"))
      }
    }
  }

  @Test("a refresh proves the same values and takes the name's place; the star stays two links deep") func refresh() throws {
    let name = "\(prefix).test"
    let before = try project.verify().manifest.artefacts.first { $0.name == "test" }?.identity
    let first = try Refreshing.refresh(name, options: project.options("refresh1"))
    #expect(first.renewed.count == 3)
    let edges = first.renewed.map { ManifestEdge(.sameDataAs, from: $0.storedName, to: $0.original) }
    #expect(try project.verify("refresh1").manifest.edges == edges)
    let second = try Refreshing.refresh(name, options: project.options("refresh2"))
    #expect(first.original == second.original && first.storedName != second.storedName)
    try project.run("after")
    let after = try project.verify("after").manifest.artefacts.first { $0.name == "test" }?.identity
    let inspection = try StoreInspection(path: project.store)
    #expect(after != before)
    #expect(inspection.artefacts.first { $0.record.name == second.storedName }?.record.identity.hex == after)
    #expect(inspection.refreshes.count == 6)
    // What was told of the first commitment counts for all of them.
    #expect(inspection.artefacts.first { $0.record.name == second.storedName }?.revealed.contains { $0.claim == "accuracy" } == true)
  }

  @Test("a commitment says what it gives away and what its openings cost") func commit() throws {
    let result = try Commitments.commit(
      data: project.folder.file("data.csv"), schema: project.folder.file("schema.yaml"), name: "applicants", openings: 20, store: project.store)
    #expect(result.price.openings >= 20 && result.price.tailCount / result.price.queryCount == result.price.openings)
    #expect(result.text.contains("\"income\"") && !result.text.contains("4500"))
    let again = try Commitments.commit(
      data: project.folder.file("data.csv"), schema: project.folder.file("schema.yaml"), name: "applicants", openings: 20, store: project.store)
    #expect(again.isKept && again.artefact.identity == result.artefact.identity)
    for name in ["", "a b", "aux", "mask.m1", "../x"] {
      #expect(throws: PipelineError.self) {
        try Commitments.commit(
          data: project.folder.file("data.csv"), schema: project.folder.file("schema.yaml"), name: name, openings: 1, store: project.store)
      }
    }
  }

  private static let weights = ["feature,yes", "income,0.002", "job = clerk,0.1", "job = farmer,0", "job = nurse,-0.1", "age,0", "(intercept),-5.2"]

  @Test("a model is committed on its own, compared with its coefficients, and used by answers and by a run") func commitModel() throws {
    let own = try Project(PipelineText(extra: "model: {import: weights.csv}"))
    let file = try own.folder.write(Self.weights.joined(separator: "\n") + "\n", to: "weights.csv")
    let name = "\(Pipeline.projectName(own.folder.file("pipeline.yaml"))).model"
    let source = Commitments.ModelSource(
      coefficients: file, schema: own.folder.file("schema.yaml"), target: "approved", rows: own.folder.file("data.csv"))
    let result = try Commitments.commit(model: source, name: name, openings: 2, store: own.store)
    #expect(result.artefact.kind == "linear-model" && result.artefact.tree == nil && !result.isKept)
    let comparison = try #require(result.comparison)
    #expect(comparison.rowCount == 40 && comparison.changedDecisions != nil && comparison.largestDifference < 0.1)
    for words in ["Hidden: every weight.", "(not published)", "floating point, on 40 rows"] { #expect(result.text.contains(words)) }
    #expect(try Commitments.commit(model: source, name: name, openings: 2, store: own.store).isKept)
    let answer = try SingleProofs.infer(model: name, row: "income=4500.0,job=nurse,age=", options: own.options("answer"))
    #expect(answer.report.manifest.artefacts.map(\.identity) == [result.artefact.identity])
    // The run uses that very commitment; what it commits itself shares a tree.
    let notes = Mutex<[String]>([])
    let run = try own.run { if case .note(let text) = $0 { notes.withLock { $0.append(text) } } }
    let artefacts = run.report.manifest.artefacts
    #expect(artefacts[1] == result.artefact.renamed("model") && artefacts[0].root == artefacts[2].root && artefacts[0].root != artefacts[1].root)
    #expect(run.spendings.map(\.artefacts) == [["test", "predictions"], ["model"]])
    #expect(notes.withLock { $0.contains { $0.hasPrefix("the model's integers against floating point, on 16 rows: scores differ by at most ") } })
    #expect(try own.verify().claims.count == 5)
  }

  @Test("files of coefficients that do not fit the schema are refused") func badModels() throws {
    func commit(_ text: String, target: String = "approved", positive: String? = nil, excluding excluded: [String] = []) throws {
      let file = try project.folder.write(text, to: "weights.csv")
      let source = Commitments.ModelSource(
        coefficients: file, schema: project.folder.file("schema.yaml"), target: target, positive: positive, excluded: excluded)
      _ = try Commitments.commit(model: source, name: "m", openings: 2, store: project.store)
    }
    let good = Self.weights.joined(separator: "\n") + "\n"
    try commit(good)
    #expect(throws: ImportError.self) { try commit(good.replacingOccurrences(of: "income", with: "outcome")) }
    #expect(throws: ImportError.self) { try commit(good, target: "nobody") }
    #expect(throws: ImportError.self) { try commit(good, positive: "maybe") }
    #expect(throws: ImportError.self) { try commit(good, excluding: ["nobody"]) }
    #expect(throws: ImportError.self) { try commit(good, excluding: ["income"]) }
    #expect(throws: ImportError.self) { try commit(good, target: "age") }
    #expect(throws: ImportError.self) { try commit("feature,yes\nincome,much\n") }
  }

  @Test("an inspection shows the parts and error terms of a proof") func inspectProof() throws {
    let digest = try #require(try project.bundle().manifest.proofs.first?.digest)
    let inspection = try BundleInspection(path: project.folder.file("bundle/proofs/\(digest).zkp"))
    let proof = try #require(inspection.proofs.first)
    #expect(proof.rejection == nil)
    #expect(proof.parts.reduce(0) { $0 + $1.byteCount } == proof.byteCount && proof.parts.allSatisfy { $0.byteCount > 0 })
    #expect(proof.leastBits >= 128)
    #expect(inspection.text.contains("query level 0"))
  }
}

extension ManifestArtefact {
  /// The same commitment under another name of a bundle.
  func renamed(_ name: String) -> ManifestArtefact {
    var copy = self
    copy.name = name
    return copy
  }
}
