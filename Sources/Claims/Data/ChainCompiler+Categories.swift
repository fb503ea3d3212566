import Programs
import ProofSystem

/// Encodings of categories. Where a category may be unseen, the table of the function is committed: its key is the public code, its entries
/// follow from the committed mask of seen categories.
extension ChainCompiler {
  /// (x, y) with y = place where seen, else the declared other code; without that, every x is seen.
  mutating func ordinal(
    _ encoding: PlannedEncoding, _ place: Int, _ target: ColumnExpression?, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    let y = try unchecked(place, target, &compiler)
    let hasOther = if case .other = encoding.unseen { true } else { false }
    if encoding.seen.allSatisfy({ $0 == nil }) {
      var pairs: [[Int64]] = []
      for (code, own) in encoding.places.enumerated() {
        if let own { pairs.append([Int64(code), own]) } else if hasOther { pairs.append([Int64(code), encoding.otherCode]) }
      }
      let (table, _) = try compiler.builder.table(name, .rows(pairs))
      compiler.builder.lookup(name, table: table, [value, y], [rows])
    } else {
      let domain = Extent(count: encoding.categories.count)
      let codes = try compiler.publicColumn("\(name).codes", rows: domain, (0..<domain.count).map { Int64($0) })
      let seen = try mask(encoding, place, domain, &compiler)
      // A category outside the order counts as unseen.
      let shift = encoding.places.map { ($0 ?? encoding.otherCode) - encoding.otherCode }
      let weights = try compiler.publicColumn("\(name).places", rows: domain, shift)
      let usable = try compiler.publicColumn("\(name).usable", rows: domain, encoding.places.map { $0 == nil ? 0 : 1 })
      let moved = try compiler.builder.hadamard("\(name).moved", bits: domain.bits, weights, seen)
      let known = try compiler.builder.hadamard("\(name).known", bits: domain.bits, usable, seen)
      let places = try moved.adding(encoding.otherCode)
      let (table, _) = try compiler.builder.committedTable(name, hasOther ? [codes, places] : [codes, places, known], domain, counted: true)
      compiler.builder.lookup(name, table: table, hasOther ? [value, y] : [value, y, ColumnExpression(constant: 1)], [rows])
    }
    value = y
  }

  /// The group's bits sum to t and, weighted by their codes, to c, with (x, t, c) a row of (code, seen, code·seen): all zero where the category
  /// is unseen, else a single 1 at its code. `other` is 1 − t; without zeros or other, t is 1.
  mutating func oneHot(
    _ encoding: PlannedEncoding, _ place: Int, _ outputs: [ColumnExpression], _ compiler: inout ClaimCompiler
  ) throws(ClaimError) {
    let name = "\(label).\(place)"
    let count = encoding.categories.count
    let bits = outputs.prefix(count)
    let total = try ColumnExpression.sum(bits.map { (factor: 1, part: $0) })
    let code = try ColumnExpression.sum(bits.enumerated().map { (factor: Int64($0), part: $1) })
    var isAlwaysSeen = false
    switch encoding.unseen {
    case .allKnown, .error: isAlwaysSeen = true
    case .zeros: break
    case .other:
      guard let other = outputs.last, outputs.count == count + 1 else { throw .inconsistent("\(name): the column for other categories") }
      compiler.builder.equal("\(name).other", rows: rows, try total.adding(other).adding(-1))
    }
    let hasMask = encoding.seen.contains { $0 != nil }
    if isAlwaysSeen || !hasMask {
      compiler.builder.equal("\(name).one", rows: rows, try total.adding(-1))
      compiler.builder.equal("\(name).code", rows: rows, try code.adding(value, times: -1))
    }
    guard hasMask else { return }
    let domain = Extent(count: count)
    let codes = try compiler.publicColumn("\(name).codes", rows: domain, (0..<count).map { Int64($0) })
    let seen = try mask(encoding, place, domain, &compiler)
    let weighted = try compiler.builder.hadamard("\(name).weighted", bits: domain.bits, codes, seen)
    let (table, _) = try compiler.builder.committedTable(name, [codes, seen, weighted], domain, counted: true)
    compiler.builder.lookup(name, table: table, [value, total, code], [rows])
  }

  /// The mask as a column over the categories, entry by entry the committed parameters (1 where a category needs none).
  private func mask(
    _ encoding: PlannedEncoding, _ place: Int, _ domain: Extent, _ compiler: inout ClaimCompiler
  ) throws(ClaimError) -> ColumnExpression {
    var entries: [ColumnExpression] = []
    for name in encoding.seen {
      guard let name else {
        entries.append(ColumnExpression(constant: 1))
        continue
      }
      guard let parameters else { throw .inconsistent("\(name) is not fitted: the claim names no parameters") }
      entries.append(ColumnExpression(try parameters.column(name, .value)))
    }
    return try compiler.gathered("\(label).\(place).seen", entries, rows: domain, index: index, key: "\(key).\(place).seen")
  }
}
