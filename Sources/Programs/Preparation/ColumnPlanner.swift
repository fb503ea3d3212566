/// Resolves one chain of steps.
struct ColumnPlanner {
  let transform: ColumnTransform
  let source: TableColumn
  let parameters: [String: TableColumn]
  var type: ColumnType
  private var hasMissing: Bool
  private var steps: [PlannedStep] = []

  init(_ transform: ColumnTransform, _ source: TableColumn, _ parameters: [String: TableColumn]) {
    self.transform = transform
    self.source = source
    self.parameters = parameters
    type = source.type
    hasMissing = source.missing == .presence
  }

  /// Both sides of every relation stay below this in absolute value.
  static let limit = Int128(1) << 60

  func plan() throws(ProgramError) -> PlannedColumn {
    var planner = self
    return try planner.run()
  }

  private mutating func run() throws(ProgramError) -> PlannedColumn {
    guard transform.steps.count <= TransformSpecification.maximumSteps else {
      throw refused("more than \(TransformSpecification.maximumSteps) steps")
    }
    for (index, step) in transform.steps.enumerated() {
      if case .oneHot(let unseen) = step {
        guard index == transform.steps.count - 1 else { throw refused("one-hot encoding is the last step") }
        return try oneHot(unseen)
      }
      try add(step)
    }
    let output = TableColumn(
      name: transform.name, type: type, missing: hasMissing ? .presence : .refuse, roles: transform.steps.isEmpty ? source.roles : [])
    return PlannedColumn(source: source, steps: steps, outputs: [output])
  }

  private mutating func add(_ step: TransformStep) throws(ProgramError) {
    if case .missingIndicator = step {
      guard steps.isEmpty else { throw refused("a missing indicator is the first step") }
      append(.missingIndicator, .integer(IntegerRange(0...1)))
      hasMissing = false
      return
    }
    switch step {
    case .impute, .imputeCategory: guard hasMissing else { return }
    default: guard !hasMissing else { throw refused("the column has missing cells; impute them first") }
    }
    switch step {
    case .impute(let operand): try impute(operand)
    case .imputeCategory(let text):
      var names = try categories()
      let code = names.firstIndex(of: text) ?? names.count
      if code == names.count { names.append(text) }
      let constant = PlannedOperand(parameter: nil, multiplier: 1, constant: Int64(code), range: IntegerRange(only: Int64(code)))
      append(.impute(constant, multiplier: 1, lower: 0), .category(names))
      hasMissing = false
    case .clip(let lower, let upper):
      if let lower {
        try clip(lower) { operand, factor in
          .atLeast(operand, multiplier: factor)
        } bound: {
          max($0, $1)
        }
      }
      if let upper {
        try clip(upper) { operand, factor in
          .atMost(operand, multiplier: factor)
        } bound: {
          min($0, $1)
        }
      }
    case .divide(let centre, let divisor, let scale, let limit): try divide(centre, divisor, scale, limit)
    case .logarithm(let base, let scale): try logarithm(base, scale)
    case .bucketise(let edges): try bucketise(edges)
    case .ordinal(let order, let unseen): try ordinal(order, unseen)
    case .missingIndicator, .oneHot: break
    }
  }

  private mutating func append(_ kind: PlannedStep.Kind, _ type: ColumnType) {
    steps.append(PlannedStep(kind: kind, range: type.range))
    self.type = type
  }

  // MARK: Steps

  private mutating func impute(_ operand: Operand) throws(ProgramError) {
    hasMissing = false
    if case .category(let names) = type {
      guard case .parameter(let name) = operand, let column = parameters[name], case .category(let own) = column.type, own == names else {
        throw refused("categories are imputed by a fitted category of the same column, or by a text")
      }
      let code = PlannedOperand(parameter: name, multiplier: 1, constant: 0, range: column.type.range)
      append(.impute(code, multiplier: 1, lower: 0), type)
      return
    }
    let (scale, range, factor, planned) = try aligned(operand)
    let own = try scaled(range, factor)
    append(.impute(planned, multiplier: factor, lower: own.lower), try number(scale, own.hull(planned.range)))
  }

  private mutating func clip(
    _ operand: Operand, _ kind: (PlannedOperand, Int64) -> PlannedStep.Kind, bound: (Int64, Int64) -> Int64
  ) throws(ProgramError) {
    let (scale, range, factor, planned) = try aligned(operand)
    let own = try scaled(range, factor)
    let result = IntegerRange(only: bound(own.lower, planned.range.lower)).hull(IntegerRange(only: bound(own.upper, planned.range.upper)))
    append(kind(planned, factor), try number(scale, result))
  }

  private mutating func divide(_ centre: Operand, _ divisor: Operand, _ scale: Int, _ limit: QuotientLimit) throws(ProgramError) {
    let (digits, range) = try numbers()
    guard (0...TableSchema.maximumScale).contains(scale) else { throw refused("scale \(scale); 0 to \(TableSchema.maximumScale) are possible") }
    let common = max(digits, try operandScale(centre))
    let exponent = try operandScale(divisor) + scale - common
    // 10^exponent multiplies the numerator, or 10^(−exponent) the divisor.
    guard let up = PowerOfTen.value(max(exponent, 0)), let down = PowerOfTen.value(max(-exponent, 0)), let own = PowerOfTen.value(common - digits),
      let rest = PowerOfTen.value(common - (try operandScale(centre)))
    else { throw refused("the scales are too far apart") }
    let factor = try narrowed(Int128(up) * Int128(own))
    let c = try planned(centre, times: try narrowed(Int128(up) * Int128(rest)))
    let d = try planned(divisor, times: down)
    guard d.range.lower >= 1 else { throw refused("the divisor can be less than one unit") }
    guard let numerator = try scaled(range, factor).subtracting(c.range) else { throw tooLarge("numerator", Self.limit << 4) }
    let top = Int128(d.range.upper)
    let quotient = Int128(limit.range.magnitude) + 1
    let widest = max(2 * Int128(numerator.magnitude) + top, top * 2 * quotient + 2 * top)
    guard widest < Self.limit else { throw tooLarge("2·(x − centre) + divisor = 2·divisor·quotient + remainder", widest) }
    append(
      .divide(PlannedDivision(factor: factor, centre: c, divisor: d, limit: limit, numerator: numerator)), try number(scale, limit.range))
  }

  private mutating func logarithm(_ base: LogarithmBase, _ scale: Int) throws(ProgramError) {
    let (digits, range) = try numbers()
    guard range.lower >= 0 else { throw refused("the logarithm of 1 + x needs x ≥ 0, the range is \(range): clip it first") }
    let isWide = range.bitCount > 16
    guard (0...(isWide ? 4 : 6)).contains(scale) else {
      throw refused("scale \(scale); 0 to 6 are possible, to 4 with more than 2^16 possible values")
    }
    let plan = PlannedLogarithm(base: base, digits: digits, scale: scale, domain: range, isWide: isWide)
    guard Int128(plan.one) + Int128(range.upper) < 1 << 46 else { throw tooLarge("1 + x", Int128(plan.one) + Int128(range.upper)) }
    // The wide form is monotone up to a unit of its guard digits.
    let slack: Int64 = isWide ? 1 : 0
    let values = IntegerRange(only: try plan.value(range.lower) - slack).hull(IntegerRange(only: try plan.value(range.upper) + slack))
    append(.logarithm(plan), try number(scale, values))
  }

  private mutating func bucketise(_ edges: [Operand]) throws(ProgramError) {
    guard !edges.isEmpty, edges.count <= 4_096 else { throw refused("1 to 4,096 edges are possible") }
    var (scale, range) = try numbers()
    for edge in edges { scale = max(scale, try operandScale(edge)) }
    let factor = try power(scale - (try numbers().0))
    range = try scaled(range, factor)
    var planned: [PlannedOperand] = []
    for edge in edges { planned.append(try self.planned(edge, times: try power(scale - (try operandScale(edge))))) }
    if planned.allSatisfy({ $0.parameter == nil }) {
      guard zip(planned, planned.dropFirst()).allSatisfy({ $0.constant < $1.constant }) else { throw refused("edges ascend strictly") }
    } else if edges.count > TransformSpecification.maximumHiddenEdges {
      throw refused("more than \(TransformSpecification.maximumHiddenEdges) edges of which one is hidden")
    }
    let hull = planned.reduce(range) { $0.hull($1.range) }
    guard Int128(hull.upper) - Int128(hull.lower) < Self.limit >> 2, Int128(hull.magnitude) < Self.limit else {
      throw tooLarge("x − edge", Int128(hull.upper) - Int128(hull.lower))
    }
    append(.bucketise(PlannedBuckets(edges: planned, multiplier: factor, domain: range)), .integer(IntegerRange(0...Int64(edges.count))))
  }

  private mutating func ordinal(_ order: [String], _ unseen: UnseenRule) throws(ProgramError) {
    let names = try categories()
    guard names.count <= TransformSpecification.maximumCategories else { throw tooMany(names) }
    let index = Dictionary(order.enumerated().map { ($1, Int64($0)) }) { first, _ in first }
    guard !order.isEmpty, index.count == order.count, Set(names).isSuperset(of: order) else {
      throw refused("an order lists categories of the column, each at most once")
    }
    if case .zeros = unseen { throw refused("an order has no zeros; declare another code or an error for unseen categories") }
    if case .allKnown = unseen, order.count != names.count { throw refused("an order without a rule for unseen categories lists all of them") }
    let encoding = try encoding(names, names.map { index[$0] }, unseen, other: Int64(order.count))
    let hasOther = if case .other = unseen { true } else { false }
    append(.ordinal(encoding), .integer(IntegerRange(0...Int64(order.count - (hasOther ? 0 : 1)))))
  }

  private mutating func oneHot(_ unseen: UnseenRule) throws(ProgramError) -> PlannedColumn {
    guard !hasMissing else { throw refused("the column has missing cells; impute them first") }
    let names = try categories()
    let encoding = try encoding(names, names.indices.map { Int64($0) }, unseen, other: Int64(names.count))
    let bit = ColumnType.integer(IntegerRange(0...1))
    append(.oneHot(encoding), bit)
    var outputs = names.map { TableColumn(name: "\(transform.name)=\($0)", type: bit) }
    if case .other(let name) = unseen { outputs.append(TableColumn(name: "\(transform.name)=\(name)", type: bit)) }
    return PlannedColumn(source: source, steps: steps, outputs: outputs)
  }
}
