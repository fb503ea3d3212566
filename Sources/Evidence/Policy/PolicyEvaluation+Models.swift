import Claims
import Programs

extension PolicyEvaluation {
  /// Claims of a model's answers for the rows of a table, by name.
  private func inferences(_ model: String, _ table: String) -> [(name: String, input: String, outputs: [String: OutputBinding])] {
    claims.compactMap { entry in
      guard case .inference(let own, .table(let input), let outputs) = entry.statement, provenance.areEqual(own, model), holdsRows(input, of: table)
      else { return nil }
      return (entry.name, input, outputs)
    }
  }

  /// Name of the column that a model predicts; nil for what is no model.
  private func target(_ model: String) -> String? {
    switch report.contents[model] {
    case .linearModel(let architecture)?: architecture.target
    case .treeEnsemble(let architecture)?: architecture.target
    case .table?, .network?, nil: nil
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
          let fitting = own.filter { entry in
            if case .committed(let artefact, _)? = entry.outputs["prediction"] { return provenance.areEqual(artefact, wanted) }
            return false
          }
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
        let predictions = inferences(model, table).compactMap { entry -> (input: String, artefact: String, column: String)? in
          if case .committed(let artefact, let column)? = entry.outputs["prediction"] { return (entry.input, artefact, column) }
          return nil
        }
        let own = report.claims.filter { claim in
          let (labels, predicted): (ClaimStatement.ColumnName, ClaimStatement.ColumnName)
          switch report.statements[claim.entry.name] {
          case .accuracy(let own, let other, _)?: (labels, predicted) = (own, other)
          case .data(.confusion(let own))? where own.group == nil: (labels, predicted) = (own.labels, own.predictions)
          default: return false
          }
          guard labels != predicted else { return false }
          return same(labels.column, target)
            && predictions.contains {
              provenance.areEqual(labels.artefact, $0.input) && provenance.areEqual($0.artefact, predicted.artefact)
                && same($0.column, predicted.column)
            }
        }
        let none = Verdict.notEvidenced(
          "no claim compares the predictions of \(model) for \(table) with its column \(target)")
        let found = own.flatMap { claim in
          claim.description.figures.compactMap { figure -> Verdict? in
            guard case .accuracy(let accuracy) = figure else { return nil }
            return verdict(claim.entry.name, accuracy, wanted)
          }
        }
        let accuracy = Verdict.any(found, otherwise: none)
        guard let least = wanted.rows else { return accuracy }
        let size = Verdict(ProvedInterval(Int128(rows)).state(minimum: least, maximum: nil), "n = \(rows)")
        return .all([accuracy, size])
      }
    }
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
