import Claims
import Programs

/// What a transformation costs a verifier: first what planning it takes, from the statement alone, and if that is bearable what the plan takes.
struct TransformCost {
  let artefacts: [String: ArtefactDescription]

  private static let component = DataClaimCost.component
  private static let scalar = DataClaimCost.scalar

  func of(_ claim: TransformClaim) -> Int {
    let tables = DataClaimCost(artefacts: artefacts)
    guard let schema = tables.table(claim.input)?.schema else { return 1 }
    let planning = planning(claim.specification, schema)
    guard planning <= StatementCaps.bundleCost,
      let plan = try? TransformPlan(
        claim.specification, table: schema, parameters: claim.parameters.flatMap { tables.table($0)?.schema })
    else { return planning }
    var functions: Set<PlannedLogarithm> = []
    return plan.columns.reduce(planning) { $0 + of($1, &functions) }
  }

  /// Names and categories that a plan writes down: every column that it makes has a list of its own.
  private func planning(_ specification: TransformSpecification, _ schema: TableSchema) -> Int {
    specification.columns.reduce(0) { cost, column in
      var own = Self.component
      if case .category(let names)? = schema.column(column.source)?.type {
        let bytes = names.reduce(0) { $0 + $1.utf8.count } + names.count * column.name.utf8.count
        own += names.count / 4 + bytes / 64
      }
      return cost + own + column.steps.count * 8
    }
  }

  private func of(_ column: PlannedColumn, _ functions: inout Set<PlannedLogarithm>) -> Int {
    column.steps.reduce(2 * Self.component) { cost, step in
      cost + of(step, outputs: column.outputs.count, &functions)
    }
  }

  /// A maximum or minimum of two numbers.
  private static let bound = 3 * component + 2 * DataClaimCost.range(bits: 61, terms: 4)

  private func of(_ step: PlannedStep, outputs: Int, _ functions: inout Set<PlannedLogarithm>) -> Int {
    switch step.kind {
    case .impute: return 4 * Self.component
    case .missingIndicator: return Self.component
    case .atLeast, .atMost: return Self.bound
    case .divide(let division):
      var cost = 4 * Self.component + 2 * DataClaimCost.range(bits: division.limit.range.bitCount, terms: 2)
      // The rest of the division is below twice the divisor.
      cost += 2 * DataClaimCost.range(bits: min(61, division.divisor.range.bitCount + 2), terms: 8)
      if case .saturate = division.limit { cost += 2 * Self.bound }
      return cost
    case .logarithm(let logarithm):
      // A table of the function is made once, 2^16 exact logarithms at most.
      let rows = logarithm.isWide ? 1 << WideLogarithm.leadingBits : Int(logarithm.domain.upper - logarithm.domain.lower) + 1
      let table = functions.insert(logarithm).inserted ? 2 * rows : 0
      return table + 16 * Self.component + 6 * DataClaimCost.range(bits: 61, terms: 4)
    case .bucketise(let buckets):
      if buckets.arePublic { return 2 * buckets.edges.count + 4 * Self.component + 2 * DataClaimCost.range(bits: 61, terms: 3) }
      return buckets.edges.count * (2 * Self.component + DataClaimCost.range(bits: 61, terms: 4)) + Self.component * buckets.edges.count
    case .ordinal(let encoding): return 16 * Self.component + encoding.categories.count * (4 * Self.scalar)
    case .oneHot(let encoding): return 16 * Self.component + encoding.categories.count * (4 * Self.scalar) + 4 * Self.component * outputs
    }
  }
}
