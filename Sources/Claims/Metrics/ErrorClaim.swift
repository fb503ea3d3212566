import Hashing
import Programs
import ProofSystem

/// How far committed numbers lie from committed labels: integers from which MSE, MAE and R² follow. All in stored units of the labels.
public struct ErrorClaim: DataRelation {
  public static let type = "errors"

  public enum Measure: Hashable, Sendable {
    /// Σ (prediction − label)² = n·MSE.
    case squared(Shown)
    /// Σ |prediction − label| = n·MAE.
    case absolute(Shown)
    /// Σ label, and Σ (label − centre)²: the mean predictor's error, for R².
    case labels(sum: Int64, centre: Int64, squares: Int64)
  }
  public let labels: ClaimStatement.ColumnName
  public let predictions: ClaimStatement.ColumnName
  public let measures: [Measure]
  /// The rows that are measured; nil: all of them.
  public let slice: RowSlice?

  public init(
    labels: ClaimStatement.ColumnName, predictions: ClaimStatement.ColumnName, measures: [Measure], slice: RowSlice? = nil
  ) {
    self.labels = labels
    self.predictions = predictions
    self.measures = measures
    self.slice = slice
  }

  public var artefacts: [String] {
    var out: [String] = []
    for name in [labels.artefact, predictions.artefact] + (slice.map { [$0.group.column.artefact] } ?? []) where !out.contains(name) {
      out.append(name)
    }
    return out
  }

  public var canonical: CanonicalValue {
    let list = measures.map { measure -> CanonicalValue in
      switch measure {
      case .squared(let shown): ["squared", shown.canonical]
      case .absolute(let shown): ["absolute", shown.canonical]
      case .labels(let sum, let centre, let squares): ["labels", signedNumber(sum), signedNumber(centre), signedNumber(squares)]
      }
    }
    return .list(
      [
        "errors/v1", [.text(labels.artefact), .text(labels.column)], [.text(predictions.artefact), .text(predictions.column)], .list(list),
      ] + (slice.map { [$0.canonical] } ?? []))
  }

  public var reveals: [Disclosure] {
    let subject = "\(predictions.column) against \(labels.column)"
    return (slice.map { [$0.disclosure] } ?? [])
      + measures.map { measure in
        switch measure {
        case .squared(let shown): shown.disclosure("squared error of \(subject)")
        case .absolute(let shown): shown.disclosure("absolute error of \(subject)")
        case .labels(let sum, _, let squares):
          Disclosure(subject: "sum and squares of \(labels.column)", kind: .exact, values: [sum, squares])
        }
      }
  }

  // MARK: Semantics

  /// The integers of a measure by definition. **Throws** `unknownName`, `unknownColumn`.
  public func values(_ measure: Measure, _ tables: DataTables) throws(ProgramError) -> [Int64] {
    var (own, others) = (try tables.column(labels.artefact, labels.column), try tables.column(predictions.artefact, predictions.column))
    if let slice {
      let inside = try slice.inside(tables)
      func chosen(_ values: [Int64]) -> [Int64] { zip(values, inside).filter { $0.1 == 1 }.map(\.0) }
      (own, others) = (chosen(own), chosen(others))
    }
    let errors = zip(others, own).map { $0 &- $1 }
    switch measure {
    case .squared: return [errors.reduce(0) { $0 &+ $1 &* $1 }]
    case .absolute: return [errors.reduce(0) { $0 &+ abs($1) }]
    case .labels(_, let centre, _): return [own.reduce(0, &+), own.reduce(0) { $0 &+ ($1 &- centre) &* ($1 &- centre) }]
    }
  }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let (own, others) = (try tables.column(labels.artefact, labels.column), try tables.column(predictions.artefact, predictions.column))
    var out = ["negative": zip(others, own).map { $0 < $1 ? Int64(1) : 0 }]
    for (place, measure) in measures.enumerated() { out["\(place).value"] = try values(measure, tables) }
    if let slice { for (key, values) in try slice.record(tables) { out[key] = values } }
    return out
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let (first, second) = (try compiler.artefact(labels.artefact), try compiler.artefact(predictions.artefact))
    let (own, others) = (try StatisticColumn(labels.column, first), try StatisticColumn(predictions.column, second))
    func digits(_ artefact: ArtefactDescription, _ name: String) throws(ClaimError) -> Int? {
      switch try artefact.table().schema.column(name)?.type {
      case .integer: 0
      case .decimal(let scale, _): scale
      default: nil
      }
    }
    guard let scale = try digits(first, labels.column), try digits(second, predictions.column) == scale, !own.hasMissing, !others.hasMissing,
      own.rows == others.rows
    else { throw .inconsistent("labels and predictions are numbers with equally many digits, columns of equal length, without missing cells") }
    guard !measures.isEmpty, measures.count <= 64 else { throw .inconsistent("1 to 64 measures") }
    let rows = own.rows
    var error = try others.value.adding(own.value, times: -1)
    var inside: ColumnExpression?
    if let slice {
      // Rows outside have no error.
      let bit = try slice.compile(&compiler, prefix, index: index, rows)
      error = try compiler.builder.hadamard("\(prefix).slice.error", bits: rows.bits, bit, error)
      inside = bit
    }
    let span = Int128(own.range.magnitude) + Int128(others.range.magnitude)
    for (place, measure) in measures.enumerated() {
      let label = "\(prefix).\(place)"
      switch measure {
      case .squared(let shown):
        let square = try compiler.builder.hadamard("\(label).square", bits: rows.bits, error, error)
        try bind(&compiler, label, index, place, square, rows, bound: Int128(rows.count) * span * span, shown)
      case .absolute(let shown):
        let bits = 128 - span.leadingZeroBitCount
        guard bits <= 58 else { throw .tooWide(node: label, bits: bits) }
        let negative = try compiler.recordedBit("\(label).negative", rows: rows, index: index, key: "negative")
        let sign = try ColumnExpression(constant: 1).adding(negative, times: -2)
        let size = try compiler.builder.hadamard("\(label).size", bits: rows.bits, error, sign)
        try compiler.builder.range("\(label).size", size, bits: bits, rows)
        try bind(&compiler, label, index, place, size, rows, bound: Int128(rows.count) * span, shown)
      case .labels(let sum, let centre, let squares):
        guard own.range.contains(centre) else { throw .inconsistent("the centre \(centre) is outside the range of \(labels.column)") }
        var (value, off) = (own.value, try own.value.adding(-centre))
        if let inside {
          off = try compiler.builder.hadamard("\(label).slice.off", bits: rows.bits, inside, off)
          value = try off.adding(inside, times: centre)
        }
        let square = try compiler.builder.hadamard("\(label).square", bits: rows.bits, off, off)
        let width = Int128(own.range.upper) - Int128(own.range.lower)
        try bind(
          &compiler, "\(label).sum", index, place, value, rows, bound: Int128(rows.count) * Int128(own.range.magnitude), .revealed(sum))
        try bind(&compiler, "\(label).squares", index, place, square, rows, bound: Int128(rows.count) * width * width, .revealed(squares))
      }
    }
  }

  private func bind(
    _ compiler: inout ClaimCompiler, _ label: String, _ index: Int, _ place: Int, _ part: ColumnExpression, _ rows: Extent, bound: Int128,
    _ shown: Shown
  ) throws(ClaimError) {
    guard bound < 1 << 61, shown.range.magnitude < 1 << 61 else { throw .tooWide(node: label, bits: 128 - bound.leadingZeroBitCount) }
    switch shown {
    case .revealed(let value): compiler.builder.sum(label, rows: rows, part, equals: ColumnExpression(constant: value))
    case .within(let range):
      guard range.bitCount <= 60 else { throw .tooWide(node: label, bits: range.bitCount) }
      let sum = try compiler.builder.total(label, rows: rows, part, .recorded(execution: index, key: "\(place).value"))
      try compiler.builder.range("\(label).within", sum, in: range, Extent(bits: 0, count: 1))
    }
  }
}
