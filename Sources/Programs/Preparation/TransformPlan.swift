/// A specification resolved against schemas: scales aligned, ranges known, widths checked.

/// constant, or multiplier · (the parameter's stored value).
public struct PlannedOperand: Hashable, Sendable {
  /// Name of the parameter, nil for a constant.
  public let parameter: String?
  public let multiplier: Int64
  public let constant: Int64
  public let range: IntegerRange

  /// The number, from the stored parameters. `multiplier`·value is in `range`, so it does not overflow.
  func value(_ parameters: [String: Int64]) throws(ProgramError) -> Int64 {
    guard let parameter else { return constant }
    guard let stored = parameters[parameter] else { throw .unknownColumn(parameter) }
    return stored &* multiplier
  }
}

/// q = ⌊(factor·x − centre) / divisor + 1/2⌋.
public struct PlannedDivision: Hashable, Sendable {
  public let factor: Int64
  public let centre: PlannedOperand
  public let divisor: PlannedOperand
  public let limit: QuotientLimit
  /// Range of factor·x − centre.
  public let numerator: IntegerRange
}

/// The nearest number to 10^scale·log((10^digits + x)/10^digits).
public struct PlannedLogarithm: Hashable, Sendable {
  public let base: LogarithmBase
  /// Digits after the point of x.
  public let digits: Int
  public let scale: Int
  /// Range of x, from 0 on.
  public let domain: IntegerRange
  /// Whether the domain is too large for a table of its own.
  public let isWide: Bool

  /// Guard digits of the wide form.
  public static let guardDigits = 3
  /// 10^digits.
  public var one: Int64 { PowerOfTen.value(digits) ?? 1 }
  /// y for x in the domain. **Throws** `roundingUndecided`; `inputOutOfRange` outside the domain.
  public func value(_ x: Int64) throws(ProgramError) -> Int64 {
    guard domain.contains(x) else { throw .inputOutOfRange(node: "logarithm", index: 0, value: x, range: domain) }
    if isWide { return try WideLogarithm(self).parts(x).result }
    return try FixedPointLogarithm(base: base).rounded(UInt64(one + x), pointDigits: digits, digits: scale)
  }
  /// y for every x of a narrow domain, in order.
  public func table() throws(ProgramError) -> [Int64] {
    let logarithm = FixedPointLogarithm(base: base)
    var out: [Int64] = []
    for x in domain.lower...domain.upper { out.append(try logarithm.rounded(UInt64(one + x), pointDigits: digits, digits: scale)) }
    return out
  }
}

/// Number of edges ≤ multiplier·x.
public struct PlannedBuckets: Hashable, Sendable {
  public let edges: [PlannedOperand]
  public let multiplier: Int64
  /// Range of multiplier·x.
  public let domain: IntegerRange

  public var arePublic: Bool { edges.allSatisfy { $0.parameter == nil } }

  /// Bin k of public edges holds low ≤ multiplier·x < high; the outermost bounds are just around all values.
  public func bounds(_ bin: Int) -> (low: Int64, high: Int64) {
    let low = edges.indices.contains(bin - 1) ? edges[bin - 1].constant : min(domain.lower, edges.first?.constant ?? domain.lower)
    let high = edges.indices.contains(bin) ? edges[bin].constant : max(domain.upper &+ 1, edges.last?.constant ?? 0)
    return (low, high)
  }
}

/// A category encoding: a code for each category, and the mask of seen ones.
public struct PlannedEncoding: Hashable, Sendable {
  public let categories: [String]
  /// For an order: the place of each category, nil for one that is not in it.
  public let places: [Int64?]
  /// Parameter that says whether the category was seen; nil: known.
  public let seen: [String?]
  public let unseen: UnseenRule
  /// The code (of an order) for what is unseen.
  public let otherCode: Int64
}

/// One step, with the range of its result.
public struct PlannedStep: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// multiplier·x where present, else the operand; a missing cell holds `lower` once multiplied.
    case impute(PlannedOperand, multiplier: Int64, lower: Int64)
    case missingIndicator
    /// max(multiplier·x, operand).
    case atLeast(PlannedOperand, multiplier: Int64)
    /// min(multiplier·x, operand).
    case atMost(PlannedOperand, multiplier: Int64)
    case divide(PlannedDivision)
    case logarithm(PlannedLogarithm)
    case bucketise(PlannedBuckets)
    case ordinal(PlannedEncoding)
    case oneHot(PlannedEncoding)
  }
  public let kind: Kind
  public let range: IntegerRange

  /// Rows of the tables that a proof of this step looks up in, at most 2^17.
  var tableRows: Int {
    switch kind {
    case .impute, .missingIndicator, .atLeast, .atMost, .divide: 0
    case .logarithm(let logarithm): logarithm.isWide ? 1 << WideLogarithm.leadingBits : Int(logarithm.domain.upper - logarithm.domain.lower) + 1
    case .bucketise(let buckets): buckets.edges.count + 1
    case .ordinal(let encoding), .oneHot(let encoding): encoding.categories.count
    }
  }
}

/// One chain, resolved.
public struct PlannedColumn: Hashable, Sendable {
  public let source: TableColumn
  public let steps: [PlannedStep]
  /// The output columns: one, or those of a one-hot encoding.
  public let outputs: [TableColumn]
}

/// The whole transformation, resolved.
public struct TransformPlan: Hashable, Sendable {
  public let columns: [PlannedColumn]
  /// Schema of the output.
  public let schema: TableSchema

  /// - parameters: schema of the parameter table; nil when there is none.
  ///
  /// **Throws** `unknownColumn`, `invalidParameter`, `invalidSchema`, `tableTooLarge`; `relationTooLarge` naming the column where a proof could wrap around.
  public init(_ specification: TransformSpecification, table: TableSchema, parameters: TableSchema?) throws(ProgramError) {
    let all = specification.columns
    guard !all.isEmpty, all.count <= TransformSpecification.maximumCount else {
      throw .invalidParameter(node: "transform", reason: "1 to \(TransformSpecification.maximumCount) columns can be made")
    }
    var known: [String: TableColumn] = [:]
    for column in parameters?.columns ?? [] { known[column.name] = column }
    var planned: [PlannedColumn] = []
    var count = 0
    var tableRows = 0
    for column in all {
      guard let source = table.column(column.source) else { throw .unknownColumn(column.source) }
      let own = try ColumnPlanner(column, source, known).plan()
      count += own.outputs.count
      guard count <= TransformSpecification.maximumCount else {
        throw .invalidParameter(node: column.name, reason: "more than \(TransformSpecification.maximumCount) columns of output")
      }
      tableRows += own.steps.reduce(0) { $0 + $1.tableRows }
      guard tableRows <= TransformSpecification.maximumTableRows else {
        throw .tableTooLarge(node: column.name, rows: UInt64(tableRows), limit: TransformSpecification.maximumTableRows)
      }
      planned.append(own)
    }
    columns = planned
    schema = try TableSchema(columns: planned.flatMap(\.outputs))
  }
}
