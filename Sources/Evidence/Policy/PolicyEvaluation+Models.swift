import Claims
import Programs

extension PolicyEvaluation {
  /// Claims of a model's answers for the rows of a table, by name.
  private func inferences(
    _ model: String, _ table: String
  ) -> [(name: String, input: String, predictions: [ClaimStatement.ColumnName], reads: Set<String>)] {
    claims.compactMap { entry in
      if case .data(.network(let claim)) = entry.statement {
        // Which of a network's outputs is its decision, its statement says; any of one number a row can be compared with labels.
        guard provenance.areEqual(claim.model, model), let answers = NetworkAnswers(claim), holdsRows(answers.table, of: table) else { return nil }
        return (entry.name, answers.table, answers.columns, answers.reads)
      }
      guard case .inference(let own, .table(let input), let outputs) = entry.statement, provenance.areEqual(own, model), holdsRows(input, of: table)
      else { return nil }
      guard case .committed(let artefact, let column)? = outputs["prediction"] else { return (entry.name, input, [], []) }
      return (entry.name, input, [ClaimStatement.ColumnName(artefact: artefact, column: column)], [])
    }
  }

  /// What a model predicts: a column of this name, or, for networks, any column that it does not read; nil for what is no model.
  private func target(_ model: String) -> Target? {
    switch report.contents[model] {
    case .linearModel(let architecture)?: .column(architecture.target)
    case .treeEnsemble(let architecture)?: .column(architecture.target)
    case .network?: .unread
    case .table?, nil: nil
    }
  }

  private enum Target {
    case column(String)
    case unread

    var words: String {
      switch self {
      case .column(let name): "its column \(name)"
      case .unread: "a column of it that the model does not read"
      }
    }
  }

  func inference(_ model: String, _ input: String, _ output: String?) -> Verdict {
    each(model) { model in
      guard target(model) != nil else { return .notEvidenced("\(model) is no model") }
      return each(input) { table in
        let own = inferences(model, table)
        guard !own.isEmpty else { return .notEvidenced("no claim says what \(model) answers for \(table)") }
        guard let output else { return .met(by: own.map(\.name)) }
        return each(output) { wanted in
          let fitting = own.filter { entry in entry.predictions.contains { provenance.areEqual($0.artefact, wanted) } }
          return fitting.isEmpty
            ? .notEvidenced("no claim says that \(wanted) holds the predictions of \(model) for \(table)") : .met(by: fitting.map(\.name))
        }
      }
    }
  }

  func accuracy(_ wanted: PolicyRequirement.AccuracyWanted) -> Verdict {
    each(wanted.model) { model in
      guard let target = target(model) else { return .notEvidenced("\(model) is no model") }
      return each(wanted.input) { table in
        guard let (_, rows) = self.table(table) else { return noTable(table) }
        if let seen = seenRows(table) { return seen }
        // Predictions of this model for these very rows, against the column that it predicts.
        let predictions = inferences(model, table).flatMap { entry in
          entry.predictions.map { (input: entry.input, artefact: $0.artefact, column: $0.column, reads: entry.reads) }
        }
        let own = report.claims.filter { claim in
          let (labels, predicted): (ClaimStatement.ColumnName, ClaimStatement.ColumnName)
          switch report.statements[claim.entry.name] {
          case .accuracy(let own, let other, _)?: (labels, predicted) = (own, other)
          case .data(.confusion(let own))?: (labels, predicted) = (own.labels, own.predictions)
          default: return false
          }
          guard labels != predicted else { return false }
          if case .column(let name) = target, !same(labels.column, name) { return false }
          return predictions.contains {
            provenance.areEqual(labels.artefact, $0.input) && provenance.areEqual($0.artefact, predicted.artefact)
              && same($0.column, predicted.column) && !$0.reads.contains(labels.column)
          }
        }
        let none = Verdict.notEvidenced(
          "no claim compares the predictions of \(model) for \(table) with \(target.words)")
        let found = own.flatMap { claim in
          let own = claim.description.figures.compactMap { figure in if case .accuracy(let accuracy) = figure { accuracy } else { nil } }
          return (own + (ofGroups(claim.entry.name, rows: rows).map { [$0] } ?? [])).map { verdict(claim.entry.name, $0, wanted) }
        }
        let accuracy = Verdict.any(found, otherwise: none)
        guard let least = wanted.rows else { return accuracy }
        let size = Verdict(ProvedInterval(Int128(rows)).state(minimum: least, maximum: nil), "n = \(rows)")
        return .all([accuracy, size])
      }
    }
  }

  /// The accuracy of all rows, from counts of groups that are all shown.
  private func ofGroups(_ name: String, rows: Int) -> AccuracyFigure? {
    guard case .data(.confusion(let claim))? = report.statements[name], claim.group != nil, case .counts(let counts) = claim.shown,
      let classes = target(claim.labels)
    else { return nil }
    let size = classes * classes
    guard size > 0, counts.count == claim.shownGroups.count * size, counts.reduce(0, { $0 &+ $1 }) == Int64(rows) else { return nil }
    var byClass = [Int](repeating: 0, count: classes)
    var correct = 0
    for (place, count) in counts.enumerated() {
      let (label, prediction) = (place % size / classes, place % classes)
      byClass[label] &+= Int(count)
      if label == prediction { correct &+= Int(count) }
    }
    return AccuracyFigure(correct: correct, total: rows, extent: .exact, baseline: MajorityBaseline(classCounts: byClass))
  }

  /// Classes of a column.
  private func target(_ column: ClaimStatement.ColumnName) -> Int? {
    guard case .category(let names)? = table(column.artefact)?.schema.column(column.column)?.type else { return nil }
    return names.count
  }

  private func verdict(_ name: String, _ figure: AccuracyFigure, _ wanted: PolicyRequirement.AccuracyWanted) -> Verdict {
    let upper = figure.extent == .exact ? figure.correct : figure.total
    var parts: [Verdict] = []
    let share = "\(figure.extent == .exact ? "" : "at least ")\(figure.correct) of \(figure.total)"
    let interval = ProvedInterval(lower: Int128(figure.correct), upper: Int128(upper), over: Int128(figure.total))
    parts.append(
      Verdict(interval.state(minimum: wanted.minimum, maximum: nil), "\(name): \(share), \(Percentage.text(figure.correct, of: figure.total))"))
    if wanted.aboveBaseline {
      if let baseline = figure.baseline {
        let words = "\(name): \(share); the most frequent class has \(baseline.count)"
        let state: BundleRequirements.State = figure.correct > baseline.count ? .met : upper > baseline.count ? .notEvidenced : .notMet
        parts.append(Verdict(state, words))
      } else {
        parts.append(.notEvidenced("\(name): no claim publishes the class counts"))
      }
    }
    return .all(parts)
  }
}
