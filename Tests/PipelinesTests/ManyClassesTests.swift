import Evidence
import Foundation
import Importers
import Pipelines
import Testing

@Suite("Targets of many classes") struct ManyClassesTests {
  /// 400 rows whose target has `count` classes; the import predicts the first class everywhere.
  private func project(_ count: Int, claims: String) throws -> Project {
    let names = (0..<count).map { "k\($0)" }
    let rows = (0..<400).map { "\($0 % 50),k\($0 % 3 == 0 ? 0 : $0 % count)" }
    let schema = """
      version: 1
      columns:
        - {name: x, type: integer, range: [0, 49]}
        - {name: k, type: category, values: [\(names.joined(separator: ", "))]}
      """
    let project = try Project(
      PipelineText(target: "k", accuracy: claims, extra: "model: {import: weights.csv}"), data: (["x,k"] + rows).joined(separator: "\n") + "\n",
      schema: schema)
    let weights = ["feature," + names.joined(separator: ","), "(intercept)," + names.indices.map { $0 == 0 ? "1" : "0" }.joined(separator: ",")]
    try project.folder.write(weights.joined(separator: "\n") + "\n", to: "weights.csv")
    return project
  }

  @Test("an accuracy bound over more than 256 classes is proved, with and without the class counts") func bound() throws {
    for (claims, count) in [("{atLeast: 0.25}", 6), ("{atLeast: 0.25}, classCounts: hidden", 5)] {
      let project = try project(300, claims: claims)
      try project.run()
      let report = try project.verify()
      #expect(report.claims.count == count)
      guard case .accuracy(let accuracy)? = report.claim("accuracy")?.description.figures.first else {
        Issue.record("no accuracy")
        return
      }
      #expect(accuracy.extent == .atLeast && (accuracy.baseline != nil) == (count == 6))
    }
  }

  @Test("a published confusion matrix has at most 256 classes; a bound at most 1,024") func limits() throws {
    let matrix = try project(300, claims: "revealed")
    try matrix.run()
    #expect(try matrix.verify().claim("accuracy") == nil)
    #expect(throws: ImportError.self) { try project(1_025, claims: "{atLeast: 0.1}, classCounts: hidden").run() }
  }
}
