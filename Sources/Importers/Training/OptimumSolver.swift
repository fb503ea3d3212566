/// The optimum of a penalised convex loss over real numbers. What comes of it is checked in integers afterwards; nothing depends on its rounding.

import Programs

/// Newton's method with conjugate gradients, on rows in the units of a problem.
struct OptimumSolver {
  private let problem: OptimumProblem
  private let rowCount: Int
  private let width: Int
  private let outputs: Int
  /// [rows, features] row-major.
  private let x: [Double]
  /// [rows, outputs].
  private let y: [Double]
  private let penalty: Double

  init(_ problem: OptimumProblem, _ table: StoredTable) {
    self.problem = problem
    (rowCount, width, outputs) = (table.rowCount, problem.featureCount, problem.outputCount)
    penalty = Double(problem.penalty.numerator) / Double(problem.penalty.denominator)
    var x = [Double](repeating: 0, count: rowCount * width)
    var place = 0
    for feature in problem.features {
      switch feature {
      case .number(let column, let centre, let shift):
        let unit = Self.power(shift - problem.formats.featureFractionBits)
        for (row, value) in (table.values(column) ?? []).enumerated() { x[row * width + place] = (Double(value) - Double(centre)) * unit }
      case .presence(let column):
        for (row, value) in (table.values(column, .presence) ?? []).enumerated() { x[row * width + place] = Double(value) }
      case .category(let column, _, let missing):
        let presence = missing ? table.values(column, .presence) : nil
        for (row, value) in (table.values(column) ?? []).enumerated() { x[row * width + place + Int(value + (presence?[row] ?? 0))] = 1 }
      case .constant: for row in 0..<rowCount { x[row * width + place] = 1 }
      }
      place += feature.count
    }
    self.x = x
    var y = [Double](repeating: 0, count: rowCount * outputs)
    for (row, value) in (table.values(problem.target.column) ?? []).enumerated() {
      switch problem.target {
      case .number(_, let centre, let shift): y[row] = (Double(value) - Double(centre)) * Self.power(shift - problem.formats.scoreFractionBits)
      case .binary(_, let positive): y[row] = value == Int64(positive) ? 1 : 0
      case .classes: y[row * outputs + Int(value)] = 1
      }
    }
    self.y = y
  }

  private static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  private func isPenalised(_ j: Int) -> Bool { problem.intercept == .penalised || j < width - 1 }

  /// w*, [features, outputs] row-major.
  func solve() -> [Double] {
    var w = [Double](repeating: 0, count: width * outputs)
    for _ in 0..<60 {
      let p = predictions(w)
      let gradient = transposed(zip(p, y).map { $0 - $1 }, w)
      let size = Self.dot(gradient, gradient).squareRoot()
      guard size > 1e-13 * Double(rowCount) else { break }
      let step = conjugateGradients(gradient, p, limit: size * 1e-10)
      // Half the step as long as the loss would grow: the penalised losses are convex, so this ends.
      var scale = 1.0
      let before = loss(w, p)
      while scale > 1e-6 {
        let next = zip(w, step).map { $0 - scale * $1 }
        if loss(next, predictions(next)) <= before * (1 + 1e-14) {
          w = next
          break
        }
        scale /= 2
      }
      if scale <= 1e-6 { break }
    }
    return w
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for (x, y) in zip(a, b) { sum += x * y }
    return sum
  }

  private func scores(_ w: [Double]) -> [Double] {
    var out = [Double](repeating: 0, count: rowCount * outputs)
    for row in 0..<rowCount {
      for j in 0..<width {
        let value = x[row * width + j]
        if value != 0 { for k in 0..<outputs { out[row * outputs + k] += value * w[j * outputs + k] } }
      }
    }
    return out
  }

  private func predictions(_ w: [Double]) -> [Double] {
    var z = scores(w)
    switch problem.target {
    case .number: break
    case .binary:
      for row in z.indices {
        let e = RealFunctions.exponential(-z[row].magnitude)
        z[row] = z[row] >= 0 ? 1 / (1 + e) : e / (1 + e)
      }
    case .classes:
      for row in 0..<rowCount {
        let places = (row * outputs)..<((row + 1) * outputs)
        let top = z[places].max() ?? 0
        var sum = 0.0
        for place in places {
          z[place] = RealFunctions.exponential(z[place] - top)
          sum += z[place]
        }
        for place in places { z[place] /= sum }
      }
    }
    return z
  }

  /// Xᵀ·values + Λ·w.
  private func transposed(_ values: [Double], _ w: [Double]) -> [Double] {
    var out = [Double](repeating: 0, count: width * outputs)
    for row in 0..<rowCount {
      for j in 0..<width {
        let value = x[row * width + j]
        if value != 0 { for k in 0..<outputs { out[j * outputs + k] += value * values[row * outputs + k] } }
      }
    }
    for j in 0..<width where isPenalised(j) { for k in 0..<outputs { out[j * outputs + k] += penalty * w[j * outputs + k] } }
    return out
  }

  /// The Hessian at predictions p times a direction.
  private func curvature(_ direction: [Double], _ p: [Double]) -> [Double] {
    var z = scores(direction)
    switch problem.target {
    case .number: break
    case .binary: for row in z.indices { z[row] *= p[row] * (1 - p[row]) }
    case .classes:
      for row in 0..<rowCount {
        let places = (row * outputs)..<((row + 1) * outputs)
        let mean = places.reduce(0.0) { $0 + p[$1] * z[$1] }
        for place in places { z[place] = p[place] * (z[place] - mean) }
      }
    }
    return transposed(z, direction)
  }

  private func conjugateGradients(_ right: [Double], _ p: [Double], limit: Double) -> [Double] {
    var (solution, rest, direction) = ([Double](repeating: 0, count: right.count), right, right)
    var square = Self.dot(rest, rest)
    for _ in 0..<(4 * right.count + 50) {
      if square.squareRoot() <= limit { break }
      let image = curvature(direction, p)
      let length = Self.dot(direction, image)
      guard length > 0 else { break }
      let step = square / length
      for index in solution.indices {
        solution[index] += step * direction[index]
        rest[index] -= step * image[index]
      }
      let next = Self.dot(rest, rest)
      for index in direction.indices { direction[index] = rest[index] + next / square * direction[index] }
      square = next
    }
    return solution
  }

  private func loss(_ w: [Double], _ p: [Double]) -> Double {
    var sum = 0.0
    for j in 0..<width where isPenalised(j) { for k in 0..<outputs { sum += penalty / 2 * w[j * outputs + k] * w[j * outputs + k] } }
    for place in p.indices {
      switch problem.target {
      case .number: sum += (p[place] - y[place]) * (p[place] - y[place]) / 2
      case .binary: sum -= RealFunctions.logarithm(max(y[place] > 0.5 ? p[place] : 1 - p[place], 1e-300))
      case .classes: if y[place] > 0.5 { sum -= RealFunctions.logarithm(max(p[place], 1e-300)) }
      }
    }
    return sum
  }

  /// A model's weights nearest to w; those beyond the format are cut, which the model refuses or the gradient shows.
  func modelWeights(_ w: [Double], _ plan: OptimumPlan) -> [Int64] {
    var out = [Int64](repeating: 0, count: width * outputs)
    let offset = problem.isNumber ? Double(plan.scoreOffset) * Self.power(-plan.problem.formats.scoreFractionBits) : 0
    func value(_ term: OptimumPlan.Coordinate) -> Double { Double(term.factor) * Self.power(term.exponent) }
    for k in 0..<outputs {
      for (j, terms) in plan.coordinates.enumerated() {
        var rest = w[j * outputs + k] - (j == width - 1 ? offset : 0)
        for term in terms.dropFirst() { rest -= value(term) * Double(out[term.weight * outputs + k]) }
        if let own = terms.first { out[j * outputs + k] = Int64(max(-1e15, min(1e15, (rest / value(own)).rounded()))) }
      }
    }
    return out
  }
}

/// Elementary functions of real numbers that are the same on every machine with IEEE arithmetic.
enum RealFunctions {
  /// e^x, to about 15 digits; 0 below −700.
  static func exponential(_ x: Double) -> Double {
    if x < -700 { return 0 }
    if x > 700 { return .infinity }
    let halvings = x.magnitude < 1 ? 4 : Int(x.magnitude.exponent) + 5
    let small = x / Double(sign: .plus, exponent: halvings, significand: 1)
    var (term, sum) = (1.0, 1.0)
    for k in 1..<14 {
      term *= small / Double(k)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }

  /// ln x for x > 0: Newton's method on e^y = x.
  static func logarithm(_ x: Double) -> Double {
    var y = Double(x.exponent) * 0.6931471805599453
    for _ in 0..<6 {
      let e = exponential(y)
      y += 2 * (x - e) / (x + e)
    }
    return y
  }
}
