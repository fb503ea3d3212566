import Programs
import ProofSystem

/// Columns packed into few words, so that rows can be compared: exact, without a challenge.
///
/// **Formula**: word = Σ (value_k − lower_k)·2^(shift_k), the ranges side by side in at most 56 bits. Two rows are equal exactly when all
/// words are; the order of rows is the lexicographic order of words.
struct PackedRows {
  static let wordBits = 56
  let words: [ColumnExpression]
  /// Bits of each word.
  let bits: [Int]

  /// **Throws** `tooWide` for a column of more than 56 bits.
  init(_ columns: [(expression: ColumnExpression, range: IntegerRange)], label: String) throws(ClaimError) {
    var words: [ColumnExpression] = []
    var bits: [Int] = []
    for (expression, range) in columns {
      let width = max(1, range.bitCount)
      guard width <= Self.wordBits else { throw .tooWide(node: label, bits: width) }
      let (lower, overflow) = range.lower.multipliedReportingOverflow(by: -1)
      if overflow { throw .coefficientOverflow }
      let shifted = try expression.adding(lower)
      if let last = words.last, let used = bits.last, used + width <= Self.wordBits {
        words[words.count - 1] = try last.adding(shifted, times: 1 << Int64(used))
        bits[bits.count - 1] = used + width
      } else {
        words.append(shifted)
        bits.append(width)
      }
    }
    self.words = words
    self.bits = bits
  }

  /// The same packing of integers: words of one row each.
  static func pack(_ columns: [(values: [Int64], range: IntegerRange)]) -> [[Int64]] {
    guard let rowCount = columns.first?.values.count else { return [] }
    var words: [[Int64]] = []
    var used = wordBits
    for (values, range) in columns {
      let width = max(1, range.bitCount)
      if used + width > wordBits {
        words.append([Int64](repeating: 0, count: rowCount))
        used = 0
      }
      for row in 0..<rowCount { words[words.count - 1][row] &+= (values[row] &- range.lower) &<< Int64(used) }
      used += width
    }
    return words
  }

  /// Indices of rows in lexicographic order of their words.
  static func order(_ words: [[Int64]]) -> [Int] {
    guard let count = words.first?.count else { return [] }
    return (0..<count).sorted { a, b in
      for word in words where word[a] != word[b] { return word[a] < word[b] }
      return a < b
    }
  }

  /// Which word is the first to grow from row i to row i + 1: one column of bits a word, zero in the last row.
  static func firstDifference(_ words: [[Int64]]) -> [[Int64]] {
    guard let count = words.first?.count else { return [] }
    var flags = words.map { _ in [Int64](repeating: 0, count: count) }
    for row in 0..<max(0, count - 1) {
      if let word = words.indices.first(where: { words[$0][row] != words[$0][row + 1] }) { flags[word][row] = 1 }
    }
    return flags
  }
}

extension ClaimCompiler {
  /// Rows i and i + 1 of recorded words increase lexicographically, for every i < rows.count − 1: all rows are distinct.
  ///
  /// Bits f_w with Σ f_w = 1 name the first word that grows: words before it are equal, and it grows by at least 1.
  mutating func strictlyAscending(
    _ name: String, rows: Extent, _ words: [ColumnExpression], bits: [Int], index: Int, flagKey: String
  ) throws(ClaimError) {
    guard rows.count > 1 else { return }
    if words.count == 1, let only = words.first, let width = bits.first {
      return try ascending(name, rows: rows, only, step: 1, bits: width)
    }
    let pairs = Extent(bits: rows.bits, count: rows.count - 1)
    var flags: [ColumnExpression] = []
    for word in words.indices {
      let flag = try recorded("\(name).first.\(word)", rows: rows, index: index, key: "\(flagKey).\(word)")
      try builder.range("\(name).first.\(word).bit", flag, bits: 1, pairs)
      flags.append(flag)
    }
    builder.equal("\(name).one", rows: pairs, try ColumnExpression.sum(constant: -1, flags.map { (1, $0) }))
    for (word, (expression, width)) in zip(words, bits).enumerated() {
      guard let term = expression.terms.first, expression.terms.count == 1, expression.constant == 0, term.coefficient == 1 else {
        throw .inconsistent("\(name): order is proved of plain columns only")
      }
      let growth = try builder.next("\(name).next.\(word)", term.view).adding(expression, times: -1)
      let wide = Int64(1) << Int64(width)
      // Not the first to grow and not before it: anything. The first: at least 1. Before it: 0.
      let grows = try growth.adding(wide - 1).adding(flags[word], times: -wide)
      try builder.range("\(name).\(word).grows", grows, bits: width + 1, pairs)
      let later = try ColumnExpression.sum(flags.dropFirst(word + 1).map { (1, $0) })
      guard word + 1 < words.count else { continue }
      let slack = try ColumnExpression(constant: wide).adding(later, times: -wide)
      try builder.range("\(name).\(word).not-less", try slack.adding(growth), bits: width + 1, pairs)
      try builder.range("\(name).\(word).not-more", try slack.adding(growth, times: -1), bits: width + 1, pairs)
    }
  }

  /// Stored columns of some table columns with their ranges. Empty `names`: all.
  func rangedColumns(
    _ artefact: ArtefactDescription, _ names: [String]
  ) throws(ClaimError) -> [(expression: ColumnExpression, range: IntegerRange)] {
    var out: [(expression: ColumnExpression, range: IntegerRange)] = []
    let schema = try artefact.table().schema
    for name in names where schema.column(name) == nil { throw .unknownColumn(artefact: artefact.name, column: name) }
    for stored in schema.storedColumns where names.isEmpty || names.contains(stored.column) {
      out.append((ColumnExpression(try artefact.column(stored.column, stored.part)), stored.range))
    }
    return out
  }
}

extension StoredTable {
  /// Stored columns of some table columns with their ranges. Empty `names`: all.
  func rangedColumns(_ names: [String]) -> [(values: [Int64], range: IntegerRange)] {
    zip(schema.storedColumns, columns).filter { names.isEmpty || names.contains($0.0.column) }.map { ($1, $0.range) }
  }
}
