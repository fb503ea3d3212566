import Evidence
import Foundation
import Hashing
import Pipelines
import Store
import Testing

@Suite("Artefacts of a run in one tree") struct SharedTreeTests {
  private func names(_ report: VerificationReport) -> [[String]] {
    Dictionary(grouping: report.manifest.artefacts, by: \.root).values.map { $0.map(\.name).sorted() }.sorted { $0[0] < $1[0] }
  }

  @Test("a run commits to its artefacts in one tree, and the proof opens it once") func oneTree() throws {
    let shared = try Project()
    let result = try shared.run()
    let report = try shared.verify()
    #expect(names(report) == [["model", "predictions", "test"]])
    #expect(report.manifest.artefacts.map(\.tree?.firstRow) == [0, 1, 2] && report.manifest.artefacts.allSatisfy { $0.tree?.rows == 3 })
    #expect(result.spendings.map(\.artefacts) == [["test", "model", "predictions"]])
    let separate = try Project(PipelineText(extra: "trees: separate"))
    try separate.run()
    let apart = try separate.verify()
    #expect(names(apart).count == 3 && apart.manifest.artefacts.allSatisfy { $0.tree == nil })
    #expect(report.proofs[0].byteCount + 50_000 < apart.proofs[0].byteCount)
    let digest = try #require(report.manifest.proofs.first?.digest)
    let inspection = try BundleInspection(path: shared.folder.file("bundle/proofs/\(digest).zkp"))
    #expect(inspection.text.contains("test + model + predictions: "))
    #expect(try BundleInspection(path: shared.folder.file("bundle")).text.contains("tree: row 2 of 3 in "))
    #expect(HTMLReport.page(for: report).contains("row 2 of 3 in "))
  }

  @Test("one budget for the tree, counted once for every proof that opens it") func budget() throws {
    let project = try Project(PipelineText(openings: 5))
    try project.run()
    let prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
    func budgets() throws -> [HidingBudget] { try StoreInspection(path: project.store).artefacts.map(\.budget) }
    let first = try budgets()
    #expect(first.count == 3 && Set(first.map(\.used)).count == 1 && first[0].used <= 200)
    _ = try SingleProofs.infer(model: "\(prefix).model", row: "income=4500.0,job=nurse,age=", options: project.options("answer"))
    let second = try budgets()
    #expect(Set(second.map(\.used)).count == 1 && second[0].used > first[0].used && second[0].used <= 400)
    let answer = try project.verify("answer").manifest
    #expect(answer.artefacts.map(\.name) == ["\(prefix).model"] && answer.artefacts[0].tree?.rows == 3)
    #expect(try StoreInspection(path: project.store).artefacts[0].sharing == ["\(prefix).model", "\(prefix).predictions"])
  }

  @Test("what the store has is used where it lies, what is new shares another tree") func partlyKept() throws {
    let project = try Project(PipelineText(openings: 5, extra: "model: {training: {epochs: 3}}"))
    try project.run("one")
    try project.folder.write(PipelineText(openings: 5, extra: "model: {training: {epochs: 200}}").text, to: "pipeline.yaml")
    let result = try project.run("two")
    let (one, two) = (try project.verify("one"), try project.verify("two"))
    #expect(one.manifest.artefacts[0].identity == two.manifest.artefacts[0].identity)
    #expect(names(two) == [["model", "predictions"], ["test"]])
    #expect(result.spendings.map(\.artefacts) == [["test"], ["model", "predictions"]])
    #expect(try project.run("three").report.manifest.artefacts.map(\.identity) == two.manifest.artefacts.map(\.identity))
  }

  @Test("a refresh of one artefact leaves the others in their tree") func refreshAlone() throws {
    let project = try Project(PipelineText(openings: 5))
    try project.run()
    let prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
    let before = try project.verify().manifest.artefacts
    let renewed = try Refreshing.refresh("\(prefix).test", alone: true, options: project.options("refresh"))
    #expect(renewed.renewed.count == 1)
    let bundle = try project.verify("refresh").manifest
    #expect(bundle.artefacts.first { $0.name == renewed.original }?.identity == before[0].identity)
    #expect(bundle.artefacts.first { $0.name == renewed.storedName }?.tree == nil)
    try project.run("after")
    let after = try project.verify("after").manifest.artefacts
    #expect(after[0].identity != before[0].identity && after[1] == before[1] && after[2] == before[2])
    // Now the test table is elsewhere: the others are refreshed without it.
    let others = try Refreshing.refresh("\(prefix).model", options: project.options("others"))
    #expect(others.renewed.map(\.original) == ["\(prefix).model", "\(prefix).predictions"])
    try project.run("last")
    #expect(names(try project.verify("last")) == [["model", "predictions"], ["test"]])
  }

  @Test("a copy that a split made proves with its share of the one budget") func split() throws {
    let project = try Project(PipelineText(openings: 5))
    try project.run()
    let second = project.folder.file("second")
    _ = try StoreCare.split(project.store, into: second, percent: 50)
    var options = project.options("there")
    options.store = second
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    #expect(try project.verify("there").manifest.artefacts == project.verify().manifest.artefacts)
    let (here, there) = (try StoreInspection(path: project.store).artefacts, try StoreInspection(path: second).artefacts)
    #expect(Set(here.map(\.budget.left)).count == 1 && Set(there.map(\.budget.left)).count == 1)
    #expect(there[0].budget.used > 0 && here[0].budget.capacity + there[0].budget.capacity == here[0].record.shape.tailLength)
  }

  @Test("a store with shared trees is sound, and a lost secret is noticed for all") func storeCheck() throws {
    let project = try Project()
    try project.run()
    #expect(try StoreCare.check(project.store).contains("sound"))
    let secrets = project.store + "/secrets"
    let files = try FileManager.default.contentsOfDirectory(atPath: secrets)
    #expect(files.count == 1)
    try FileManager.default.removeItem(atPath: secrets + "/" + files[0])
    #expect(throws: StoreError.self) { try StoreCare.check(project.store) }
    #expect(throws: StoreError.self) { try project.run("again") }
  }
}

@Suite("Bundles that lie about shared trees") struct SharedTreeTamperingTests {
  let project: Project
  let honest: Rebuilt

  init() throws {
    project = try Project()
    try project.run()
    honest = try Rebuilt(try project.bundle())
  }

  private func altered(_ change: (inout [ManifestArtefact]) throws -> Void, renewing: Bool = true) throws -> Rebuilt {
    var parts = honest
    try change(&parts.artefacts)
    if renewing { for index in parts.artefacts.indices { parts.artefacts[index].identity = try parts.artefacts[index].recomputedIdentity() } }
    return parts
  }

  @Test("another row range is another identity") func identity() throws {
    let swapped = try altered({ $0[0].tree = $0[1].tree }, renewing: false)
    #expect(throws: BundleError.manifest(.sharedTree("test", "model"))) { try swapped.bundle() }
    let exchanged = try altered(
      {
        let tree = $0[0].tree
        $0[0].tree = $0[1].tree
        $0[1].tree = tree
      }, renewing: false)
    #expect(try exchanged.rejection() == .identity(artefact: "test"))
    let longer = try altered({ for index in $0.indices { $0[index].tree?.rows += 1 } }, renewing: false)
    #expect(try longer.rejection() == .identity(artefact: "test"))
  }

  @Test("swapped row ranges with identities that fit are rejected") func swappedPlacements() throws {
    for (first, second) in [(0, 1), (1, 2), (0, 2)] {
      let parts = try altered {
        let tree = $0[first].tree
        $0[first].tree = $0[second].tree
        $0[second].tree = tree
      }
      #expect(try #require(try parts.rejection()).isProof)
    }
  }

  @Test("a false number of rows of the tree is rejected") func treeRows() throws {
    let more = try altered { for index in $0.indices { $0[index].tree?.rows += 1 } }
    #expect(try #require(try more.rejection()).isProof)
    // Everything one row further down, in a tree of four.
    let shifted = try altered { for index in $0.indices { $0[index].tree = .init(firstRow: index + 1, rows: 4) } }
    #expect(try #require(try shifted.rejection()).isProof)
    let one = try altered { $0[0].tree?.rows += 1 }
    #expect(throws: BundleError.manifest(.sharedTree("test", "model"))) { try one.bundle() }
    #expect(throws: StatementError.self) { try altered { $0[2].tree?.rows = 2 } }
  }

  @Test("overlapping rows are rejected, also when a proof names only one of the artefacts") func overlap() throws {
    let parts = try altered { $0[1].tree = $0[0].tree }
    #expect(throws: BundleError.manifest(.sharedTree("test", "model"))) { try parts.bundle() }
    var double = honest
    var again = honest.artefacts[2]
    again.name = "second-reading"
    again.format = JSONObject(again.format.members.map { ($0.key, $0.value) })
    again.role = "other"
    double.artefacts.append(again)
    #expect(throws: BundleError.manifest(.duplicateIdentity(again.identity))) { try double.bundle() }
    guard
      case .object(let other) = try JSONParser.parse(
        Array(JSONValue.object(again.format).canonicalText.replacingOccurrences(of: "\"no\",\"yes\"", with: "\"yes\",\"no\"").utf8))
    else { return }
    again.format = other
    again.identity = try again.recomputedIdentity()
    double.artefacts[3] = again
    #expect(throws: BundleError.manifest(.sharedTree("predictions", "second-reading"))) { try double.bundle() }
  }

  @Test("an artefact in another tree is rejected") func anotherTree() throws {
    let stranger = try Project()
    try stranger.run()
    let other = try Rebuilt(try stranger.bundle()).artefacts[0].root
    let moved = try altered { $0[0].root = other }
    #expect(try #require(try moved.rejection()).isProof)
    let all = try altered { for index in $0.indices { $0[index].root = other } }
    #expect(try #require(try all.rejection()).isProof)
    let alone = try altered { $0[0].tree = nil }
    #expect(throws: BundleError.self) { try alone.bundle() }
    let own = try altered {
      $0[0].tree = nil
      $0[0].root = other
    }
    #expect(try #require(try own.rejection()).isProof)
  }
}
