import Claims

/// Which tables of a bundle are proved to hold the same rows in the same order, and what is known of where these come from.
struct RowLinks {
  /// Tables by the table that stands for all with the same rows.
  private var representative: [String: String] = [:]
  /// Splits: the part's table, and the table that was split.
  private var parts: [(part: String, table: String)] = []
  /// Tables that parameters were fitted on.
  private var fitted: [String] = []
  /// Tables that models were trained on.
  private var trained: [String] = []

  /// No links.
  init() {}

  /// The links that these statements prove: a transformation keeps rows and their order, and so do equal values.
  ///
  /// Two tables may have one image under transformations and still be of other rows, e.g. when it has only a constant column. So a table that comes
  /// from several is linked to none of them: linked tables all come from one, row by row.
  init(_ statements: some Sequence<ClaimStatement>) {
    var transforms: [(output: String, input: String)] = []
    for statement in statements {
      switch statement {
      case .sameDataAs(let first, let second): join(first, second)
      case .data(.transform(let claim)): transforms.append((claim.output, claim.input))
      case .data(.training(let claim)): trained.append(claim.table)
      case .data(.optimum(let claim)): trained += claim.tables
      case .data(.treeTraining(let claim)): trained.append(claim.table)
      case .data(.split(let claim)): parts += claim.parts.map { ($0, claim.table) }
      case .data(.fit(let claim)): fitted.append(claim.table)
      default: break
      }
    }
    var inputs: [String: Set<String>] = [:]
    for step in transforms { inputs[root(step.output), default: []].insert(root(step.input)) }
    for step in transforms.filter({ inputs[root($0.output)]?.count == 1 }) { join(step.output, step.input) }
  }

  private func root(_ name: String) -> String {
    var current = name
    while let next = representative[current] { current = next }
    return current
  }

  private mutating func join(_ first: String, _ second: String) {
    let (one, other) = (root(first), root(second))
    if one != other { representative[one] = other }
  }

  /// Whether row i of one is row i of the other.
  func holdSameRows(_ first: String, _ second: String) -> Bool { first == second || root(first) == root(second) }

  /// `part test of the split of raw`, for every split that the rows are a part of.
  func origins(_ name: String) -> [String] {
    parts.filter { holdSameRows($0.part, name) }.map { "part \($0.part) of the split of \($0.table)" }
  }

  /// Tables on which parameters were fitted and whose rows these are.
  func fits(_ name: String) -> [String] {
    fitted.filter { holdSameRows($0, name) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Tables on which models were trained and whose rows these are.
  func trainings(_ name: String) -> [String] {
    trained.filter { holdSameRows($0, name) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension ClaimMeaning {
  /// What is known of the rows that a metric is about, and what is not: that labels, answers and groups are of the same rows.
  func addRows(
    _ labels: ClaimStatement.ColumnName, _ others: ClaimStatement.ColumnName, group: GroupColumn?, _ description: inout ClaimDescription
  ) {
    let models = answering(others, labels).map(\.model)
    if models.isEmpty {
      description.doesNotShow.insert(
        "Whose answers these are: no claim of this bundle says that \(others.artefact).\(others.column) holds a model's answers for the rows of "
          + "\(labels.artefact).", at: 0)
    } else {
      description.shows.append(
        "These are the answers of model \(Set(models).sorted().joined(separator: ", ")) for the same rows of \(labels.artefact).")
      if labels.artefact != others.artefact { description.establishes = [ManifestEdge(.evaluatedOn, from: others.artefact, to: labels.artefact)] }
    }
    addOrigins(labels, &description)
    guard let group, group.column.artefact != labels.artefact else { return }
    if links.holdSameRows(group.column.artefact, labels.artefact) {
      description.shows.append(
        "Row by row, \(labels.artefact) is \(group.column.artefact) with its columns transformed: the groups are those of the same rows.")
    } else {
      description.doesNotShow.insert(
        "Whose groups these are: no claim of this bundle says that row i of \(group.column.artefact) and of \(labels.artefact) are one row, so that nothing "
          + "follows about how groups are treated.", at: 0)
    }
  }

  /// Where the rows of the labels come from, and whether preparation or training has seen them.
  func addOrigins(_ labels: ClaimStatement.ColumnName, _ description: inout ClaimDescription) {
    let origins = links.origins(labels.artefact)
    if !origins.isEmpty { description.shows.append("The rows are \(listed(origins)).") }
    let fitted = links.fits(labels.artefact)
    if !fitted.isEmpty {
      description.doesNotShow.insert(
        "How good the answers are on rows that preparation has not seen: these are the rows of \(listed(fitted)), on which parameters were fitted.",
        at: 0)
    }
    let trained = links.trainings(labels.artefact)
    if !trained.isEmpty {
      description.doesNotShow.insert(
        "How good the answers are on rows that training has not seen: these are the rows of \(listed(trained)), on which a model was trained.", at: 0)
    }
  }

  /// The models whose answers for the rows of the labels fill the column.
  func answering(_ column: ClaimStatement.ColumnName, _ labels: ClaimStatement.ColumnName) -> [Predictor] {
    (predictors[column] ?? []).filter { links.holdSameRows($0.table, labels.artefact) && !$0.reads.contains(labels.column) }
  }
}
