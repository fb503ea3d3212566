/// What a small computed gradient says about the distance to the optimum: every error term, from public numbers alone.

/// The error terms of a claim about an optimum, and the distances that they leave.
///
/// With R the longest row (from the columns' ranges), n rows, and δ the largest ‖p̂ − p‖ of a row over its outputs, the true gradient differs from
/// the computed one by at most n·R·δ (Frobenius), and f is Λ-strongly convex:
///
/// ‖w − w*‖ ≤ (‖ĝ‖ + n·R·δ) / Λ and f(w) − f(w*) ≤ (‖ĝ‖ + n·R·δ)² / (2Λ), ‖ĝ‖ ≤ tolerance·√(weights).
///
/// Where the intercept is minimised out, h(v) = min_b f(v, b) takes the place of f. It is Λ-strongly convex: least values over some variables of a
/// jointly convex function are convex in the others. Its gradient at v is ∂f/∂v at (v, b*(v)); on the way there from b it changes by at most
/// ∫ Σ ℓ''·‖x‖ db ≤ R·|∂f/∂b|, and b*(v) moves by at most R·‖v − v*‖ to b*(v*). Of a number, |b − b*(v)| = |∂f/∂b|/n, and (∂f/∂b)²/(2n) is added to
/// the gap. Of two classes the curvature along b is c = Σ σ'(z) where the claim proves it, and at a distance t at least c·e^−t, as |σ''| ≤ σ': where
/// E = |∂f/∂b| < c there is a b*(v), within −ln(1 − E/c) ≤ E/(c − E), and E²/(c − E) is added to the gap. That it is there shows that both classes
/// occur, so that an optimum exists.
public struct OptimumAccount: Hashable, Sendable {
  /// Of one row: what the tangent of the sigmoid or exponential misses of the curve.
  public let curve: UpperBound
  /// Of one row: roundings of the table's values and slopes.
  public let table: UpperBound
  /// Of one row: rounding of the probabilities.
  public let rounding: UpperBound
  /// Of one row: rounding of the score.
  public let score: UpperBound
  /// δ.
  public let row: UpperBound
  /// R.
  public let rowLength: UpperBound
  /// Largest |ĝ| of one weight.
  public let tolerance: UpperBound
  /// ‖ĝ‖, the intercept's part included where it is minimised out.
  public let gradient: UpperBound
  /// n·R·δ.
  public let error: UpperBound
  /// At most ‖w − w*‖.
  public let distance: UpperBound
  /// At most f(w) − f(w*), of the sum of the losses.
  public let gap: UpperBound

  /// - Parameters:
  ///   - toleranceBits: t, the computed gradient in units of 1/(q·2^S) lies in −2^t ..< 2^t.
  ///   - curvature: at most Σ B over the rows, the table's slopes in units of 2^−β; for problems that need it, and for no other.
  /// - Throws: `relationTooLarge` where a bound is beyond 2^63; `invalidParameter` for a curvature that is missing, too much, or too small for the
  ///   gradient.
  public init(_ plan: OptimumPlan, toleranceBits: Int, curvature: Int64? = nil) throws(ProgramError) {
    guard plan.problem.needsCurvature == (curvature != nil), curvature ?? 1 > 0 else {
      throw OptimumProblem.refusal(
        "a positive curvature along the intercept is stated where the intercept of two classes has no penalty, and only there")
    }
    if let curvature, Self.interceptDistance(plan, toleranceBits, curvature) == nil {
      throw OptimumProblem.refusal("the gradient along the intercept is not small beside the curvature of \(curvature) there")
    }
    guard let own = Self.make(plan, toleranceBits, curvature) else { throw OptimumPlan.tooLarge("error", Int128.max) }
    self = own
  }

  private init(
    _ terms: (curve: UpperBound, table: UpperBound, rounding: UpperBound, score: UpperBound), row: UpperBound, rowLength: UpperBound,
    tolerance: UpperBound, gradient: UpperBound, error: UpperBound, distance: UpperBound, gap: UpperBound
  ) {
    (curve, table, rounding, score) = terms
    (self.row, self.rowLength, self.tolerance, self.gradient) = (row, rowLength, tolerance, gradient)
    (self.error, self.distance, self.gap) = (error, distance, gap)
  }

  /// |∂f/∂b| at most: tolerance + n·δ.
  private static func slopeOfIntercept(_ plan: OptimumPlan, _ toleranceBits: Int) -> UpperBound? {
    guard let terms = rowTerms(plan), let row = terms.curve.adding(terms.table)?.adding(terms.rounding)?.adding(terms.score) else { return nil }
    return row.times(UInt128(plan.rowCount))?.adding(
      UpperBound(1, over: UInt128(plan.problem.penalty.denominator), exponent: toleranceBits - plan.scale))
  }

  /// E/(c − E), c = C·2^−β less the errors of the slopes, of a row 2^−(β+1) + 2^−(π+1) + 2^−f/20, as |σ''| < 1/10; nil where E ≥ c.
  private static func interceptDistance(_ plan: OptimumPlan, _ toleranceBits: Int, _ curvature: Int64) -> UpperBound? {
    let f = plan.problem.formats
    guard let base = slopeOfIntercept(plan, toleranceBits), let slope = UpperBound(1, exponent: -(f.slopeBits + 1)),
      let row = slope.adding(UpperBound(1, exponent: -(f.probabilityBits + 1)))?.adding(UpperBound(1, over: 20, exponent: -f.scoreFractionBits)),
      let lost = row.times(UInt128(plan.rowCount))?.adding(base)
    else { return nil }
    let stated = UInt128(curvature) << UInt128(64 - f.slopeBits)
    return stated > lost.units ? base.over(units: stated - lost.units) : nil
  }

  private static func make(_ plan: OptimumPlan, _ toleranceBits: Int, _ curvature: Int64?) -> OptimumAccount? {
    let problem = plan.problem
    let (p, q) = (UInt128(problem.penalty.numerator), UInt128(problem.penalty.denominator))
    let (n, phi) = (UInt128(plan.rowCount), problem.formats.featureFractionBits)
    guard let terms = rowTerms(plan), let row = terms.curve.adding(terms.table)?.adding(terms.rounding)?.adding(terms.score),
      let tolerance = UpperBound(1, over: q, exponent: toleranceBits - plan.scale),
      let length = UpperBound(UpperBound.squareRoot(plan.rowSquare), exponent: -phi), let error = row.times(n)?.times(length)
    else { return nil }
    let weights = UInt128(problem.featureCount * problem.freeOutputs.count)
    if problem.intercept == .penalised {
      guard let gradient = tolerance.times(UpperBound(UpperBound.squareRoot(weights << 32), exponent: -16)),
        let total = gradient.adding(error), let distance = total.times(q, over: p), let gap = total.times(total)?.times(q, over: 2 * p)
      else { return nil }
      return OptimumAccount(
        terms, row: row, rowLength: length, tolerance: tolerance, gradient: gradient, error: error, distance: distance, gap: gap)
    }
    // v without the intercept; ∂f/∂b ≤ tolerance + n·δ, and its part in every other coordinate at most the mean row's length times that.
    guard let short = UpperBound(UpperBound.squareRoot(plan.rowSquareWithoutConstant), exponent: -phi),
      let base = slopeOfIntercept(plan, toleranceBits),
      let near = curvature.map({ interceptDistance(plan, toleranceBits, $0) }) ?? base.times(1, over: n),
      let own = tolerance.times(UpperBound(UpperBound.squareRoot((weights - 1) << 32), exponent: -16)),
      let gradient = own.adding(tolerance.times(short)), let error = row.times(n)?.times(short)?.times(2),
      let total = gradient.adding(error), let away = total.times(q, over: p),
      let distance = away.adding(near)?.adding(away.times(short)),
      let below = curvature == nil ? base.times(base)?.times(1, over: 2 * n) : base.times(near),
      let gap = total.times(total)?.times(q, over: 2 * p)?.adding(below)
    else { return nil }
    return OptimumAccount(
      terms, row: row, rowLength: short, tolerance: tolerance, gradient: gradient, error: error, distance: distance, gap: gap)
  }

  /// Errors of one row's probabilities or score, as lengths over its outputs.
  ///
  /// - Two classes, |lo| ≤ 2^−(f+1): |σ''|/2·lo² ≤ 2^−2f / 83, as max |σ''| = 1/(6√3); σ off by 2^−(π+1), its slope by 2^−(β+1) + 2^−(π+1)
  ///   (it is made from the rounded σ).
  /// - Classes: e^(−lo) against 1 − lo is off by 2^−(2f+3)·(1 + 2^(1−f)) of the exponential, of the probabilities no more in sum; table and
  ///   rounding put 2^−β·(1 + 2^−f) on each exponential, over a sum that is proved to be 3/4 at least.
  private static func rowTerms(_ plan: OptimumPlan) -> (curve: UpperBound, table: UpperBound, rounding: UpperBound, score: UpperBound)? {
    let f = plan.problem.formats
    let (score, pi, beta) = (f.scoreFractionBits, f.probabilityBits, f.slopeBits)
    switch plan.problem.target {
    case .number:
      guard let own = UpperBound(plan.scoreShift > 0 ? 1 : 0, exponent: -(score + 1)) else { return nil }
      return (.zero, .zero, .zero, own)
    case .binary:
      guard let curve = UpperBound(1, over: 83, exponent: -2 * score), let half = UpperBound(1, exponent: -(pi + 1)),
        let slope = UpperBound(1, exponent: -(beta + score + 2))?.adding(UpperBound(1, exponent: -(pi + score + 2))),
        let table = half.adding(slope)
      else { return nil }
      return (curve, table, half, .zero)
    case .classes(_, let count):
      let root = UpperBound.squareRoot(UInt128(count))
      // 65/64 covers the computed sum of exponentials in place of the true one.
      guard let curve = UpperBound((1 << UInt128(score)) + 2, over: 64, exponent: -3 * score - 3)?.times(65),
        let table = UpperBound(4 * (UInt128(count) + root) * ((1 << UInt128(score)) + 1), over: 3, exponent: -beta - score),
        let rounding = UpperBound(root, exponent: -(pi + 1))
      else { return nil }
      return (curve, table, rounding, .zero)
    }
  }
}
