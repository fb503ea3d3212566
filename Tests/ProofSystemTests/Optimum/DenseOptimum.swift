import Programs

/// The optimum of a small problem in floating point, by Newton's method: an implementation that shares nothing with the claim's integers but the
/// coordinates of its plan.
struct DenseOptimum {
  let plan: OptimumPlan
  /// Rows of x, and one-hot or numeric targets.
  let x: [[Double]]
  let y: [[Double]]

  init(_ plan: OptimumPlan, _ table: StoredTable) {
    self.plan = plan
    let (problem, n) = (plan.problem, table.rowCount)
    func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
    var x = [[Double]](repeating: [], count: n)
    for feature in problem.features {
      for row in 0..<n {
        switch feature {
        case .number(let column, let centre, let shift):
          x[row].append(Double((table.values(column)?[row] ?? 0) - centre) * power(shift - problem.formats.featureFractionBits))
        case .presence(let column): x[row].append(Double(table.values(column, .presence)?[row] ?? 0))
        case .category(let column, _, let missing):
          let code = (table.values(column)?[row] ?? 0) + (missing ? table.values(column, .presence)?[row] ?? 0 : 0)
          for k in 0..<feature.count { x[row].append(code == Int64(k) ? 1 : 0) }
        case .constant: x[row].append(1)
        }
      }
    }
    self.x = x
    y = (table.values(problem.target.column) ?? []).map { value in
      switch problem.target {
      case .number(_, let centre, let shift): [Double(value - centre) * power(shift - problem.formats.scoreFractionBits)]
      case .binary(_, let positive): [value == Int64(positive) ? 1 : 0]
      case .classes(_, let count): (0..<count).map { value == Int64($0) ? 1 : 0 }
      }
    }
  }

  private var penalty: Double { Double(plan.problem.penalty.numerator) / Double(plan.problem.penalty.denominator) }
  private var free: [Int] { plan.problem.freeOutputs }
  private var width: Int { plan.problem.featureCount }

  private func isPenalised(_ j: Int) -> Bool { plan.problem.intercept == .penalised || j < width - 1 }

  /// Predictions of a row for weights [output][feature].
  private func predictions(_ row: [Double], _ w: [[Double]]) -> [Double] {
    let z = w.map { zip($0, row).reduce(0.0) { $0 + $1.0 * $1.1 } }
    switch plan.problem.target {
    case .number: return z
    case .binary: return [1 / (1 + Self.exponential(-z[0]))]
    case .classes:
      let top = z.max() ?? 0
      let e = z.map { Self.exponential($0 - top) }
      let sum = e.reduce(0, +)
      return e.map { $0 / sum }
    }
  }

  /// e^x by halving and a Taylor series: no library beside the standard one.
  static func exponential(_ x: Double) -> Double {
    if x < -700 { return 0 }
    var (term, sum) = (1.0, 1.0)
    let halvings = max(0, Int(x.magnitude).bitWidth - Int(x.magnitude).leadingZeroBitCount) + 4
    let small = x / Double(sign: .plus, exponent: halvings, significand: 1)
    for k in 1..<18 {
      term *= small / Double(k)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }

  /// The gradient of the sum of the losses, [free output][feature].
  func gradient(_ w: [[Double]]) -> [[Double]] {
    var out = free.map { k in (0..<width).map { isPenalised($0) ? penalty * w[k][$0] : 0 } }
    for (row, label) in zip(x, y) {
      let p = predictions(row, w)
      for (place, k) in free.enumerated() { for j in 0..<width { out[place][j] += (p[k] - label[k]) * row[j] } }
    }
    return out
  }

  /// w*, [output][feature].
  func solve() -> [[Double]] {
    var w = [[Double]](repeating: [Double](repeating: 0, count: width), count: plan.problem.outputCount)
    for _ in 0..<60 {
      let size = free.count * width
      var hessian = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
      for row in x {
        let p = predictions(row, w)
        for (a, k) in free.enumerated() {
          for (b, l) in free.enumerated() {
            var curvature = k == l ? 1.0 : 0
            if case .number = plan.problem.target {} else { curvature = p[k] * ((k == l ? 1 : 0) - p[l]) }
            for i in 0..<width { for j in 0..<width { hessian[a * width + i][b * width + j] += curvature * row[i] * row[j] } }
          }
        }
      }
      for index in 0..<size where isPenalised(index % width) { hessian[index][index] += penalty }
      let step = Self.solve(hessian, Array(gradient(w).joined()))
      for (index, value) in step.enumerated() { w[free[index / width]][index % width] -= value }
      if step.allSatisfy({ $0.magnitude < 1e-15 }) { break }
    }
    return w
  }

  /// Gaussian elimination with the largest pivot.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (a, b) = (matrix, right)
    let n = b.count
    for column in 0..<n {
      let pivot = (column..<n).max { a[$0][column].magnitude < a[$1][column].magnitude } ?? column
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      for row in (column + 1)..<max(n, column + 1) {
        let factor = a[row][column] / a[column][column]
        for j in column..<n { a[row][j] -= factor * a[column][j] }
        b[row] -= factor * b[column]
      }
    }
    for row in (0..<n).reversed() {
      for j in (row + 1)..<max(n, row + 1) { b[row] -= a[row][j] * b[j] }
      b[row] /= a[row][row]
    }
    return b
  }

  private static func value(_ term: OptimumPlan.Coordinate) -> Double {
    Double(term.factor) * Double(sign: .plus, exponent: term.exponent, significand: 1)
  }

  private var offset: Double { Double(plan.scoreOffset) * Double(sign: .plus, exponent: -plan.problem.formats.scoreFractionBits, significand: 1) }

  /// A model's weights, [features, outputs], nearest to w.
  func modelWeights(_ w: [[Double]]) -> [Int64] {
    let outputs = w.count
    var out = [Int64](repeating: 0, count: width * outputs)
    for k in 0..<outputs where k != plan.problem.fixedClass {
      for (j, terms) in plan.coordinates.enumerated() {
        var rest = w[k][j] - (j == width - 1 && plan.problem.isNumber ? offset : 0)
        for term in terms.dropFirst() { rest -= Self.value(term) * Double(out[term.weight * outputs + k]) }
        out[j * outputs + k] = Int64((rest / Self.value(terms[0])).rounded())
      }
    }
    return out
  }

  /// w of a model's weights.
  func coordinates(_ weights: [Int64]) -> [[Double]] {
    let outputs = plan.problem.outputCount
    return (0..<outputs).map { k in
      plan.coordinates.enumerated().map { j, terms in
        let own = terms.reduce(0.0) { $0 + Self.value($1) * Double(weights[$1.weight * outputs + k]) }
        return own + (j == width - 1 && plan.problem.isNumber ? offset : 0)
      }
    }
  }

  /// The objective.
  func loss(_ w: [[Double]]) -> Double {
    var sum = 0.0
    for k in free { for j in 0..<width where isPenalised(j) { sum += penalty / 2 * w[k][j] * w[k][j] } }
    for (row, label) in zip(x, y) {
      let p = predictions(row, w)
      switch plan.problem.target {
      case .number: sum += (p[0] - label[0]) * (p[0] - label[0]) / 2
      case .binary: sum -= Self.logarithm(label[0] > 0.5 ? p[0] : 1 - p[0])
      case .classes: for (own, truth) in zip(p, label) where truth > 0.5 { sum -= Self.logarithm(own) }
      }
    }
    return sum
  }

  /// ln by Newton's method on e^y = x.
  private static func logarithm(_ x: Double) -> Double {
    var y = Double(x.exponent) * 0.693147180559945309
    for _ in 0..<40 { y += 2 * (x - exponential(y)) / (x + exponential(y)) }
    return y
  }
}
