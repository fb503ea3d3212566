import Claims
import Hashing
import Programs

/// Says in plain words and numbers what a statement means. Everything is derived from the statement and the public formats.
struct ClaimMeaning {
  /// The artefacts of the proof that carries the claim.
  let artefacts: [String: ArtefactDescription]
  /// Class counts that other claims of the bundle state, by column: for the majority-class baseline.
  let classCounts: [ClaimStatement.ColumnName: [Int64]]
  /// Columns that inference claims of the bundle bind to a model's answers for the rows of a table.
  var predictors: [ClaimStatement.ColumnName: [Predictor]] = [:]

  /// Tables on which parameters were fitted, by the table of the parameters: from the fit claims of the bundle.
  var fits: [String: Set<String>] = [:]
  /// Which tables hold the same rows, by the claims of the bundle.
  var links = RowLinks()
  /// When the bundle was written; nil while it is being made.
  var written: Timestamp?

  /// Where these statements say that parameters were fitted.
  static func fits(_ statements: some Sequence<ClaimStatement>) -> [String: Set<String>] {
    var out: [String: Set<String>] = [:]
    for case .data(.fit(let claim)) in statements { out[claim.parameters, default: []].insert(claim.table) }
    return out
  }

  /// A model and the table whose rows it answered.
  struct Predictor {
    let model: String
    let table: String
    /// Columns of the table that the model reads, where its format does not say so.
    var reads: Set<String> = []
  }

  /// The predictors that these statements bind.
  static func predictors(_ statements: some Sequence<ClaimStatement>) -> [ClaimStatement.ColumnName: [Predictor]] {
    var out: [ClaimStatement.ColumnName: [Predictor]] = [:]
    for statement in statements {
      if case .data(.network(let claim)) = statement, let answers = NetworkAnswers(claim) {
        for column in answers.columns { out[column, default: []].append(Predictor(model: claim.model, table: answers.table, reads: answers.reads)) }
      }
      guard case .inference(let model, .table(let table), let outputs) = statement else { continue }
      // Only a prediction can be a column of categories (`ClaimCompiler.checkOutputColumn`); the others are scores.
      for case .committed(let artefact, let column) in outputs.values {
        out[ClaimStatement.ColumnName(artefact: artefact, column: column), default: []].append(Predictor(model: model, table: table))
      }
    }
    return out
  }

  /// Most values that a disclosure writes out; of longer lists it names the rest by their number and the statement has them all.
  var listedValues = 24

  /// The meaning of `statement`.
  /// - Throws: `StatementError` when it does not fit the artefacts.
  func describe(_ statement: ClaimStatement) throws(StatementError) -> ClaimDescription {
    if let (column, matrix) = ClaimJSON.countedColumn(statement) { return try describeCounts(column, matrix) }
    switch statement {
    case .wellFormed(let name): return try describeWellFormed(name)
    case .inference(let model, let input, let outputs): return try describeInference(statement, model, input, outputs)
    case .accuracy(let labels, let predictions, let disclosure): return try describeAccuracy(labels, predictions, disclosure)
    case .sameDataAs(let artefact, let original): return try describeSameData(artefact, original)
    case .data(let claim): return try describe(claim)
    }
  }

  // MARK: Artefacts

  func artefact(_ name: String) throws(StatementError) -> ArtefactDescription {
    guard let found = artefacts[name] else { throw .claim(.unknownArtefact(name)) }
    return found
  }

  func table(_ name: String) throws(StatementError) -> (schema: TableSchema, rows: Int) {
    guard case .table(let schema, let rows) = try artefact(name).contents else { throw .claim(.unknownArtefact(name)) }
    return (schema, rows)
  }

  func model(_ name: String) throws(StatementError) -> ModelArchitecture {
    switch try artefact(name).contents {
    case .linearModel(let architecture): return .linear(architecture)
    case .treeEnsemble(let architecture): return .trees(architecture)
    case .table, .network: throw .claim(.unknownArtefact(name))
    }
  }

  /// Classes of a column that counts may be made of, and the rows of its table.
  func classes(_ column: ClaimStatement.ColumnName) throws(StatementError) -> (names: [String], rows: Int) {
    let (schema, rows) = try table(column.artefact)
    guard let found = schema.column(column.column) else { throw .claim(.unknownColumn(artefact: column.artefact, column: column.column)) }
    guard case .category(let names) = found.type, found.missing == .refuse, names.count <= 1_024 else {
      throw .claim(.inconsistent("column \(column.column) is no category column of at most 1,024 classes without missing cells"))
    }
    return (names, rows)
  }

  // MARK: Claims

  private func describeWellFormed(_ name: String) throws(StatementError) -> ClaimDescription {
    let identity = String(try artefact(name).identity.hex.prefix(16))
    switch try artefact(name).contents {
    case .table(let schema, let rows):
      let missing = schema.columns.filter { $0.missing == .presence }.count
      var shows = [
        "Table \(name) (commitment \(identity)…) has \(Self.count(rows, "row")) of \(Self.count(schema.columns.count, "column")), and every cell lies "
          + "in the range, or among the categories, that its column declares."
      ]
      if missing > 0 { shows.append("In \(Self.count(missing, "column")) that may have missing cells, every missing cell is stored as declared.") }
      return ClaimDescription(
        uses: [name], shows: shows,
        doesNotShow: ["That the cells are true, complete, or taken from the file that is said to be their source."],
        discloses: [
          Disclosure("rows of \(name)", .exact, value: String(rows)),
          Disclosure("columns of \(name), with types, ranges and categories", .exact, value: "as in the manifest"),
          Disclosure("cells of \(name)", .hidden),
        ], duties: [.dataGovernance, .documentation])
    case .linearModel(let architecture):
      let shape = architecture.weightShape
      return ClaimDescription(
        uses: [name],
        shows: [
          "Model \(name) (commitment \(identity)…) is a linear model of \(Self.count(shape.rows, "feature")) with \(Self.count(shape.count, "weight")), each an "
            + "integer of \(architecture.weightBits) bits."
        ],
        doesNotShow: ["How the weights came about: that takes a claim about their training."],
        discloses: [
          Disclosure("features, task and number formats of \(name)", .exact, value: "as in the manifest"),
          Disclosure("weights of \(name)", .hidden),
        ], duties: [.documentation])
    case .treeEnsemble(let architecture): return describeWellFormed(name, identity, architecture)
    case .network(let architecture): return describeWellFormed(name, identity, architecture)
    }
  }

  private func describeCounts(_ column: ClaimStatement.ColumnName, _ matrix: [Int64]) throws(StatementError) -> ClaimDescription {
    let (names, rows) = try classes(column)
    guard matrix.count == names.count * names.count else { throw .claim(.inconsistent("\(names.count) classes have other counts")) }
    let counts = names.indices.map { matrix[$0 * names.count + $0] }
    let text = zip(names, counts).map { "\($1) \($0)" }.joined(separator: ", ")
    return ClaimDescription(
      uses: [column.artefact],
      shows: ["Column \(column.column) of \(column.artefact) has among its \(Self.count(rows, "row")): \(text)."],
      doesNotShow: ["Which row has which class."],
      discloses: [
        Disclosure("class counts of \(column.artefact).\(column.column)", .exact, value: text),
        Disclosure("classes of single rows", .hidden),
      ], duties: [.dataGovernance])
  }

  private func describeAccuracy(
    _ labels: ClaimStatement.ColumnName, _ predictions: ClaimStatement.ColumnName, _ disclosure: AccuracyDisclosure
  ) throws(StatementError) -> ClaimDescription {
    let (names, rows) = try classes(labels)
    let (others, otherRows) = try classes(predictions)
    guard names == others, rows == otherRows else {
      throw .claim(.inconsistent("labels and predictions are columns of equal length with the same classes in the same order"))
    }
    var description = ClaimDescription(
      uses: [labels.artefact] + (predictions.artefact == labels.artefact ? [] : [predictions.artefact]),
      shows: [
        "The predictions \(predictions.artefact).\(predictions.column), row by row, were compared with the labels "
          + "\(labels.artefact).\(labels.column)."
      ],
      doesNotShow: [
        "How accurate the model is on other or future rows; the interval holds for a population of which these rows are a random sample.",
        "How many models or test sets were tried before this one was shown.", "That the labels are true.",
      ], duties: [.testing, .accuracy, .instructions])
    // An accuracy is a model's only when the very column holds that model's predictions for the very rows of the labels' table.
    let models = (predictors[predictions] ?? []).filter { $0.table == labels.artefact && !$0.reads.contains(labels.column) }.map(\.model)
    if models.isEmpty {
      description.doesNotShow.insert(
        "Whose predictions these are: no claim of this bundle says that \(predictions.artefact).\(predictions.column) holds a model's "
          + "predictions for the rows of \(labels.artefact).", at: 0)
    } else {
      let names = models.sorted().joined(separator: ", ")
      description.shows.append("These are the predictions of model \(names) for the same rows of \(labels.artefact).")
      if labels.artefact != predictions.artefact {
        description.establishes = [ManifestEdge(.evaluatedOn, from: predictions.artefact, to: labels.artefact)]
      }
    }
    let hidden = Disclosure("labels and predictions of single rows", .hidden)
    switch disclosure {
    case .revealed(let counts):
      let table =
        counts.count == names.count * names.count
        ? names.indices.map { row in names.indices.map { Int(counts[row * names.count + $0]) } } : []
      guard let matrix = ConfusionMatrix(classes: names, counts: table), matrix.total == rows,
        let figure = AccuracyFigure(
          correct: matrix.correct, total: rows, extent: .exact, baseline: MajorityBaseline(classCounts: matrix.classCounts))
      else { throw .claim(.inconsistent("the counts are not those of \(rows) rows and \(names.count) classes")) }
      description.figures = [.accuracy(figure), .confusionMatrix(matrix)]
      let text = zip(names, table).map { name, row in "\(name): " + zip(row, names).map { "\($0) as \($1)" }.joined(separator: ", ") }
      description.discloses = [Disclosure("confusion matrix", .exact, value: text.joined(separator: "; ")), hidden]
    case .atLeast(let least):
      let counts = classCounts[labels] ?? []
      let baseline = counts.count == names.count ? MajorityBaseline(classCounts: counts.map { Int($0) }) : nil
      guard let correct = Int(exactly: least),
        let figure = AccuracyFigure(correct: correct, total: rows, extent: .atLeast, baseline: baseline?.total == rows ? baseline : nil)
      else { throw .claim(.inconsistent("a threshold of \(least) of \(rows) rows")) }
      description.figures = [.accuracy(figure)]
      description.discloses = [Disclosure("correct predictions", .bounded, value: "\(least) or more of \(rows)"), hidden]
    }
    return description
  }

  private func describeSameData(_ name: String, _ original: String) throws(StatementError) -> ClaimDescription {
    guard try artefact(name).contents == artefact(original).contents else {
      throw .claim(.inconsistent("\(name) and \(original) have different formats"))
    }
    return ClaimDescription(
      uses: [name, original], establishes: [ManifestEdge(.sameDataAs, from: name, to: original)],
      shows: ["The commitments \(name) and \(original) hide the same values: what is proved of one holds for the other."],
      doesNotShow: ["Anything about the values."], discloses: [Disclosure("values of \(name) and \(original)", .hidden)], duties: [.documentation])
  }

  /// "1 row", "2 rows".
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
