import Hashing
import Programs
import ProofSystem

/// A committed table of one row holds the parameters fitted on a committed table: `FitSpecification.fit`, in integers and exactly.
///
/// Missing cells are left out. How many cells are present stays hidden, but for order statistics of columns with missing cells.
public struct FitClaim: DataRelation {
  public static let type = "fit"
  public let table: String
  /// The table of one row, with the schema `specification.schema(of:)`.
  public let parameters: String
  public let specification: FitSpecification
  /// Public numbers of present cells: of exactly the columns `specification.countedColumns` names.
  public let presentCounts: [String: Int]

  public init(table: String, parameters: String, specification: FitSpecification, presentCounts: [String: Int] = [:]) {
    self.table = table
    self.parameters = parameters
    self.specification = specification
    self.presentCounts = presentCounts
  }

  public var artefacts: [String] { [table, parameters] }

  /// The columns of `presentCounts`, in the order of their bytes.
  private var countedColumns: [String] { presentCounts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  public var canonical: CanonicalValue {
    [
      "fit/v1", .text(table), .text(parameters), specification.canonical,
      .list(countedColumns.map { [.text($0), signedNumber(Int64(presentCounts[$0] ?? 0))] }),
    ]
  }

  public var reveals: [Disclosure] {
    countedColumns.map {
      Disclosure(subject: "present cells of \($0)", kind: .exact, values: [Int64(presentCounts[$0] ?? 0)])
    }
  }

  // MARK: Semantics

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let own = try tables.table(table)
    _ = try specification.schema(of: own.schema)
    var out: [String: [Int64]] = [:]
    for (place, parameter) in specification.parameters.enumerated() {
      let cells = try PresentCells(own, parameter.column)
      let name = parameter.column
      switch parameter.kind {
      case .mean, .standardDeviation:
        let moments = try cells.moments()
        out["present.\(name)"] = [Int64(cells.ascending.count)]
        out["sum.\(name)"] = [Int64(truncatingIfNeeded: moments.sum)]
        let lower = cells.column.type.range.lower
        let squares = cells.ascending.map { ($0 &- lower) &* ($0 &- lower) }
        out["squares.\(name)"] = [squares.reduce(0, &+)]
        let digit = Int64(1) << Int64(WideNumber.digitBits)
        out["squares.low.\(name)"] = [squares.reduce(0) { $0 &+ ($1 & (digit - 1)) }]
        out["squares.high.\(name)"] = [squares.reduce(0) { $0 &+ ($1 >> Int64(WideNumber.digitBits)) }]
      case .quantile, .interquartileRange: out["sorted.\(name)"] = cells.ascending
      case .minimum, .maximum, .range:
        out["minimum.\(name)"] = [cells.ascending.first ?? 0]
        out["maximum.\(name)"] = [cells.ascending.last ?? 0]
      case .mode:
        let (value, count) = cells.mode()
        let rank = cells.column.type.range.upper &- value
        out["\(place).top"] = [Int64(count) << Int64(cells.column.type.range.bitCount) &+ rank]
      case .seen: out["seen.\(name)"] = try parameter.values(cells)
      }
      switch parameter.kind {
      case .standardDeviation, .range, .interquartileRange:
        let magnitude = try parameter.magnitude(cells)
        out["\(place).magnitude"] = [Int64(truncatingIfNeeded: magnitude)]
        out["\(place).zero"] = [magnitude == 0 ? 1 : 0]
      default: break
      }
    }
    return out
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(table)
    let target = try compiler.artefact(parameters)
    let (schema, rows) = try source.table()
    let (own, one) = try target.table()
    let expected = try ClaimError.planning { () throws(ProgramError) in try specification.schema(of: schema) }
    guard table != parameters, one.count == 1, own.canonical == expected.canonical else {
      throw .inconsistent("\(parameters) is not a table of one row with the columns that are fitted on \(table)")
    }
    let counted = specification.countedColumns(schema)
    guard Set(counted) == Set(presentCounts.keys), presentCounts.values.allSatisfy({ $0 >= 1 && $0 <= rows.count }) else {
      throw .inconsistent("the numbers of present cells are public for exactly these columns of \(table): \(counted.joined(separator: ", "))")
    }
    var fitted: [String: FittedColumn] = [:]
    for (place, parameter) in specification.parameters.enumerated() {
      let name = parameter.column
      var column: FittedColumn
      if let known = fitted[name] {
        column = known
      } else {
        guard let description = schema.column(name) else { throw .unknownColumn(artefact: table, column: name) }
        column = FittedColumn(
          description, cells: try StatisticColumn(name, source), index: index, prefix: "\(prefix).\(fitted.count)", present: presentCounts[name],
          isSorted: specification.parameters.contains { $0.column == name && $0.isOrderStatistic })
      }
      try column.add(parameter, place: place, target, &compiler)
      fitted[name] = column
    }
  }
}

extension ClaimError {
  /// Names the column of a program error that says a relation is too wide.
  init(planning error: ProgramError) {
    if case .relationTooLarge(let node, _, let bound, _) = error {
      self = .tooWide(node: node, bits: 128 - bound.magnitude.leadingZeroBitCount)
    } else {
      self = .program(error)
    }
  }

  /// The result, with the errors of planning turned into those of claims.
  static func planning<Result>(_ make: () throws(ProgramError) -> Result) throws(ClaimError) -> Result {
    do { return try make() } catch { throw ClaimError(planning: error) }
  }
}
