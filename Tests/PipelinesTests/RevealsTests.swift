import Evidence
import Foundation
import Pipelines
import Testing

@Suite("Every public value of a statement is among what it says it reveals") struct RevealsTests {
  /// Numbers of a statement that tell about hidden data, with what they stand for.
  private static func publicValues(_ value: JSONValue, under key: String = "") -> [(key: String, value: Int)] {
    switch value {
    case .integer(let number): [(key, number)]
    case .array(let items): items.flatMap { publicValues($0, under: key) }
    case .object(let object):
      // A schema is public as such: it describes the artefact and is not computed from its cells.
      object.members.filter { $0.key != "schema" }.flatMap { publicValues($0.value, under: $0.key) }
    case .null, .bool, .string: []
    }
  }

  private static func check(_ bundle: EvidenceBundle) throws -> Set<String> {
    var seen: Set<String> = []
    for (name, file) in bundle.claims {
      let values = publicValues(file.statement)
      let told = file.discloses.filter { $0.extent != .hidden }
      let numbers = told.flatMap { Self.numbers($0.value) }
      for (key, value) in values {
        seen.insert(key)
        switch key {
        // Cells are written as people write them: as class names, with a decimal point.
        case "values", "published": #expect(told.contains { $0.extent == .exact && !$0.value.isEmpty }, "\(name) \(key)")
        default: #expect(numbers.contains(value), "\(name): \(key) \(value) is not among \(told)")
        }
      }
      if !values.isEmpty { #expect(!told.isEmpty, "\(name) reveals nothing") }
      for key in ["published", "values"] where values.contains(where: { $0.key == key }) {
        let count = values.filter { $0.key == key }.count
        let shown = told.map { $0.value.split(separator: ",").count }.max() ?? 0
        let isComplete = shown >= min(count, 24) || key == "values"
        #expect(isComplete, "\(name): \(shown) of \(count) values are told")
      }
    }
    return seen
  }

  private static func numbers(_ text: String) -> [Int] {
    text.split { !$0.isNumber && $0 != "-" }.compactMap { Int($0) }
  }

  @Test("in the claims of runs, single inferences, claim files and refreshes") func everyKind() throws {
    var seen: Set<String> = []
    for pipeline in [
      PipelineText(predictions: "public", openings: 5), PipelineText(accuracy: "{atLeast: 0.5}"),
      PipelineText(target: "age2", accuracy: "none", predictions: "public"),
    ] {
      let data = Project.applicants.replacingOccurrences(of: "approved\n", with: "approved,age2\n")
        .split(separator: "\n").enumerated().map { $0 == 0 ? String($1) : "\($1),\($0 * 3)" }.joined(separator: "\n")
      let project = try Project(pipeline, data: data, schema: Project.schema + "\n  - {name: age2, type: integer, range: [0, 500]}\n")
      try project.run()
      seen.formUnion(try Self.check(try project.bundle()))
      guard pipeline.openings == 5 else { continue }
      let prefix = Pipeline.projectName(project.folder.file("pipeline.yaml"))
      _ = try SingleProofs.infer(
        model: "\(prefix).model", row: "income=4500.0,job=nurse,age=31,age2=7", outputs: ["prediction", "probability", "score"],
        options: project.options("answer"))
      seen.formUnion(try Self.check(try project.bundle("answer")))
      _ = try Refreshing.refresh("\(prefix).test", options: project.options("refresh"))
      seen.formUnion(try Self.check(try project.bundle("refresh")))
    }
    // Every kind of public value that statements have has been met.
    #expect(seen == ["revealed", "atLeast", "counts", "published", "values"])
  }
}
