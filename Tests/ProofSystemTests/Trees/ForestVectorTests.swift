import Claims
import Foundation
import Hashing
import Programs
import Testing

/// Regression trees of scikit-learn and forests on the same draws (reference/vectors/forests.py).
struct ForestVectors: Decodable, Sendable {
  struct Number: Decodable, Sendable {
    let bins: Int64
    let depth: Int
    let minimumSplit: Int
    let minimumLeaf: Int
    let range: [Int64]
    let features: [[Int64]]
    let numbers: [Int64]
    let left: [Int]
    let right: [Int]
    let feature: [Int]
    let threshold: [Int64]
    let mean: [Double]
  }

  struct Forest: Decodable, Sendable {
    let seed: String
    let bins: Int64
    let classes: Int
    let depth: Int
    let minimumSplit: Int
    let minimumLeaf: Int
    let kept: Int
    let features: [[Int64]]
    let labels: [Int64]
    let trees: [String]
  }

  let numbers: [Number]
  let forests: [Forest]

  static func read() throws -> ForestVectors {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Vectors/forests.json")
    return try JSONDecoder().decode(ForestVectors.self, from: Data(contentsOf: folder.standardizedFileURL))
  }

  static func table(_ features: [[Int64]], _ bins: Int64, _ target: ColumnType, _ values: [Int64]) throws -> StoredTable {
    let schema = try TableSchema(
      columns: features.indices.map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(0...bins - 1))) } + [
        TableColumn(name: "goal", type: target)
      ])
    return try StoredTable(schema: schema, columns: features + [values])
  }

  /// `[1, 5, [0], [1]]`: feature, threshold, first, second; or `[class]`.
  static func text(_ tree: TreeShape) -> String {
    switch tree {
    case .leaf(let values): "[\(values.firstIndex(of: 1) ?? -1)]"
    case .split(let feature, let threshold, let first, let second): "[\(feature), \(threshold), \(text(first)), \(text(second))]"
    }
  }
}

@Suite("Regression and forest vectors") struct ForestVectorTests {
  /// Σ over both sides of S²/n, exactly.
  private static func worth(_ sides: [[Int]], _ numbers: [Int64]) -> (numerator: Int128, denominator: Int128) {
    let sums = sides.map { rows in rows.reduce(Int128(0)) { $0 + Int128(numbers[$1]) } }
    let (l, r) = (Int128(sides[0].count), Int128(sides[1].count))
    return (r * sums[0] * sums[0] + l * sums[1] * sums[1], l * r)
  }

  @Test("scikit-learn's regressor splits the same rows in the same way, or equally well", arguments: 0..<4) func numbers(_ index: Int) throws {
    let vector = try ForestVectors.read().numbers[index]
    let range = IntegerRange(vector.range[0]...vector.range[1])
    let table = try ForestVectors.table(vector.features, vector.bins, .integer(range), vector.numbers)
    let growth = TreeGrowth(depth: vector.depth, minimumSplit: vector.minimumSplit, minimumLeaf: vector.minimumLeaf)
    let model = try TreeModel.train(table, features: vector.features.indices.map { "x\($0)" }, target: "goal", growth: growth)
    var (compared, ties) = (0, 0)
    func compare(_ own: TreeShape, _ node: Int, _ rows: [Int]) {
      compared += 1
      switch own {
      case .leaf(let values):
        #expect(vector.left[node] == -1, "scikit-learn splits node \(node) of \(rows.count) rows")
        #expect(values.count == 1 && abs(Double(values[0]) - vector.mean[node]) <= 0.500_001)
      case .split(let feature, let threshold, let first, let second):
        guard vector.left[node] != -1 else {
          Issue.record("scikit-learn stops at node \(node) of \(rows.count) rows")
          return
        }
        func sides(_ feature: Int, _ threshold: Int64) -> [[Int]] {
          [rows.filter { vector.features[feature][$0] <= threshold }, rows.filter { vector.features[feature][$0] > threshold }]
        }
        let (mine, theirs) = (sides(feature, threshold), sides(vector.feature[node], vector.threshold[node]))
        guard mine == theirs else {
          let (a, b) = (Self.worth(mine, vector.numbers), Self.worth(theirs, vector.numbers))
          #expect(a.numerator * b.denominator == b.numerator * a.denominator)
          ties += 1
          return
        }
        compare(first, vector.left[node], mine[0])
        compare(second, vector.right[node], mine[1])
      }
    }
    compare(model.tree(0), 0, Array(vector.numbers.indices))
    #expect(compared > 6 && compared + ties >= vector.left.count / 3)
    let claim = TreeTrainingClaim(model: "model", table: "t", growth: growth)
    try TreeHarness.check(TreeHarness(tables: ["t": table], model: model).instance([.data(.treeTraining(claim))]))
  }

  @Test("forests on drawn rows and features", arguments: 0..<3) func forests(_ index: Int) throws {
    let vector = try ForestVectors.read().forests[index]
    let table = try ForestVectors.table(
      vector.features, vector.bins, .category((0..<vector.classes).map { "k\($0)" }), vector.labels)
    let growth = TreeGrowth(depth: vector.depth, minimumSplit: vector.minimumSplit, minimumLeaf: vector.minimumLeaf)
    let seed = try #require(Digest(hex: vector.seed))
    let model = try TreeModel.train(
      table, features: vector.features.indices.map { "x\($0)" }, target: "goal", growth: growth,
      forest: TreeForest(trees: vector.trees.count, features: vector.kept, seed: seed))
    #expect(vector.trees.indices.map { ForestVectors.text(model.tree($0)) } == vector.trees)
  }
}
