import Hashing
import Programs

/// How a statistic is disclosed.
public enum Shown: Hashable, Sendable {
  case revealed(Int64)
  /// Only that it lies in the interval.
  case within(IntegerRange)

  var canonical: CanonicalValue {
    switch self {
    case .revealed(let value): ["revealed", signedNumber(value)]
    case .within(let range): ["within", range.canonical]
    }
  }

  func disclosure(_ subject: String) -> Disclosure {
    switch self {
    case .revealed(let value): Disclosure(subject: subject, kind: .exact, values: [value])
    case .within(let range): Disclosure(subject: subject, kind: .bounded, values: [range.lower, range.upper])
    }
  }

  /// The numbers that the statistic may be.
  var range: IntegerRange {
    switch self {
    case .revealed(let value): IntegerRange(only: value)
    case .within(let range): range
    }
  }
}

/// One integer about the present cells of a column, in stored units. Means, variances and quantiles follow from these by division.
public enum Statistic: Hashable, Sendable {
  /// Number of missing cells.
  case missing(column: String, Shown)
  /// Σ value.
  case sum(column: String, Shown)
  /// Σ (value − centre)².
  case sumOfSquares(column: String, centre: Int64, Shown)
  /// Σ (x − c)(y − d) over rows where both are present.
  case productSum(first: String, centre: Int64, second: String, otherCentre: Int64, Shown)
  /// The present value of 0-based rank `rank`: 0 is the minimum, `present` − 1 the maximum. `present` is the number of present cells.
  case order(column: String, rank: Int, present: Int, Shown)
  /// Counts of edges[k] ≤ value < edges[k + 1], and last the missing cells; every present value lies in a bin.
  case histogram(column: String, edges: [Int64], counts: [Int64])
  /// A histogram of which only an interval of each count is shown, the missing cells' last.
  case histogramBounds(column: String, edges: [Int64], within: [IntegerRange])
  /// Counts of pairs of classes, row-major by (first, second): group shares. Both columns without missing cells.
  case pairs(first: String, second: String, counts: [Int64])
  /// Such counts of which only an interval of each is shown.
  case pairBounds(first: String, second: String, within: [IntegerRange])

  /// Columns that it is about, in order of mention.
  public var columns: [String] {
    switch self {
    case .missing(let column, _), .sum(let column, _), .sumOfSquares(let column, _, _), .order(let column, _, _, _), .histogram(let column, _, _),
      .histogramBounds(let column, _, _):
      [column]
    case .productSum(let first, _, let second, _, _), .pairs(let first, let second, _), .pairBounds(let first, let second, _): [first, second]
    }
  }

  var canonical: CanonicalValue {
    switch self {
    case .missing(let column, let shown): ["missing", .text(column), shown.canonical]
    case .sum(let column, let shown): ["sum", .text(column), shown.canonical]
    case .sumOfSquares(let column, let centre, let shown): ["sum of squares", .text(column), signedNumber(centre), shown.canonical]
    case .productSum(let first, let centre, let second, let other, let shown):
      ["product sum", .text(first), signedNumber(centre), .text(second), signedNumber(other), shown.canonical]
    case .order(let column, let rank, let present, let shown):
      ["order", .text(column), signedNumber(Int64(rank)), signedNumber(Int64(present)), shown.canonical]
    case .histogram(let column, let edges, let counts):
      ["histogram", .text(column), .list(edges.map(signedNumber)), .list(counts.map(signedNumber))]
    case .histogramBounds(let column, let edges, let within):
      ["histogram bounds", .text(column), .list(edges.map(signedNumber)), .list(within.map(\.canonical))]
    case .pairs(let first, let second, let counts): ["pairs", .text(first), .text(second), .list(counts.map(signedNumber))]
    case .pairBounds(let first, let second, let within): ["pair bounds", .text(first), .text(second), .list(within.map(\.canonical))]
    }
  }

  var disclosure: Disclosure {
    switch self {
    case .missing(let column, let shown): shown.disclosure("missing cells of \(column)")
    case .sum(let column, let shown): shown.disclosure("sum of \(column)")
    case .sumOfSquares(let column, let centre, let shown): shown.disclosure("sum of squares of \(column) about \(centre)")
    case .productSum(let first, let centre, let second, let other, let shown):
      shown.disclosure("sum of products of \(first) about \(centre) and \(second) about \(other)")
    case .order(let column, let rank, let present, let shown): shown.disclosure("value of rank \(rank) of \(present) in \(column)")
    case .histogram(let column, _, let counts): Disclosure(subject: "histogram of \(column)", kind: .exact, values: counts)
    case .histogramBounds(let column, _, let within):
      Disclosure(subject: "histogram of \(column)", kind: .bounded, values: within.flatMap { [$0.lower, $0.upper] })
    case .pairs(let first, let second, let counts): Disclosure(subject: "counts of \(first) by \(second)", kind: .exact, values: counts)
    case .pairBounds(let first, let second, let within):
      Disclosure(subject: "counts of \(first) by \(second)", kind: .bounded, values: within.flatMap { [$0.lower, $0.upper] })
    }
  }

  /// Whether only an interval of the integer is shown.
  var isBounded: Bool {
    switch self {
    case .missing(_, .within), .sum(_, .within), .sumOfSquares(_, _, .within), .productSum(_, _, _, _, .within), .order(_, _, _, .within): true
    default: false
    }
  }

  /// The integer itself (or the counts), by definition, from a table. **Throws** `unknownColumn`.
  public func values(_ table: StoredTable) throws(ProgramError) -> [Int64] {
    func stored(_ column: String) throws(ProgramError) -> (values: [Int64], presence: [Int64]?) {
      guard let values: [Int64] = table.values(column) else { throw .unknownColumn(column) }
      return (values, table.values(column, .presence))
    }
    func cells(_ column: String) throws(ProgramError) -> [Int64?] {
      let (values, presence) = try stored(column)
      guard let presence else { return values.map { $0 } }
      return zip(values, presence).map { $1 == 1 ? $0 : nil }
    }
    /// Value less centre, 0 where the cell is missing.
    func centred(_ column: String, _ centre: Int64) throws(ProgramError) -> [Int64] {
      let (values, presence) = try stored(column)
      guard let presence else { return values.map { $0 &- centre } }
      return zip(values, presence).map { $1 == 1 ? $0 &- centre : 0 }
    }
    switch self {
    case .missing(let column, _): return [Int64(try stored(column).presence?.count { $0 != 1 } ?? 0)]
    case .sum(let column, _):
      let (values, presence) = try stored(column)
      guard let presence else { return [values.reduce(0, &+)] }
      return [zip(values, presence).reduce(0) { $0 &+ ($1.1 == 1 ? $1.0 : 0) }]
    case .sumOfSquares(let column, let centre, _): return [try centred(column, centre).reduce(0) { $0 &+ $1 &* $1 }]
    case .productSum(let first, let centre, let second, let other, _):
      return [try zip(centred(first, centre), centred(second, other)).reduce(0) { $0 &+ $1.0 &* $1.1 }]
    case .order(let column, let rank, _, _):
      let sorted = try cells(column).compactMap { $0 }.sorted()
      return sorted.indices.contains(rank) ? [sorted[rank]] : []
    case .histogram(let column, let edges, _), .histogramBounds(let column, let edges, _):
      var counts = [Int64](repeating: 0, count: max(edges.count, 1))
      for cell in try cells(column) { counts[Self.bin(cell, edges)] += 1 }
      return counts
    case .pairs(let first, let second, _), .pairBounds(let first, let second, _):
      let width = try Self.classCount(table.schema, second)
      var counts = [Int64](repeating: 0, count: try Self.classCount(table.schema, first) * width)
      for (a, b) in try zip(cells(first), cells(second)) {
        guard let a, let b, counts.indices.contains(Int(a) * width + Int(b)) else { continue }
        counts[Int(a) * width + Int(b)] += 1
      }
      return counts
    }
  }

  /// Bin of a cell; a missing cell has the last index. Values outside the edges count in the nearest bin.
  static func bin(_ cell: Int64?, _ edges: [Int64]) -> Int {
    guard let cell, edges.count >= 2 else { return max(edges.count, 1) - 1 }
    let above = edges.firstIndex { $0 > cell } ?? edges.count
    return min(max(above - 1, 0), edges.count - 2)
  }

  static func classCount(_ schema: TableSchema, _ column: String) throws(ProgramError) -> Int {
    guard case .category(let names)? = schema.column(column)?.type else { throw .unknownColumn(column) }
    return names.count
  }
}
