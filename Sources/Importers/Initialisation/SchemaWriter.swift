/// Writing `schema.yaml`.

import Programs

enum SchemaWriter {
  /// The commented file of a new project.
  static func text(_ document: SchemaDocument, plans: [ColumnPlan], file: String) -> String {
    var out = """
      # Columns of \(YAMLText.comment(file)). The schema is public: it is part of the identity of every table committed under it.
      #
      # name    as in the first line of the CSV file
      # type    integer: whole numbers in range
      #         decimal: numbers with at most `digits` digits after the point, in range; kept exactly
      #         category: one of values, in this order
      # range   [lowest, highest] that a cell may have; rounded outward here, since everybody can read it
      # moreDigits  refuse (default): a number with more digits after the point is an error; round: it is rounded to the nearest
      # missing refuse (default): an empty cell is an error
      #         presence: a second column of 0 and 1 says which cells are there
      #         drop: rows with an empty cell are left out (the target's only sensible choice)
      # role    target, protected or key: hints for readers

      version: 1
      columns:

      """
    for plan in plans {
      guard let column = plan.column else { continue }
      for note in plan.notes { out += "  # \(note)\n" }
      out += "  - \(entry(column, document))\n"
    }
    let left = plans.filter { $0.column == nil }
    out += "\n# Columns of the file that are not part of the table.\n"
    guard !left.isEmpty else { return out + "ignore: []\n" }
    out += "ignore:\n"
    for plan in left {
      for note in plan.notes { out += "  # \(note)\n" }
      out += "  - \(YAMLText.name(plan.name))\n"
    }
    return out
  }

  /// One column as a flow mapping.
  static func entry(_ column: TableColumn, _ document: SchemaDocument) -> String {
    var parts = ["name: \(YAMLText.name(column.name))"]
    switch column.type {
    case .integer(let range):
      parts.append("type: integer")
      parts.append("range: [\(range.lower), \(range.upper)]")
    case .decimal(let scale, let range):
      parts.append("type: decimal")
      parts.append("digits: \(scale)")
      parts.append("range: [\(DecimalText.text(range.lower, digits: scale)), \(DecimalText.text(range.upper, digits: scale))]")
    case .category(let names):
      parts.append("type: category")
      parts.append("values: [\(names.map(YAMLText.quote).joined(separator: ", "))]")
    }
    if document.rounded.contains(column.name) { parts.append("moreDigits: round") }
    let drops = document.droppedWhenMissing.contains(column.name)
    if drops { parts.append("missing: drop") } else if column.missing == .presence { parts.append("missing: presence") }
    for role in ColumnRole.allCases where column.roles.contains(role) { parts.append("role: \(role.rawValue)") }
    return "{\(parts.joined(separator: ", "))}"
  }
}

enum PipelineWriter {
  /// The commented file of a new project.
  static func text(_ configuration: PipelineConfiguration, document: SchemaDocument, plans: [ColumnPlan]) -> String {
    var out = """
      # What `zkmlops run` does with the data. Paths are relative to this file.
      version: 1

      # The table, as CSV (also .csv.gz), and what its columns mean.
      data: \(YAMLText.quote(configuration.data))
      schema: \(YAMLText.quote(configuration.schema))

      # The column that the model predicts.
      target: \(YAMLText.name(configuration.target))

      """
    if let positive = configuration.positive {
      out += "# Of the two classes, the one whose probability the model gives.\npositive: \(YAMLText.quote(positive))\n"
    }
    out += """

      # Protected characteristics. They are never features, and a feature that determines one of them is refused. A number can be cut
      # into bands, e.g. - {column: age, bands: [25, 60]} for below 25, 25 to below 60, and the rest.
      protected: []

      # Columns that are in the table but are no features.

      """
    if configuration.excluded.isEmpty { out += "exclude: []\n" } else { out += "exclude:\n" }
    for plan in plans where plan.column != nil && plan.isExcluded {
      for note in plan.notes { out += "  # \(note)\n" }
      out += "  - \(YAMLText.name(plan.name))\n"
    }
    let isRegression = document.schema.column(configuration.target).map { if case .category = $0.type { false } else { true } } ?? true
    out += """

      \(split(configuration))
      model:
        # auto: logistic for two classes, softmax for more, linear for a numeric target.
        kind: auto
        # Fitted here, in integers. Or, instead of training, coefficients from elsewhere: import: weights.csv (or weights.npz).
        training:
          epochs: 300
          # Ridge penalty R: R/2 times the squared weights beside the sum of the losses.
          regularisation: 1.0

      claims:
        # \(Self.accuracyNote(isRegression))
        accuracy: \(configuration.accuracy == .none ? "none" : "revealed")
        # committed: predictions stay hidden behind their commitment. public: everybody sees them.
        predictions: committed
      \(Self.metricBlock(isRegression))

      # How many proofs an artefact can carry in its lifetime; more make every proof larger.
      openings: \(configuration.openings)

      # shared: what a run commits lies in one tree, with one such budget; proofs are smaller. separate: a tree and a budget for each, e.g. for
      # a model that will answer many more questions than the test rows are tested.
      trees: shared

      """
    return out
  }

  /// Comments that show how metrics and fairness are claimed.
  private static func metricBlock(_ isRegression: Bool) -> String {
    guard !isRegression else {
      return """
          # Each of these is revealed; {mae: {atMost: 100}} only says that it is at most so much.
          # metrics: [mse, mae, r2]
        """
    }
    return """
        # Each of these is revealed; {auc: {atLeast: 0.7}} or {recall: {class: NAME, atLeast: 0.5}} only says that it is at least so much.
        # auc, ks, brier, logLoss and calibration are of two classes.
        # metrics: [accuracy, balancedAccuracy, precision, recall, f1, auc]
        # Groups that are compared: by any column, one that the model does not see too, or by bands of a number. Smaller groups are not shown.
        # Without a bound the counts of every group are revealed; others: equalOpportunity, equalisedOdds, demographicParityRatio: {atLeast: 0.8}.
        # fairness:
        #   by: [sex, {column: age, bands: [26]}]
        #   minimumGroup: 30
        #   demographicParity: {atMost: 0.2}
      """
  }

  /// Split and preparation, or the split that is not proved where one that is cannot be.
  private static func split(_ configuration: PipelineConfiguration) -> String {
    guard configuration.hasDataPhase else {
      return """
        # Rows are split by a hash of the seed and the row's number: `test` of them are tested, the others trained on. This split is not
        # proved: a table of one row has no two parts.
        split:
          test: \(configuration.testFraction)
          seed: \(configuration.seed)

        """
    }
    return """
      # The table is committed first; the order in which rows are dealt then follows from its commitment, and the split is proved.
      split:
        # Share of the rows that are tested; the others are trained on.
        test: \(configuration.testFraction)
        # random: all rows. stratified: within each class of the target (or of stratify: COLUMN). groups, with column: all rows of one
        # value on one side. cutoff, with column and from: rows from that value on are tested, without test.
        method: random
        # Whoever commits can commit again until the order suits, unless something that came later is in it:
        # nonce: {auditor: HEX} with bytes that the auditor chose after seeing the commitment, or
        # nonce: {dated: TEXT, date: 2026-11-01} with a public value of that date, e.g. a beacon round.

      # What is done before the model sees the rows. What is fitted is fitted on the training part alone, and that is proved.
      prepare:
        # Rows that are used, e.g.: filter: [{column: age, from: 18, to: 75}, {column: job, is: clerk}, {column: income, present: true}]
        # Only the first of equal rows: deduplicate: true
        # auto: numbers get the median where cells are missing and are standardised; categories become one-hot. Or a chain of steps for
        # each column: {age: [impute: median, standardise], job: [one-hot], amount: [log, min-max], id: drop}. Steps: impute, one-hot,
        # ordinal, standardise, min-max, robust, clip, log, bucketise, round, missing-indicator; others: auto, drop or keep for the rest.
        columns: auto

      # Public numbers about the whole table, proved: auto (missing cells, mean and deviation of numbers, counts of categories), or a list:
      # statistics: [{column: age, show: [mean, median]}, {column: income, mean: {from: 1000, to: 5000}}, {pairs: [sex, outcome]}]
      # Every combination of these columns occurs that often: anonymity: {columns: [age, town], minimum: 5}
      # No row of the training part is in the test part: disjoint: true; or no customer: disjoint: [customer]

      """
  }

  private static func accuracyNote(_ isRegression: Bool) -> String {
    guard !isRegression else { return "Accuracy needs classes: none." }
    return "revealed: the confusion matrix is public. {atLeast: 0.70}: only that accuracy reaches that number, beside how often each class\n"
      + "  # occurs (classCounts: hidden leaves that out, and then no baseline can be given). none."
  }
}
