import Claims
import Foundation
import Programs
import Testing

/// What scikit-learn's DecisionTreeClassifier grows on the same bins (reference/vectors/trees.py).
struct TreeVector: Decodable, Sendable {
  let bins: Int64
  let classes: Int
  let depth: Int
  let minimumSplit: Int
  let minimumLeaf: Int
  let features: [[Int64]]
  let labels: [Int64]
  let left: [Int]
  let right: [Int]
  let feature: [Int]
  let threshold: [Int64]
  let said: [Int]
  let predictions: [Int64]

  static func read() throws -> [TreeVector] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Vectors/trees.json")
    return try JSONDecoder().decode([TreeVector].self, from: Data(contentsOf: folder.standardizedFileURL))
  }

  func table() throws -> StoredTable {
    let schema = try TableSchema(
      columns: features.indices.map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(0...bins - 1))) } + [
        TableColumn(name: "label", type: .category((0..<classes).map { "k\($0)" }))
      ])
    return try StoredTable(schema: schema, columns: features + [labels])
  }

  /// Σ L_c²/L + Σ R_c²/R of a split of these rows, exactly.
  func score(_ first: [Int], _ second: [Int]) -> (numerator: Int128, denominator: Int128) {
    func squares(_ rows: [Int]) -> Int128 {
      (0..<Int64(classes)).reduce(0) { sum, label in
        let count = Int128(rows.count { labels[$0] == label })
        return sum + count * count
      }
    }
    let (l, r) = (Int128(first.count), Int128(second.count))
    return (r * squares(first) + l * squares(second), l * r)
  }
}

@Suite("Tree vectors") struct TreeVectorTests {
  @Test("scikit-learn splits the same rows in the same way, or equally well", arguments: 0..<5) func splits(_ index: Int) throws {
    let vector = try TreeVector.read()[index]
    let table = try vector.table()
    let growth = TreeGrowth(depth: vector.depth, minimumSplit: vector.minimumSplit, minimumLeaf: vector.minimumLeaf)
    let model = try TreeModel.train(table, features: vector.features.indices.map { "x\($0)" }, target: "label", growth: growth)
    var (compared, ties) = (0, 0)
    func compare(_ own: TreeShape, _ node: Int, _ rows: [Int]) {
      compared += 1
      switch own {
      case .leaf(let values):
        #expect(vector.left[node] == -1, "scikit-learn splits node \(node) of \(rows.count) rows")
        // Its majority, too, goes to the lowest class among equals.
        #expect(values.firstIndex(of: 1) == vector.said[node])
      case .split(let feature, let threshold, let first, let second):
        guard vector.left[node] != -1 else {
          Issue.record("scikit-learn stops at node \(node) of \(rows.count) rows")
          return
        }
        func sides(_ feature: Int, _ threshold: Int64) -> ([Int], [Int]) {
          (rows.filter { vector.features[feature][$0] <= threshold }, rows.filter { vector.features[feature][$0] > threshold })
        }
        let (mine, theirs) = (sides(feature, threshold), sides(vector.feature[node], vector.threshold[node]))
        guard mine == theirs else {
          // Of splits that are worth the same it takes one at random.
          let (a, b) = (vector.score(mine.0, mine.1), vector.score(theirs.0, theirs.1))
          #expect(a.numerator * b.denominator == b.numerator * a.denominator)
          ties += 1
          return
        }
        compare(first, vector.left[node], mine.0)
        compare(second, vector.right[node], mine.1)
      }
    }
    compare(model.tree(0), 0, Array(vector.labels.indices))
    #expect(compared > 6 && compared + ties >= vector.left.count / 3)
    if ties == 0 {
      #expect(compared == vector.left.count)
      #expect(try model.run(table).output("prediction") == vector.predictions)
    }
  }

  @Test("their trees are proved", arguments: [0, 1, 3]) func proved(_ index: Int) throws {
    let vector = try TreeVector.read()[index]
    let table = try vector.table()
    let growth = TreeGrowth(depth: vector.depth, minimumSplit: vector.minimumSplit, minimumLeaf: vector.minimumLeaf)
    let model = try TreeModel.train(table, features: vector.features.indices.map { "x\($0)" }, target: "label", growth: growth)
    let claim = TreeTrainingClaim(model: "model", table: "t", growth: growth)
    try TreeHarness.check(TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(claim))]))
  }
}
