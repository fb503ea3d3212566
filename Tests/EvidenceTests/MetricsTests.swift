import Evidence
import Foundation
import Testing

/// What scikit-learn, scipy and Fairlearn compute (reference/vectors/metrics.py).
private struct Vectors: Decodable {
  struct Scores: Decodable {
    let accuracy: Double
    let balanced: Double
    let macro: [Double]
    let weighted: [Double]
    let precision: [Double]
    let recall: [Double]
    let f1: [Double]

    private enum CodingKeys: String, CodingKey {
      case accuracy, balanced
      case precision = "precision.class", recall = "recall.class", f1 = "f1.class"
      case precisionMacro = "precision.macro", recallMacro = "recall.macro", f1Macro = "f1.macro"
      case precisionWeighted = "precision.weighted", recallWeighted = "recall.weighted", f1Weighted = "f1.weighted"
    }
    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      accuracy = try values.decode(Double.self, forKey: .accuracy)
      balanced = try values.decode(Double.self, forKey: .balanced)
      precision = try values.decode([Double].self, forKey: .precision)
      recall = try values.decode([Double].self, forKey: .recall)
      f1 = try values.decode([Double].self, forKey: .f1)
      macro = try [.precisionMacro, .recallMacro, .f1Macro].map { try values.decode(Double.self, forKey: $0) }
      weighted = try [.precisionWeighted, .recallWeighted, .f1Weighted].map { try values.decode(Double.self, forKey: $0) }
    }
  }
  let unit: Int
  let score: [Int]
  let label: [Int]
  let prediction: [Int]
  let group: [Int]
  let classes: [Int]
  let guessed: [Int]
  let truth: [Int]
  let estimate: [Int]
  let edges: [Int]
  let shown: [Int]
  let binary: Scores
  let multi: Scores
  let ranking: [String: Double]
  let errors: [String: Double]
  let fairness: [String: Double]

  static func read() throws -> Vectors {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../Vectors/metrics.json")
    return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file.standardizedFileURL))
  }

  func matrix(_ actual: [Int], _ predicted: [Int], _ count: Int, rows: (Int) -> Bool = { _ in true }) throws -> ConfusionMatrix {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    for row in actual.indices where rows(row) { counts[actual[row]][predicted[row]] += 1 }
    return try #require(ConfusionMatrix(classes: (0..<count).map { "\($0)" }, counts: counts))
  }
}

@Suite("Metrics from proved integers") struct MetricsTests {
  private let vectors: Vectors
  init() throws { vectors = try Vectors.read() }

  private func equal(_ own: Double?, _ other: Double?, _ comment: Comment) {
    guard let own, let other else {
      Issue.record("a metric is missing: \(comment)")
      return
    }
    #expect(abs(own - other) <= 1e-9, comment)
  }

  @Test("classes: as scikit-learn's") func classes() throws {
    for (matrix, expected) in [
      (try vectors.matrix(vectors.label, vectors.prediction, 2), vectors.binary),
      (try vectors.matrix(vectors.classes, vectors.guessed, 3), vectors.multi),
    ] {
      let own = ClassMetrics(matrix)
      equal(own.accuracy, expected.accuracy, "accuracy")
      equal(own.balancedAccuracy, expected.balanced, "balanced accuracy")
      for (place, value) in [{ $0.precision }, { $0.recall }, { $0.f1 }].enumerated() as EnumeratedSequence<[(ClassMetrics.PerClass) -> Double]> {
        equal(own.macro(value), expected.macro[place], "macro \(place)")
        equal(own.weighted(value), expected.weighted[place], "weighted \(place)")
      }
      for (k, metrics) in own.classes.enumerated() {
        equal(metrics.precision, expected.precision[k], "precision of \(k)")
        equal(metrics.recall, expected.recall[k], "recall of \(k)")
        equal(metrics.f1, expected.f1[k], "F1 of \(k)")
      }
    }
  }

  @Test("a class that is never predicted or never occurs counts 0") func empty() throws {
    let own = ClassMetrics(try #require(ConfusionMatrix(classes: ["a", "b", "c"], counts: [[3, 0, 0], [1, 0, 0], [0, 0, 0]])))
    #expect(own.classes[1].precision == 0 && own.classes[1].f1 == 0 && own.classes[2].recall == 0)
    #expect(own.balancedAccuracy == 0.5 && own.majority == 0.75)
    #expect(ClassMetrics(try #require(ConfusionMatrix(classes: ["a"], counts: [[0]]))).accuracy == 0)
  }

  @Test("groups: as Fairlearn's") func fairness() throws {
    let groups = try vectors.shown.map { group in
      (name: "\(group)", matrix: try vectors.matrix(vectors.label, vectors.prediction, 2) { vectors.group[$0] == group })
    }
    let own = try #require(FairnessMetrics(groups: groups, selected: 1))
    equal(own.demographicParityDifference, vectors.fairness["demographicParityDifference"], "parity, difference")
    equal(own.demographicParityRatio, vectors.fairness["demographicParityRatio"], "parity, ratio")
    equal(own.equalOpportunityDifference, vectors.fairness["equalOpportunityDifference"], "opportunity, difference")
    equal(own.equalOpportunityRatio, vectors.fairness["equalOpportunityRatio"], "opportunity, ratio")
    equal(own.equalisedOddsDifference, vectors.fairness["equalisedOddsDifference"], "odds, difference")
    equal(own.equalisedOddsRatio, vectors.fairness["equalisedOddsRatio"], "odds, ratio")
    #expect(FairnessMetrics(groups: groups, selected: 2) == nil && FairnessMetrics(groups: [], selected: 0) == nil)
  }

  @Test("scores: as scikit-learn's and scipy's, from sums over rows") func scores() throws {
    let rows = vectors.label.indices
    let (positives, negatives) = (vectors.label.count { $0 == 1 }, vectors.label.count { $0 == 0 })
    var twice = 0
    for i in rows where vectors.label[i] == 1 {
      for j in rows where vectors.label[j] == 0 {
        twice += vectors.score[i] > vectors.score[j] ? 2 : vectors.score[i] == vectors.score[j] ? 1 : 0
      }
    }
    let area = try #require(ScoreMetrics.areaUnderCurve(rankSum: Int64(twice), positives: positives, negatives: negatives))
    equal(area, vectors.ranking["auc"], "AUC")
    let interval = try #require(ScoreMetrics.interval(areaUnderCurve: area, positives: positives, negatives: negatives))
    #expect(interval.lower < area && area < interval.upper && interval.upper - interval.lower < 0.15)
    equal(ScoreMetrics.interval(areaUnderCurve: 1, positives: 9, negatives: 9)?.lower, 1, "a perfect order has no spread")
    let unit = vectors.unit
    let squares = rows.reduce(0) { $0 + (vectors.score[$1] - unit * vectors.label[$1]) * (vectors.score[$1] - unit * vectors.label[$1]) }
    equal(ScoreMetrics.brier(squaredError: Int64(squares), unit: Int64(unit), rows: rows.count), vectors.ranking["brier"], "Brier")
    var counts: [Int64] = []
    for (low, high) in zip(vectors.edges, vectors.edges.dropFirst()) {
      let bin = rows.filter { (low..<high).contains(vectors.score[$0]) }
      counts += [Int64(bin.count), Int64(bin.count { vectors.label[$0] == 1 }), Int64(bin.reduce(0) { $0 + vectors.score[$1] })]
    }
    equal(ScoreMetrics.calibrationError(counts, unit: Int64(unit)), vectors.ranking["ece"], "calibration")
    #expect(ScoreMetrics.areaUnderCurve(rankSum: 0, positives: 0, negatives: 3) == nil)
  }

  @Test("numbers: as scikit-learn's") func numbers() throws {
    let rows = vectors.truth.indices
    let squares = rows.reduce(0) { $0 + (vectors.estimate[$1] - vectors.truth[$1]) * (vectors.estimate[$1] - vectors.truth[$1]) }
    equal(Double(squares) / Double(rows.count), vectors.errors["mse"], "MSE")
    let sum = vectors.truth.reduce(0, +)
    for centre in [0, 10, -700] {
      let spread = vectors.truth.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      equal(
        ScoreMetrics.determination(
          squaredError: Int64(squares), sum: Int64(sum), centre: Int64(centre), squares: Int64(spread), rows: rows.count),
        vectors.errors["r2"], "R²")
    }
    #expect(ScoreMetrics.determination(squaredError: 1, sum: 30, centre: 10, squares: 0, rows: 3) == nil)
  }
}
