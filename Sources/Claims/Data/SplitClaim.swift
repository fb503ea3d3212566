import Hashing
import Programs
import ProofSystem

/// How rows are dealt to parts.
public enum SplitRule: Hashable, Sendable {
  /// Part k takes the next rows of a seeded order, as many as it has; k parts of equal size are folds.
  case random(Nonce)
  /// Two parts: within each class of `column`, the first rows of a seeded order go to the second part, as many as
  /// ⌊(class count · numerator + denominator / 2) / denominator⌋. The class counts are public: row k holds (first part, second part).
  case stratified(Nonce, column: String, numerator: Int, denominator: Int, counts: [[Int64]])
  /// Two parts: rows with `column` ≥ the stored value `from` go to the second.
  case cutoff(column: String, from: Int64)
  /// Two parts, all rows of one value of `column` in the same: of the distinct values in ascending order, numbered from 0, the first ones of
  /// a seeded order of these numbers go to the second part, ⌊(groups · numerator + denominator / 2) / denominator⌋ of them.
  case groups(Nonce, column: String, numerator: Int, denominator: Int, groups: Int)
}

/// The parts of a table: every row in exactly one part, in the order of the table.
public struct SplitClaim: DataRelation {
  public static let type = "split"
  public let table: String
  public let parts: [String]
  public let rule: SplitRule

  public init(table: String, parts: [String], rule: SplitRule) {
    self.table = table
    self.parts = parts
    self.rule = rule
  }

  public var artefacts: [String] { [table] + parts }

  public var canonical: CanonicalValue {
    let how: CanonicalValue
    switch rule {
    case .random(let nonce): how = ["random", nonce.canonical]
    case .stratified(let nonce, let column, let numerator, let denominator, let counts):
      how = [
        "stratified", nonce.canonical, .text(column), signedNumber(Int64(numerator)), signedNumber(Int64(denominator)),
        .list(counts.map { .list($0.map(signedNumber)) }),
      ]
    case .cutoff(let column, let from): how = ["cut-off", .text(column), signedNumber(from)]
    case .groups(let nonce, let column, let numerator, let denominator, let groups):
      how = [
        "groups", nonce.canonical, .text(column), signedNumber(Int64(numerator)), signedNumber(Int64(denominator)),
        signedNumber(Int64(groups)),
      ]
    }
    return ["split/v1", .text(table), .list(parts.map { .text($0) }), how]
  }

  public var reveals: [Disclosure] {
    switch rule {
    case .stratified(_, let column, _, _, let counts):
      [Disclosure(subject: "counts of \(column) by part", kind: .exact, values: counts.flatMap { $0 })]
    case .groups(_, let column, _, _, let groups):
      [Disclosure(subject: "distinct values of \(column)", kind: .exact, values: [Int64(groups)])]
    case .random, .cutoff: []
    }
  }

  // MARK: Semantics

  /// Part of each row. `strata`: the class of each row, for a stratified split; `dates`: the stored values, for a cut-off.
  static func assignment(_ rule: SplitRule, identity: Digest, rowCount: Int, sizes: [Int], column: [Int64]) -> [Int] {
    var parts = [Int](repeating: 0, count: rowCount)
    switch rule {
    case .random(let nonce):
      var place = 0
      let order = SeededOrder.order(seed: nonce.seed(purpose: "split", identity: identity), count: rowCount)
      for (part, size) in sizes.enumerated() {
        for index in order.dropFirst(place).prefix(size) { parts[index] = part }
        place += size
      }
    case .stratified(let nonce, _, _, _, let counts):
      var left = counts.map { $0.last ?? 0 }
      for index in SeededOrder.order(seed: nonce.seed(purpose: "split", identity: identity), count: rowCount) {
        guard index < column.count, let stratum = Int(exactly: column[index]), left.indices.contains(stratum), left[stratum] > 0 else { continue }
        left[stratum] -= 1
        parts[index] = 1
      }
    case .cutoff(_, let from):
      for (index, value) in column.enumerated().prefix(rowCount) where value >= from { parts[index] = 1 }
    case .groups(let nonce, _, let numerator, let denominator, let groups):
      let ofGroup = groupParts(nonce, identity: identity, numerator: numerator, denominator: denominator, groups: groups)
      let place = Dictionary(zip(Set(column).sorted(), ofGroup)) { first, _ in first }
      for (index, value) in column.enumerated().prefix(rowCount) { parts[index] = place[value] ?? 0 }
    }
    return parts
  }

  /// Part of each group number.
  static func groupParts(_ nonce: Nonce, identity: Digest, numerator: Int, denominator: Int, groups: Int) -> [Int] {
    var parts = [Int](repeating: 0, count: groups)
    let second = (groups * numerator + denominator / 2) / max(1, denominator)
    for index in SeededOrder.order(seed: nonce.seed(purpose: "split", identity: identity), count: groups).prefix(second) { parts[index] = 1 }
    return parts
  }

  /// Rows of each part, ascending: what the rule gives on a table with this identity. Prover and pipelines deal rows by it.
  public static func rows(_ rule: SplitRule, identity: Digest, sizes: [Int], table: StoredTable) -> [[Int]] {
    var column: [Int64] = []
    if let name = decidingColumn(rule), let values: [Int64] = table.values(name) { column = values }
    let assignment = assignment(rule, identity: identity, rowCount: table.rowCount, sizes: sizes, column: column)
    return sizes.indices.map { part in assignment.indices.filter { assignment[$0] == part } }
  }

  private static func decidingColumn(_ rule: SplitRule) -> String? {
    switch rule {
    case .random: nil
    case .stratified(_, let column, _, _, _), .cutoff(let column, _), .groups(_, let column, _, _, _): column
    }
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let rowCount = try tables.table(table).rowCount
    var sizes: [Int] = []
    for part in parts { sizes.append(try tables.table(part).rowCount) }
    let column = try Self.decidingColumn(rule).map { name throws(ProgramError) in try tables.column(table, name) } ?? []
    let assignment = Self.assignment(rule, identity: try tables.identity(table), rowCount: rowCount, sizes: sizes, column: column)
    var out: [String: [Int64]] = [:]
    for part in parts.indices { out["origin.\(part)"] = assignment.indices.filter { assignment[$0] == part }.map { Int64($0) } }
    out["second"] = assignment.map { Int64($0) }
    if case .stratified(let nonce, _, _, _, let counts) = rule {
      let ranks = SeededOrder.ranks(seed: nonce.seed(purpose: "split", identity: try tables.identity(table)), count: rowCount)
      // Least rank in the first part, or the row count: every rank below it belongs to the second.
      var thresholds = [Int64](repeating: Int64(rowCount), count: counts.count)
      for index in assignment.indices where assignment[index] == 0 {
        guard let stratum = Int(exactly: column[index]), thresholds.indices.contains(stratum) else { continue }
        thresholds[stratum] = min(thresholds[stratum], Int64(ranks[index]))
      }
      out["threshold"] = thresholds
      out["own"] = column.map { thresholds[Int($0)] }
    }
    if case .groups(_, _, _, _, let groups) = rule {
      let distinct = Set(column).sorted()
      guard distinct.count == groups else { throw .invalidParameter(node: table, reason: "\(distinct.count) groups, not \(groups)") }
      out["group"] = distinct
    }
    return out
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let (schema, rows) = try source.table()
    guard parts.count >= 2, parts.count <= 64, Set(parts).count == parts.count, !parts.contains(table) else {
      throw .inconsistent("a split has 2 to 64 parts, each another table")
    }
    var total = 0
    var sizes: [Int] = []
    for part in parts {
      let (own, extent) = try compiler.artefact(part).table()
      guard own.canonical == schema.canonical else { throw .inconsistent("part \(part) does not have the columns of \(table)") }
      sizes.append(extent.count)
      total += extent.count
    }
    guard total == rows.count else { throw .inconsistent("the parts of \(table) have \(total) rows together, the table has \(rows.count)") }
    let number = try compiler.publicColumn("\(prefix).row", rows: rows, (0..<rows.count).map { Int64($0) })
    let content = [number] + (try compiler.storedColumns(source))
    switch rule {
    case .random:
      // Public places: the parts' rows are a permutation of the table's.
      let assignment = Self.assignment(rule, identity: source.identity, rowCount: rows.count, sizes: sizes, column: [])
      let (whole, _) = try compiler.builder.committedTable("\(prefix).rows", content, rows)
      for (part, name) in parts.enumerated() {
        let artefact = try compiler.artefact(name)
        let own = try artefact.table().rows
        let places = assignment.indices.filter { assignment[$0] == part }.map { Int64($0) }
        let origin = try compiler.publicColumn("\(prefix).origin.\(part)", rows: own, places)
        compiler.builder.lookup("\(prefix).part.\(part)", table: whole, [origin] + (try compiler.storedColumns(artefact)), [own])
      }
    case .stratified, .cutoff, .groups:
      guard parts.count == 2 else { throw .inconsistent("a split by class, cut-off or group has two parts") }
      let second = try compiler.recordedBit("\(prefix).second", rows: rows, index: index, key: "second")
      if case .cutoff(let column, let from) = rule {
        try cutoff(&compiler, source, column, from, second, rows, prefix)
      } else if case .groups = rule {
        try group(&compiler, source, second, rows, index, prefix)
      } else {
        try stratify(&compiler, source, second, rows, index, prefix)
      }
      let first = try ColumnExpression(constant: 1).adding(second, times: -1)
      for (part, (name, selected)) in zip(parts, [first, second]).enumerated() {
        try compiler.select(
          rows: content, extent: rows, where: selected, into: name, index: index, key: "origin.\(part)", prefix: "\(prefix).part.\(part)")
      }
    }
  }

  /// second = [value ≥ from].
  private func cutoff(
    _ compiler: inout ClaimCompiler, _ source: ArtefactDescription, _ column: String, _ from: Int64, _ second: ColumnExpression, _ rows: Extent,
    _ prefix: String
  ) throws(ClaimError) {
    guard let own = try source.table().schema.column(column), own.missing == .refuse else {
      throw .inconsistent("a cut-off needs a column of \(table) without missing cells")
    }
    let range = own.type.range
    guard range.contains(from), range.bitCount <= 58 else { throw .inconsistent("the cut-off \(from) is outside the range \(range) of \(column)") }
    let bits = range.bitCount + 1
    let value = ColumnExpression(try source.column(column, .value))
    let wide = Int64(1) << Int64(bits)
    try compiler.builder.range(
      "\(prefix).side", try value.adding(-from).adding(wide).adding(second, times: -wide), bits: bits, rows)
  }

  /// (value, second) is a row of the list of groups: distinct values in ascending order, each with the public part of its number, each used.
  private func group(
    _ compiler: inout ClaimCompiler, _ source: ArtefactDescription, _ second: ColumnExpression, _ rows: Extent, _ index: Int, _ prefix: String
  ) throws(ClaimError) {
    guard case .groups(let nonce, let column, let numerator, let denominator, let groups) = rule else { return }
    guard let own = try source.table().schema.column(column), own.missing == .refuse, own.type.range.bitCount <= 58 else {
      throw .inconsistent("a split by group needs a column of \(table) without missing cells")
    }
    guard denominator >= 1, denominator <= 1 << 20, numerator >= 0, numerator <= denominator, groups >= 1, groups <= rows.count else {
      throw .inconsistent("\(groups) groups and the share \(numerator)/\(denominator) of the second part")
    }
    let extent = Extent(count: groups)
    let values = try compiler.recorded("\(prefix).group", rows: extent, index: index, key: "group")
    try compiler.ascending("\(prefix).group", rows: extent, values, step: 1, bits: own.type.range.bitCount)
    let dealt = Self.groupParts(nonce, identity: source.identity, numerator: numerator, denominator: denominator, groups: groups)
    let parts = try compiler.publicColumn("\(prefix).group-part", rows: extent, dealt.map { Int64($0) })
    let (place, multiplicity) = try compiler.builder.committedTable("\(prefix).groups", [values, parts], extent, counted: true)
    compiler.builder.lookup("\(prefix).groups", table: place, [ColumnExpression(try source.column(column, .value)), second], [rows])
    guard let multiplicity else { return }
    try compiler.builder.range(
      "\(prefix).used", try ColumnExpression(multiplicity).adding(-1), bits: 64 - UInt64(rows.count).leadingZeroBitCount, extent)
  }

  /// second = [rank < threshold of the row's class], thresholds hidden, counts by class and part public and as the rule wants them.
  private func stratify(
    _ compiler: inout ClaimCompiler, _ source: ArtefactDescription, _ second: ColumnExpression, _ rows: Extent, _ index: Int, _ prefix: String
  ) throws(ClaimError) {
    guard case .stratified(let nonce, let column, let numerator, let denominator, let counts) = rule else { return }
    guard let own = try source.table().schema.column(column), case .category(let names) = own.type, own.missing == .refuse,
      counts.count == names.count, counts.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 0 && $0 <= Int64(rows.count) } })
    else { throw .inconsistent("a stratified split needs a category column of \(table) without missing cells, and two counts for each class") }
    guard denominator >= 1, denominator <= 1 << 20, numerator >= 0, numerator <= denominator else {
      throw .inconsistent("the share \(numerator)/\(denominator) of the second part")
    }
    for (name, pair) in zip(names, counts) {
      let all = pair[0] + pair[1]
      guard (all * Int64(numerator) + Int64(denominator / 2)) / Int64(denominator) == pair[1] else {
        throw .inconsistent(
          "\(pair[1]) of \(all) rows of class \(name) in the second part; the share \(numerator)/\(denominator) asks for another number")
      }
    }
    let seed = nonce.seed(purpose: "split", identity: source.identity)
    let ranks = try compiler.publicColumn("\(prefix).rank", rows: rows, SeededOrder.ranks(seed: seed, count: rows.count).map { Int64($0) })
    let classes = Extent(count: names.count)
    let bits = 64 - UInt64(rows.count).leadingZeroBitCount
    let labels = try compiler.publicColumn("\(prefix).class", rows: classes, names.indices.map { Int64($0) })
    let thresholds = try compiler.recorded("\(prefix).threshold", rows: classes, index: index, key: "threshold")
    try compiler.builder.range("\(prefix).threshold", thresholds, bits: bits, classes)
    let (table, _) = try compiler.builder.committedTable("\(prefix).thresholds", [labels, thresholds], classes, counted: true)
    let value = ColumnExpression(try source.column(column, .value))
    let threshold = try compiler.recorded("\(prefix).own", rows: rows, index: index, key: "own")
    compiler.builder.lookup("\(prefix).own", table: table, [value, threshold], [rows])
    // second = 1 exactly when rank < threshold: 0 ≤ rank − threshold + second·2^bits < 2^bits.
    let wide = Int64(1) << Int64(bits)
    try compiler.builder.range("\(prefix).side", try ranks.adding(threshold, times: -1).adding(second, times: wide), bits: bits, rows)
    let pairs: [[Int64]] = names.indices.flatMap { (label: Int) -> [[Int64]] in [[Int64(label), 0], [Int64(label), 1]] }
    let (counted, multiplicity) = try compiler.builder.table("\(prefix).counts", .rows(pairs))
    compiler.builder.lookup("\(prefix).counts", table: counted, [value, second], [rows])
    let scalar = Extent(bits: 0, count: 1)
    for (place, count) in counts.flatMap({ $0 }).enumerated() {
      compiler.builder.equal("\(prefix).count.\(place)", rows: scalar, ColumnExpression(multiplicity.entry(place)), publicValues: [count])
    }
  }
}

extension ClaimCompiler {
  /// The rows of table `name` are exactly the selected rows of `rows` (row number first), in the same order.
  ///
  /// `selected` must be 0 or 1 in every row by other constraints. Each row of the output names its origin; origins ascend strictly, so that
  /// no row is taken twice.
  @discardableResult
  mutating func select(
    rows: [ColumnExpression], extent: Extent, where selected: ColumnExpression, into name: String, index: Int, key: String, prefix: String
  ) throws(ClaimError) -> ColumnExpression {
    let artefact = try artefact(name)
    let own = try artefact.table().rows
    let multiplicity = try builder.column("\(prefix).taken", bits: extent.bits, .limb(selected, shift: 0, bits: 1))
    builder.equal("\(prefix).taken", rows: extent, try ColumnExpression(multiplicity).adding(selected, times: -1))
    let (table, _) = try builder.committedTable("\(prefix).rows", rows, extent, multiplicity: multiplicity)
    let origin = try recorded("\(prefix).origin", rows: own, index: index, key: key)
    builder.lookup("\(prefix).rows", table: table, [origin] + (try storedColumns(artefact)), [own])
    try ascending("\(prefix).origin", rows: own, origin, step: 1, bits: 64 - UInt64(extent.count).leadingZeroBitCount)
    return origin
  }
}
