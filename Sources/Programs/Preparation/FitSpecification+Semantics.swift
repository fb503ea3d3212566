/// What fitting computes, in integers: the definition that proofs are held to.
extension FitSpecification {
  /// The parameter table: one row.
  ///
  /// **Throws** what `schema(of:)` throws; `invalidParameter` for a column without present cells; `relationTooLarge` beyond 126 bits.
  public func fit(_ table: StoredTable) throws(ProgramError) -> StoredTable {
    let schema = try schema(of: table.schema)
    var columns: [[Int64]] = []
    for parameter in parameters {
      let cells = try PresentCells(table, parameter.column)
      columns += try parameter.values(cells).map { [$0] }
    }
    return try StoredTable(schema: schema, columns: columns)
  }

  /// Numbers of present cells that a proof of this fit makes public, by column. **Throws** `unknownColumn`.
  public func presentCounts(_ table: StoredTable) throws(ProgramError) -> [String: Int] {
    var out: [String: Int] = [:]
    for column in countedColumns(table.schema) { out[column] = try PresentCells(table, column).ascending.count }
    return out
  }
}

/// The present cells of one column in ascending order, at least one.
public struct PresentCells: Sendable {
  public let column: TableColumn
  public let ascending: [Int64]

  /// **Throws** `unknownColumn`; `invalidParameter` when every cell is missing.
  public init(_ table: StoredTable, _ name: String) throws(ProgramError) {
    guard let column = table.schema.column(name), let values: [Int64] = table.values(name) else { throw .unknownColumn(name) }
    self.column = column
    let presence: [Int64]? = table.values(name, .presence)
    let present = presence.map { zip(values, $0).filter { $0.1 == 1 }.map(\.0) } ?? values
    guard !present.isEmpty else { throw .invalidParameter(node: name, reason: "no cell of the column is present") }
    ascending = present.sorted()
  }

  /// Σ(x − L) and Σ(x − L)². **Throws** `relationTooLarge` beyond 126 bits.
  public func moments() throws(ProgramError) -> (sum: Int128, squares: Int128) {
    let lower = Int128(column.type.range.lower)
    var (sum, squares) = (Int128(0), Int128(0))
    for value in ascending {
      let y = Int128(value) - lower
      sum += y  // below 2^61 · 2^28
      let (next, overflow) = squares.addingReportingOverflow(y * y)
      guard !overflow else {
        throw .relationTooLarge(node: column.name, relation: "the sum of squares", bound: .max, remedy: "declare a narrower range")
      }
      squares = next
    }
    return (sum, squares)
  }

  /// Denominator times the value above L at position (n − 1)·numerator / denominator, linear in between.
  public func quantile(_ numerator: Int, _ denominator: Int) -> Int128 {
    let place = QuantilePlace(present: ascending.count, numerator: numerator, denominator: denominator)
    guard ascending.indices.contains(place.low), ascending.indices.contains(place.high) else { return 0 }
    let (low, high) = (Int128(ascending[place.low]), Int128(ascending[place.high]))
    return Int128(denominator) * (low - Int128(column.type.range.lower)) + Int128(place.fraction) * (high - low)
  }

  /// The value that occurs most often, the smallest of them, and how often.
  public func mode() -> (value: Int64, count: Int) {
    var best = (value: ascending.first ?? 0, count: 0)
    var run = 0
    for (index, value) in ascending.enumerated() {
      run = index > 0 && ascending[index - 1] == value ? run + 1 : 1
      if run > best.count { best = (value, run) }
    }
    return best
  }
}

/// Where a quantile lies: `low` + `fraction` / denominator, between the 0-based ranks `low` and `high`.
public struct QuantilePlace: Hashable, Sendable {
  public let low: Int
  public let high: Int
  /// Numerator of the fraction over the quantile's own denominator.
  public let fraction: Int64

  /// present ≥ 1, below 2^32; denominator ≥ 1 and numerator up to it.
  public init(present: Int, numerator: Int, denominator: Int) {
    let position = (max(present, 1) - 1).multipliedReportingOverflow(by: numerator).partialValue
    let (place, rest) = position.quotientAndRemainder(dividingBy: max(denominator, 1))
    low = place
    high = rest == 0 ? place : place + 1
    fraction = Int64(rest)
  }
}

extension FittedParameter {
  /// The parameter's stored values: one, or one for each category.
  public func values(_ cells: PresentCells) throws(ProgramError) -> [Int64] {
    switch kind {
    case .mode: return [cells.mode().value]
    case .seen:
      guard case .category(let names) = cells.column.type else { throw .invalidParameter(node: name, reason: "no categories") }
      var seen = [Int64](repeating: 0, count: names.count)
      for code in cells.ascending { if let place = Int(exactly: code), seen.indices.contains(place) { seen[place] = 1 } }
      return seen
    case .minimum: return [cells.ascending.first ?? 0]
    case .maximum: return [cells.ascending.last ?? 0]
    case .mean, .quantile:
      let numbers = try Self.numbers(cells.column, for: name)
      let base = Int128(try factor(numbers)) * Int128(numbers.range.lower)
      return [try Exact.narrowed(base + (try magnitude(cells)), node: name)]
    case .standardDeviation, .range, .interquartileRange:
      let magnitude = try magnitude(cells)
      return [magnitude == 0 ? unit(cells.column) : try Exact.narrowed(magnitude, node: name)]
    }
  }

  /// The stored 1.0 that replaces a 0.
  public func unit(_ column: TableColumn) -> Int64 {
    switch (kind, column.type) {
    case (.standardDeviation(let scale), _), (.interquartileRange(let scale), _), (.range, .decimal(let scale, _)): PowerOfTen.value(scale) ?? 1
    default: 1
    }
  }

  /// 10^(scale − d), 1 for kinds in the column's own type. **Throws** `invalidParameter`.
  public func factor(_ column: TableColumn) throws(ProgramError) -> Int64 { try factor(Self.numbers(column, for: name)) }

  private func factor(_ numbers: Numbers) throws(ProgramError) -> Int64 {
    switch kind {
    case .mean(let scale), .standardDeviation(let scale), .quantile(_, _, let scale), .interquartileRange(let scale):
      try Self.factor(scale, numbers, for: name)
    default: 1
    }
  }

  /// Value above m·L of a mean or quantile; a deviation or range before a 0 is replaced.
  public func magnitude(_ cells: PresentCells) throws(ProgramError) -> Int128 {
    let n = Int128(cells.ascending.count)
    let m = Int128(try factor(cells.column))
    switch kind {
    case .mean: return Exact.roundedQuotient(try Exact.product(m, try cells.moments().sum, node: name), n)
    case .standardDeviation:
      // ((2σ − 1)·n)² ≤ 4m²·(n·Q − S²) < ((2σ + 1)·n)²
      let (sum, squares) = try cells.moments()
      let spread = try Exact.product(n, squares, node: name) - (try Exact.product(sum, sum, node: name))
      let root = Exact.squareRoot(try Exact.product(4 * m * m, spread, node: name))
      return (root / n + 1) / 2
    case .range: return Int128(cells.ascending.last ?? 0) - Int128(cells.ascending.first ?? 0)
    case .quantile(let numerator, let denominator, _):
      return Exact.roundedQuotient(try Exact.product(m, cells.quantile(numerator, denominator), node: name), Int128(denominator))
    case .interquartileRange:
      return Exact.roundedQuotient(try Exact.product(m, cells.quantile(3, 4) - cells.quantile(1, 4), node: name), 4)
    case .minimum, .maximum, .mode, .seen: return 0
    }
  }
}
