/// What a transformation computes, in integers: the definition that proofs are held to.
extension TransformSpecification {
  /// The output table. `parameters` has one row; nil when no parameter is used.
  ///
  /// **Throws** what `TransformPlan` throws; `cellOutOfRange` for a quotient beyond a limit that refuses; `invalidParameter` naming the row for
  /// an unseen category under the rule `error`.
  public func transform(_ table: StoredTable, parameters: StoredTable?) throws(ProgramError) -> StoredTable {
    let plan = try TransformPlan(self, table: table.schema, parameters: parameters?.schema)
    return try plan.evaluate(table, parameters: parameters).table
  }
}

extension TransformPlan {
  /// The output, and what a proof records: by "column.step.part".
  public func evaluate(
    _ table: StoredTable, parameters: StoredTable?
  ) throws(ProgramError) -> (table: StoredTable, trace: [String: [Int64]]) {
    var known: [String: Int64] = [:]
    if let parameters {
      guard parameters.rowCount == 1 else { throw .columnLength(column: "parameters", expected: 1, actual: parameters.rowCount) }
      for (stored, values) in zip(parameters.schema.storedColumns, parameters.columns) where stored.part == .value {
        known[stored.column] = values.first
      }
    }
    var trace: [String: [Int64]] = [:]
    var columns: [[Int64]] = []
    for (index, column) in self.columns.enumerated() {
      guard let values: [Int64] = table.values(column.source.name) else { throw .unknownColumn(column.source.name) }
      let presence: [Int64]? = table.values(column.source.name, .presence)
      var chain = ChainEvaluation(values: values, presence: presence, parameters: known, label: column.outputs.first?.name ?? "")
      for (place, step) in column.steps.enumerated() { try chain.apply(step, key: "\(index).\(place)", &trace) }
      columns += chain.group ?? [chain.values]
      if let presence, column.outputs.first?.missing == .presence { columns.append(presence) }
    }
    return (try StoredTable(schema: schema, columns: columns), trace)
  }
}

/// One chain on its way through the steps.
private struct ChainEvaluation {
  var values: [Int64]
  let presence: [Int64]?
  let parameters: [String: Int64]
  let label: String
  /// The columns of a one-hot encoding.
  var group: [[Int64]]?

  mutating func apply(_ step: PlannedStep, key: String, _ trace: inout [String: [Int64]]) throws(ProgramError) {
    switch step.kind {
    case .impute(let operand, let multiplier, _):
      let other = try operand.value(parameters)
      if let presence { values = zip(values, presence).map { $1 == 1 ? $0 &* multiplier : other } }
    case .missingIndicator: values = presence.map { $0.map { 1 - $0 } } ?? values.map { _ in 0 }
    case .atLeast(let operand, let multiplier):
      let bound = try operand.value(parameters)
      let scaled = values.map { $0 &* multiplier }
      trace["\(key).bit"] = scaled.map { $0 >= bound ? 1 : 0 }
      values = scaled.map { max($0, bound) }
    case .atMost(let operand, let multiplier):
      let bound = try operand.value(parameters)
      let scaled = values.map { $0 &* multiplier }
      trace["\(key).bit"] = scaled.map { $0 <= bound ? 1 : 0 }
      values = scaled.map { min($0, bound) }
    case .divide(let division): try divide(division, key, &trace)
    case .logarithm(let logarithm): try apply(logarithm, key, &trace)
    case .bucketise(let buckets): try bucketise(buckets, key, &trace)
    case .ordinal(let encoding):
      let seen = try mask(encoding)
      var codes: [Int64] = []
      for (row, value) in values.enumerated() {
        let code = try place(value, row, encoding, seen)
        let known = seen[code] == 1 ? encoding.places[code] : nil
        guard known != nil || encoding.unseen != .error else { throw unseen(row) }
        codes.append(known ?? encoding.otherCode)
      }
      trace["\(key).seen"] = seen
      values = codes
    case .oneHot(let encoding):
      let seen = try mask(encoding)
      let hasOther = if case .other = encoding.unseen { true } else { false }
      var columns = [[Int64]](repeating: [Int64](repeating: 0, count: values.count), count: encoding.categories.count + (hasOther ? 1 : 0))
      for (row, value) in values.enumerated() {
        let code = try place(value, row, encoding, seen)
        if seen[code] == 1 {
          columns[code][row] = 1
        } else if hasOther {
          columns[encoding.categories.count][row] = 1
        } else if encoding.unseen == .error {
          throw unseen(row)
        }
      }
      trace["\(key).seen"] = seen
      group = columns
    }
    trace["\(key).value"] = values
  }

  private mutating func divide(_ division: PlannedDivision, _ key: String, _ trace: inout [String: [Int64]]) throws(ProgramError) {
    let centre = Int128(try division.centre.value(parameters))
    let divisor = Int128(try division.divisor.value(parameters))
    guard divisor >= 1 else { throw .invalidParameter(node: label, reason: "a divisor of \(divisor)") }
    let limit = division.limit.range
    var (raised, lowered): ([Int64], [Int64]) = ([], [])
    for (row, value) in values.enumerated() {
      var numerator = Int128(value) * Int128(division.factor) - centre
      if case .saturate = division.limit {
        let (low, high) = (Int128(limit.lower) * divisor, Int128(limit.upper) * divisor)
        raised.append(numerator >= low ? 1 : 0)
        numerator = max(numerator, low)
        lowered.append(numerator <= high ? 1 : 0)
        numerator = min(numerator, high)
      }
      let quotient = try Exact.narrowed(Exact.roundedQuotient(numerator, divisor), node: label)
      guard limit.contains(quotient) else { throw .cellOutOfRange(column: label, row: row, value: quotient, range: limit) }
      values[row] = quotient
    }
    trace["\(key).raised"] = raised
    trace["\(key).lowered"] = lowered
  }

  private mutating func apply(_ logarithm: PlannedLogarithm, _ key: String, _ trace: inout [String: [Int64]]) throws(ProgramError) {
    if !logarithm.isWide {
      // The table once where it pays.
      let table = values.count > 256 ? try logarithm.table() : nil
      for (row, value) in values.enumerated() {
        guard logarithm.domain.contains(value) else { throw .cellOutOfRange(column: label, row: row, value: value, range: logarithm.domain) }
        if let table {
          values[row] = table[Int(value - logarithm.domain.lower)]
        } else {
          values[row] = try logarithm.value(value)
        }
      }
      return
    }
    let wide = try WideLogarithm(logarithm)
    var (shifts, powers, floors, leading, tabulated): ([Int64], [Int64], [Int64], [Int64], [Int64]) = ([], [], [], [], [])
    for (row, value) in values.enumerated() {
      guard logarithm.domain.contains(value) else { throw .cellOutOfRange(column: label, row: row, value: value, range: logarithm.domain) }
      let parts = try wide.parts(value)
      shifts.append(Int64(parts.shift))
      powers.append(1 << Int64(parts.shift))
      floors.append(parts.shift == 0 ? 0 : 1 << Int64(WideLogarithm.leadingBits - 1))
      leading.append(parts.leading)
      tabulated.append(parts.tabulated)
      values[row] = parts.result
    }
    for (name, part) in [("shift", shifts), ("power", powers), ("floor", floors), ("leading", leading), ("tabulated", tabulated)] {
      trace["\(key).\(name)"] = part
    }
  }

  private mutating func bucketise(_ buckets: PlannedBuckets, _ key: String, _ trace: inout [String: [Int64]]) throws(ProgramError) {
    var edges: [Int64] = []
    for edge in buckets.edges { edges.append(try edge.value(parameters)) }
    let scaled = values.map { $0 &* buckets.multiplier }
    values = scaled.map { x in Int64(edges.count { $0 <= x }) }
    if buckets.arePublic {
      let bounds = values.map { buckets.bounds(Int($0)) }
      trace["\(key).low"] = bounds.map(\.low)
      trace["\(key).high"] = bounds.map(\.high)
    } else {
      for (place, edge) in edges.enumerated() { trace["\(key).bit.\(place)"] = scaled.map { $0 >= edge ? 1 : 0 } }
    }
  }

  /// 1 for each category that was seen or needs no mask.
  private func mask(_ encoding: PlannedEncoding) throws(ProgramError) -> [Int64] {
    var out: [Int64] = []
    for name in encoding.seen {
      guard let name else {
        out.append(1)
        continue
      }
      guard let value = parameters[name] else { throw .unknownColumn(name) }
      out.append(value)
    }
    return out
  }

  private func place(_ value: Int64, _ row: Int, _ encoding: PlannedEncoding, _ seen: [Int64]) throws(ProgramError) -> Int {
    guard let code = Int(exactly: value), seen.indices.contains(code), encoding.places.indices.contains(code) else {
      throw .invalidParameter(node: label, reason: "code \(value) in row \(row)")
    }
    return code
  }

  private func unseen(_ row: Int) -> ProgramError {
    .invalidParameter(node: label, reason: "row \(row) has a category that was not seen in training")
  }
}
