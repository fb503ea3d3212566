import Evidence
import Foundation
import Importers
import Pipelines
import Store
import Testing

@Suite("What is refused, and what is left behind") struct RefusalTests {
  @Test("a spent budget is refused before anything is computed, and a refresh renews it") func spentBudget() throws {
    let project = try Project(PipelineText(openings: 1))
    try project.run("one")
    do {
      try project.run("two")
      Issue.record("a second proof was made")
    } catch let error as StoreError {
      guard case .budgetExceeded(let budget, let requested) = error.reason else {
        Issue.record("\(error)")
        return
      }
      #expect(budget.left < requested)
      #expect(error.description.contains("refresh"))
    }
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("two")))
    #expect(try project.verify("one").claims.count == 5)
    // Nothing is left of the first commitment, so a refresh comes too late as well.
    let name = try #require(try StoreInspection(path: project.store).artefacts.first?.record.name)
    #expect(throws: PipelineError.self) { try Refreshing.refresh(name, options: project.options("refresh")) }
  }

  @Test("a low budget is warned about") func lowBudget() throws {
    let project = try Project(PipelineText(openings: 1))
    let warned = Warnings()
    try project.run { if case .warning(let text) = $0 { warned.add(text) } }
    #expect(warned.texts.contains { $0.contains("20 %") })
  }

  @Test("a destination that cannot be written is refused before anything is spent") func destination() throws {
    let project = try Project()
    try project.folder.write("in the way", to: "file")
    for output in ["file/bundle", "file"] {
      #expect(throws: PipelineError.self) { try project.run(output) }
    }
    try FileManager.default.createDirectory(atPath: project.folder.file("letters"), withIntermediateDirectories: true)
    try project.folder.write("dear", to: "letters/letter.txt")
    #expect(throws: PipelineError.self) { try project.run("letters") }
    #expect(project.folder.names == ["data.csv", "file", "letters", "pipeline.yaml", "schema.yaml"])
  }

  @Test("a threshold that is not reached is refused, and nothing is proved") func threshold() throws {
    let project = try Project(PipelineText(accuracy: "{atLeast: 1.0}"))
    do {
      try project.run()
      Issue.record("proved")
    } catch let error as PipelineError { #expect(error.problem == .belowThreshold && error.exitCode == .cannotDo) }
    let inspection = try StoreInspection(path: project.store)
    #expect(inspection.artefacts.allSatisfy { $0.openings.left == $0.openings.all })
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("bundle")))
  }

  @Test("too many openings are refused") func openings() throws {
    let project = try Project(PipelineText(openings: 100_000))
    do {
      try project.run()
      Issue.record("proved")
    } catch let error as PipelineError { #expect(error.problem == .noCodeShape) }
  }

  @Test("malformed data is refused with its place, and there is no bundle") func malformed() throws {
    for data in ["income,job,age,approved\n1.5,clerk,30,maybe\n", "income,job,age,approved\n1.5,clerk\n", "", "\u{0}"] {
      let project = try Project(data: data)
      #expect(throws: ImportError.self) { try project.run() }
      #expect(project.folder.names == ["data.csv", "pipeline.yaml", "schema.yaml"])
    }
  }

  @Test("an older bundle stays when a run fails") func olderBundle() throws {
    let project = try Project()
    let first = try project.run()
    try project.folder.write("income,job,age,approved\n", to: "data.csv")
    #expect(throws: ImportError.self) { try project.run() }
    #expect(try project.verify().bundleID == first.report.bundleID)
  }

  @Test("a store that was copied proves nothing until it is adopted") func copiedStore() throws {
    let project = try Project()
    try project.run()
    try FileManager.default.copyItem(atPath: project.store, toPath: project.folder.file("copy"))
    let options = Pipeline.Options(store: project.folder.file("copy"), output: project.folder.file("again"))
    do {
      _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
      Issue.record("proved")
    } catch let error as StoreError { #expect(error.code == "store.elsewhere") }
    #expect(try StoreCare.adopt(project.folder.file("copy")).contains("Adopted"))
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    #expect(try project.verify("again").claims.count == 5)
  }
}

/// Texts from a listener.
final class Warnings: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [String] = []
  var texts: [String] { lock.withLock { all } }
  func add(_ text: String) { lock.withLock { all.append(text) } }
}
