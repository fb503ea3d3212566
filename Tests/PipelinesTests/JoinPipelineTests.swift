import Claims
import Evidence
import Foundation
import Importers
import Pipelines
import Programs
import Store
import Testing

/// A table of applicants and, from elsewhere, what became of them.
private struct JoinProject {
  let project: Project
  var folder: TemporaryFolder { project.folder }

  static let schema = """
    version: 1
    columns:
      - {name: id, type: integer, range: [0, 9999], role: key}
      - {name: income, type: decimal, digits: 1, range: [0.0, 9999.9]}
      - {name: job, type: category, values: [clerk, farmer, nurse]}
      - {name: age, type: integer, range: [0, 120], missing: presence}
    """
  static let labelSchema = """
    version: 1
    columns:
      - {name: id, type: integer, range: [0, 9999]}
      - {name: approved, type: category, values: ["no", "yes"]}
    """

  /// Applicants in one order, labels in another, with two of people who are no applicants.
  static let tables: (applicants: String, labels: String) = {
    let lines = Project.applicants.split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    var applicants = ["id,income,job,age"]
    var labels = ["id,approved", "7000,yes", "7001,no"]
    for (index, cells) in lines.enumerated() {
      applicants.append("\(100 + index * 37 % 41),\(cells[0]),\(cells[1]),\(cells[2])")
      labels.insert("\(100 + index * 37 % 41),\(cells[3])", at: 1)
    }
    return (applicants.joined(separator: "\n") + "\n", labels.joined(separator: "\n") + "\n")
  }()

  init(
    labels: String = tables.labels, labelSchema: String = labelSchema, join: String = "{table: {data: labels.csv, schema: labels.yaml}, key: id}",
    prepare: String = "auto", extra: String = ""
  ) throws {
    project = try Project(phase: PhaseText(prepare: prepare, extra: "join: \(join)\n\(extra)"), data: Self.tables.applicants, schema: Self.schema)
    try folder.write(labels, to: "labels.csv")
    try folder.write(labelSchema, to: "labels.yaml")
  }
}

@Suite("Joins in a pipeline") struct JoinPipelineTests {
  @Test("labels of another file are joined by a key, proved, and everything after stands on the joined table") func files() throws {
    let project = try JoinProject(
      prepare: "{filter: [{column: income, from: 950}], columns: auto}", extra: "statistics: auto\nanonymity: {columns: [job, approved], minimum: 2}"
    ).project
    try project.run()
    let report = try project.verify()
    #expect(report.manifest.artefacts.prefix(4).map(\.name) == ["raw", "raw-2", "joined", "filtered"])
    #expect(report.manifest.artefacts.prefix(3).map(\.role) == ["dataset", "joinedDataset", "joinedRows"])
    #expect(report.manifest.artefacts.prefix(2).allSatisfy { $0.tree == nil })
    let edges = Set(report.manifest.edges)
    for (from, to) in [("joined", "raw"), ("joined", "raw-2"), ("filtered", "joined"), ("train", "filtered")] {
      #expect(edges.contains(ManifestEdge(.derivedFrom, from: from, to: to)), "\(from) from \(to)")
    }
    #expect(report.claim("statistics")?.description.uses == ["joined"] && report.claim("anonymity")?.description.uses == ["joined"])
    #expect(report.text.contains("joined by id, with raw-2 [join]"))
    // A key is no feature and no number to publish a sum of.
    guard case .linearModel(let architecture)? = report.contents["model"] else {
      Issue.record("no model")
      return
    }
    #expect(!architecture.encoding.columns.contains("id"))
    #expect(report.claim("statistics")?.description.discloses.contains { $0.field.contains("joined.id") } == false)
  }

  @Test("two owners sign in their own stores; the provider joins; the auditor sees both") func twoOwners() throws {
    let project = try JoinProject(join: "{table: {artefact: bureau-labels}, key: id}")
    let folder = project.folder
    func party(_ name: String, _ owner: String, data: String, schema: String, artefact: String) throws -> (PublicKeyFile, Commitments.Result) {
      let store = folder.file("\(name)-store")
      let key = try KeyCare.create(name, role: .owner, store: store)
      let commitment = try Commitments.commit(data: folder.file(data), schema: folder.file(schema), name: name, openings: 4, store: store)
      _ = try DatasetSigning.sign(name, key: name, purpose: "audit of the credit model", store: store)
      _ = try Handovers.give(name, to: folder.file("\(name).handover"), openings: 2, store: store)
      _ = try Handovers.receive(folder.file("\(name).handover"), as: artefact, store: project.project.store)
      return (key, commitment)
    }
    let bank = try party("bank", "City Bank", data: "data.csv", schema: "schema.yaml", artefact: "bank-applicants")
    let bureau = try party("bureau", "Credit Bureau", data: "labels.csv", schema: "labels.yaml", artefact: "bureau-labels")
    let text = try String(contentsOfFile: folder.file("pipeline.yaml"), encoding: .utf8)
      .replacingOccurrences(of: "data: data.csv\nschema: schema.yaml", with: "raw: {artefact: bank-applicants}")
    try folder.write(text, to: "pipeline.yaml")
    let result = try project.project.run()
    #expect(result.storedNames["raw"] == "bank-applicants" && result.storedNames["raw-2"] == "bureau-labels")
    let trust = TrustedKeys(entries: [
      .init(fingerprint: bank.0.key.fingerprint, name: "City Bank", role: .owner),
      .init(fingerprint: bureau.0.key.fingerprint, name: "Credit Bureau", role: .owner),
    ])
    let report = try BundleVerifier.verify(try project.project.bundle(), trust: trust)
    #expect(report.signers.map(report.name) == ["City Bank", "Credit Bureau"])
    #expect(report.manifest.artefacts.prefix(2).map(\.identity) == [bank.1.artefact.identity, bureau.1.artefact.identity])
    for words in [
      "signed by data owner City Bank", "signed by data owner Credit Bureau", "raw-2", "joined by id, with raw-2 [join]",
    ] { #expect(report.text.contains(words), "\(words)") }
  }

  @Test("several tables, one after the other") func several() throws {
    let project = try JoinProject(
      join: "[{table: {data: labels.csv, schema: labels.yaml}, key: id}, {table: {data: sex.csv, schema: sex.yaml}, key: id}]",
      extra: "protected: [sex]")
    let ids = JoinProject.tables.labels.split(separator: "\n").dropFirst().compactMap { $0.split(separator: ",").first }
    try project.folder.write(
      "id,sex\n" + ids.enumerated().map { "\($0.element),\($0.offset * 7 % 5 < 2 ? "f" : "m")" }.joined(separator: "\n") + "\n", to: "sex.csv")
    try project.folder.write(
      "version: 1\ncolumns:\n  - {name: id, type: integer, range: [0, 9999]}\n  - {name: sex, type: category, values: [f, m]}\n", to: "sex.yaml")
    try project.project.run()
    let report = try project.project.verify()
    #expect(report.manifest.artefacts.prefix(5).map(\.name) == ["raw", "raw-2", "raw-3", "joined-1", "joined-2"])
    #expect(report.claims.map(\.entry.type).count { $0 == "join" } == 2)
  }

  @Test("a provider who pairs other rows, or changes a joined cell, proves nothing", arguments: [true, false]) func wrongPairs(swaps: Bool) throws {
    let project = try JoinProject().project
    var options = project.options()
    options.tampering = { _, tables in
      guard let joined = tables["joined"], var labels = joined.columns.last else { return }
      if swaps, let other = labels.firstIndex(where: { $0 != labels[0] }) {
        labels.swapAt(0, other)
      } else {
        labels[0] = 1 - labels[0]
      }
      tables["joined"] = try StoredTable(schema: joined.schema, columns: joined.columns.dropLast() + [labels])
    }
    #expect(throws: (any Error).self) { try Pipeline.run(project.folder.file("pipeline.yaml"), options: options) }
    #expect(!FileManager.default.fileExists(atPath: project.folder.file("bundle")))
    options.tampering = { _, _ in }
    _ = try Pipeline.run(project.folder.file("pipeline.yaml"), options: options)
    // A statement about other tables than those that were joined fits no proof.
    let honest = try Rebuilt(try project.bundle())
    var altered = honest
    altered.alter("join", ["left"], to: "raw-2")
    #expect(try altered.rejection() != nil)
    altered = honest
    altered.alter("join", ["key"], to: "approved")
    #expect(try altered.rejection() != nil)
  }

  @Test("keys that pair no rows, or two, are refused with what to do") func refusals() throws {
    func refusal(
      _ labels: String = JoinProject.tables.labels, schema: String = JoinProject.labelSchema,
      join: String = "{table: {data: labels.csv, schema: labels.yaml}, key: id}"
    ) throws -> String {
      let project = try JoinProject(labels: labels, labelSchema: schema, join: join).project
      let text = project.refusal() ?? "proved"
      #expect(!FileManager.default.fileExists(atPath: project.store))
      return text
    }
    let lines = JoinProject.tables.labels.split(separator: "\n")
    #expect(try refusal((lines + [lines[5]]).joined(separator: "\n") + "\n").contains("occurs twice"))
    #expect(try refusal((lines.prefix(3) + lines.dropFirst(5)).joined(separator: "\n") + "\n").contains("2 of 40 rows"))
    #expect(try refusal(schema: JoinProject.labelSchema.replacingOccurrences(of: "9999", with: "9998")).contains("the same type, range"))
    #expect(try refusal(join: "{table: {data: labels.csv, schema: labels.yaml}, key: ident}").contains("Did you mean \"id\""))
    let renamed = JoinProject.tables.labels.replacingOccurrences(of: "id,approved", with: "id,job")
    let schema = JoinProject.labelSchema.replacingOccurrences(of: "approved", with: "job")
    #expect(try refusal(renamed, schema: schema).contains("in both tables"))
    #expect(try refusal(join: "{table: labels.csv, key: id}").contains("pipeline.yaml, line"))
    #expect(try refusal(join: "{table: {artefact: x, data: labels.csv}, key: id}").contains("other keys beside artefact"))
  }
}
