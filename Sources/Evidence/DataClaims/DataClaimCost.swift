import Claims
import Programs

/// What a claim about data costs a verifier, from sizes alone and before anything is built: an upper bound in the units of `StatementCost`
/// (a unit is about 200 bytes or 5 µs).
///
/// Counted are lookups and range checks over rows by their components (64 units each), constraints on single cells, rows of public tables
/// and columns, and seeded orders, which take a hash a row.
struct DataClaimCost {
  let artefacts: [String: ArtefactDescription]

  /// One component of a lookup over rows, one column of a constraint.
  static let component = 64
  /// A constraint on single cells.
  static let scalar = 16

  func of(_ claim: DataClaim) -> Int {
    switch claim {
    case .split(let claim): return of(claim)
    case .statistics(let claim): return of(claim)
    case .filter(let claim):
      let bits = 2 * (Self.range(bits: 60, terms: 2) + 4 * Self.component)
      return numbers(claim.table) + selection(claim.table) + claim.conditions.count * bits + Self.range(bits: 16, terms: 2 * claim.conditions.count)
    case .deduplicate(let claim):
      let columns = stored(claim.table)
      return numbers(claim.table) + selection(claim.table) + 4 * Self.component * (columns + 2) + Self.range(bits: 32, terms: 2)
        + ascending(words: words(claim.table, []))
    case .join(let claim):
      return Self.component * (stored(claim.left) + 3 * stored(claim.right) + 8) + Self.range(bits: 60, terms: 2)
    case .disjoint(let claim):
      let own = claim.tables.map { words($0, claim.columns) }.max() ?? 0
      return claim.tables.reduce(0) { $0 + Self.component * (stored($1) + own + 2) } + own * Self.range(bits: 56, terms: 1)
        + ascending(words: own) + 4 * Self.component * (own + 1) + Self.range(bits: 32, terms: 1)
    case .anonymity(let claim):
      // A column and the column of its presence.
      return 8 * Self.component * (claim.quasiIdentifiers.count + 1) + Self.range(bits: 32, terms: 1)
        + ascending(words: 2 * claim.quasiIdentifiers.count)
    case .fit(let claim): return of(claim)
    case .transform(let claim): return TransformCost(artefacts: artefacts).of(claim)
    case .confusion(let claim): return of(claim)
    case .ranking(let claim): return of(claim)
    case .errors(let claim): return of(claim)
    case .training(let claim): return of(claim)
    case .network(let claim): return NetworkCost.inference(claim, artefacts)
    case .optimum(let claim): return of(claim)
    case .treeTraining(let claim):
      guard case .treeEnsemble(let architecture)? = artefacts[claim.model]?.contents else { return Self.component }
      return TreeCost.training(claim, architecture, rows: table(claim.table)?.rows ?? 1)
    }
  }

  // MARK: Parts

  /// 0 ≤ expression < 2^bits over rows: limbs of at least 8 bits, each recipe with the whole expression.
  static func range(bits: Int, terms: Int) -> Int {
    let limbs = max(1, (bits + 7) / 8)
    return component * (2 * limbs + terms) + terms * limbs
  }

  func table(_ name: String) -> (schema: TableSchema, rows: Int)? {
    guard case .table(let schema, let rows)? = artefacts[name]?.contents else { return nil }
    return (schema, rows)
  }

  private func stored(_ name: String) -> Int { table(name)?.schema.storedColumns.count ?? 0 }

  /// A public column of row numbers.
  private func numbers(_ name: String) -> Int { (table(name)?.rows ?? 0) / 4 + Self.component }

  /// A seeded order of so many numbers, with the columns made from it.
  private static func order(_ count: Int) -> Int { count + count / 2 }

  /// Rows of another table that are the selected ones.
  private func selection(_ name: String) -> Int { 2 * Self.component * (stored(name) + 4) + Self.range(bits: 32, terms: 2) }

  /// Words of 56 bits that rows are packed into.
  private func words(_ name: String, _ columns: [String]) -> Int {
    guard let schema = table(name)?.schema else { return 0 }
    let chosen = Set(columns)
    var (words, used) = (0, 56)
    for column in schema.storedColumns where columns.isEmpty || chosen.contains(column.column) {
      let width = max(1, column.range.bitCount)
      if used + width > 56 { (words, used) = (words + 1, 0) }
      used += width
    }
    return words
  }

  /// Rows of so many words in increasing order: every word's constraint has the flags of all words after it.
  private func ascending(words: Int) -> Int { words * (3 * Self.range(bits: 57, terms: 4) + 8 * Self.component) + 24 * words * words }

  private func of(_ claim: SplitClaim) -> Int {
    let (rows, columns) = (table(claim.table)?.rows ?? 0, stored(claim.table))
    let common = numbers(claim.table)
    switch claim.rule {
    case .random: return common + Self.order(rows) + Self.component * (columns + 1) * (claim.parts.count + 1)
    case .cutoff: return common + 2 * selection(claim.table) + Self.range(bits: 60, terms: 2) + 2 * Self.component
    case .stratified(_, _, _, _, let counts):
      return common + Self.order(rows) + 2 * selection(claim.table) + 2 * Self.range(bits: 32, terms: 3) + 16 * Self.component
        + counts.count * (4 + 2 * Self.scalar)
    case .groups(_, _, _, _, let groups):
      return common + Self.order(min(groups, rows)) + 2 * selection(claim.table) + Self.range(bits: 60, terms: 2) + Self.range(bits: 32, terms: 1)
        + 16 * Self.component
    }
  }

  private func of(_ claim: StatisticsClaim) -> Int {
    let schema = table(claim.table)?.schema
    var sorted: Set<[UInt8]> = []
    return claim.statistics.reduce(Self.component) { cost, statistic in
      let own: Int
      switch statistic {
      case .missing, .sum, .sumOfSquares, .productSum: own = 8 * Self.component + 12 * Self.scalar
      case .order(let name, _, let present, _):
        let isNew = sorted.insert(Array("\(present) \(name)".utf8)).inserted
        own = 12 * Self.scalar + (isNew ? 8 * Self.component + Self.range(bits: 60, terms: 2) : 0)
      case .histogram(_, let edges, let counts):
        own = 8 * Self.component + 2 * Self.range(bits: 60, terms: 2) + 2 * edges.count + Self.scalar * counts.count
      case .histogramBounds(_, let edges, let within):
        own =
          8 * Self.component + 2 * Self.range(bits: 60, terms: 2) + 2 * edges.count
          + (2 * Self.scalar + Self.range(bits: 60, terms: 1)) * within.count
      case .pairBounds(let first, let second, let within):
        let (one, other) = (classes(first, schema), classes(second, schema))
        own =
          4 * Self.component + 2 * min(one.count * other.count, 1 << 16)
          + (2 * Self.scalar + Self.range(bits: 60, terms: 1)) * within.count + (one.byteCount + other.byteCount) / 4
      case .pairs(let first, let second, let counts):
        // Both columns' classes make the rows of a table, if there are few enough, and the words of its counts.
        let (one, other) = (classes(first, schema), classes(second, schema))
        let rows = min(one.count * other.count, 1 << 16)
        own = 4 * Self.component + 2 * rows + Self.scalar * counts.count + (one.byteCount + other.byteCount) / 4
      }
      return cost + own
    }
  }

  /// Classes of a category column, and the length of their names.
  private func classes(_ column: String, _ schema: TableSchema?) -> (count: Int, byteCount: Int) {
    guard case .category(let names)? = schema?.column(column)?.type else { return (0, 0) }
    return (names.count, names.reduce(0) { $0 + $1.utf8.count })
  }

  private func of(_ claim: FitClaim) -> Int {
    let schema = table(claim.table)?.schema
    var (sums, orders, extremes, counts) = (Set<String>(), Set<String>(), Set<String>(), Set<String>())
    var cost = Self.component
    for parameter in claim.specification.parameters {
      let name = parameter.column
      let range = schema?.column(name)?.type.range
      let values = range.map { $0.bitCount <= 16 ? Int($0.upper - $0.lower) + 1 : 0 } ?? 0
      switch parameter.kind {
      case .mean: cost += 80 * Self.scalar
      case .standardDeviation: cost += 600 * Self.scalar
      case .quantile, .interquartileRange: cost += 32 * Self.scalar
      case .minimum, .maximum, .range: cost += 32 * Self.scalar
      case .mode: cost += 4 * Self.component + Self.range(bits: 60, terms: 3) + values
      case .seen: cost += 2 * Self.range(bits: 32, terms: 2) + values * (2 * Self.scalar + name.utf8.count / 64)
      }
      switch parameter.kind {
      case .mean, .standardDeviation:
        if sums.insert(name).inserted { cost += 8 * Self.component + 2 * Self.range(bits: 60, terms: 2) }
      case .quantile, .interquartileRange:
        if orders.insert(name).inserted { cost += 8 * Self.component + Self.range(bits: 60, terms: 2) }
      case .minimum, .maximum, .range:
        if extremes.insert(name).inserted { cost += 8 * Self.component + 2 * Self.range(bits: 60, terms: 2) }
      case .mode, .seen:
        if counts.insert(name).inserted { cost += 4 * Self.component + 2 * values }
      }
    }
    return cost
  }
}
