import Claims
import Foundation
import Hashing
import Programs

/// What scikit-learn, scipy and Fairlearn compute on the same rows (reference/vectors/metrics.py), in floating point.
struct MetricVectors: Decodable {
  let unit: Int64
  let score: [Int64]
  let label: [Int64]
  let prediction: [Int64]
  let group: [Int64]
  let classes: [Int64]
  let guessed: [Int64]
  let truth: [Int64]
  let estimate: [Int64]
  let edges: [Int64]
  let shown: [Int]
  let slices: [Slice]

  /// Metrics of one group's rows.
  struct Slice: Decodable {
    let group: Int
    let auc: Double, ks: Double, brier: Double, logLoss: Double, ece: Double
    let mse: Double, mae: Double, r2: Double
  }

  static func read() throws -> MetricVectors {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Vectors/metrics.json")
    return try JSONDecoder().decode(MetricVectors.self, from: Data(contentsOf: folder.standardizedFileURL))
  }

  /// Labels and the sensitive column in one table, everything a model says in another. Ages: group·20 + row mod 20, missing in group 4.
  func tables() throws -> [String: StoredTable] {
    let groups = ["a", "b", "c", "d", "e"]
    let ages = group.enumerated().map { $1 == 4 ? 0 : $1 * 20 + Int64($0 % 20) }
    let test = try TableSchema(columns: [
      TableColumn(name: "label", type: .category(["no", "yes"])), TableColumn(name: "group", type: .category(groups)),
      TableColumn(name: "age", type: .integer(IntegerRange(0...90)), missing: .presence),
      TableColumn(name: "class", type: .category(["x", "y", "z"])), TableColumn(name: "truth", type: .integer(IntegerRange(-1000...1000))),
    ])
    let model = try TableSchema(columns: [
      TableColumn(name: "prediction", type: .category(["no", "yes"])), TableColumn(name: "score", type: .integer(IntegerRange(0...unit))),
      TableColumn(name: "guessed", type: .category(["x", "y", "z"])), TableColumn(name: "estimate", type: .integer(IntegerRange(-2000...2000))),
    ])
    return [
      "test": try StoredTable(
        schema: test, columns: [label, group, ages, group.map { $0 == 4 ? 0 : 1 }, classes, truth]),
      "model": try StoredTable(schema: model, columns: [prediction, score, guessed, estimate]),
    ]
  }

  static func test(_ column: String) -> ClaimStatement.ColumnName { ClaimStatement.ColumnName(artefact: "test", column: column) }
  static func model(_ column: String) -> ClaimStatement.ColumnName { ClaimStatement.ColumnName(artefact: "model", column: column) }

  static func source(_ tables: [String: StoredTable]) -> DataTables {
    DataTables(tables: tables, identities: tables.mapValues { _ in SHA256.hash([]) })
  }
}
