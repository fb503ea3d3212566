import Evidence
import Foundation
import Pipelines
import Store
import Synchronization
import Testing

/// Events of a run that are warnings.
private final class HeardWarnings: Sendable {
  private let texts = Mutex<[String]>([])
  var all: [String] { texts.withLock { $0 } }
  func hear(_ event: RunEvent) { if case .warning(let text) = event { texts.withLock { $0.append(text) } } }
}

@Suite("Public numbers whose difference tells about single rows") struct DifferencingTests {
  private func rows(_ count: Int) -> String {
    Project.applicants.split(separator: "\n").prefix(count + 1).joined(separator: "\n") + "\n"
  }

  private func commit(_ count: Int, as name: String, _ project: Project) throws {
    let data = try project.folder.write(rows(count), to: "\(name).csv")
    _ = try Commitments.commit(data: data, schema: project.folder.file("schema.yaml"), name: name, openings: 3, store: project.store)
  }

  private func prove(_ table: String, _ column: String, _ project: Project) throws -> [String] {
    let claim = try project.folder.write(
      "version: 1\nclaims: [{name: counts, type: classCounts, of: {artefact: \(table), column: \(column)}}]\n", to: "claim.yaml")
    let warnings = HeardWarnings()
    _ = try SingleProofs.prove(files: [claim], options: project.options("claim-\(table)-\(column)"), listener: warnings.hear)
    return warnings.all.filter { $0.contains("tells about") }
  }

  @Test("the same counts of 40 rows and of 39 of them: warned before the second is proved, and by inspect") func oneRowLess() throws {
    let project = try Project()
    for (count, name) in [(40, "all"), (39, "most"), (30, "fewer"), (3, "tiny")] { try commit(count, as: name, project) }
    #expect(try prove("all", "approved", project).isEmpty)
    #expect(try StoreInspection(path: project.store).warnings.isEmpty)
    #expect(try prove("fewer", "approved", project).isEmpty)
    #expect(try prove("most", "job", project).isEmpty, "another statistic")
    let warnings = try prove("most", "approved", project)
    #expect(
      warnings.count == 1 && warnings.allSatisfy { $0.contains("all") && $0.contains("most") && $0.hasSuffix("tells about one row") }, "\(warnings)")
    #expect(try prove("tiny", "job", project).contains { $0.contains("3 rows") })
    let inspection = try StoreInspection(path: project.store)
    #expect(inspection.warnings.count == 2 && inspection.text.contains("WARNING: "))
    guard case .object(let json) = inspection.json, case .array(let listed)? = json["warnings"] else {
      Issue.record("no list")
      return
    }
    #expect(listed.count == 2)
  }
}
