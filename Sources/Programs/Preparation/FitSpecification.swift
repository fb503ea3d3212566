import Hashing

/// One parameter fitted on the present cells of a column.
///
/// Notation: the column stores integers x in [L, H] with d digits after the point, n of its cells are present; m = 10^(scale − d). A scale is
/// at least d. `Docs/Semantics.md` has the formulas in full.
public struct FittedParameter: Hashable, Sendable {
  /// What is fitted.
  public enum Kind: Hashable, Sendable {
    /// ⌊m·Σx / n + 1/2⌋.
    case mean(scale: Int)
    /// Population standard deviation √(n·Σx² − (Σx)²)·m / n, to the nearest integer; 1.0 (10^scale) in place of 0.
    case standardDeviation(scale: Int)
    /// Least present cell, in the column's own type.
    case minimum
    /// Greatest present cell, in the column's own type.
    case maximum
    /// Greatest less least present cell; 1.0 in place of 0.
    case range
    /// The value at the exact position (n − 1)·numerator / denominator of the ascending cells, linear in between (numpy's `linear`),
    /// times m, halves up.
    case quantile(numerator: Int, denominator: Int, scale: Int)
    /// Third less first quartile as exact fractions, times m, halves up; 1.0 in place of 0.
    case interquartileRange(scale: Int)
    /// The value (of a category: the code) that occurs most often, the smallest of them; the column takes at most 2^16 values.
    case mode
    /// For each category 1 if it occurs, else 0.
    case seen
  }
  public let column: String
  public let kind: Kind

  public init(column: String, kind: Kind) {
    self.column = column
    self.kind = kind
  }

  /// The median: quantile 1/2.
  public static func median(_ column: String, scale: Int) -> FittedParameter {
    FittedParameter(column: column, kind: .quantile(numerator: 1, denominator: 2, scale: scale))
  }

  /// Whether the kind needs the cells in order, and with missing cells their public number.
  public var isOrderStatistic: Bool {
    switch kind {
    case .quantile, .interquartileRange: true
    default: false
    }
  }

  /// Name of the parameter's column; of a mask, what its columns' names start with.
  public var name: String {
    switch kind {
    case .mean: "\(column).mean"
    case .standardDeviation: "\(column).std"
    case .minimum: "\(column).min"
    case .maximum: "\(column).max"
    case .range: "\(column).range"
    case .quantile(1, 2, _): "\(column).median"
    case .quantile(let numerator, let denominator, _): "\(column).quantile.\(numerator)/\(denominator)"
    case .interquartileRange: "\(column).iqr"
    case .mode: "\(column).mode"
    case .seen: "\(column).seen"
    }
  }

  /// Column of the mask of seen categories for one code.
  public static func seenName(_ column: String, code: Int) -> String { "\(column).seen.\(code)" }

  public var canonical: CanonicalValue {
    let detail: CanonicalValue
    switch kind {
    case .mean(let scale): detail = ["mean", CanonicalValue(signed: Int64(scale))]
    case .standardDeviation(let scale): detail = ["standard deviation", CanonicalValue(signed: Int64(scale))]
    case .minimum: detail = ["minimum"]
    case .maximum: detail = ["maximum"]
    case .range: detail = ["range"]
    case .quantile(let numerator, let denominator, let scale):
      detail = .list(["quantile"] + [numerator, denominator, scale].map { CanonicalValue(signed: Int64($0)) })
    case .interquartileRange(let scale): detail = ["interquartile range", CanonicalValue(signed: Int64(scale))]
    case .mode: detail = ["mode"]
    case .seen: detail = ["seen"]
    }
    return [.text(column), detail]
  }
}

/// Parameters to fit on a table: they make a table of one row with a public schema.
public struct FitSpecification: Hashable, Sendable {
  public let parameters: [FittedParameter]

  public init(_ parameters: [FittedParameter]) { self.parameters = parameters }

  /// Most parameters, and most columns of a parameter table: 4,096.
  public static let maximumCount = 4_096
  /// Most values that all modes and masks count: 2^20.
  public static let maximumCountedValues = 1 << 20
  /// Largest denominator of a quantile's position.
  public static let maximumDenominator = 10_000

  public var canonical: CanonicalValue { ["fit specification/v1", .list(parameters.map(\.canonical))] }

  /// Schema of the parameter table for a table of the given schema.
  ///
  /// **Throws** `unknownColumn`; `invalidParameter`, `tableTooLarge` for a kind that the column does not have or a size out of bounds; `invalidSchema` for
  /// names that occur twice or numbers beyond 2^61.
  public func schema(of table: TableSchema) throws(ProgramError) -> TableSchema {
    guard !parameters.isEmpty, parameters.count <= Self.maximumCount else {
      throw .invalidParameter(node: "fit", reason: "1 to \(Self.maximumCount) parameters can be fitted at once")
    }
    var columns: [TableColumn] = []
    var counted = 0
    for parameter in parameters {
      guard let column = table.column(parameter.column) else { throw .unknownColumn(parameter.column) }
      columns += try parameter.columns(of: column)
      if parameter.kind == .mode || parameter.kind == .seen { counted += Int(column.type.range.upper - column.type.range.lower) + 1 }
      guard counted <= Self.maximumCountedValues else {
        throw .tableTooLarge(node: parameter.name, rows: UInt64(counted), limit: Self.maximumCountedValues)
      }
      guard columns.count <= Self.maximumCount else {
        throw .invalidParameter(node: parameter.name, reason: "more than \(Self.maximumCount) columns of parameters")
      }
    }
    return try TableSchema(columns: columns)
  }

  /// Columns whose number of present cells becomes public: those with missing cells and an order statistic, in order of first mention.
  public func countedColumns(_ table: TableSchema) -> [String] {
    var out: [String] = []
    for parameter in parameters where parameter.isOrderStatistic && !out.contains(parameter.column) {
      if table.column(parameter.column)?.missing == .presence { out.append(parameter.column) }
    }
    return out
  }
}

extension FittedParameter {
  /// Numbers of a column as fitting sees them.
  struct Numbers {
    let digits: Int
    let range: IntegerRange
    /// H − L.
    var span: Int128 { Int128(range.upper) - Int128(range.lower) }
  }

  /// Digits and range of a number column. **Throws** `invalidParameter` for a category column.
  static func numbers(_ column: TableColumn, for name: String) throws(ProgramError) -> Numbers {
    switch column.type {
    case .integer(let range): return Numbers(digits: 0, range: range)
    case .decimal(let scale, let range): return Numbers(digits: scale, range: range)
    case .category: throw .invalidParameter(node: name, reason: "\(column.name) has categories, not numbers")
    }
  }

  /// m = 10^(scale − d). **Throws** `invalidParameter` for a scale below the column's or above 18.
  static func factor(_ scale: Int, _ numbers: Numbers, for name: String) throws(ProgramError) -> Int64 {
    guard (0...TableSchema.maximumScale).contains(scale), let factor = PowerOfTen.value(scale - numbers.digits) else {
      throw .invalidParameter(
        node: name, reason: "scale \(scale); \(numbers.digits) (that of the column) to \(TableSchema.maximumScale) are possible")
    }
    return factor
  }

  /// Columns of the parameter table.
  func columns(of column: TableColumn) throws(ProgramError) -> [TableColumn] {
    func tooLarge(_ bound: Int128) -> ProgramError {
      .relationTooLarge(node: name, relation: "the parameter's range", bound: bound, remedy: "fit it with a smaller scale")
    }
    func scaled(_ numbers: Numbers, _ scale: Int) throws(ProgramError) -> ColumnType {
      let factor = try Self.factor(scale, numbers, for: name)
      guard let range = numbers.range.scaled(by: factor) else { throw tooLarge(Int128(factor) * Int128(numbers.range.magnitude)) }
      return .number(scale: scale, range: range)
    }
    func positive(_ numbers: Numbers, _ scale: Int) throws(ProgramError) -> ColumnType {
      let factor = try Self.factor(scale, numbers, for: name)
      let top = max(Int128(factor) * numbers.span, Int128(PowerOfTen.value(scale) ?? 1))
      guard let upper = Int64(exactly: top), let range = IntegerRange(lower: 1, upper: upper) else { throw tooLarge(top) }
      return .number(scale: scale, range: range)
    }
    switch kind {
    case .mean(let scale): return [TableColumn(name: name, type: try scaled(try Self.numbers(column, for: name), scale))]
    case .quantile(let numerator, let denominator, let scale):
      guard denominator >= 1, denominator <= FitSpecification.maximumDenominator, numerator >= 0, numerator <= denominator else {
        throw .invalidParameter(
          node: name, reason: "a quantile's position is a fraction from 0 to 1 with a denominator up to \(FitSpecification.maximumDenominator)")
      }
      return [TableColumn(name: name, type: try scaled(try Self.numbers(column, for: name), scale))]
    case .standardDeviation(let scale), .interquartileRange(let scale):
      return [TableColumn(name: name, type: try positive(try Self.numbers(column, for: name), scale))]
    case .minimum, .maximum:
      _ = try Self.numbers(column, for: name)
      return [TableColumn(name: name, type: column.type)]
    case .range:
      let numbers = try Self.numbers(column, for: name)
      return [TableColumn(name: name, type: try positive(numbers, numbers.digits))]
    case .mode:
      guard column.type.range.bitCount <= 16 else {
        throw .tableTooLarge(node: name, rows: UInt64(bitPattern: column.type.range.upper &- column.type.range.lower) &+ 1, limit: 1 << 16)
      }
      return [TableColumn(name: name, type: column.type)]
    case .seen:
      guard case .category(let names) = column.type else { throw .invalidParameter(node: name, reason: "\(column.name) has no categories") }
      return names.indices.map { TableColumn(name: Self.seenName(column.name, code: $0), type: .integer(IntegerRange(0...1))) }
    }
  }
}

extension ColumnType {
  /// Numbers with `scale` digits after the point: an integer column when there are none.
  static func number(scale: Int, range: IntegerRange) -> ColumnType { scale == 0 ? .integer(range) : .decimal(scale: scale, range: range) }
}

/// Powers of ten in 64 bits.
enum PowerOfTen {
  /// 10^exponent for 0 ≤ exponent ≤ 18, else nil.
  static func value(_ exponent: Int) -> Int64? {
    guard (0...18).contains(exponent) else { return nil }
    return (0..<exponent).reduce(Int64(1)) { product, _ in product * 10 }
  }
}
