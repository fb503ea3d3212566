import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Testing

@Suite("Dishonest data phases") struct PhaseTamperingTests {
  static let nonce = "00112233445566778899"

  /// A run whose provider changes tables before committing to them; true when nothing came of it.
  private func isFoundOut(
    _ phase: PhaseText = PhaseText(),
    _ change: @escaping @Sendable (_ stages: [PreparationStage], _ tables: inout [String: StoredTable]) throws -> Void
  ) throws -> Bool {
    let project = try Project(phase: phase)
    var options = project.options()
    options.tampering = change
    do { _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options) } catch {
      #expect(!FileManager.default.fileExists(atPath: project.folder.file("bundle")))
      return true
    }
    return false
  }

  @Test("an honest run passes through the same path") func honest() throws { #expect(try !isFoundOut { _, _ in }) }

  @Test("parameters fitted on test rows, with tables that they make") func leakage() throws {
    let isFound = try isFoundOut { stages, tables in
      guard let stage = stages.first, let fit = stage.fit, let train = tables["train"], let test = tables["test"] else { return }
      let parameters = try fit.fit(test)
      tables["parameters"] = parameters
      tables["train-prepared"] = try stage.transform.transform(train, parameters: parameters)
      tables["test-prepared"] = try stage.transform.transform(test, parameters: parameters)
    }
    #expect(isFound)
  }

  @Test("a row moved to the other part") func movedRow() throws {
    let isFound = try isFoundOut(PhaseText(prepare: "")) { _, tables in
      guard let train = tables["train"], let test = tables["test"] else { return }
      func swapped(_ one: StoredTable, _ other: StoredTable) throws -> StoredTable {
        try StoredTable(schema: one.schema, columns: zip(one.columns, other.columns).map { [$1[0]] + $0.dropFirst() })
      }
      tables["train"] = try swapped(train, test)
      tables["test"] = try swapped(test, train)
    }
    #expect(isFound)
  }

  @Test("a changed cell of a prepared test row") func changedCell() throws {
    let isFound = try isFoundOut { _, tables in
      guard let test = tables["test-prepared"], let first = test.columns.first else { return }
      tables["test-prepared"] = try StoredTable(
        schema: test.schema, columns: [[first[0] == 0 ? 1 : 0] + first.dropFirst()] + test.columns.dropFirst())
    }
    #expect(isFound)
  }

  @Test("another nonce, other parts, another claim about the same proof") func statements() throws {
    let project = try Project(phase: PhaseText(split: "{test: 0.4, method: random, nonce: {auditor: \(Self.nonce)}}"))
    try project.run()
    let honest = try Rebuilt(try project.bundle())
    #expect(try honest.rejection() == nil)
    var parts = honest
    parts.alter("split", ["rule", "random", "auditor"], to: "00112233445566778898")
    #expect(try #require(try parts.rejection()).isProof)
    parts = honest
    parts.alter("split", ["rule", "random"], to: .object(["dated": .string(Self.nonce), "date": "2026-11-01T00:00:00Z"]))
    #expect(try #require(try parts.rejection()).isProof)
    parts = honest
    parts.alter("split", ["parts"], to: ["test", "train"])
    #expect(try parts.rejection() != nil)
    parts = honest
    parts.alter("fit", ["table"], to: "test")
    #expect(try parts.rejection() != nil)
    parts = honest
    parts.alter("transform-test", ["input"], to: "train")
    #expect(try parts.rejection() != nil)
  }
}
