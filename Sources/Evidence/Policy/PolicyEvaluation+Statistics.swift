import Claims
import Programs

extension PolicyEvaluation {
  private typealias Found = (claim: String, interval: ProvedInterval)

  /// Statistics of a table, each with its claim.
  private func statistics(of table: String) -> [(name: String, statistic: Statistic)] {
    data(about: table) { if case .statistics(let claim) = $0 { (claim, claim.table) } else { nil } }.flatMap { entry in
      entry.claim.statistics.map { (entry.name, $0) }
    }
  }

  func statistic(_ wanted: PolicyRequirement.StatisticWanted) -> Verdict {
    each(wanted.table) { name in
      guard let (schema, rows) = table(name) else { return noTable(name) }
      guard let column = schema.column(wanted.column) else { return .notEvidenced("\(name) has no column \(wanted.column)") }
      let own = statistics(of: name)
      let label = "\(wanted.statistic.rawValue) of \(wanted.column) in \(name)"
      guard wanted.statistic.isNumber else { return counts(name, column, wanted, own) }
      let found: [Found]
      let unit: Int128
      switch column.type {
      case .decimal(let scale, _): unit = (0..<scale).reduce(1) { power, _ in power * 10 }
      case .integer: unit = 1
      case .category:
        guard wanted.statistic == .missing || wanted.statistic == .missingShare else {
          return .notEvidenced("\(wanted.column) is a category: it has no \(wanted.statistic.rawValue)")
        }
        unit = 1
      }
      let missing = missing(column, own, name)
      switch wanted.statistic {
      case .missing: found = missing
      case .missingShare:
        found = missing.map { ($0.claim, ProvedInterval(lower: $0.interval.lower, upper: $0.interval.upper, over: Int128(rows))) }
      case .sum: found = sums(column, own, over: unit)
      case .mean:
        // Σ / present, where the number of present cells is known.
        guard let known = missing.first(where: { $0.interval.lower == $0.interval.upper && $0.interval.lower < Int128(rows) }) else {
          found = []
          break
        }
        found = sums(column, own, over: unit * (Int128(rows) - known.interval.lower))
      case .least: found = orders(column, own, over: unit) { rank, _ in rank == 0 }
      case .greatest: found = orders(column, own, over: unit) { rank, present in rank == present - 1 }
      case .histogram, .pairs: found = []
      }
      return .any(
        found.map { entry in
          Verdict(entry.interval.state(minimum: wanted.minimum, maximum: wanted.maximum), "\(entry.claim): \(label) is \(words(entry.interval))")
        }, otherwise: .notEvidenced("no claim says the \(label)"))
    }
  }

  private func words(_ interval: ProvedInterval) -> String {
    func text(_ numerator: Int128) -> String {
      let quotient = Double(numerator) / Double(interval.denominator)
      return numerator % interval.denominator == 0 ? "\(numerator / interval.denominator)" : "\((quotient * 1e6).rounded() / 1e6)"
    }
    return interval.lower == interval.upper ? text(interval.lower) : "between \(text(interval.lower)) and \(text(interval.upper))"
  }

  private func interval(_ shown: Shown, over denominator: Int128 = 1) -> ProvedInterval {
    switch shown {
    case .revealed(let value): ProvedInterval(Int128(value), over: denominator)
    case .within(let range): ProvedInterval(lower: Int128(range.lower), upper: Int128(range.upper), over: denominator)
    }
  }

  private func missing(_ column: TableColumn, _ own: [(name: String, statistic: Statistic)], _ table: String) -> [Found] {
    if column.missing == .refuse, wellFormed.contains(table) { return [("its schema", ProvedInterval(0))] }
    return own.compactMap { entry in
      switch entry.statistic {
      case .missing(let name, let shown) where same(name, column.name): (entry.name, interval(shown))
      case .histogram(let name, _, let counts) where same(name, column.name): counts.last.map { (entry.name, ProvedInterval(Int128($0))) }
      default: nil
      }
    }
  }

  private func sums(_ column: TableColumn, _ own: [(name: String, statistic: Statistic)], over denominator: Int128) -> [Found] {
    own.compactMap { entry in
      guard case .sum(let name, let shown) = entry.statistic, same(name, column.name) else { return nil }
      return (entry.name, interval(shown, over: denominator))
    }
  }

  private func orders(
    _ column: TableColumn, _ own: [(name: String, statistic: Statistic)], over denominator: Int128, _ isWanted: (Int, Int) -> Bool
  ) -> [Found] {
    own.compactMap { entry in
      guard case .order(let name, let rank, let present, let shown) = entry.statistic, same(name, column.name), isWanted(rank, present) else {
        return nil
      }
      return (entry.name, interval(shown, over: denominator))
    }
  }

  private func counts(
    _ table: String, _ column: TableColumn, _ wanted: PolicyRequirement.StatisticWanted, _ own: [(name: String, statistic: Statistic)]
  ) -> Verdict {
    let columns = [column.name] + (wanted.second.map { [$0] } ?? [])
    var names = own.filter { entry in
      switch entry.statistic {
      case .histogram(let name, _, _): columns.count == 1 && same(name, column.name)
      case .pairs(let first, let second, _): columns.count == 2 && (pair(first, second, columns) || pair(second, first, columns))
      default: false
      }
    }.map(\.name)
    if case .category = column.type { names += groupCounts(table, columns).map(\.claim) }
    guard let first = names.first else { return .notEvidenced("no claim publishes counts of \(columns.joined(separator: " by ")) in \(table)") }
    return .met(by: [first])
  }

  private func pair(_ first: String, _ second: String, _ columns: [String]) -> Bool { same(first, columns[0]) && same(second, columns[1]) }

  // MARK: Groups

  func groups(_ word: String, _ columns: [String], _ minimum: PolicyNumber, _ allowAbsent: Bool) -> Verdict {
    each(word) { name in
      guard let (schema, _) = table(name) else { return noTable(name) }
      var classes: [[String]] = []
      for column in columns {
        guard case .category(let names)? = schema.column(column)?.type else { return .notEvidenced("\(name) has no category column \(column)") }
        classes.append(names)
      }
      func label(_ index: Int) -> String {
        guard classes.count == 2, let width = classes.last?.count, width > 0 else { return classes.first.map { $0[index] } ?? "" }
        return "\(classes[0][index / width]), \(classes[1][index % width])"
      }
      let published = groupCounts(name, columns).map { entry -> Verdict in
        let present = entry.counts.indices.filter { !allowAbsent || entry.counts[$0] > 0 }
        guard let least = present.min(by: { entry.counts[$0] < entry.counts[$1] }) else { return .notMet("\(name) has no row in any group") }
        let state = ProvedInterval(Int128(entry.counts[least])).state(minimum: minimum, maximum: nil)
        return Verdict(
          state, "\(entry.claim): the smallest group, \(label(least)), has \(ClaimMeaning.count(Int(entry.counts[least]), "row")) of \(name)")
      }
      guard published.isEmpty else { return .any(published, otherwise: .notEvidenced("")) }
      // k-anonymity speaks of the groups that occur.
      let bound = anonymity(name, columns, minimum)
      guard bound.state == .met, !allowAbsent else {
        return bound.state == .met ? bound : .notEvidenced("no claim publishes these groups of \(name)")
      }
      return .notEvidenced("\(bound.reason); which groups do not occur at all is not public")
    }
  }

  /// Published counts of every class of a category column, or of every pair of two, row-major; with the claim.
  private func groupCounts(_ table: String, _ columns: [String]) -> [(claim: String, counts: [Int64])] {
    guard let schema = self.table(table)?.schema else { return [] }
    let sizes = columns.map { column -> Int in
      if case .category(let names)? = schema.column(column)?.type { return names.count }
      return 0
    }
    guard let size = sizes.first, size > 0, let width = sizes.last, width > 0 else { return [] }
    let expected = sizes.count == 2 ? size * width : size
    var out: [(claim: String, counts: [Int64])] = []
    for (name, statistic) in statistics(of: table) {
      guard let counts = self.counts(statistic, columns, size, schema), counts.count == expected else { continue }
      out.append((name, counts))
    }
    guard sizes.count == 1 else { return out }
    for (name, statement) in claims {
      if case .accuracy(let labels, _, .revealed(let matrix)) = statement, provenance.areEqual(labels.artefact, table),
        same(labels.column, columns[0]),
        matrix.count == size * size
      {
        out.append((name, (0..<size).map { row in matrix[(row * size)..<((row + 1) * size)].reduce(0, +) }))
      }
      if case .data(.split(let split)) = statement, case .stratified(_, let column, _, _, let counts) = split.rule, same(column, columns[0]),
        counts.count == size
      {
        if provenance.areEqual(split.table, table) { out.append((name, counts.map { $0.reduce(0, +) })) }
        for (place, part) in split.parts.enumerated() where provenance.areEqual(part, table) {
          out.append((name, counts.map { $0.indices.contains(place) ? $0[place] : 0 }))
        }
      }
    }
    return out
  }

  /// Counts of the classes that one statistic gives; nil when it does not.
  private func counts(_ statistic: Statistic, _ columns: [String], _ size: Int, _ schema: TableSchema) -> [Int64]? {
    switch statistic {
    case .histogram(let name, let edges, let counts):
      guard columns.count == 1, same(name, columns[0]), edges == (0...Int64(size)).map({ $0 }) else { return nil }
      return Array(counts.prefix(size))
    case .pairs(let first, let second, let counts):
      guard case .category(let rows)? = schema.column(first)?.type, case .category(let others)? = schema.column(second)?.type,
        counts.count == rows.count * others.count
      else { return nil }
      func cell(_ row: Int, _ column: Int) -> Int64 { counts[row * others.count + column] }
      if columns.count == 2 {
        if pair(first, second, columns) { return counts }
        guard pair(second, first, columns) else { return nil }
        return others.indices.flatMap { column in rows.indices.map { cell($0, column) } }
      }
      if same(first, columns[0]) { return rows.indices.map { row in others.indices.reduce(0) { $0 + cell(row, $1) } } }
      if same(second, columns[0]) { return others.indices.map { column in rows.indices.reduce(0) { $0 + cell($1, column) } } }
      return nil
    default: return nil
    }
  }
}
