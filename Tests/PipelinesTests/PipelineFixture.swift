import Evidence
import Foundation
import Pipelines
import Store

/// A folder for one test, removed with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("pipelines-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
    path = base.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Settings of a pipeline under test; the defaults keep proofs small.
struct PipelineText {
  var target = "approved"
  var accuracy = "revealed"
  var predictions = "committed"
  var openings = 2
  var extra = ""

  var text: String {
    """
    version: 1
    data: data.csv
    schema: schema.yaml
    target: \(target)
    split: {test: 0.4, seed: 3}
    claims: {accuracy: \(accuracy), predictions: \(predictions)}
    openings: \(openings)
    \(extra)
    """
  }
}

/// A small project in a folder of its own: data, schema, pipeline, store.
struct Project {
  let folder: TemporaryFolder
  var store: String { folder.file("store") }

  /// 40 applicants; approved when the income is high, with some noise.
  static let applicants: String = {
    var lines = ["income,job,age,approved"]
    let jobs = ["clerk", "farmer", "nurse"]
    for index in 0..<40 {
      let income = 900 + (index * 7_919) % 4_000
      let isApproved = income > 2_600 ? index % 9 != 0 : index % 7 == 0
      lines.append("\(income).5,\(jobs[index % 3]),\(index % 5 == 0 ? "" : String(20 + index)),\(isApproved ? "yes" : "no")")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  static let schema = """
    version: 1
    columns:
      - {name: income, type: decimal, digits: 1, range: [0.0, 9999.9]}
      - {name: job, type: category, values: [clerk, farmer, nurse]}
      - {name: age, type: integer, range: [0, 120], missing: presence}
      - {name: approved, type: category, values: ["no", "yes"]}
    """

  init(_ pipeline: PipelineText = PipelineText(), data: String = Project.applicants, schema: String = Project.schema) throws {
    folder = try TemporaryFolder()
    try folder.write(data, to: "data.csv")
    try folder.write(schema, to: "schema.yaml")
    try folder.write(pipeline.text, to: "pipeline.yaml")
  }

  func options(_ output: String = "bundle") -> Pipeline.Options { Pipeline.Options(store: store, output: folder.file(output)) }

  @discardableResult func run(
    _ output: String = "bundle", listener: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> RunResult {
    try Pipeline.run(folder.file("pipeline.yaml"), options: options(output), listener: listener)
  }

  /// What an auditor does.
  func verify(_ output: String = "bundle") throws -> VerificationReport {
    try BundleVerifier.verify(try BundleReader.read(folder.file(output)))
  }

  func bundle(_ output: String = "bundle") throws -> EvidenceBundle { try BundleReader.read(folder.file(output)) }
}

extension VerificationReport {
  func claim(_ name: String) -> Claim? { claims.first { $0.entry.name == name } }
}
