import Hashing
import Programs
import ProofSystem

/// The columns of a committed table are stated functions of another's and of committed parameters, row by row: `TransformSpecification`, in
/// integers and exactly. Parameters stay hidden.
public struct TransformClaim: DataRelation {
  public static let type = "transform"
  public let input: String
  /// A table of one row, fitted by a claim of its own; nil when no step reads a parameter.
  public let parameters: String?
  /// As many rows as the input, with the schema of the plan.
  public let output: String
  public let specification: TransformSpecification

  public init(input: String, parameters: String?, output: String, specification: TransformSpecification) {
    self.input = input
    self.parameters = parameters
    self.output = output
    self.specification = specification
  }

  public var artefacts: [String] { [input] + (parameters.map { [$0] } ?? []) + [output] }

  public var canonical: CanonicalValue {
    [
      "transform/v1", .text(input), .list(parameters.map { [.text($0)] } ?? []), .text(output), specification.canonical,
    ]
  }

  /// Nothing but the statement itself.
  public var reveals: [Disclosure] { [] }

  // MARK: Semantics

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let own = try tables.table(input)
    let fitted = try parameters.map { name throws(ProgramError) in try tables.table(name) }
    return try TransformPlan(specification, table: own.schema, parameters: fitted?.schema).evaluate(own, parameters: fitted).trace
  }

  // MARK: Constraints

  public func compile(_ compiler: inout ClaimCompiler, index: Int, prefix: String) throws(ClaimError) {
    let source = try compiler.artefact(input)
    let target = try compiler.artefact(output)
    let (schema, rows) = try source.table()
    let (made, ownRows) = try target.table()
    let fitted = try parameters.map { name throws(ClaimError) in try compiler.artefact(name) }
    let known = try fitted.map { artefact throws(ClaimError) in try artefact.table() }
    guard Set(artefacts).count == artefacts.count, known == nil || known?.rows.count == 1 else {
      throw .inconsistent("input, parameters and output are different tables, and the parameters have one row")
    }
    let plan = try ClaimError.planning { () throws(ProgramError) in
      try TransformPlan(specification, table: schema, parameters: known?.schema)
    }
    guard made.canonical == plan.schema.canonical, ownRows == rows else {
      throw .inconsistent("\(output) does not have the rows of \(input) and the columns that its transformation gives")
    }
    for (place, column) in plan.columns.enumerated() {
      var chain = ChainCompiler(
        label: "\(prefix).\(place)", key: "\(place)", index: index, rows: rows, cells: try StatisticColumn(column.source.name, source),
        parameters: fitted)
      try chain.compile(column, target, &compiler)
    }
  }
}

/// The constraints of one chain of steps.
struct ChainCompiler {
  let label: String
  /// What the record's keys of this chain start with.
  let key: String
  let index: Int
  let rows: Extent
  let parameters: ArtefactDescription?
  /// 1 where the source's cell is present.
  let presence: ColumnExpression
  let hasMissing: Bool
  /// x after the steps so far, and the interval that earlier constraints enforce.
  var value: ColumnExpression
  var range: IntegerRange

  init(label: String, key: String, index: Int, rows: Extent, cells: StatisticColumn, parameters: ArtefactDescription?) {
    self.label = label
    self.key = key
    self.index = index
    self.rows = rows
    self.parameters = parameters
    presence = cells.presence
    hasMissing = cells.hasMissing
    value = cells.value
    range = cells.range
  }

  mutating func compile(_ column: PlannedColumn, _ target: ArtefactDescription, _ compiler: inout ClaimCompiler) throws(ClaimError) {
    var outputs: [ColumnExpression] = []
    for output in column.outputs { outputs.append(ColumnExpression(try target.column(output.name, .value))) }
    guard let first = outputs.first else { return }
    for (place, step) in column.steps.enumerated() {
      let isLast = place == column.steps.count - 1
      if case .oneHot(let encoding) = step.kind {
        try oneHot(encoding, place, outputs, &compiler)
        return
      }
      try apply(step, place, isLast ? first : nil, &compiler)
      range = step.range
    }
    let difference = try first.adding(value, times: -1)
    if !difference.isConstant || difference.constant != 0 { compiler.builder.equal("\(label).output", rows: rows, difference) }
    if let output = column.outputs.first, output.missing == .presence {
      let own = ColumnExpression(try target.column(output.name, .presence))
      compiler.builder.equal("\(label).presence", rows: rows, try own.adding(presence, times: -1))
    }
  }

  /// - target: the output's column when this is the last step; a fresh result is that column itself.
  private mutating func apply(
    _ step: PlannedStep, _ place: Int, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    switch step.kind {
    case .impute(let operand, let multiplier, let lower):
      // m·x = presence·m·x + (1 − presence)·lower.
      let missing = try ColumnExpression(constant: 1).adding(presence, times: -1)
      let other = try self.operand(operand)
      let filled: ColumnExpression
      if other.isConstant {
        filled = try missing.scaled(by: other.constant)
      } else {
        filled = try compiler.builder.hadamard("\(label).\(place).filled", bits: rows.bits, missing, other)
      }
      value = try value.scaled(by: multiplier).adding(missing, times: -lower).adding(filled)
    case .missingIndicator: value = try ColumnExpression(constant: 1).adding(presence, times: -1)
    case .atLeast(let operand, let multiplier):
      let scaled = try value.scaled(by: multiplier)
      value = try maximum(
        "\(label).\(place)", "\(key).\(place).bit", scaled, scaledRange(multiplier), self.operand(operand), operand.range, &compiler)
    case .atMost(let operand, let multiplier):
      let scaled = try value.scaled(by: multiplier)
      value = try minimum(
        "\(label).\(place)", "\(key).\(place).bit", scaled, scaledRange(multiplier), self.operand(operand), operand.range, &compiler)
    case .divide(let division): try divide(division, place, target, &compiler)
    case .logarithm(let logarithm): try apply(logarithm, place, step.range, target, &compiler)
    case .bucketise(let buckets): try bucketise(buckets, place, target, &compiler)
    case .ordinal(let encoding): try ordinal(encoding, place, target, &compiler)
    case .oneHot: break
    }
  }

  /// A public constant, or the committed scalar times its multiplier.
  func operand(_ operand: PlannedOperand) throws(ClaimError) -> ColumnExpression {
    guard let name = operand.parameter else { return ColumnExpression(constant: operand.constant) }
    guard let parameters else { throw .inconsistent("\(name) is not fitted: the claim names no parameters") }
    return try ColumnExpression(try parameters.column(name, .value)).scaled(by: operand.multiplier)
  }

  func scaledRange(_ multiplier: Int64) throws(ClaimError) -> IntegerRange {
    guard let out = range.scaled(by: multiplier) else { throw .coefficientOverflow }
    return out
  }

  /// The column of a step's result: the output's own where the step is the last, else a recorded one, range checked.
  func result(
    _ place: Int, _ range: IntegerRange, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> ColumnExpression {
    let column = try unchecked(place, target, &compiler)
    if target == nil { try compiler.builder.range("\(label).\(place).value", column, in: range, rows) }
    return column
  }

  /// The same where a table bounds the result.
  func unchecked(_ place: Int, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler) throws(ClaimError) -> ColumnExpression {
    if let target { return target }
    return try compiler.recorded("\(label).\(place).value", rows: rows, index: index, key: "\(key).\(place).value")
  }
}
