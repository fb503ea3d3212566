import Claims
import Programs

/// A claim about an optimum in words, with every error term.
extension ClaimMeaning {
  func describeOptimum(_ claim: OptimumClaim) throws(StatementError) -> ClaimDescription {
    guard case .linearModel(let architecture) = try artefact(claim.model).contents else { throw .claim(.unknownArtefact(claim.model)) }
    var schemas: [TableSchema] = []
    var rows = 0
    for name in claim.tables {
      let own = try table(name)
      schemas.append(own.schema)
      rows = own.rows
    }
    let account: OptimumAccount
    do {
      account = try claim.account(try claim.plan(architecture, schemas: schemas, rowCount: rows))
    } catch { throw .claim(.program(error)) }
    let problem = claim.problem
    let loss: String
    switch problem.target {
    case .binary: loss = "logistic losses of \(problem.target.column)"
    case .classes: loss = "cross-entropies of the softmax of \(problem.target.column)"
    case .number: loss = "halved squared errors of \(problem.target.column)"
    }
    let penalty = Self.fraction(problem.penalty)
    let free: String
    switch (problem.intercept, problem.fixedClass) {
    case (.eliminated, _): free = "the intercept excepted, which is at its own optimum up to the errors stated"
    case (.penalised, let fixed?): free = "the intercept included; the weights of class \(fixed) are 0"
    case (.penalised, nil): free = "the intercept included"
    }
    let terms = Self.terms(problem, account)
    let curvature = claim.curvature.map { "\($0)/\(Int64(1) << Int64(max(0, min(60, problem.formats.slopeBits))))" }
    let directions = problem.intercept == .penalised ? "in every direction" : "in every direction once the intercept is at its own optimum"
    let data = claim.tables.count == 1 ? claim.tables[0] : "the tables \(listed(claim.tables)), side by side,"
    return ClaimDescription(
      uses: claim.artefacts, establishes: claim.tables.map { ManifestEdge(.trainedOn, from: claim.model, to: $0) },
      shows: [
        "The weights of \(claim.model) are within \(Self.fraction(claim.radius)) of the optimum, whoever found them: of the sum over the "
          + "\(Self.count(rows, "row")) of \(data) of the \(loss), plus \(penalty)/2 times the squared length of all weights, \(free).",
        "Every coordinate of its gradient there, of \(Self.count(problem.featureCount * problem.freeOutputs.count, "weight")), is at most "
          + "\(account.tolerance.text); all together at most \(account.gradient.text).",
        "What the computation in integers can miss of the gradient: \(terms); in all at most \(account.error.text). Data and weights enter as they "
          + "are committed, without a rounding, and no score is cut.",
        "As the loss curves by \(penalty) at least \(directions), the distance to the optimum is at most \(account.distance.text), and the loss at "
          + "most \(account.gap.text) above the least one (of the mean over rows: that divided by \(rows)).",
      ]
        + (curvature.map {
          [
            "Along the intercept the loss curves by at least \($0) at these weights, less errors of the table: that and the gradient show that an optimum is "
              + "there, and how far it is."
          ]
        } ?? []),
      doesNotShow: [
        "How the weights were found, or how many other penalties, features or rows were tried before.",
        "That the penalty, in units of the features as stated, is apt; rounding of the data before they were committed.",
      ],
      discloses: [
        Disclosure("largest coordinate of the gradient", .bounded, value: "at most \(account.tolerance.text)"),
        Disclosure("distance to the optimum", .bounded, value: "at most \(Self.fraction(claim.radius))"),
      ] + (curvature.map { [Disclosure("curvature along the intercept", .bounded, value: "at least \($0)")] } ?? []) + [
        Disclosure("weights, scores and gradient", .hidden)
      ],
      figures: [
        .value(label: "distance to the optimum, at most", text: account.distance.text),
        .value(label: "loss above the least, at most", text: account.gap.text),
      ], duties: [.dataGovernance, .documentation])
  }

  /// Each term of a row's error times rows and length of a row.
  private static func terms(_ problem: OptimumProblem, _ account: OptimumAccount) -> String {
    let parts: [(String, UpperBound)] = [
      (problem.isNumber ? "" : "curvature between the table's points", account.curve), ("rounding of the table", account.table),
      ("rounding of probabilities", account.rounding), ("rounding of the score", account.score),
    ]
    let own = parts.filter { $0.1 > .zero }.map { "\($0.0) \($0.1.text) a row" }
    return own.isEmpty ? "nothing" : own.joined(separator: ", ") + ", times rows of a length up to \(account.rowLength.text)"
  }

  private static func fraction(_ fraction: PublicFraction) -> String {
    fraction.denominator == 1 ? "\(fraction.numerator)" : "\(fraction.numerator)/\(fraction.denominator)"
  }
}
