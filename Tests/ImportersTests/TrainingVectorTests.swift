import Foundation
import Importers
import Programs
import Testing

/// What scikit-learn reaches on the prepared rows of the examples (reference/vectors/training.py).
private struct Expected: Decodable {
  let rows: Int
  let accuracy: Double
  let auc: Double
  /// Σ over the prepared training and test cells, to tell that they are the rows that the vectors were made of.
  let digest: Int
}

@Suite("The built-in training beside scikit-learn's") struct TrainingVectorTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL

  /// The example's rows, split by the seed of the file (the split that is not proved: it does not change from run to run), prepared, and a model.
  private static func prepared(_ example: String) throws -> PreparedPipeline {
    let path = folder.appendingPathComponent("Examples/\(example)/pipeline.yaml").path
    return try PreparedPipeline(try LoadedPipeline.load(path: path) { _, _ in throw CancellationError() })
  }

  /// Order-dependent sum of all cells.
  private static func digest(_ pipeline: PreparedPipeline) -> Int {
    var sum = 0
    for table in [pipeline.trainingTable, pipeline.testTable] {
      for column in table.columns { for value in column { sum = (sum &* 31 &+ Int(value)) % 1_000_000_007 } }
    }
    return sum
  }

  @Test(
    "on every example accuracy is within half a point or two rows, and the area under the curve within 0.005",
    arguments: ["german-credit", "pima-diabetes", "adult", "bank-marketing", "credit-default"]) func examples(_ example: String) throws
  {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("Tests/Vectors/training.json"))
    let expected = try JSONDecoder().decode([String: Expected].self, from: data)
    let isShared = example != "german-credit" && example != "pima-diabetes"
    guard !isShared || FileManager.default.fileExists(atPath: Self.folder.appendingPathComponent("../shared/data/tabular").path) else { return }
    let pipeline = try Self.prepared(example)
    if let output = ProcessInfo.processInfo.environment["ZKMLOPS_TRAINING_ROWS"] { try Self.write(pipeline, to: "\(output)/\(example)") }
    let own = try #require(expected[example])
    #expect(own.digest == Self.digest(pipeline), "other rows than those of the vectors: make them anew")
    let test = pipeline.testTable
    let run = try pipeline.model.run(test)
    let labels = try #require(test.values(pipeline.configuration.target))
    let predictions = try #require(run.output("prediction"))
    let scores = try #require(run.output("probability"))
    guard case .binary(let positive)? = pipeline.model.linear?.architecture.task else {
      Issue.record("no model of two classes")
      return
    }
    #expect(labels.count == own.rows)
    let correct = zip(labels, predictions).count { $0 == $1 }
    let difference = Double(correct) - own.accuracy * Double(own.rows)
    let area = Self.area(labels, scores, positive: Int64(positive))
    print("\(example): \(correct) of \(own.rows) correct, scikit-learn \(own.accuracy * Double(own.rows)); area \(area), scikit-learn \(own.auc)")
    #expect(abs(difference) <= max(2, 0.005 * Double(own.rows)) + 1e-6, "\(example): \(difference) rows more than scikit-learn")
    #expect(abs(area - own.auc) <= 0.005, "\(example): \(area), scikit-learn \(own.auc)")
  }

  /// Mann and Whitney's statistic, ties counted half.
  private static func area(_ labels: [Int64], _ scores: [Int64], positive: Int64) -> Double {
    var counts: [Int64: (yes: Double, no: Double)] = [:]
    for (label, score) in zip(labels, scores) {
      if label == positive { counts[score, default: (0, 0)].yes += 1 } else { counts[score, default: (0, 0)].no += 1 }
    }
    var (below, sum, yes) = (0.0, 0.0, 0.0)
    for score in counts.keys.sorted() {
      guard let count = counts[score] else { continue }
      sum += count.yes * (below + count.no / 2)
      below += count.no
      yes += count.yes
    }
    return yes > 0 && below > 0 ? sum / (yes * below) : 0
  }

  /// The prepared rows as CSV files of stored integers, with their types: what the vectors are made of.
  private static func write(_ pipeline: PreparedPipeline, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, table) in [("train", pipeline.trainingTable), ("test", pipeline.testTable)] {
      var lines = [
        table.schema.columns.map { column in
          switch column.type {
          case .integer: "n0"
          case .decimal(let scale, _): "n\(scale)"
          case .category(let names): column.name == pipeline.configuration.target ? "target" : "c\(names.count)"
          }
        }.joined(separator: ",")
      ]
      let columns = table.schema.columns.compactMap { table.values($0.name) }
      for row in 0..<table.rowCount { lines.append(columns.map { String($0[row]) }.joined(separator: ",")) }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).csv"))
    }
    guard case .binary(let positive)? = pipeline.model.linear?.architecture.task, case .training(let settings) = pipeline.configuration.source else {
      return
    }
    let facts = "{\"positive\": \(positive), \"regularisation\": \(settings.regularisation), \"digest\": \(digest(pipeline))}"
    try Data(facts.utf8).write(to: URL(fileURLWithPath: "\(folder)/facts.json"))
  }
}
