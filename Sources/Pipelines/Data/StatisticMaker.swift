import Claims
import Evidence
import Importers
import Programs

/// From what a pipeline asks about columns to integers that are proved.
struct StatisticMaker {
  let table: StoredTable
  let file: String
  private(set) var statistics: [Statistic] = []
  private(set) var notes: [String] = []
  /// Columns of which only an interval of the mean may be known.
  private var hiddenMeans: Set<String> = []

  init(table: StoredTable, file: String) {
    self.table = table
    self.file = file
  }

  /// What a file lists. Bounds of means come first, since what follows must not reveal these means.
  mutating func add(_ settings: [StatisticSetting]) throws {
    for setting in settings {
      guard case .bounded(let name, .mean, _, _) = setting else { continue }
      hiddenMeans.insert(name)
      try add(setting)
    }
    for setting in settings { try add(setting) }
  }

  /// Of every column missing cells, sum and squares of numbers and counts of categories; nothing about `keys`, nor about columns of role `key`:
  /// sums over them tell nothing that anybody wants to know.
  mutating func addUsual(except keys: Set<String>) throws {
    for column in table.schema.columns where !keys.contains(column.name) {
      if column.roles.contains(.key) {
        notes.append("no statistics of \(TerminalText.quoted(column.name)): it is a key; list it under statistics if you want them")
      } else {
        try addUsual(column)
      }
    }
  }

  /// Missing cells; sum and squares of numbers; counts of categories.
  private mutating func addUsual(_ column: TableColumn) throws {
    try add(.revealed(column: column.name, .missing))
    if case .category = column.type {
      try add(.revealed(column: column.name, .counts))
    } else if Self.sumsFit(column, table.rowCount, squares: true) {
      try add(.revealed(column: column.name, .deviation))
    } else if Self.sumsFit(column, table.rowCount, squares: false) {
      notes.append("no standard deviation of \(TerminalText.quoted(column.name)): its range is too wide to sum its squares")
      try add(.revealed(column: column.name, .mean))
    } else {
      notes.append("no statistics of \(TerminalText.quoted(column.name)): its range is too wide to sum it")
    }
  }

  /// Whether Σx, and Σ(x − L)², stay below 2^61.
  static func sumsFit(_ column: TableColumn, _ rows: Int, squares: Bool) -> Bool {
    let range = column.type.range
    guard Int128(rows) * Int128(range.magnitude) < 1 << 61 else { return false }
    let span = Int128(range.upper) - Int128(range.lower)
    return !squares || span < 1 << 31 && Int128(rows) * span * span < 1 << 61
  }

  func refused(_ column: String, _ found: String, _ expected: String, _ remedy: String) -> ImportError {
    ImportError(.invalidValue, at: FilePlace(file: file, column: column), found: found, expected: expected, remedy: remedy)
  }

  func column(_ name: String) throws -> TableColumn {
    guard let column = table.schema.column(name) else {
      throw refused(name, "statistics names a column that the table does not have", "a column of the schema", "Correct statistics")
    }
    return column
  }

  func digits(_ column: TableColumn, _ kind: StatisticKind) throws -> Int {
    switch column.type {
    case .integer: return 0
    case .decimal(let scale, _): return scale
    case .category: throw refused(column.name, "\(kind.rawValue) of categories", "counts, or missing", "Correct statistics")
    }
  }

  /// Values of the present cells, ascending.
  func present(_ column: TableColumn) throws -> [Int64] {
    do { return try PresentCells(table, column.name).ascending } catch {
      throw refused(column.name, "statistics of a column without a value", "a column with values", "Remove it from statistics")
    }
  }

  mutating func append(_ statistic: Statistic) { if !statistics.contains(statistic) { statistics.append(statistic) } }

  /// The statistic with its value.
  mutating func reveal(_ make: (Shown) -> Statistic) throws {
    let value = try make(.revealed(0)).values(table).first ?? 0
    append(make(.revealed(value)))
  }

  private mutating func add(_ setting: StatisticSetting) throws {
    switch setting {
    case .revealed(let name, let kind): try reveal(try column(name), kind)
    case .bounded(let name, let kind, let from, let to): try bound(try column(name), kind, from, to)
    case .quantile(let name, let numerator, let denominator, let bounds):
      try quantile(try column(name), numerator, denominator, bounds)
    case .histogram(let name, let edges, let share): try histogram(try column(name), edges, share)
    case .shares(let name, let shares): try self.shares(try column(name), shares)
    case .correlation(let first, let second, let bounds): try correlation(try column(first), try column(second), bounds)
    case .pairs(let first, let second):
      append(.pairs(first: first, second: second, counts: try pairCounts(first, second)))
    case .pairShares(let first, let second, let bounds):
      let range = try share(bounds, first)
      let within = try pairCounts(first, second).map { _ in range }
      append(try checked(.pairBounds(first: first, second: second, within: within), "share of a pair of \(first) and \(second)", bounds))
    }
  }

  mutating func reveal(_ column: TableColumn, _ kind: StatisticKind) throws {
    let name = column.name
    let hasMissing = column.missing == .presence
    switch kind {
    case .missing: if hasMissing { try reveal { .missing(column: name, $0) } }
    case .counts:
      guard case .category(let names) = column.type, names.count <= 4_096 else {
        throw refused(
          name, "counts of a column that is no category (or has more than 4,096)", "a category column",
          "Write an entry {histogram: {column: \(name), edges: […]}} for numbers")
      }
      let edges = (0...names.count).map { Int64($0) }
      append(.histogram(column: name, edges: edges, counts: try Statistic.histogram(column: name, edges: edges, counts: []).values(table)))
    case .mean, .deviation, .variance:
      _ = try digits(column, kind)
      guard Self.sumsFit(column, table.rowCount, squares: kind != .mean) else {
        throw refused(name, "\(kind.rawValue) of a column with a very wide range", "sums below 2^61", "Narrow the range in the schema")
      }
      guard !hiddenMeans.contains(name) else {
        throw refused(
          name, "\(kind.rawValue), which reveals the mean, of a column whose mean is only bounded", "one of them",
          kind == .mean ? "Remove one" : "Bound it too: \(kind.rawValue): {from: …, to: …}")
      }
      if hasMissing { try reveal { .missing(column: name, $0) } }
      try reveal { .sum(column: name, $0) }
      if kind != .mean { try reveal { .sumOfSquares(column: name, centre: column.type.range.lower, $0) } }
    case .minimum, .maximum, .median, .quartiles:
      _ = try digits(column, kind)
      let count = try present(column).count
      for rank in Self.ranks(kind, count) { try reveal { .order(column: name, rank: rank, present: count, $0) } }
    }
  }

  /// Ranks that give a quantile, linear in between.
  private static func ranks(_ kind: StatisticKind, _ count: Int) -> [Int] {
    func places(_ numerator: Int, _ denominator: Int) -> [Int] { Self.places(count, numerator, denominator) }
    switch kind {
    case .minimum: return [0]
    case .maximum: return [count - 1]
    case .median: return places(1, 2)
    case .quartiles: return places(1, 4) + places(3, 4)
    case .missing, .mean, .deviation, .variance, .counts: return []
    }
  }

  static func places(_ count: Int, _ numerator: Int, _ denominator: Int) -> [Int] {
    let place = QuantilePlace(present: count, numerator: numerator, denominator: denominator)
    return place.low == place.high ? [place.low] : [place.low, place.high]
  }

  // MARK: Bounds

  private mutating func bound(_ column: TableColumn, _ kind: StatisticKind, _ from: String, _ to: String) throws {
    let name = column.name
    let bounds = BoundsSetting(from: from, to: to)
    func within(_ digits: Int, times count: Int) throws -> IntegerRange { try self.within(bounds, name, digits: digits, times: count) }
    let maker = self
    func checked(_ statistic: Statistic, _: IntegerRange) throws -> Statistic { try maker.checked(statistic, "\(kind.rawValue) of \(name)", bounds) }
    switch kind {
    case .missing:
      guard column.missing == .presence else {
        throw refused(name, "missing cells of a column that has none", "missing: presence in the schema", "Remove it")
      }
      let range = try within(0, times: table.rowCount)
      append(try checked(.missing(column: name, .within(range)), range))
    case .mean:
      let digits = try digits(column, kind)
      guard Self.sumsFit(column, table.rowCount, squares: false) else {
        throw refused(name, "the mean of a column with a very wide range", "sums below 2^61", "Narrow the range in the schema")
      }
      // A mean is a sum over a number of cells: the number is public.
      if column.missing == .presence { try reveal(column, .missing) }
      let range = try within(digits, times: try present(column).count)
      append(try checked(.sum(column: name, .within(range)), range))
    case .minimum, .maximum, .median:
      let range = try within(try digits(column, kind), times: 1)
      let count = try present(column).count
      for rank in Self.ranks(kind, count) { append(try checked(.order(column: name, rank: rank, present: count, .within(range)), range)) }
    case .deviation, .variance: try spread(column, kind, BoundsSetting(from: from, to: to))
    case .quartiles, .counts: throw refused(name, "bounds of \(kind.rawValue)", "bounds of another kind", "Use quantiles, shares or histogram")
    }
  }
}

/// Numbers of a pipeline file in stored units.
enum SplitBound {
  /// ⌈number · 10^digits · count⌉ (`up`) or ⌊…⌋; nil for no number or one beyond 62 bits.
  static func multiple(_ text: String, digits: Int, times count: Int, up: Bool) -> Int64? {
    guard let number = try? DecimalText(text.utf8), number.scale <= 18 else { return nil }
    var value = Int128(number.mantissa) * Int128(count)
    var divisor: Int128 = 1
    for _ in 0..<max(0, digits - number.scale) {
      value *= 10
      guard value.magnitude < 1 << 120 else { return nil }
    }
    for _ in 0..<max(0, number.scale - digits) { divisor *= 10 }
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    let floor = rest < 0 ? quotient - 1 : quotient
    let out = up && rest != 0 ? floor + 1 : floor
    return out.magnitude < 1 << 62 ? Int64(exactly: out) : nil
  }

  /// The stored value of a cut-off: a number of the column's digits, or a category.
  static func stored(_ text: String, _ column: TableColumn, file: String) throws -> Int64 {
    let condition: FilterSetting.Condition
    if case .category = column.type { condition = .equals(text) } else { condition = .between(from: text, to: nil) }
    guard
      case .within(_, let range) = try FilterSetting(column: column.name, condition: condition).resolved(TableSchema(columns: [column]), file: file)
    else {
      throw ImportError(.invalidValue, at: FilePlace(file: file, column: column.name), found: "a cut-off", expected: "a value", remedy: "Correct it")
    }
    return range.lower
  }
}
