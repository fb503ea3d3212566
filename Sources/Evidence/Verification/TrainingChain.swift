import Claims

/// What is missing of trainings that are proved.
enum TrainingChain {
  /// - A claim that starts at a checkpoint shows its own steps; those before need a claim of the same table, run and nonce that ends there.
  /// - The order of the rows, and the draws of a forest, follow from a nonce, which may have been chosen.
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
      gaps.append("\(name): \(choiceGap("the order of the rows was not chosen", own.nonce, own.table))")
    }
    for claim in report.claims {
      guard case .data(.treeTraining(let own))? = report.statements[claim.entry.name], let nonce = own.sampling?.nonce else { continue }
      gaps.append("\(claim.entry.name): \(choiceGap("the draws were not chosen", nonce, own.table))")
    }
    return gaps
  }

  /// Claims about trainings whose chain leads back to their first step: what another one ends with may be anything. Steps grow along a chain, so
  /// that it has no circles.
  static func whole(_ statements: [String: ClaimStatement]) -> Set<String> {
    let claims = statements.compactMap { name, statement -> (name: String, claim: TrainingClaim)? in
      guard case .data(.training(let training)) = statement else { return nil }
      return (name, training)
    }
    var known: Set<String> = []
    var waiting = claims.filter { $0.claim.start == nil }
    while let (name, claim) = waiting.popLast() {
      guard known.insert(name).inserted else { continue }
      waiting += claims.filter { leads(claim, to: $0.claim) && !known.contains($0.name) }
    }
    return known
  }

  /// What a nonce does not say about what follows from it: whether it came after the table's commitment, which follows from the split's nonce too.
  private static func choiceGap(_ what: String, _ nonce: Nonce, _ table: String) -> String {
    guard !nonce.bytes.isEmpty else { return "that \(what): the run has no nonce, so it could have been ground" }
    switch nonce.source {
    case .prover: return "that \(what): the prover chose the nonce, so it could have been ground"
    case .auditor: return "that \(what): only the auditor can tell whether \(table) was committed before the nonce"
    case .dated(let date): return "that \(what): whether \(table) was committed before \(date) is not known"
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
