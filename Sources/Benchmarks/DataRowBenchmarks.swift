import Claims
import Hashing
import Programs

/// Cost per row of claims that deal, drop, pair and compare whole rows: proofs over a table of two columns, nothing subtracted.
extension DataBench {
  func rowClaims() throws -> [BenchmarkLine] {
    let keys = IntegerRange(lower: 0, upper: Int64(rows) - 1) ?? IntegerRange(0...0)
    func keyed(_ value: String, _ keys: IntegerRange, _ order: (Int) -> Int, _ cells: (Int) -> Int64) throws -> StoredTable {
      try StoredTable(
        schema: try TableSchema(columns: [
          TableColumn(name: "key", type: .integer(keys)), TableColumn(name: value, type: .integer(IntegerRange(0...65_535))),
        ]),
        columns: [(0..<rows).map { Int64(order($0)) }, (0..<rows).map(cells)])
    }
    let left = try keyed("v", keys, { $0 }, { Int64($0 * 7_919 % 65_536) })
    // 5 has no divisor in common with a power of two: every key once, in another order.
    let right = try keyed("w", keys, { $0 * 5 % rows }, { Int64($0 * 31 % 65_536) })
    let halves = [left.selecting(rows: Array(0..<(rows / 2))), left.selecting(rows: Array((rows / 2)..<rows))]
    let repeated = left.selecting(rows: (0..<rows).map { $0 / 2 })
    let coarse = try keyed("v", keys, { $0 / 64 }, { Int64($0 % 2) })

    var lines: [BenchmarkLine] = []
    func add(
      _ name: String, _ claim: DataClaim, _ tables: [String: StoredTable], parts: ((Digest) throws -> [String: StoredTable])? = nil
    ) throws {
      lines.append(line("data \(name)", try prove(claim, tables, parts: parts), less: nil, per: "row"))
    }
    let condition = RowCondition.within(column: "v", IntegerRange(0...32_767))
    try add(
      "filter", .filter(FilterClaim(table: "in", output: "out", conditions: [condition])),
      ["in": left, "out": left.selecting(rows: try FilterClaim.rows([condition], left))])
    try add(
      "deduplicate", .deduplicate(DeduplicateClaim(table: "in", output: "out")),
      ["in": repeated, "out": repeated.selecting(rows: DeduplicateClaim.rows(repeated))])
    try add(
      "join", .join(JoinClaim(left: "in", right: "other", output: "out", key: "key")),
      ["in": left, "other": right, "out": try JoinClaim.joined(left, right, key: "key")])
    let cutoff = SplitRule.cutoff(column: "key", from: Int64(rows / 4 * 3))
    let random = SplitRule.random(Nonce(bytes: [], source: .prover))
    for (name, rule, shares) in [("cut-off", cutoff, [3, 1]), ("random", random, [3, 1]), ("4 folds", random, [1, 1, 1, 1])] {
      let names = shares.indices.map { "part\($0)" }
      try add("split, \(name)", .split(SplitClaim(table: "in", parts: names, rule: rule)), ["in": left]) { identity in
        let dealt = SplitClaim.rows(rule, identity: identity, sizes: shares.map { $0 * rows / 4 }, table: left)
        return Dictionary(zip(names, dealt.map { left.selecting(rows: $0) })) { first, _ in first }
      }
    }
    try add(
      "disjoint by key",
      .disjoint(DisjointClaim(tables: ["a", "b"], columns: ["key"], distinctCount: DisjointClaim.distinctCount(halves, columns: ["key"]))),
      ["a": halves[0], "b": halves[1]])
    try add(
      "anonymity, 64 rows a class",
      .anonymity(
        AnonymityClaim(
          table: "in", quasiIdentifiers: ["key"], minimum: 64, classCount: AnonymityClaim.classes(coarse, quasiIdentifiers: ["key"]).count)),
      ["in": coarse])
    return lines
  }
}
