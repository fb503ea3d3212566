import Claims

/// What is missing of trainings that are proved step by step.
enum TrainingChain {
  /// - A claim that starts at a checkpoint shows its own steps; those before need a claim of the same table, run and nonce that ends there.
  /// - The order of the rows follows from a nonce, which may have been chosen.
  static func gaps(_ report: VerificationReport) -> [String] {
    let claims = report.claims.compactMap { claim -> (name: String, claim: TrainingClaim)? in
      guard case .data(.training(let training))? = report.statements[claim.entry.name] else { return nil }
      return (claim.entry.name, training)
    }
    var gaps: [String] = []
    for (name, own) in claims {
      if let start = own.start, !claims.contains(where: { leads($0.claim, to: own) }) {
        gaps.append(
          "\(name): how \(start) came about, the \(ClaimMeaning.count(own.firstStep, "step")) before; no claim of the same table, run and nonce ends there"
        )
      }
      gaps.append("\(name): \(orderGap(own))")
    }
    return gaps
  }

  /// What a nonce does not say about the order of the rows: whether it came after the table's commitment, which follows from the split's nonce too.
  private static func orderGap(_ claim: TrainingClaim) -> String {
    guard !claim.nonce.bytes.isEmpty else { return "that the order of the rows was not chosen: the run has no nonce, so it could have been ground" }
    switch claim.nonce.source {
    case .prover: return "that the order of the rows was not chosen: the prover chose the nonce, so it could have been ground"
    case .auditor: return "that the order of the rows was not chosen: only the auditor can tell whether \(claim.table) was committed before the nonce"
    case .dated(let date): return "that the order of the rows was not chosen: whether \(claim.table) was committed before \(date) is not known"
    }
  }

  /// Whether a claim ends at the checkpoint, and the step, where another one of the same run starts.
  static func leads(_ first: TrainingClaim, to second: TrainingClaim) -> Bool {
    guard case .checkpoint(let name) = first.end else { return false }
    let (last, overflow) = first.firstStep.addingReportingOverflow(first.stepCount)
    return !overflow && name == second.start && last == second.firstStep && first.table == second.table && first.run == second.run
      && first.nonce == second.nonce
  }
}
