/// What a claim about an optimum means, in integers and exactly.

extension OptimumProblem {
  /// Rows (s, A, B) of the sigmoid with its slope, or (t, T) of the exponential.
  ///
  /// **Formula**: two classes: A = ⌊2^π·σ(s/2^f) + 1/2⌋ for s = −2^(b−1) ..< 2^(b−1), B = ⌊A·(2^π − A)/2^(2π−β) + 1/2⌋; classes:
  /// T = ⌊2^β·e^(−(t + 1/2)/2^f) + 1/2⌋ for t = 0 ..< 2^b.
  /// - Throws: `roundingUndecided` where the error bound of the exponential leaves a rounding open.
  public func tableRows() throws(ProgramError) -> [[Int64]] {
    let f = formats
    switch target {
    case .number: return []
    case .binary:
      let half = Int64(1) << Int64(f.scoreBits - 1)
      let function = TableFunction.sigmoid(inputFractionBits: f.scoreFractionBits, outputFractionBits: f.probabilityBits)
      let drop = 2 * f.probabilityBits - f.slopeBits
      return try zip(-half..<half, function.values(over: IntegerRange(-half...(half - 1)))).map { s, value in
        let product = value * (Int64(1) << Int64(f.probabilityBits) - value)
        return [s, value, (product + 1 << Int64(drop - 1)) >> Int64(drop)]
      }
    case .classes:
      guard let exponential = FixedPointExponential(inputFractionBits: f.scoreFractionBits + 1) else { throw Self.refusal("score fraction bits") }
      let drop = UInt64(FixedPointExponential.fractionBits - f.slopeBits)
      let half = UInt64(1) << (drop - 1)
      var out: [[Int64]] = []
      for t in 0..<(UInt64(1) << UInt64(f.scoreBits)) {
        let (e, error) = (exponential.value(2 * t + 1), FixedPointExponential.errorUnits)
        let (low, high) = (((e > error ? e - error : 0) + half) >> drop, (e + error + half) >> drop)
        guard low == high else { throw .roundingUndecided(argument: Int64(t)) }
        out.append([Int64(t), Int64(low)])
      }
      return out
    }
  }
}

/// The columns of a claim about an optimum.
///
/// Over rows: `accumulator.k`, `residual.k`; of a rounded number `score.0`; of two classes `score.0`, `value.0`, `slope.0`, `prediction.0`; of
/// classes `largest`, `step.k`, `value.k`, `exponential.k`, `prediction.k`, `label.k`. Over features: `gradient.k` in units of 1/(q·2^S).
public struct OptimumWitness: Sendable {
  public let columns: [String: [Int64]]
  /// `gradient.k`, output by output; empty for a fixed class.
  public let gradients: [[Int64]]
}

/// Evaluates the integer semantics of an `OptimumPlan`.
public struct OptimumReference {
  /// Values of one stored column part.
  public typealias Source = (_ column: String, _ part: StoredPart) throws(ProgramError) -> [Int64]

  let plan: OptimumPlan
  private var problem: OptimumProblem { plan.problem }
  private var outputs: Int { problem.outputCount }

  public init(_ plan: OptimumPlan) { self.plan = plan }

  /// The witness of weights W, [features, outputs] row-major. Columns are asked for one at a time, twice.
  /// - Throws: `invalidParameter` naming row and output where a score leaves the table or its format; what `column` throws.
  public func witness(weights: [Int64], column: Source) throws(ProgramError) -> OptimumWitness {
    guard weights.count == problem.featureCount * outputs else { throw OptimumProblem.refusal("weights of another model") }
    let accumulators = try accumulate(weights, column)
    var columns: [String: [Int64]] = [:]
    for (k, own) in accumulators.enumerated() { columns["accumulator.\(k)"] = own }
    let predictions = try predict(accumulators, &columns)
    var residuals = predictions
    let labels = try column(problem.target.column, .value)
    let unit = Int64(1) << Int64(problem.formats.probabilityBits)
    switch problem.target {
    case .number(_, let centre, let shift): for row in labels.indices { residuals[0][row] -= (labels[row] - centre) << Int64(shift) }
    case .binary(_, let positive): for row in labels.indices where labels[row] == Int64(positive) { residuals[0][row] -= unit }
    case .classes:
      for k in 0..<outputs {
        columns["label.\(k)"] = labels.map { $0 == Int64(k) ? 1 : 0 }
        for row in labels.indices where labels[row] == Int64(k) { residuals[k][row] -= unit }
      }
    }
    for (k, own) in residuals.enumerated() { columns["residual.\(k)"] = own }
    let gradients = try gradients(weights, residuals, column)
    for k in problem.freeOutputs { columns["gradient.\(k)"] = gradients[k] }
    return OptimumWitness(columns: columns, gradients: gradients)
  }

  /// A feature as stored cells v: (v − origin)·scale.
  private struct Feature {
    let values: [Int64]
    let origin: Int64
    let scale: Int64
  }

  /// Features in order, each column read once: what the model reads, or X.
  private func forEachFeature(
    _ column: Source, asModelReads: Bool, _ body: (_ place: Int, _ feature: Feature) -> Void
  ) throws(ProgramError) {
    let one = Int64(1) << Int64(problem.formats.featureFractionBits)
    var place = 0
    func bit(_ values: [Int64], _ place: Int) {
      body(place, Feature(values: values, origin: 0, scale: asModelReads ? 1 << Int64(plan.featureShifts[place]) : one))
    }
    for feature in problem.features {
      switch feature {
      case .number(let name, let centre, let shift):
        guard let lower = plan.lower(name) else { throw .unknownColumn(name) }
        let scale = Int64(1) << Int64(asModelReads ? plan.featureShifts[place] : shift)
        body(place, Feature(values: try column(name, .value), origin: asModelReads ? lower : centre, scale: scale))
      case .presence(let name): bit(try column(name, .presence), place)
      case .category(let name, _, let missing):
        var codes = try column(name, .value)
        if missing { for (row, present) in try column(name, .presence).enumerated() { codes[row] += present } }
        for k in 0..<feature.count { bit(codes.map { $0 == Int64(k) ? 1 : 0 }, place + k) }
      case .constant: bit([Int64](repeating: 1, count: plan.rowCount), place)
      }
      place += feature.count
    }
  }

  private func accumulate(_ weights: [Int64], _ column: Source) throws(ProgramError) -> [[Int64]] {
    var out = [[Int64]](repeating: [Int64](repeating: 0, count: plan.rowCount), count: outputs)
    try forEachFeature(column, asModelReads: true) { place, feature in
      for k in out.indices {
        let factor = weights[place * outputs + k] &* feature.scale
        if factor != 0 { Self.add(factor, feature, to: &out[k]) }
      }
    }
    return out
  }

  private static func add(_ factor: Int64, _ feature: Feature, to sum: inout [Int64]) {
    let origin = feature.origin
    for (row, value) in zip(sum.indices, feature.values) { sum[row] &+= factor &* (value &- origin) }
  }

  /// a·Σ_i X_j·r_k + Σ C·W + C_j by output and feature, of any residuals.
  package func gradients(_ weights: [Int64], _ residuals: [[Int64]], _ column: Source) throws(ProgramError) -> [[Int64]] {
    var out = [[Int64]](repeating: [], count: outputs)
    let free = problem.freeOutputs
    let totals = residuals.map { $0.reduce(0, &+) }
    try forEachFeature(column, asModelReads: false) { place, feature in
      for k in free {
        let sum = feature.scale &* (Self.product(residuals[k], feature.values) &- feature.origin &* totals[k])
        var total = plan.gradientFactor &* sum &+ (place == problem.featureCount - 1 ? plan.penaltyConstant : 0)
        for term in plan.penalties[place] { total &+= term.coefficient &* weights[term.weight * outputs + k] }
        out[k].append(total)
      }
    }
    return out
  }

  /// Σ a·b modulo 2^64.
  private static func product(_ a: [Int64], _ b: [Int64]) -> Int64 {
    var sum: Int64 = 0
    for (x, y) in zip(a, b) { sum &+= x &* y }
    return sum
  }

  private func predict(_ accumulators: [[Int64]], _ columns: inout [String: [Int64]]) throws(ProgramError) -> [[Int64]] {
    switch problem.target {
    case .number: return [try number(accumulators[0], &columns)]
    case .binary: return [try binary(accumulators[0], &columns)]
    case .classes: return try classes(accumulators, &columns)
    }
  }

  private func number(_ accumulator: [Int64], _ columns: inout [String: [Int64]]) throws(ProgramError) -> [Int64] {
    let shift = plan.scoreShift
    if shift <= 0 { return accumulator.map { plan.scoreOffset + $0 << Int64(-shift) } }
    let half = Int64(1) << Int64(problem.formats.scoreBits - 1)
    let scores = accumulator.map { ($0 + 1 << Int64(shift - 1)) >> Int64(shift) }
    if let row = scores.firstIndex(where: { !(-half..<half).contains($0) }) {
      throw OptimumProblem.refusal("the score of row \(row) leaves its format")
    }
    columns["score.0"] = scores
    return scores.map { $0 + plan.scoreOffset }
  }

  private func binary(_ accumulator: [Int64], _ columns: inout [String: [Int64]]) throws(ProgramError) -> [Int64] {
    let table = try problem.tableRows()
    let half = Int64(1) << Int64(problem.formats.scoreBits - 1)
    let (shift, correction) = (Int64(plan.scoreShift), Int64(plan.correctionShift))
    var parts = [[Int64]](repeating: [], count: 4)
    for (row, value) in accumulator.enumerated() {
      let score = (value + 1 << (shift - 1)) >> shift
      guard (-half..<half).contains(score) else {
        throw OptimumProblem.refusal("the score of row \(row) leaves the sigmoid's table; fewer fraction bits of scores")
      }
      let (own, slope) = (table[Int(score + half)][1], table[Int(score + half)][2])
      let corrected = own + (slope * (value - score << shift) + 1 << (correction - 1)) >> correction
      for (place, entry) in [score, own, slope, corrected].enumerated() { parts[place].append(entry) }
    }
    for (key, part) in zip(["score.0", "value.0", "slope.0", "prediction.0"], parts) { columns[key] = part }
    return parts[3]
  }

  private func classes(_ accumulators: [[Int64]], _ columns: inout [String: [Int64]]) throws(ProgramError) -> [[Int64]] {
    let table = try problem.tableRows()
    let (shift, correction, pi) = (Int64(plan.scoreShift), Int64(plan.correctionShift), Int64(problem.formats.probabilityBits))
    let zeros = [Int64](repeating: 0, count: plan.rowCount)
    var largest = zeros
    var (steps, values, exponentials, predictions) = (
      [[Int64]](repeating: zeros, count: outputs), [[Int64]](repeating: zeros, count: outputs), [[Int64]](repeating: zeros, count: outputs),
      [[Int64]](repeating: zeros, count: outputs)
    )
    for row in 0..<plan.rowCount {
      let top = accumulators.reduce(Int64.min) { max($0, $1[row]) }
      largest[row] = top
      var sum: Int64 = 0
      for k in 0..<outputs {
        let difference = top - accumulators[k][row]
        let step = difference >> shift
        guard step < table.count else {
          throw OptimumProblem.refusal("the scores of row \(row) are further apart than the table; fewer fraction bits of scores")
        }
        let value = table[Int(step)][1]
        let low = difference - step << shift - 1 << (shift - 1)
        let exponential = value + (-value * low + 1 << (correction - 1)) >> correction
        (steps[k][row], values[k][row], exponentials[k][row]) = (step, value, exponential)
        sum += exponential
      }
      for k in 0..<outputs { predictions[k][row] = (exponentials[k][row] << (pi + 1) + sum) / (2 * sum) }
    }
    columns["largest"] = largest
    for k in 0..<outputs {
      (columns["step.\(k)"], columns["value.\(k)"]) = (steps[k], values[k])
      (columns["exponential.\(k)"], columns["prediction.\(k)"]) = (exponentials[k], predictions[k])
    }
    return predictions
  }
}
