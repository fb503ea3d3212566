import Claims
import Evidence
import Importers
import Programs

/// Claims about metrics, from the words of a claim file.
extension TableClaimMaker {
  private func classes(_ name: ClaimColumn) throws -> [String] {
    guard case .category(let names) = try column(name).type else {
      throw refused(name.column, "a column of numbers", "a category column", "Name a column of classes")
    }
    return names
  }

  private func index(_ text: String, _ name: ClaimColumn) throws -> Int {
    let names = try classes(name)
    guard let index = names.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) else {
      throw refused(
        name.column, "the unknown class \(TerminalText.quoted(text))", "one of \(names.prefix(20).map(TerminalText.quoted).joined(separator: ", "))",
        "Correct the class")
    }
    return index
  }

  func confusion(_ request: ConfusionRequest) throws -> ConfusionClaim {
    _ = (try classes(request.labels), try classes(request.predictions))
    let group = try request.groups.map { name in
      let column = try self.column(name)
      return GroupColumn(column: self.name(name), edges: try request.bands.map { try SplitBound.stored($0, column, file: file) })
    }
    if group == nil, let bound = request.bounds.first(where: { $0.metric.rawValue.hasSuffix("Difference") || $0.metric == .demographicParityRatio }) {
      throw refused(
        nil, "\(bound.metric.rawValue) without groups", "groups: {artefact: …, column: …}", "Name the column that divides the rows into groups")
    }
    let bounds = try request.bounds.map { bound in
      let selected = try bound.selected.map { try index($0, request.labels) } ?? 0
      let metric: MetricBound.Metric =
        switch bound.metric {
        case .accuracy: .accuracy
        case .precision: .precision(selected)
        case .recall: .recall(selected)
        case .f1: .f1(selected)
        case .demographicParityDifference: .demographicParityDifference(selected)
        case .demographicParityRatio: .demographicParityRatio(selected)
        case .equalOpportunityDifference: .equalOpportunityDifference(selected)
        case .equalisedOddsDifference: .equalisedOddsDifference(selected)
        }
      return MetricBound(metric, bound.numerator, of: bound.denominator)
    }
    return ConfusionClaim(
      labels: name(request.labels), predictions: name(request.predictions), group: group, minimumGroup: request.minimumGroup,
      shown: bounds.isEmpty ? .counts([]) : .bounds(marginals: [], bounds))
  }

  /// The group of a slice with its number of rows.
  private func slice(_ request: SliceRequest) throws -> RowSlice {
    let own = try column(request.groups)
    let edges = try request.bands.map { try SplitBound.stored($0, own, file: file) }
    let group = GroupColumn(column: name(request.groups), edges: edges)
    let source = try table(request.groups.artefact)
    let (groups, count) = (try group.groups(source), try group.count(source.schema))
    let index: Int
    if case .category = own.type {
      index = try self.index(request.group, request.groups)
    } else {
      guard let number = Int(request.group), (1...count).contains(number) else {
        throw refused(own.name, "the group \(TerminalText.quoted(request.group))", "a band from 1 to \(count)", "Number the bands from 1 on")
      }
      index = number - 1
    }
    let rows = groups.count { $0 == index }
    guard rows > 0, count > 1 else {
      throw refused(own.name, "\(counted(rows, "row")) of \(counted(count, "group"))", "one of several groups, with rows", "Name another group")
    }
    return RowSlice(group: group, index: index, rows: rows)
  }

  /// Labels of the rows that are measured.
  private func measured(_ labels: ClaimColumn, _ slice: RowSlice?) throws -> [Int64] {
    let own = try table(labels.artefact).values(labels.column) ?? []
    guard let slice else { return own }
    return zip(own, try slice.group.groups(try table(slice.group.column.artefact))).filter { $0.1 == slice.index }.map(\.0)
  }

  /// The interval of a measure times a number, or revealed.
  private func shown(_ within: (from: String, to: String)?, times factor: Int128, digits: Int = 0) throws -> Shown {
    guard let within else { return .revealed(0) }
    guard let factor = Int(exactly: factor), let lower = SplitBound.multiple(within.from, digits: digits, times: factor, up: true),
      let upper = SplitBound.multiple(within.to, digits: digits, times: factor, up: false), let range = IntegerRange(lower: lower, upper: upper)
    else { throw refused(nil, "bounds from \(within.from) to \(within.to) that no value meets", "from below to", "Correct the bounds") }
    return .within(range)
  }

  func ranking(_ request: RankingRequest) throws -> RankingClaim {
    let positive = try index(request.positive, request.labels)
    let scores = try column(request.scores)
    guard let digits = Self.digits(scores), scores.missing == .refuse, scores.type.range.bitCount <= 16 else {
      throw refused(
        scores.name, "scores that are no numbers of at most 65,536 possible values without missing cells", "such a column", "Name another column")
    }
    let range = scores.type.range
    let slice = try request.slice.map(self.slice)
    let labels = try measured(request.labels, slice)
    let (rows, positives) = (Int128(labels.count), Int128(labels.count { $0 == Int64(positive) }))
    let unit = try request.unit.map { text in
      guard let unit = SplitBound.multiple(text, digits: digits, times: 1, up: true), unit >= 1, range.lower >= 0 else {
        throw refused(scores.name, "the unit \(text) of scores from \(range.lower)", "a positive number, and scores from 0 on", "Correct unit")
      }
      return unit
    }
    var measures: [RankingClaim.Measure] = []
    for wanted in request.measures {
      let within = wanted.within.map { ($0.from, $0.to) }
      if wanted.kind == .brier || wanted.kind == .logLoss, unit == nil {
        throw refused(scores.name, "\(wanted.kind.rawValue) without unit", "unit: the score that stands for probability 1", "Add unit")
      }
      let one = Int128(unit ?? 1)
      switch wanted.kind {
      case .auc: measures.append(.rankSum(try shown(within, times: 2 * positives * (rows - positives))))
      case .ks: measures.append(.distance(try shown(within, times: positives * (rows - positives))))
      case .brier: measures.append(.squaredError(try shown(within, times: rows * one * one)))
      case .logLoss: measures.append(.logLoss(try shown(within, times: rows * 10_000_000_000)))
      }
    }
    if let bins = request.calibrationBins {
      let span = Int128(range.upper) - Int128(range.lower) + 1
      guard span >= Int128(bins) else {
        throw refused(scores.name, "\(bins) bins of \(span) possible scores", "at most as many bins", "Lower calibration")
      }
      var edges = (0...bins).map { Int64(Int128(range.lower) + span * Int128($0) / Int128(bins)) }
      // The claim covers all values of so many bits.
      edges[bins] = range.lower + (1 << range.bitCount)
      measures.append(.calibration(edges: edges, counts: []))
    }
    return RankingClaim(
      labels: name(request.labels), scores: name(request.scores), positive: positive, positives: Int(positives), unit: unit, measures: measures,
      slice: slice)
  }

  func errors(
    _ labels: ClaimColumn, _ predictions: ClaimColumn, _ wanted: [MeasureRequest<ErrorMeasure>], _ requested: SliceRequest?
  ) throws -> ErrorClaim {
    let (own, other) = (try column(labels), try column(predictions))
    guard let digits = Self.digits(own), Self.digits(other) == digits else {
      throw refused(other.name, "labels and predictions that are no numbers of equally many digits", "such columns", "Name other columns")
    }
    guard !wanted.isEmpty else { throw refused(nil, "no measure", "measures: [mse, mae]", "Add measures") }
    let slice = try requested.map(self.slice)
    let rows = try Int128(slice?.rows ?? table(labels.artefact).rowCount)
    var measures: [ErrorClaim.Measure] = []
    for wanted in wanted {
      let within = wanted.within.map { ($0.from, $0.to) }
      switch wanted.kind {
      case .mse: measures.append(.squared(try shown(within, times: rows, digits: 2 * digits)))
      case .mae: measures.append(.absolute(try shown(within, times: rows, digits: digits)))
      case .r2:
        let range = own.type.range
        measures.append(.labels(sum: 0, centre: Int64((Int128(range.lower) + Int128(range.upper)) / 2), squares: 0))
      }
    }
    if wanted.contains(where: { $0.kind == .r2 }) {
      guard !wanted.contains(where: { $0.kind == .mse && $0.within != nil }) else {
        throw refused(nil, "r2 beside bounds of mse", "mse itself: R² tells it", "Write mse without bounds, or remove r2")
      }
      if !wanted.contains(where: { $0.kind == .mse }) { measures.insert(.squared(.revealed(0)), at: 0) }
    }
    return ErrorClaim(labels: name(labels), predictions: name(predictions), measures: measures, slice: slice)
  }

  private static func digits(_ column: TableColumn) -> Int? {
    switch column.type {
    case .integer: 0
    case .decimal(let scale, _): scale
    case .category: nil
    }
  }
}
