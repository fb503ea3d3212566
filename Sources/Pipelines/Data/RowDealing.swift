import Claims
import Evidence
import Hashing
import Importers
import Programs

/// How a pipeline's rows are dealt to the training and the test part, from the commitment of the table.
struct RowDealing {
  let rule: SplitRule
  let split: RowSplit

  /// Deals the rows of a committed table.
  ///
  /// - Parameters:
  ///   - identity: of the table's commitment.
  ///   - file: the pipeline's name in errors.
  /// - Throws: `ImportError` for a column or number that does not fit, or a part without rows.
  init(_ configuration: PipelineConfiguration, table: StoredTable, identity: Digest, file: String) throws {
    let maker = Maker(configuration: configuration, table: table, file: file)
    let rule = try maker.rule()
    let count = table.rowCount
    guard count >= 2 else {
      throw maker.refused(nil, "\(counted(count, "row")) to split", "at least two rows", "Use a larger table, or a split without method")
    }
    let share = try maker.share()
    let second = max(1, min(count - 1, (count * share.numerator + share.denominator / 2) / share.denominator))
    let parts = SplitClaim.rows(rule, identity: identity, sizes: [count - second, second], table: table)
    guard parts.count == 2, let training = parts.first, let test = parts.last, !training.isEmpty, !test.isEmpty else {
      let (empty, other) = parts.first?.isEmpty ?? true ? ("training", "test") : ("test", "training")
      throw maker.refused(
        maker.column, "a split that leaves the \(empty) part without rows", "rows in both parts",
        "Change split so that the \(other) part gets fewer rows")
    }
    self.rule = rule
    split = RowSplit(training: training, test: test)
  }

  /// What a reader should know about the seed. `isFresh`: the table's commitment was made in this run.
  static func provenance(_ configuration: PipelineConfiguration, isFresh: Bool) -> String? {
    guard let split = configuration.provedSplit else { return nil }
    if case .cutoff = split.method { return "the split is proved: rows from the cut-off on are tested" }
    switch split.nonce {
    case .none: return "the split is proved, but its seed follows from the commitment alone and could have been ground: split.nonce prevents that"
    case .auditor where isFresh, .dated where isFresh:
      return
        "the table is committed in this run, when the nonce was known already: the split's seed could have been ground; commit first, and take a "
        + "nonce from after that"
    case .auditor: return "the split's seed follows from the commitment, which is older than this run, and from the auditor's nonce"
    case .dated(_, let date): return "the split's seed follows from the commitment and from the nonce of \(TerminalText.escaped(date))"
    }
  }

  /// Rows of each of k equal parts; the first ones have one more where they do not divide.
  static func folds(_ rows: Int, _ count: Int) -> [Int] {
    let (each, left) = rows.quotientAndRemainder(dividingBy: max(1, count))
    return (0..<max(1, count)).map { $0 < left ? each + 1 : each }
  }

  static func nonce(_ setting: NonceSetting) -> Nonce {
    switch setting {
    case .none: Nonce(bytes: [], source: .prover)
    case .auditor(let bytes): Nonce(bytes: bytes, source: .auditor)
    case .dated(let bytes, let date): Nonce(bytes: bytes, source: .dated(date.utf8.count == 10 ? date + "T00:00:00Z" : date))
    }
  }

  private struct Maker {
    let configuration: PipelineConfiguration
    let table: StoredTable
    let file: String

    var method: SplitMethod { configuration.provedSplit?.method ?? .random }
    var column: String? {
      switch method {
      case .random: nil
      case .stratified(let column): column ?? configuration.target
      case .cutoff(let column, _), .groups(let column): column
      }
    }

    func refused(_ column: String?, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
      ImportError(.invalidValue, at: FilePlace(file: file, column: column), found: found, expected: expected, remedy: remedy)
    }

    func share() throws -> (numerator: Int, denominator: Int) {
      if let folds = configuration.folds { return (1, folds) }
      guard let fraction = RowSplit.fraction(configuration.testFraction), fraction.denominator <= 1 << 20 else {
        throw refused(
          nil, "split.test \(TerminalText.quoted(configuration.testFraction))", "a number from 0 to 1 with at most 6 digits", "Correct it")
      }
      return (Int(fraction.numerator), Int(fraction.denominator))
    }

    private var nonce: Nonce { RowDealing.nonce(configuration.provedSplit?.nonce ?? .none) }

    private func own(_ name: String) throws -> (TableColumn, [Int64]) {
      guard let own = table.schema.column(name), let values: [Int64] = table.values(name) else {
        throw refused(name, "split names a column that the table does not have", "a column of the schema", "Correct split")
      }
      guard own.missing == .refuse else {
        throw refused(
          name, "a split by a column with missing cells", "a column without them",
          "Filter the rows where it is present after declaring missing: drop, or choose another column")
      }
      return (own, values)
    }

    func rule() throws -> SplitRule {
      let (numerator, denominator) = try share()
      switch method {
      case .random: return .random(nonce)
      case .stratified:
        let (column, values) = try own(self.column ?? "")
        guard case .category(let names) = column.type else {
          throw refused(column.name, "a split stratified by numbers", "a category column", "Choose another column for split.stratify")
        }
        var counts = [Int](repeating: 0, count: names.count)
        for value in values { if let code = Int(exactly: value), counts.indices.contains(code) { counts[code] += 1 } }
        let pairs = counts.map { all -> [Int64] in
          let second = (all * numerator + denominator / 2) / denominator
          return [Int64(all - second), Int64(second)]
        }
        return .stratified(nonce, column: column.name, numerator: numerator, denominator: denominator, counts: pairs)
      case .cutoff(let name, let from):
        let column = try own(name).0
        let value = try SplitBound.stored(from, column, file: file)
        return .cutoff(column: name, from: value)
      case .groups(let name):
        let groups = Set(try own(name).1).count
        guard groups >= 2 else { throw refused(name, "a split by groups of a column with one value", "two values or more", "Choose another column") }
        return .groups(nonce, column: name, numerator: numerator, denominator: denominator, groups: groups)
      }
    }
  }
}
