import Claims
import Evidence
import Hashing
import Programs
import Store

/// A number (or list of numbers) about a table that became, or is about to become, public exactly.
struct RevealedStatistic: Equatable {
  /// Name of the table.
  let table: String
  /// The table's commitment.
  let identity: Digest
  /// Digest of its columns.
  let columns: Digest
  let rowCount: Int
  /// The claim that tells it.
  let claim: String
  /// What it is, as people read it.
  let label: String

  /// The label without the table's own name, so that one statistic of two tables has one.
  var subject: String {
    let short = table.split(separator: ".").last.map(String.init) ?? table
    // The name alone or with a column, perhaps in parentheses or in a list.
    return label.split(separator: " ").map { word in
      let core = word.drop { $0 == "(" }
      for name in [table, short] where core.hasPrefix(name) {
        let rest = core.dropFirst(name.count)
        if rest.isEmpty || ".),;".contains(rest.first ?? " ") { return "·\(rest)" }
      }
      return String(word)
    }.joined(separator: " ")
  }
}

/// Finds numbers that tell about single people by their difference.
///
/// The same statistic of two tables of which one has a row more is that row's own; of fewer rows than `minimumGroup`, that small group's. Whether one of
/// two tables comes from the other a store does not know: the same columns and nearly as many rows are taken for it.
enum Differencing {
  /// Groups smaller than this are taken for people.
  static let minimumGroup = 5

  /// Warnings about pairs of statistics and about statistics of small tables, in the order given.
  /// - Parameters:
  ///   - statistics: all that is known or planned.
  ///   - isRelevant: which of them the warnings shall be about, e.g. the planned ones.
  ///   - areApart: whether two tables are known to hold equal rows, or none in common.
  static func warnings(
    _ statistics: [RevealedStatistic], about isRelevant: (RevealedStatistic) -> Bool = { _ in true },
    unless areApart: (Digest, Digest) -> Bool = { _, _ in false }
  ) -> [String] {
    var warnings: [String] = []
    func add(_ text: String) { if !warnings.contains(text), warnings.count < 100 { warnings.append(text) } }
    // Of one row everything is that row's, and the receipts of `infer` are meant to tell it.
    for statistic in statistics where isRelevant(statistic) && (2..<minimumGroup).contains(statistic.rowCount) {
      add(
        "\(statistic.claim), \(statistic.label): \(statistic.table) has \(counted(statistic.rowCount, "row")), so that this tells about single rows")
    }
    var bySubject: [String: [RevealedStatistic]] = [:]
    var subjects: [String] = []
    for statistic in statistics {
      let key = "\(statistic.columns.hex) \(statistic.subject)"
      if bySubject[key] == nil { subjects.append(key) }
      bySubject[key, default: []].append(statistic)
    }
    for key in subjects {
      let own = (bySubject[key] ?? []).sorted { ($0.rowCount, $0.table) < ($1.rowCount, $1.table) }
      for (index, small) in own.enumerated() {
        for large in own.dropFirst(index + 1) {
          let difference = large.rowCount - small.rowCount
          guard difference < minimumGroup else { break }
          guard difference > 0, large.identity != small.identity, isRelevant(large) || isRelevant(small), !areApart(large.identity, small.identity)
          else {
            continue
          }
          add(
            "\(large.label) of \(large.table) (\(counted(large.rowCount, "row")), \(large.claim)) and of \(small.table) "
              + "(\(counted(small.rowCount, "row")), \(small.claim)) are both public: if one table comes from the other, their difference tells about "
              + (difference == 1 ? "one row" : "\(difference) rows"))
        }
      }
    }
    return warnings
  }

  /// What proofs told about the tables of a store.
  static func revealed(in store: Store) throws -> [RevealedStatistic] {
    // A refreshed commitment has the disclosures of its first one.
    let refreshed = Set(try store.refreshes().map(\.child))
    return try store.artefacts().flatMap { record -> [RevealedStatistic] in
      guard !refreshed.contains(record.identity), let contents = ArtefactRecord(record)?.contents else { return [] }
      return try store.disclosures(about: record.identity).compactMap { entry in
        guard !entry.revealed.label.hasSuffix(boundMark) else { return nil }
        return statistic(record.name, record.identity, contents, claim: entry.revealed.claim, label: entry.revealed.label)
      }
    }
  }

  /// What ends the label of a bounded value in the store.
  static let boundMark = " (bound)"

  /// Nil for what is no table.
  static func statistic(
    _ name: String, _ identity: Digest, _ contents: ArtefactContents, claim: String, label: String
  ) -> RevealedStatistic? {
    guard case .table(let schema, let rows) = contents else { return nil }
    let columns = schema.canonical.digest(tag: "zkmlops/columns/v1")
    return RevealedStatistic(table: name, identity: identity, columns: columns, rowCount: rows, claim: claim, label: label)
  }

  /// Tables that hold the same values, by proved refreshes: every commitment's first one.
  static func origins(in store: Store) throws -> [Digest: Digest] {
    var parents: [Digest: Digest] = [:]
    for refresh in try store.refreshes() { parents[refresh.child] = refresh.parent }
    var origins: [Digest: Digest] = [:]
    for child in parents.keys {
      var origin = child
      for _ in 0...parents.count { if let parent = parents[origin] { origin = parent } }
      origins[child] = origin
    }
    return origins
  }
}
