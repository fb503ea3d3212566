import Claims
import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Testing

@Suite("Training whose steps are proved, in a pipeline") struct ProcessTrainingTests {
  static let proved = "model: {training: {proof: process, epochs: 4, batch: 16, rate: 0.1, momentum: 0.9, schedule: linear}}"

  @Test("the bundle shows that the model comes from the committed training rows") func whole() throws {
    let project = try Project(phase: PhaseText(extra: Self.proved))
    let result = try project.run()
    let report = try project.verify()
    #expect(report.bundleID == result.report.bundleID)
    #expect(report.claims.filter { $0.entry.type == "training" }.count == 1)
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    #expect(!report.text.contains("how it was trained, and on what"))
    #expect(result.stages.contains { $0.name == "train step by step" })
  }

  static let segmented = proved.replacing("linear}", with: "linear, segments: 3}")

  @Test("three segments hand over committed checkpoints, and nothing between them is missing") func segments() throws {
    let project = try Project(phase: PhaseText(extra: Self.segmented))
    let result = try project.run()
    let report = try project.verify()
    #expect(result.stages.contains { $0.outcome.contains("8 steps, 4 epochs, 3 segments") })
    let claims = report.claims.compactMap { claim -> TrainingClaim? in
      guard case .data(.training(let training))? = report.statements[claim.entry.name] else { return nil }
      return training
    }
    #expect(claims.map(\.start) == [nil, "checkpoint-1", "checkpoint-2"])
    #expect(claims.map(\.end) == [.checkpoint("checkpoint-1"), .checkpoint("checkpoint-2"), .model("model")])
    #expect(claims.map(\.firstStep) == [0, 3, 6] && claims.map(\.stepCount) == [3, 3, 2])
    #expect(report.manifest.artefacts.filter { $0.role == "checkpoint" }.map(\.name) == ["checkpoint-1", "checkpoint-2"])
    #expect(report.manifest.edges.contains(ManifestEdge(.trainedOn, from: "model", to: "train-prepared")))
    #expect(!report.text.contains("came about, the"))
    // Claims over the honest proof that take another checkpoint, other steps, or the first segment twice.
    let honest = try Rebuilt(try project.bundle())
    #expect(try honest.rejection() == nil)
    for (claim, path, value) in [
      ("training-2", ["start"], JSONValue.string("checkpoint-2")), ("training-3", ["start"], .string("checkpoint-1")),
      ("training-1", ["checkpoint"], .string("checkpoint-2")), ("training-3", ["steps"], .array([.integer(5), .integer(2)])),
      ("training-2", ["steps"], .array([.integer(0), .integer(3)])),
    ] as [(String, [String], JSONValue)] {
      var altered = honest
      altered.alter(claim, path, to: value)
      #expect(try altered.rejection() != nil, "\(claim) \(path)")
    }
  }

  @Test("a checkpoint that is swapped, or changed by one, makes nothing provable") func swapped() throws {
    func isFoundOut(_ change: @escaping @Sendable (inout [String: StoredTable]) throws -> Void) throws -> Bool {
      let project = try Project(phase: PhaseText(extra: Self.segmented))
      var options = project.options()
      options.tampering = { _, tables in try change(&tables) }
      do { _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options) } catch {
        #expect(!FileManager.default.fileExists(atPath: project.folder.file("bundle")))
        return true
      }
      return false
    }
    let isHonestFoundOut = try isFoundOut { _ in }
    #expect(!isHonestFoundOut)
    let isSwapFoundOut = try isFoundOut { tables in
      guard let first = tables["checkpoint-1"], let second = tables["checkpoint-2"] else { return }
      (tables["checkpoint-1"], tables["checkpoint-2"]) = (second, first)
    }
    #expect(isSwapFoundOut)
    for (name, column) in [("checkpoint-1", 0), ("checkpoint-2", 1)] {
      let isChangeFoundOut = try isFoundOut { tables in
        guard let own = tables[name] else { return }
        var columns = own.columns
        columns[column][0] += 1
        tables[name] = try StoredTable(schema: own.schema, columns: columns)
      }
      #expect(isChangeFoundOut)
    }
  }

  @Test("nothing is trained in proof without a committed training table, and settings of such a training need it") func refusals() throws {
    #expect(throws: PipelineError.self) { try Project(PipelineText(extra: Self.proved)).run() }
    for wrong in [
      "{batch: 16}", "{proof: process, momentum: 1.5}", "{proof: process, batch: 0}", "{proof: maybe}", "{proof: process, schedule: cosine}",
      "{segments: 3}", "{proof: process, segments: 0}", "{proof: process, segments: 65}", "{proof: optimum, segments: 2}",
    ] {
      let project = try Project(phase: PhaseText(extra: "model: {training: \(wrong)}"))
      #expect(project.refusal() != nil, "\(wrong)")
    }
  }
}
