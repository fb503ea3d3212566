import Claims
import Programs

/// What a training run costs a verifier: its public order of rows, and constraints in number of features and outputs.
extension DataClaimCost {
  func of(_ claim: TrainingClaim) -> Int {
    let run = claim.run
    let rows = table(claim.table)?.rows ?? 0
    // Every epoch that the steps touch is ordered anew (a row: a fourth of a hash and a comparison); every place costs three products.
    let perEpoch = max(1, run.stepsPerEpoch(rowCount: rows))
    let epochs = min(claim.stepCount, 1 << 24) / perEpoch + 2
    let orders = min(epochs, run.epochs).multipliedReportingOverflow(by: rows)
    let places = min(claim.stepCount, 1 << 24).multipliedReportingOverflow(by: 1 << Self.bits(run.batchSize))
    if orders.overflow || places.overflow { return .max / 2 }
    let isClasses = if case .classes = run.target { true } else { false }
    let table = isClasses || run.residualBits == run.formats.probabilityBits ? 1 << min(16, run.formats.scoreBits) : 0
    let perOutput = Self.range(bits: 48, terms: 2) + Self.range(bits: 44, terms: 1) + Self.range(bits: 40, terms: 1) + Self.range(bits: 40, terms: 2)
    let softmax = isClasses ? run.outputCount * (4 * Self.range(bits: 24, terms: run.outputCount + 2) + 8 * Self.component) : 0
    // The model's weights one by one, each with its limbs; the intercept with all features.
    let model = run.outputCount * (run.featureCount * (Self.range(bits: 60, terms: 2) + Self.scalar) + Self.range(bits: 60, terms: run.featureCount))
    let oneHot = run.features.reduce(0) { if case .category = $1 { $0 + 4 * Self.component * $1.count } else { $0 } }
    let claims = 64 * Self.component * run.outputCount + 8 * Self.component * run.featureCount
    return orders.partialValue / 2 + places.partialValue / 2 + table + run.outputCount * perOutput + softmax + model + oneHot + claims
  }

  private static func bits(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }
}
