import Hashing
import Programs
import ProofSystem

/// Integers about the columns of one committed table, each revealed or only bounded.
///
/// A missing cell stores the range's lower bound L, so (value − L) vanishes there: Σ value = Σ (value − L) + L·Σ presence, and
/// presence·(value − c) = (value − L) + (L − c)·presence without a product.
public struct StatisticsClaim: DataRelation {
  public static let type = "statistics"
  public let table: String
  public let statistics: [Statistic]

  public init(table: String, statistics: [Statistic]) {
    self.table = table
    self.statistics = statistics
  }

  public var artefacts: [String] { [table] }
  public var canonical: CanonicalValue { ["statistics/v1", .text(table), .list(statistics.map(\.canonical))] }
  public var reveals: [Disclosure] { statistics.map(\.disclosure) }

  // MARK: Semantics

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let own = try tables.table(table)
    var out: [String: [Int64]] = [:]
    for (place, statistic) in statistics.enumerated() {
      switch statistic {
      case .order(let column, _, let present, _):
        let presence: [Int64]? = own.values(column, .presence)
        let cells = try tables.column(table, column)
        let sorted = presence.map { zip(cells, $0).filter { $0.1 == 1 }.map(\.0) }?.sorted() ?? cells.sorted()
        guard sorted.count == present else { throw .invalidParameter(node: column, reason: "\(sorted.count) present cells, not \(present)") }
        out["sorted.\(column)"] = sorted
      case .histogram(let column, let edges, _), .histogramBounds(let column, let edges, _):
        let presence: [Int64]? = own.values(column, .presence)
        let cells = try tables.column(table, column)
        let bins = cells.indices.map { Statistic.bin(presence?[$0] == 0 ? nil : cells[$0], edges) }
        out["\(place).bin"] = bins.map { Int64($0) }
        let missing = edges.count - 1
        let lower = own.schema.column(column)?.type.range.lower ?? 0
        out["\(place).low"] = bins.map { $0 == missing ? lower : edges[$0] }
        out["\(place).high"] = bins.map { $0 == missing ? lower + 1 : edges[$0 + 1] }
      case .missing, .sum, .sumOfSquares, .productSum:
        // Revealed numbers stand in the statement; the others are a column of their own.
        if statistic.isBounded { out["\(place).value"] = try statistic.values(own) }
      case .pairs, .pairBounds: break
      }
    }
    return out
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    guard !statistics.isEmpty, statistics.count <= 4_096 else { throw .inconsistent("1 to 4,096 statistics a claim") }
    let source = try compiler.artefact(table)
    var sorted: [String: ColumnExpression] = [:]
    for (place, statistic) in statistics.enumerated() {
      var columns: [StatisticColumn] = []
      for name in statistic.columns { columns.append(try StatisticColumn(name, source)) }
      guard let first = columns.first, let last = columns.last else { continue }
      let label = "\(prefix).\(place)"
      switch statistic {
      case .missing(_, let shown):
        let presence = try ColumnExpression(constant: 1).adding(first.presence, times: -1)
        try bind(&compiler, label, index, place, sum: presence, rows: first.rows, bound: Int128(first.rows.count), shown)
      case .sum(_, let shown):
        let bound = Int128(first.rows.count) * Int128(first.range.magnitude)
        try bind(&compiler, label, index, place, sum: try first.masked(centre: 0), rows: first.rows, bound: bound, shown)
      case .sumOfSquares(let name, let centre, let shown):
        guard first.range.contains(centre) else { throw .inconsistent("the centre \(centre) is outside the range \(first.range) of \(name)") }
        let square = try compiler.builder.hadamard(
          "\(label).square", bits: first.rows.bits, try first.value.adding(-centre), try first.masked(centre: centre))
        try bind(
          &compiler, label, index, place, sum: square, rows: first.rows, bound: try Self.bound(label, first.rows, first.range, first.range), shown)
      case .productSum(let name, let centre, let second, let other, let shown):
        guard first.range.contains(centre), last.range.contains(other) else {
          throw .inconsistent("the centres \(centre) and \(other) are outside the ranges of \(name) and \(second)")
        }
        let product = try compiler.builder.hadamard(
          "\(label).product", bits: first.rows.bits, try first.masked(centre: centre), try last.masked(centre: other))
        try bind(
          &compiler, label, index, place, sum: product, rows: first.rows, bound: try Self.bound(label, first.rows, first.range, last.range), shown)
      case .order(let name, let rank, let present, let shown):
        guard rank >= 0, rank < present, present <= first.rows.count, first.hasMissing || present == first.rows.count else {
          throw .inconsistent("rank \(rank) of \(present) present cells of \(name), \(first.rows.count) rows")
        }
        let key = "\(name)\u{0}\(present)"
        let column: ColumnExpression
        if let known = sorted[key] {
          column = known
        } else {
          column = try compiler.sortedCells(
            "\(prefix).sorted.\(place)", index: index, key: "sorted.\(name)", first, present: present)
          sorted[key] = column
        }
        guard let view = column.terms.first?.view else { continue }
        try disclose(&compiler, label, ColumnExpression(view.entry(rank)), shown)
      case .histogram(let name, let edges, let counts):
        try histogram(&compiler, label, index, place, name, first, edges, counts.map { .revealed($0) })
      case .histogramBounds(let name, let edges, let within):
        try histogram(&compiler, label, index, place, name, first, edges, within.map { .within($0) })
      case .pairs(_, _, let counts): try pairs(&compiler, label, first, last, counts.map { .revealed($0) })
      case .pairBounds(_, _, let within): try pairs(&compiler, label, first, last, within.map { .within($0) })
      }
    }
  }

  /// rows · the width of one range · the width of another. **Throws** `tooWide` when it leaves 128 bits.
  private static func bound(_ label: String, _ rows: Extent, _ one: IntegerRange, _ other: IntegerRange) throws(ClaimError) -> Int128 {
    let spans = (Int128(one.upper) - Int128(one.lower)) * (Int128(other.upper) - Int128(other.lower))
    let (bound, overflow) = spans.multipliedReportingOverflow(by: Int128(rows.count))
    guard !overflow else { throw .tooWide(node: label, bits: 128) }
    return bound
  }

  /// Σ expression over the rows equals the statistic.
  private func bind(
    _ compiler: inout ClaimCompiler, _ label: String, _ index: Int, _ place: Int, sum: ColumnExpression, rows: Extent, bound: Int128, _ shown: Shown
  ) throws(ClaimError) {
    guard bound < 1 << 61, shown.range.magnitude < 1 << 61 else { throw .tooWide(node: label, bits: 128 - bound.leadingZeroBitCount) }
    switch shown {
    case .revealed(let value): compiler.builder.sum(label, rows: rows, sum, equals: ColumnExpression(constant: value))
    case .within:
      let total = try compiler.builder.total(label, rows: rows, sum, .recorded(execution: index, key: "\(place).value"))
      try disclose(&compiler, label, total, shown)
    }
  }

  private func disclose(_ compiler: inout ClaimCompiler, _ label: String, _ value: ColumnExpression, _ shown: Shown) throws(ClaimError) {
    let scalar = Extent(bits: 0, count: 1)
    switch shown {
    case .revealed(let number): compiler.builder.equal("\(label).value", rows: scalar, value, publicValues: [number])
    case .within(let range):
      guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
      try compiler.builder.range("\(label).within", value, in: range, scalar)
    }
  }

  /// Every multiplicity of a public table is its count, or lies where the count shall.
  private func publish(_ compiler: inout ClaimCompiler, _ label: String, _ multiplicity: View, _ counts: [Shown]) throws(ClaimError) {
    let scalar = Extent(bits: 0, count: 1)
    for (place, count) in counts.enumerated() {
      let entry = ColumnExpression(multiplicity.entry(place))
      switch count {
      case .revealed(let number): compiler.builder.equal("\(label).count.\(place)", rows: scalar, entry, publicValues: [number])
      case .within(let range):
        guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
        try compiler.builder.range("\(label).count.\(place)", entry, in: range, scalar)
      }
    }
  }

  /// (first, second) is a row of the public table of pairs of classes, whose multiplicities are the counts.
  private func pairs(
    _ compiler: inout ClaimCompiler, _ label: String, _ first: StatisticColumn, _ last: StatisticColumn, _ counts: [Shown]
  ) throws(ClaimError) {
    guard let classes = first.classCount, let others = last.classCount, !first.hasMissing, !last.hasMissing, classes * others <= 1 << 16,
      counts.count == classes * others
    else { throw .inconsistent("counts of pairs need two category columns without missing cells and one count for each pair") }
    let rows = (0..<Int64(classes)).flatMap { (a: Int64) -> [[Int64]] in (0..<Int64(others)).map { [a, $0] } }
    let (table, multiplicity) = try compiler.builder.table(label, .rows(rows))
    compiler.builder.lookup(label, table: table, [first.value, last.value], [first.rows])
    try publish(&compiler, label, multiplicity, counts)
  }

  /// (bin, low, high, presence) is a row of the public table of bins, whose multiplicities are the counts; low ≤ value < high.
  private func histogram(
    _ compiler: inout ClaimCompiler, _ label: String, _ index: Int, _ place: Int, _ name: String, _ column: StatisticColumn, _ edges: [Int64],
    _ counts: [Shown]
  ) throws(ClaimError) {
    let range = column.range
    guard edges.count >= 2, edges.count <= 4_097, zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }), counts.count == edges.count,
      let least = edges.first, let top = edges.last, least <= range.lower, top > range.upper, range.bitCount <= 57,
      least.magnitude < 1 << 60, top.magnitude < 1 << 60, top - least < 1 << 58, column.hasMissing || counts.last?.range == IntegerRange(only: 0)
    else {
      throw .inconsistent(
        "a histogram of \(name) needs ascending edges around its range \(range), one count for each bin and one for missing cells")
    }
    var rows: [[Int64]] = []
    for (bin, (low, high)) in zip(edges, edges.dropFirst()).enumerated() { rows.append([Int64(bin), low, high, 1]) }
    rows.append([Int64(edges.count - 1), range.lower, range.lower + 1, 0])
    let (table, multiplicity) = try compiler.builder.table(label, .rows(rows))
    let bin = try compiler.recorded("\(label).bin", rows: column.rows, index: index, key: "\(place).bin")
    let low = try compiler.recorded("\(label).low", rows: column.rows, index: index, key: "\(place).low")
    let high = try compiler.recorded("\(label).high", rows: column.rows, index: index, key: "\(place).high")
    compiler.builder.lookup(label, table: table, [bin, low, high, column.presence], [column.rows])
    let widest = zip(edges, edges.dropFirst()).map { $1 - $0 }.max() ?? 1
    let bits = 64 - UInt64(widest).leadingZeroBitCount
    try compiler.builder.range("\(label).from-low", try column.value.adding(low, times: -1), bits: bits, column.rows)
    try compiler.builder.range("\(label).to-high", try high.adding(column.value, times: -1).adding(-1), bits: bits, column.rows)
    try publish(&compiler, label, multiplicity, counts)
  }
}

/// A column of the table as statistics read it.
struct StatisticColumn {
  let value: ColumnExpression
  /// 1 where the cell is present: the presence column, or the constant 1.
  let presence: ColumnExpression
  let hasMissing: Bool
  let range: IntegerRange
  let rows: Extent
  let classCount: Int?

  init(_ name: String, _ source: ArtefactDescription) throws(ClaimError) {
    let (schema, rows) = try source.table()
    guard let column = schema.column(name) else { throw .unknownColumn(artefact: source.name, column: name) }
    self.rows = rows
    range = column.type.range
    value = ColumnExpression(try source.column(name, .value))
    hasMissing = column.missing == .presence
    presence = hasMissing ? ColumnExpression(try source.column(name, .presence)) : ColumnExpression(constant: 1)
    if case .category(let names) = column.type { classCount = names.count } else { classCount = nil }
  }

  /// presence·(value − centre) = (value − L) + (L − centre)·presence.
  func masked(centre: Int64) throws(ClaimError) -> ColumnExpression {
    guard hasMissing else { return try value.adding(-centre) }
    let lower = range.lower
    return try value.adding(-lower).adding(presence, times: lower - centre)
  }
}

extension ClaimCompiler {
  /// The present cells in ascending order: a permutation of them whose neighbours do not decrease. `key`: where they are recorded.
  mutating func sortedCells(
    _ label: String, index: Int, key: String, _ column: StatisticColumn, present: Int
  ) throws(ClaimError) -> ColumnExpression {
    let rows = Extent(count: present)
    let (table, _) = try builder.committedTable(
      label, [column.value], column.rows, multiplicity: column.hasMissing ? column.presence.terms.first?.view : nil)
    let sorted = try recorded(label, rows: rows, index: index, key: key)
    builder.lookup(label, table: table, [sorted], [rows])
    guard column.range.bitCount <= 58 else { throw .tooWide(node: label, bits: column.range.bitCount) }
    try ascending(label, rows: rows, sorted, step: 0, bits: column.range.bitCount)
    return sorted
  }
}
