import Claims
import Programs

/// A training run in words.
extension ClaimMeaning {
  func describeTraining(_ claim: TrainingClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.table).rows
    let run = claim.run
    let total = run.stepCount(rowCount: rows)
    let last = claim.firstStep + claim.stepCount
    guard claim.firstStep >= 0, claim.stepCount >= 1, last <= total else { throw .claim(.inconsistent("steps outside the training run")) }
    let loss: String
    switch run.target {
    case .binary: loss = "logistic regression of \(run.target.column)"
    case .classes: loss = "softmax regression of \(run.target.column)"
    case .number: loss = "linear regression of \(run.target.column)"
    }
    let schedule: String
    switch run.schedule {
    case .constant: schedule = ""
    case .inverse(let decay): schedule = ", divided by 1 + \(Self.text(decay))·epoch"
    case .halving(let every): schedule = ", halved every \(Self.count(every, "epoch"))"
    case .linear: schedule = ", falling to 0 in a line over the epochs"
    }
    let steps = claim.stepCount == total ? "all \(Self.count(total, "step"))" : "steps \(claim.firstStep + 1) to \(last) of \(total)"
    let start = claim.start.map { "the weights and velocity in \($0)" } ?? "all weights 0"
    let made: String
    switch claim.end {
    case .model(let name): made = "the weights of \(name), rounded to its format, are what these steps give"
    case .checkpoint(let name): made = "\(name) holds the weights after these steps and before the last one"
    }
    var description = ClaimDescription(
      uses: claim.artefacts, establishes: [],
      shows: [
        "Mini-batch gradient descent on the \(Self.count(rows, "row")) of \(claim.table), \(loss), was carried out exactly as stated, in integers: \(steps), "
          + "from \(start); \(made).",
        "\(Self.count(run.epochs, "epoch")) in batches of \(Self.count(run.batchSize, "row")), learning rate \(Self.text(run.learningRate))\(schedule), "
          + "momentum \(Self.text(run.momentum)), L2 penalty \(Self.text(run.penalty)) "
          + "(the intercept \(run.penalisesIntercept ? "too" : "excepted")), \(Self.count(run.featureCount, "feature")).",
        "The order of the rows in every epoch follows from a seed. \(source(of: claim.nonce, claim.table, choice: "order"))",
      ],
      doesNotShow: [
        "That the settings are apt, or how many runs with other settings were tried before.",
        "That the model is at the optimum of its loss: that takes a claim about the optimum.",
      ], discloses: [Disclosure("weights, gradients and predictions of every step", .hidden)], duties: [.dataGovernance, .documentation])
    if claim.start != nil {
      description.doesNotShow.append("How \(claim.start ?? "") came about: that takes the claim of the steps before, of the same run and seed.")
    }
    if claim.end.name != claim.table { description.establishes.append(ManifestEdge(.trainedOn, from: claim.end.name, to: claim.table)) }
    return description
  }

  private static func text(_ fraction: PublicFraction) -> String {
    fraction.denominator == 1 ? "\(fraction.numerator)" : "\(fraction.numerator)/\(fraction.denominator)"
  }
}
