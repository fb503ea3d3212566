import Claims
import Evidence
import Importers
import Programs

/// The claims about metrics and fairness that a pipeline asks for.
///
/// Labels are those that the model was tested on, predictions and scores the committed outputs, groups columns of the raw test rows: row i of each
/// belongs together by the claims of transformation and inference of the same bundle.
extension RunPlan {
  private var metrics: [MetricSetting] { prepared.configuration.metrics }
  private var fairness: FairnessSettings? { prepared.configuration.fairness }
  private var slices: SliceSettings? { prepared.configuration.slices }
  /// Of all rows, and of groups.
  private var allMetrics: [MetricSetting] { metrics + (slices?.metrics ?? []) }

  /// Whether any of them is asked for: they need committed predictions.
  var claimsMetrics: Bool { !metrics.isEmpty || fairness != nil || slices != nil }

  /// The model's outputs that are committed beside the prediction, each with the class whose score it is: for two classes the probability where
  /// a metric takes it for one, else the score; for more the score of every class against the others. Of trees, a class's votes.
  var scoreOutputs: [(output: String, positive: Int)] {
    guard allMetrics.contains(where: \.metric.isOfScores) else { return [] }
    if treeCount != nil, prepared.model.classCount == 2 { return [("score.\(positive)", positive)] }
    if prepared.model.positive == nil, let count = prepared.model.classCount { return (0..<count).map { ("score.\($0)", $0) } }
    return [(allMetrics.contains(where: \.metric.needsProbability) ? "probability" : "score", positive)]
  }

  /// Number of trees that vote for a class; nil for other models. A class's share of the votes estimates its probability.
  private var treeCount: Int? {
    guard case .trees(let model) = prepared.model, case .classes = model.architecture.task else { return nil }
    return model.architecture.trees
  }

  /// The table that holds the raw test rows, with columns that the model does not read.
  private var groupsName: String { phase == nil ? testName : DataPhase.test }

  private var labels: ClaimStatement.ColumnName { .init(artefact: testName, column: prepared.model.target) }
  private var predictions: ClaimStatement.ColumnName { .init(artefact: Self.predictions, column: Self.predictionColumn) }

  private var classNames: [String] {
    guard case .category(let names)? = prepared.testTable.schema.column(prepared.model.target)?.type else { return [] }
    return names
  }

  /// The class whose probability a model of two classes gives.
  private var positive: Int {
    prepared.model.positive ?? prepared.configuration.positive.flatMap { classNames.firstIndex(of: $0) } ?? max(0, classNames.count - 1)
  }

  private func index(of category: String?) -> Int { category.flatMap { classNames.firstIndex(of: $0) } ?? positive }

  /// The columns of scores to commit to, in as many bits as a claim about scores takes.
  /// - Throws: `PipelineError.claimDoesNotFit` for probabilities that round to 1, and for scores of classes beyond 16 bits.
  func scoreColumns(_ execution: Execution) throws -> [(column: TableColumn, values: [Int64])] {
    try scoreOutputs.map { output, _ in
      guard let values = execution.output(output), let node = execution.program.outputColumn(output)?.node else {
        throw PipelineError(.fault, "The model has no output \(output).", remedy: "Report this as a defect.")
      }
      if output == "score" { return (TableColumn(name: output, type: .integer(try execution.program.analyse()[node].range)), values) }
      guard output == "probability" else { return (TableColumn(name: output, type: .integer(try classScores(values))), values) }
      guard let largest = IntegerRange(lower: 0, upper: probabilityUnit - 1), values.allSatisfy(largest.contains) else {
        throw PipelineError(
          .claimDoesNotFit,
          "A test row's probability rounds to 1, and claims about probabilities take values up to \(probabilityUnit - 1)/\(probabilityUnit).",
          remedy: "Claim auc and ks alone, which read the score, or train with more regularisation.")
      }
      return (TableColumn(name: output, type: .integer(largest)), values)
    }
  }

  /// The narrowest signed range that holds the scores: its width is public, and a table of a claim about scores has a row for each of its values.
  private func classScores(_ values: [Int64]) throws -> IntegerRange {
    if let trees = treeCount, let votes = IntegerRange(lower: 0, upper: Int64(1) << Int64(Int.bitWidth - trees.leadingZeroBitCount) - 1),
      values.allSatisfy(votes.contains)
    {
      return votes
    }
    for bits in 8...LinearArchitecture.tableBits {
      if let range = IntegerRange(signedBits: bits), values.allSatisfy(range.contains) { return range }
    }
    throw PipelineError(
      .claimDoesNotFit, "A test row's score of a class is beyond \(LinearArchitecture.tableBits) bits.",
      remedy: "Claim metrics of classes alone, or train with more regularisation.")
  }

  private var probabilityUnit: Int64 { Int64(1) << Int64(LinearArchitecture.probabilityBits) }

  /// The claims with the names that they have in the bundle. Values are filled in when the claims are made.
  /// - Throws: `ImportError` for bands that do not fit; `PipelineError` for numbers beyond what a claim takes.
  func metricRequests() throws -> [(name: String, request: ClaimRequest)] {
    var out: [(name: String, request: ClaimRequest)] = []
    func add(_ name: String, _ claim: DataClaim) {
      let taken = Set(out.map(\.name))
      let free = ([name] + (2...64).map { "\(name)-\($0)" }).first { !taken.contains($0) }
      out.append((free ?? name, .data(claim)))
    }
    let ofClasses = metrics.filter(\.metric.isOfClasses)
    if ofClasses.contains(where: { $0.bound == nil }) {
      add("metrics", .confusion(ConfusionClaim(labels: labels, predictions: predictions, shown: .counts([]))))
    }
    let bounds = try ofClasses.compactMap { setting in try setting.bound.map { try classBound(setting, $0) } }
    if !bounds.isEmpty {
      add("metric-bounds", .confusion(ConfusionClaim(labels: labels, predictions: predictions, shown: .bounds(marginals: [], bounds))))
    }
    for (name, claim) in try scoreClaims(metrics, nil) { add(name, claim) }
    for (name, slice) in try sliceRows().measured {
      for (kind, claim) in try scoreClaims(slices?.metrics ?? [], slice) { add("\(kind)-\(name)", claim) }
    }
    for entry in fairness?.groups ?? [] {
      let edges = try entry.edges(rawTest.schema, file: prepared.loaded.file)
      let group = GroupColumn(column: .init(artefact: groupsName, column: entry.column), edges: edges)
      add(
        "fairness-\(ArtefactNames.sanitised(entry.column))",
        .confusion(
          ConfusionClaim(
            labels: labels, predictions: predictions, group: group, shownGroups: [], minimumGroup: minimumGroup, shown: fairnessShown)))
    }
    return out
  }

  /// Claims about scores and numbers: of all rows, or of a group's.
  private func scoreClaims(_ metrics: [MetricSetting], _ slice: RowSlice?) throws -> [(name: String, claim: DataClaim)] {
    var out: [(name: String, claim: DataClaim)] = []
    if metrics.contains(where: \.metric.isOfScores) {
      let scores = scoreOutputs
      for (output, positive) in scores {
        let name = scores.count == 1 ? "ranking" : "ranking-\(ArtefactNames.sanitised(classNames[positive]))"
        out.append((name, .ranking(try ranking(output, positive, metrics, slice))))
      }
    }
    if metrics.contains(where: { [.mse, .mae, .r2].contains($0.metric) }) { out.append(("errors", .errors(try errors(metrics, slice)))) }
    return out
  }

  /// The groups that are measured by themselves, each with its name in claims, and the words for those that are too small.
  private func sliceRows() throws -> (measured: [(name: String, slice: RowSlice)], small: [String]) {
    var (measured, small): ([(name: String, slice: RowSlice)], [String]) = ([], [])
    let least = smallestGroup ?? slices?.minimumGroup ?? FairnessSettings.usualMinimum
    for entry in slices?.groups ?? [] {
      let edges = try entry.edges(rawTest.schema, file: prepared.loaded.file)
      let group = GroupColumn(column: .init(artefact: groupsName, column: entry.column), edges: edges)
      let own = try group.groups(rawTest)
      let count = try group.count(rawTest.schema)
      var names: [String] = []
      if case .category(let all)? = rawTest.schema.column(entry.column)?.type { names = all }
      for index in 0..<count {
        let rows = own.count { $0 == index }
        let name = names.indices.contains(index) ? names[index] : "\(index + 1)"
        guard rows >= max(1, least), count > 1 else {
          small.append("\(TerminalText.quoted(entry.column)), group \(TerminalText.quoted(name))")
          continue
        }
        measured.append((ArtefactNames.sanitised("\(entry.column)-\(name)"), RowSlice(group: group, index: index, rows: rows)))
      }
    }
    return (measured, small)
  }

  private var rawTest: StoredTable { phase == nil ? prepared.testTable : prepared.rawTestTable }

  /// Rows of a group that is shown.
  private var minimumGroup: Int { smallestGroup ?? fairness?.minimumGroup ?? FairnessSettings.usualMinimum }

  private var fairnessShown: ConfusionClaim.Shown {
    let bounds = (fairness?.bounds ?? []).map { bound -> MetricBound in
      let selected = index(of: fairness?.outcome)
      let metric: MetricBound.Metric =
        switch bound.name {
        case .demographicParity: .demographicParityDifference(selected)
        case .demographicParityRatio: .demographicParityRatio(selected)
        case .equalOpportunity: .equalOpportunityDifference(selected)
        case .equalisedOdds: .equalisedOddsDifference(selected)
        }
      return MetricBound(metric, bound.threshold.numerator, of: bound.threshold.denominator)
    }
    return bounds.isEmpty ? .counts([]) : .bounds(marginals: [], bounds)
  }

  private func classBound(_ setting: MetricSetting, _ bound: MetricThreshold) throws -> MetricBound {
    let metric: MetricBound.Metric
    switch setting.metric {
    case .accuracy: metric = .accuracy
    case .precision: metric = .precision(index(of: setting.category))
    case .recall: metric = .recall(index(of: setting.category))
    case .f1: metric = .f1(index(of: setting.category))
    default: throw PipelineError(.fault, "\(setting.metric.rawValue) has no bound.", remedy: "Report this as a defect.")
    }
    return MetricBound(metric, bound.numerator, of: bound.denominator)
  }

  // MARK: Scores

  /// ⌈value·numerator/denominator⌉ or its floor, where 0 ≤ value < 2^61.
  private func share(_ value: Int128, _ bound: MetricThreshold, up: Bool) throws -> Int64 {
    let product = value * Int128(bound.numerator)
    let quotient = (product + (up ? Int128(bound.denominator) - 1 : 0)) / Int128(bound.denominator)
    guard value >= 0, value < 1 << 61, let exact = Int64(exactly: min(quotient, 1 << 60)) else {
      throw PipelineError(
        .claimDoesNotFit, "A metric of so many rows exceeds what one claim takes.", remedy: "Claim it of fewer test rows.")
    }
    return exact
  }

  /// At least, up to `most`; at most, from 0.
  private func shown(_ setting: MetricSetting, of whole: Int128, most: Int128) throws -> Shown {
    guard let bound = setting.bound else { return .revealed(0) }
    let isLeast = !setting.metric.isUpperBounded
    let edge = try share(whole, bound, up: isLeast)
    let top = try share(most, .one, up: false)
    guard let range = isLeast ? IntegerRange(lower: edge, upper: max(edge, top)) : IntegerRange(lower: 0, upper: edge) else {
      throw PipelineError(.fault, "An empty range of a metric.", remedy: "Report this as a defect.")
    }
    return .within(range)
  }

  /// The labels of the rows that are measured.
  private func measuredLabels(_ slice: RowSlice?) throws -> [Int64] {
    let own = prepared.testTable.values(prepared.model.target) ?? []
    guard let slice else { return own }
    return zip(own, try slice.group.groups(rawTest)).filter { $0.1 == slice.index }.map(\.0)
  }

  private func ranking(_ output: String, _ positive: Int, _ metrics: [MetricSetting], _ slice: RowSlice?) throws -> RankingClaim {
    let own = try measuredLabels(slice)
    let rows = Int128(own.count)
    let positives = Int128(own.count { $0 == Int64(positive) })
    let pairs = positives * (rows - positives)
    let probability = treeCount.map { Int64($0) } ?? (output == "probability" ? probabilityUnit : nil)
    let unit = Int128(probability ?? probabilityUnit)
    var measures: [RankingClaim.Measure] = []
    for setting in metrics where setting.metric.isOfScores {
      let measure: RankingClaim.Measure
      switch setting.metric {
      case .auc: measure = .rankSum(try shown(setting, of: 2 * pairs, most: 2 * pairs))
      // Gini = 2·AUC − 1 ≥ a/b is 2U ≥ P·N·(1 + a/b).
      case .gini:
        let bound = setting.bound.map { MetricThreshold(adding: $0) }
        measure = .rankSum(try shown(MetricSetting(.auc, bound), of: pairs, most: 2 * pairs))
      case .ks: measure = .distance(try shown(setting, of: pairs, most: pairs))
      case .brier: measure = .squaredError(try shown(setting, of: rows * unit * unit, most: rows * unit * unit))
      case .logLoss: measure = .logLoss(try shown(setting, of: rows * 10_000_000_000, most: rows * 10_000_000_000))
      default:
        // Of trees every number of votes, or 16 bins of them.
        let values = treeCount.map { Int64(1) << Int64(Int.bitWidth - $0.leadingZeroBitCount) } ?? probabilityUnit
        let bins = min(16, values)
        measure = .calibration(edges: (0...bins).map { $0 * (values / bins) }, counts: [])
      }
      if !measures.contains(measure) { measures.append(measure) }
    }
    return RankingClaim(
      labels: labels, scores: .init(artefact: Self.predictions, column: output), positive: positive, positives: 0,
      unit: probability, measures: measures, slice: slice)
  }

  // MARK: Numbers

  private func errors(_ metrics: [MetricSetting], _ slice: RowSlice?) throws -> ErrorClaim {
    let target = prepared.model.target
    let own = try measuredLabels(slice)
    guard let column = prepared.testTable.schema.column(target), !own.isEmpty else {
      throw PipelineError(.fault, "The test rows have no target.", remedy: "Report this as a defect.")
    }
    var digits = 0
    if case .decimal(let scale, _) = column.type { digits = scale }
    let unit = (0..<min(digits, 18)).reduce(Int128(1)) { power, _ in power * 10 }
    let rows = Int128(own.count)
    // A centre near the labels keeps the sum of squares small; it is public, so it is a round number: the middle of the declared range.
    let range = column.type.range
    let centre = range.lower + (range.upper - range.lower) / 2
    let shift = own.reduce(Int128(0)) { $0 + Int128($1 - centre) }
    let squares = own.reduce(Int128(0)) { $0 + Int128($1 - centre) * Int128($1 - centre) }
    let variation = squares - shift * shift / rows
    var measures: [ErrorClaim.Measure] = []
    func add(_ measure: ErrorClaim.Measure) { if !measures.contains(measure) { measures.append(measure) } }
    for setting in metrics {
      switch setting.metric {
      case .mse: add(.squared(try shown(setting, of: rows * unit * unit, most: 0)))
      case .mae: add(.absolute(try shown(setting, of: rows * unit, most: 0)))
      case .r2:
        guard let bound = setting.bound else {
          add(.squared(.revealed(0)))
          continue
        }
        // R² ≥ a/b is squared error ≤ variation·(b − a)/b; rounded down.
        add(.squared(try shown(MetricSetting(.mse, MetricThreshold(lacking: bound)), of: max(0, variation - 1), most: 0)))
      default: break
      }
    }
    let width = Int128(range.upper) - Int128(range.lower)
    let needsLabels = metrics.contains { $0.metric == .r2 }
    let wholeCount = Int128(prepared.testTable.rowCount)
    guard wholeCount * width * width < 1 << 61, wholeCount * Int128(range.magnitude) < 1 << 61 else {
      guard !needsLabels else {
        throw PipelineError(
          .claimDoesNotFit, "R² of so wide a target exceeds what one claim takes.", remedy: "Narrow the target's range in the schema, or claim mae.")
      }
      return ErrorClaim(labels: labels, predictions: predictions, measures: measures, slice: slice)
    }
    // The mean predictor's error follows from these.
    return ErrorClaim(
      labels: labels, predictions: predictions, measures: measures + [.labels(sum: 0, centre: centre, squares: 0)], slice: slice)
  }

  // MARK: Words

  /// What a reader should know about groups that are too small, before anything is proved.
  /// - Returns: one sentence each.
  func metricWarnings(_ statements: [ClaimStatement]) throws -> [String] {
    var out: [String] = []
    let publishesAll = statements.contains { statement in
      switch statement {
      case .accuracy(_, _, .revealed): true
      case .data(.confusion(let claim)): claim.group == nil
      default: false
      }
    }
    let small = try sliceRows().small
    if !small.isEmpty {
      out.append("not measured by themselves, because they have too few rows (minimumGroup), or are all rows: \(small.joined(separator: "; "))")
    }
    let isBounded = statements.contains { if case .accuracy(_, _, .atLeast) = $0 { true } else { false } }
    let isCounted = statements.contains { statement in
      guard case .data(.confusion(let claim)) = statement, case .counts = claim.shown else { return false }
      return true
    }
    if isBounded, isCounted {
      out.append("the accuracy is bounded, but counts of labels and predictions are published: it follows from them, or nearly so")
    }
    for case .data(.confusion(let claim)) in statements {
      guard let group = claim.group else { continue }
      let (name, hidden) = (group.column.column, try group.count(rawTest.schema) - claim.shownGroups.count)
      let sizes = "fewer than \(claim.minimumGroup) rows"
      if claim.shownGroups.count < 2 {
        out.append(
          "\(TerminalText.quoted(name)): all groups but \(claim.shownGroups.count) have \(sizes), so that nothing is compared; --minimum-group shows smaller ones"
        )
      }
      if hidden == 1, publishesAll {
        let isEmpty = try isLastGroupEmpty(claim, group)
        if !isEmpty {
          out.append(
            "\(TerminalText.quoted(name)): one group alone has \(sizes) and is not shown, but its counts follow from those of the whole table, which this "
              + "bundle publishes")
        }
      }
    }
    return out
  }

  private func isLastGroupEmpty(_ claim: ConfusionClaim, _ group: GroupColumn) throws -> Bool {
    let groups = try group.groups(rawTest)
    return groups.allSatisfy { claim.shownGroups.contains($0) }
  }
}

extension MetricName {
  /// Whether a bound on it is an upper one.
  fileprivate var isUpperBounded: Bool { self == .brier || self == .logLoss || self == .mse || self == .mae }
}
