import Evidence
import Foundation
import Pipelines
import Soundness
import Testing

@Suite("Estimates before proving") struct EstimateTests {
  /// Data phases: in one tree and in many, in several stages, with filters and statistics.
  static let phases = [
    PhaseText(extra: "statistics: auto\ndisjoint: true").text,
    PhaseText(
      split: "{test: 0.3, method: stratified}",
      prepare: "{filter: [{column: income, from: 1000}], deduplicate: true, columns: {income: [log, standardise]}}",
      extra: "trees: separate\nanonymity: {columns: [job], minimum: 3}"
    ).text,
  ]

  @Test("sizes within 3 % of real proofs, openings exactly, in both profiles", arguments: ["P128", "P100"]) func sizes(_ name: String) throws {
    let profile: SoundnessProfile = name == "P128" ? .p128 : .p100
    for pipeline in [
      PipelineText(), PipelineText(accuracy: "{atLeast: 0.5}", openings: 20, extra: "trees: separate\n"),
      PipelineText(accuracy: "none", predictions: "public"),
    ].map(\.text) + Self.phases {
      let project = try Project()
      try project.folder.write(pipeline, to: "pipeline.yaml")
      var options = project.options()
      options.profile = profile
      let path = project.folder.file("pipeline.yaml")
      let estimate = try Estimate.make(path, profile: profile, calibration: 0.01)
      #expect(!project.folder.names.contains("store") && !project.folder.names.contains("bundle"), "an estimate leaves nothing")
      let result = try Pipeline.run(path, options: options)
      let proof = try #require(estimate.proofs.first)
      #expect(estimate.proofs.count == 1 && proof.claims == result.report.claims.map(\.entry.name))
      let real = result.report.proofByteCount
      #expect(abs(proof.byteCount - real) * 100 <= 3 * real, "\(proof.byteCount), \(real): \(pipeline)")
      #expect(
        proof.openings.map(\.artefacts) == result.spendings.map(\.artefacts) && proof.openings.map(\.positions) == result.spendings.map(\.queries))
      #expect(zip(proof.openings, result.spendings).allSatisfy { $0.openingsOfNew == $1.openingsBefore })
      #expect(proof.seconds > 0 && proof.memoryByteCount > 1 << 20)
      #expect(estimate.text.contains("Proof 1 of 1") && estimate.text.contains("In all"))
      guard case .object(let json) = estimate.json, case .array(let proofs)? = json["proofs"] else {
        Issue.record("no list")
        return
      }
      #expect(proofs.count == 1 && json["byteCount"] == .integer(proof.byteCount))
    }
  }

  @Test("what a run refuses an estimate refuses") func refusals() throws {
    let project = try Project(PipelineText(accuracy: "{atLeast: 1.0}"))
    #expect(throws: PipelineError.self) { try Estimate.make(project.folder.file("pipeline.yaml"), calibration: 0.01) }
    #expect(throws: (any Error).self) { try Estimate.make(project.folder.file("absent.yaml"), calibration: 0.01) }
  }
}
