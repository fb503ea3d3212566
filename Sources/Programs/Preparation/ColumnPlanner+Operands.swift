/// Operands, scales and refusals of a chain.
extension ColumnPlanner {
  /// The mask covers the source column's own categories; one added by imputation counts as seen.
  func encoding(_ names: [String], _ places: [Int64?], _ unseen: UnseenRule, other: Int64) throws(ProgramError) -> PlannedEncoding {
    guard names.count <= TransformSpecification.maximumCategories else { throw tooMany(names) }
    var seen = [String?](repeating: nil, count: names.count)
    if case .category(let own) = source.type, unseen != .allKnown {
      for code in own.indices where code < names.count {
        let name = FittedParameter.seenName(source.name, code: code)
        guard parameters[name]?.type == .integer(IntegerRange(0...1)) else { throw .unknownColumn(name) }
        seen[code] = name
      }
    }
    return PlannedEncoding(categories: names, places: places, seen: seen, unseen: unseen, otherCode: other)
  }

  /// Scale and range of x, and the operand at the common scale with the factor for x.
  func aligned(
    _ operand: Operand
  ) throws(ProgramError) -> (scale: Int, range: IntegerRange, factor: Int64, operand: PlannedOperand) {
    let (digits, range) = try numbers()
    let own = try operandScale(operand)
    let scale = max(digits, own)
    return (scale, range, try power(scale - digits), try planned(operand, times: try power(scale - own)))
  }

  func operandScale(_ operand: Operand) throws(ProgramError) -> Int {
    switch operand {
    case .number(_, let scale):
      guard (0...TableSchema.maximumScale).contains(scale) else { throw refused("scale \(scale) of a number") }
      return scale
    case .parameter(let name): return try parameter(name).scale
    }
  }

  func planned(_ operand: Operand, times factor: Int64) throws(ProgramError) -> PlannedOperand {
    switch operand {
    case .number(let mantissa, _):
      let constant = try scaled(IntegerRange(only: mantissa), factor)
      return PlannedOperand(parameter: nil, multiplier: 1, constant: constant.lower, range: constant)
    case .parameter(let name):
      return PlannedOperand(parameter: name, multiplier: factor, constant: 0, range: try scaled(try parameter(name).range, factor))
    }
  }

  func parameter(_ name: String) throws(ProgramError) -> (scale: Int, range: IntegerRange) {
    guard let column = parameters[name], column.missing == .refuse else { throw .unknownColumn(name) }
    switch column.type {
    case .integer(let range): return (0, range)
    case .decimal(let scale, let range): return (scale, range)
    case .category: throw refused("\(name) is a category")
    }
  }

  func numbers() throws(ProgramError) -> (Int, IntegerRange) {
    switch type {
    case .integer(let range): return (0, range)
    case .decimal(let scale, let range): return (scale, range)
    case .category: throw refused("a step for numbers on categories: encode them first")
    }
  }

  func categories() throws(ProgramError) -> [String] {
    guard case .category(let names) = type else { throw refused("a step for categories on numbers") }
    return names
  }

  func number(_ scale: Int, _ range: IntegerRange) throws(ProgramError) -> ColumnType {
    guard range.magnitude < 1 << 60, range.bitCount <= 60 else { throw tooLarge("the step's result", Int128(range.magnitude)) }
    return .number(scale: scale, range: range)
  }

  func scaled(_ range: IntegerRange, _ factor: Int64) throws(ProgramError) -> IntegerRange {
    guard let out = range.scaled(by: factor), out.magnitude < 1 << 60 else {
      throw tooLarge("a number at the common scale", Int128(range.magnitude) * Int128(factor))
    }
    return out
  }

  func power(_ exponent: Int) throws(ProgramError) -> Int64 {
    guard let out = PowerOfTen.value(exponent) else { throw refused("the scales are too far apart") }
    return out
  }

  func narrowed(_ value: Int128) throws(ProgramError) -> Int64 {
    guard value < Self.limit, let out = Int64(exactly: value) else { throw tooLarge("a power of ten", value) }
    return out
  }

  func tooMany(_ categories: [String]) -> ProgramError {
    refused("\(categories.count) categories; \(TransformSpecification.maximumCategories) can be encoded")
  }

  func refused(_ reason: String) -> ProgramError { .invalidParameter(node: transform.name, reason: reason) }

  func tooLarge(_ relation: String, _ bound: Int128) -> ProgramError {
    .relationTooLarge(node: transform.name, relation: relation, bound: bound, remedy: "use smaller scales, a narrower limit, or clip first")
  }
}
