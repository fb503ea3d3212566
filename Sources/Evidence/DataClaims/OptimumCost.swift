import Claims
import Programs

/// What a claim about an optimum costs a verifier: its table function, and constraints in number of features and outputs.
extension DataClaimCost {
  func of(_ claim: OptimumClaim) -> Int {
    let problem = claim.problem
    let outputs = problem.outputCount
    let table = problem.isNumber ? 0 : 2 << max(0, min(18, problem.formats.scoreBits))
    let perOutput = 4 * Self.range(bits: 60, terms: 3) + 16 * Self.component
    let softmax = outputs > 1 ? outputs * (4 * Self.range(bits: 60, terms: outputs + 2) + 8 * Self.component) : 0
    // Every feature stands in the scores and in the gradient; every weight in the penalty, and those of numbers in the intercept's too.
    let features = problem.featureCount * (8 * Self.component + 2 * Self.scalar * outputs)
    let oneHot = problem.features.reduce(0) { if case .category = $1 { $0 + 4 * Self.component * $1.count } else { $0 } }
    let curvature = claim.curvature == nil ? 0 : 4 * Self.component + Self.range(bits: 60, terms: 2)
    return curvature + table + outputs * perOutput + softmax + features + oneHot + Self.component * claim.tables.count
  }
}
