import Claims
import Programs

/// Claims about which rows a table has: splits, filters, joins, duplicates, keys, groups of rows.
extension ClaimMeaning {
  func describe(_ claim: DataClaim) throws(StatementError) -> ClaimDescription {
    switch claim {
    case .split(let claim): return try describeSplit(claim)
    case .statistics(let claim): return try describeStatistics(claim)
    case .filter(let claim): return try describeFilter(claim)
    case .deduplicate(let claim): return try describeDeduplicate(claim)
    case .join(let claim): return try describeJoin(claim)
    case .disjoint(let claim): return try describeDisjoint(claim)
    case .anonymity(let claim): return try describeAnonymity(claim)
    case .fit(let claim): return try describeFit(claim)
    case .transform(let claim): return try describeTransform(claim)
    case .confusion(let claim): return try describeConfusion(claim)
    case .ranking(let claim): return try describeRanking(claim)
    case .errors(let claim): return try describeErrors(claim)
    case .training(let claim): return try describeTraining(claim)
    case .optimum(let claim): return try describeOptimum(claim)
    case .treeTraining(let claim): return try describeTraining(claim)
    case .network(let claim): return try describe(claim)
    }
  }

  /// The first texts of a list, and the number of the others.
  func listed(_ texts: [String], separator: String = ", ") -> String { listed(count: texts.count, separator: separator) { texts[$0] } }

  /// The same where only the texts that are shown are made.
  func listed(count: Int, separator: String = ", ", _ text: (Int) -> String) -> String {
    let shown = (0..<min(count, listedValues)).map(text).joined(separator: separator)
    return count > listedValues ? "\(shown)\(separator)… and \(count - listedValues) more, all in the statement" : shown
  }

  func column(_ name: String, of table: String) throws(StatementError) -> TableColumn {
    guard let found = try self.table(table).schema.column(name) else { throw .claim(.unknownColumn(artefact: table, column: name)) }
    return found
  }

  private func derived(_ output: String, from inputs: [String]) -> [ManifestEdge] {
    inputs.filter { $0 != output }.map { ManifestEdge(.derivedFrom, from: output, to: $0) }
  }

  // MARK: Splits

  private func describeSplit(_ claim: SplitClaim) throws(StatementError) -> ClaimDescription {
    let total = try table(claim.table).rows
    var parts: [String] = []
    for part in claim.parts { parts.append("\(part) (\(Self.count(try table(part).rows, "row")))") }
    var description = ClaimDescription(
      uses: claim.artefacts, establishes: claim.parts.flatMap { derived($0, from: [claim.table]) },
      shows: [
        "Every row of \(claim.table) (\(Self.count(total, "row"))) is in exactly one of the parts \(listed(parts)), in the order of the table."
      ],
      doesNotShow: [], discloses: [], duties: [.dataGovernance, .testing])
    switch claim.rule {
    case .random(let nonce):
      if claim.parts.count > 2 {
        let sizes = try claim.parts.map { part throws(StatementError) in try table(part).rows }
        let isEqual = (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1
        description.shows.append(
          isEqual
            ? "The \(claim.parts.count) parts are folds of equal size (to one row)."
            : "The \(claim.parts.count) parts are not of equal size: they are no folds of a cross-validation.")
      }
      description.shows.append("Which row went where follows from a seeded order of the row numbers. \(source(of: nonce, claim.table))")
    case .stratified(let nonce, let name, let numerator, let denominator, let counts):
      guard case .category(let classes) = try column(name, of: claim.table).type, counts.count == classes.count,
        counts.allSatisfy({ $0.count == 2 }), claim.parts.count == 2
      else { throw .claim(.inconsistent("a split by class needs two parts, a category column and two counts for each class")) }
      let texts = zip(classes, counts).map { "\($0): \($1[0]) in \(claim.parts[0]), \($1[1]) in \(claim.parts[1])" }
      description.shows.append(
        "Within each class of \(name) the first rows of a seeded order went to \(claim.parts[1]), the share \(numerator)/\(denominator), halves "
          + "rounded up: \(listed(texts, separator: "; ")). \(source(of: nonce, claim.table))")
      description.discloses.append(
        Disclosure("counts of \(claim.table).\(name) by part", .exact, value: listed(texts, separator: "; ")))
    case .cutoff(let name, let from):
      guard claim.parts.count == 2 else { throw .claim(.inconsistent("a split by a cut-off has two parts")) }
      let type = try column(name, of: claim.table).type
      description.shows.append(
        "Rows with \(name) of \(Self.cell(from, type)) or more are in \(claim.parts[1]), all others in \(claim.parts[0]).")
    case .groups(let nonce, let name, let numerator, let denominator, let groups):
      _ = try column(name, of: claim.table)
      guard claim.parts.count == 2 else { throw .claim(.inconsistent("a split by group has two parts")) }
      description.shows.append(
        "All rows of one value of \(name) are in the same part; of the \(groups) values the share \(numerator)/\(denominator), halves rounded up, "
          + "went to \(claim.parts[1]) by a seeded order. \(source(of: nonce, claim.table))")
      description.discloses.append(Disclosure("distinct values of \(claim.table).\(name)", .exact, value: String(groups)))
    }
    if case .groups = claim.rule {
    } else {
      description.doesNotShow.append(
        "That rows which belong together (of one person, one household, copies of one row) are in the same part: that takes a claim of type disjoint."
      )
    }
    if case .cutoff = claim.rule {
      description.doesNotShow.append("That the cut-off was fixed before the data were seen.")
    } else {
      let hasNonce = claim.rule.nonce?.bytes.isEmpty == false
      description.doesNotShow.append(
        hasNonce
          ? "That the nonce was unknown when \(claim.table) was committed, and that no other split was tried before this one."
          : "That no other split was tried before this one.")
    }
    description.discloses.append(Disclosure("cells of \(claim.table) and its parts", .hidden))
    return description
  }

  /// Where the randomness of a split, or of the order of rows (`choice`), comes from, and what that is worth.
  func source(of nonce: Nonce, _ table: String, choice: String = "split") -> String {
    let bytes = HexBytes.text(Array(nonce.bytes.prefix(8))) + (nonce.bytes.count > 8 ? "…" : "")
    if nonce.bytes.isEmpty {
      return "The seed follows from the commitment of \(table) alone, without a nonce: committing again and again, a prover can pick the \(choice) "
        + "that suits."
    }
    let seed = "The seed follows from the commitment of \(table) and the nonce \(bytes) of \(Self.count(nonce.bytes.count, "byte"))"
    switch nonce.source {
    case .auditor:
      return "\(seed), which is said to be the auditor's: if it is yours and you chose it after you had the commitment, nobody could steer the "
        + "\(choice)."
    case .prover: return "\(seed), which the prover chose: committing again and again, a prover can pick the \(choice) that suits."
    case .dated(let date):
      var text = "\(seed), which is said to have become public at \(date)"
      if let written, let moment = Timestamp(date) {
        let days = written.day - moment.day
        text += days < 0 ? ", after this bundle was written" : ", \(Self.count(days, "day")) before this bundle was written"
      }
      return "\(text): compare it with its source; nobody could steer the \(choice) if the commitment is older."
    }
  }

  // MARK: Rows of one table in another

  private func describeFilter(_ claim: FilterClaim) throws(StatementError) -> ClaimDescription {
    let (before, after) = (try table(claim.table).rows, try table(claim.output).rows)
    var conditions: [String] = []
    for condition in claim.conditions {
      switch condition {
      case .present(let name):
        _ = try column(name, of: claim.table)
        conditions.append("\(name) is present")
      case .within(let name, let range):
        let type = try column(name, of: claim.table).type
        conditions.append("\(name) is present and from \(Self.cell(range.lower, type)) to \(Self.cell(range.upper, type))")
      }
    }
    return ClaimDescription(
      uses: claim.artefacts, establishes: derived(claim.output, from: [claim.table]),
      shows: [
        "\(claim.output) has exactly those \(after) of the \(Self.count(before, "row")) of \(claim.table), in the same order, of which this holds: "
          + "\(listed(conditions, separator: "; "))."
      ], doesNotShow: ["That the conditions are apt, or were fixed before the data were seen."],
      discloses: [Disclosure("which rows of \(claim.table) stay", .hidden)], duties: [.dataGovernance, .documentation])
  }

  private func describeDeduplicate(_ claim: DeduplicateClaim) throws(StatementError) -> ClaimDescription {
    let (before, after) = (try table(claim.table).rows, try table(claim.output).rows)
    return ClaimDescription(
      uses: claim.artefacts, establishes: derived(claim.output, from: [claim.table]),
      shows: [
        "\(claim.output) holds each distinct row of \(claim.table) once, at its first place, in the same order: \(after) of \(Self.count(before, "row"))."
      ], doesNotShow: ["That rows which differ in a cell are about different things."],
      discloses: [Disclosure("which rows of \(claim.table) are repeated", .hidden)], duties: [.dataGovernance, .documentation])
  }

  private func describeJoin(_ claim: JoinClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.left).rows
    _ = try column(claim.key, of: claim.right)
    return ClaimDescription(
      uses: claim.artefacts, establishes: derived(claim.output, from: [claim.left, claim.right]),
      shows: [
        "\(claim.output) has the \(Self.count(rows, "row")) of \(claim.left) in order, each with the columns of the one row of \(claim.right) that has the "
          + "same \(claim.key); no \(claim.key) occurs twice in \(claim.right), and every row of \(claim.left) has a partner."
      ], doesNotShow: ["That equal values of \(claim.key) mean the same thing in both tables."],
      discloses: [Disclosure("cells of \(claim.left), \(claim.right) and \(claim.output)", .hidden)], duties: [.dataGovernance, .documentation])
  }

  // MARK: Keys and groups of rows

  private func describeDisjoint(_ claim: DisjointClaim) throws(StatementError) -> ClaimDescription {
    var tables: [String] = []
    for name in claim.tables {
      tables.append("\(name) (\(Self.count(try table(name).rows, "row")))")
      for column in claim.columns { _ = try self.column(column, of: name) }
    }
    let key = claim.columns.isEmpty ? "No row" : "No combination of \(listed(claim.columns))"
    return ClaimDescription(
      uses: claim.artefacts,
      shows: ["\(key) occurs in two of the tables \(listed(tables)); in all they have \(claim.distinctCount) different ones."],
      doesNotShow: [
        claim.columns.isEmpty
          ? "That rows which differ in a cell are about different persons or things."
          : "That the columns identify what must not be on both sides."
      ],
      discloses: [
        Disclosure("different keys of \(claim.tables.joined(separator: ", "))", .exact, value: String(claim.distinctCount)),
        Disclosure("keys of single rows", .hidden),
      ], duties: [.dataGovernance, .testing])
  }

  private func describeAnonymity(_ claim: AnonymityClaim) throws(StatementError) -> ClaimDescription {
    let rows = try table(claim.table).rows
    for name in claim.quasiIdentifiers { _ = try column(name, of: claim.table) }
    let columns = listed(claim.quasiIdentifiers)
    return ClaimDescription(
      uses: claim.artefacts,
      shows: [
        "Every combination of \(columns) that occurs in \(claim.table) (\(Self.count(rows, "row"))) occurs in \(claim.minimum) or more rows "
          + "(\(claim.minimum)-anonymity); \(claim.classCount) different ones occur."
      ],
      doesNotShow: [
        "That nobody can be identified: other columns may single out a row, and rows that agree in these columns may agree in a secret too.",
        "That these are all the columns that somebody may know of a person.",
      ],
      discloses: [
        Disclosure("different combinations of \(columns) in \(claim.table)", .exact, value: String(claim.classCount)),
        Disclosure("rows of each combination", .bounded, value: "\(claim.minimum) or more"),
      ], duties: [.dataGovernance, .specialCategories])
  }
}

extension Timestamp {
  /// Days since a fixed day, of the Gregorian calendar.
  var day: Int {
    let digits = Array(description.utf8)
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    // Months from March on, so that the leap day is the last of its year.
    let (month, year) = (number(5..<7), number(0..<4) - (number(5..<7) < 3 ? 1 : 0) + 400)
    let shifted = month < 3 ? month + 9 : month - 3
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + number(8..<10)
  }
}
