import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Filters, duplicates, joins, disjointness, anonymity") struct RowsTests {
  static func table(_ columns: [(String, [Int64])]) throws -> StoredTable { try DataHarness.table(columns) }

  static func check(_ tables: [String: StoredTable], _ claim: DataClaim) throws {
    try DataHarness.check(DataHarness(tables: tables).instance([claim]))
  }

  /// The claim must fail, whether the reference semantics or the verifier refuses it.
  static func reject(_ tables: [String: StoredTable], _ claim: DataClaim, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try check(tables, claim) }
  }

  // MARK: Filter

  static let conditions: [RowCondition] = [
    .within(column: "amount", IntegerRange(0...400)), .within(column: "date", IntegerRange(3...30)), .present(column: "amount"),
  ]

  @Test("a filter keeps exactly the rows that meet its conditions") func filter() throws {
    let whole = try SplitTests.whole()
    let rows = try FilterClaim.rows(Self.conditions, whole)
    #expect(rows.count > 2 && rows.count < whole.rowCount)
    let claim = DataClaim.filter(FilterClaim(table: "t", output: "u", conditions: Self.conditions))
    try Self.check(["t": whole, "u": whole.selecting(rows: rows)], claim)
    Self.reject(["t": whole, "u": whole.selecting(rows: Array(rows.dropLast()))], claim)
    Self.reject(["t": whole, "u": whole.selecting(rows: [rows[1], rows[0]] + rows.dropFirst(2))], claim)
    let other = (0..<whole.rowCount).first { !rows.contains($0) } ?? 0
    Self.reject(["t": whole, "u": whole.selecting(rows: ([other] + rows.dropFirst()).sorted())], claim)
  }

  @Test("a bit that hides a row is rejected", arguments: ["selected", "above", "below", "taken"]) func lyingBit(_ part: String) throws {
    let whole = try SplitTests.whole()
    let rows = try FilterClaim.rows(Self.conditions, whole)
    let dropped = Array(rows.dropLast())
    let harness = DataHarness(tables: ["t": whole, "u": whole.selecting(rows: dropped)])
    let claim = DataClaim.filter(FilterClaim(table: "t", output: "u", conditions: Self.conditions))
    let last = rows[rows.count - 1]
    let instance = try harness.instance(
      [claim],
      records: { honest in
        var out = honest
        out[0]["origin"] = dropped.map { Int64($0) }
        for key in honest[0].keys where key == part || key.hasPrefix("\(part).") { out[0][key]?[last] = 0 }
        if part == "above" || part == "below" { out[0]["selected"]?[last] = 0 }
        return out
      },
      tamper: { relation, data in
        guard part == "taken" else { return }
        for column in relation.columns where column.name.hasSuffix(".taken") { data.tensor(column.name)[last] = .zero }
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Duplicates

  static func repeated() throws -> StoredTable {
    try table([("a", [5, 1, 5, 2, 1, 5, 9]), ("b", [7, 3, 7, 3, 3, 8, 0]), ("c", [0, 0, 0, 1, 0, 0, 0]), ("d", [1, 2, 1, 2, 2, 1, 3])])
  }

  /// Wide columns, so that rows take two words.
  static func wide(_ table: StoredTable) throws -> StoredTable {
    let schema = try TableSchema(
      columns: table.schema.columns.map { TableColumn(name: $0.name, type: .integer(IntegerRange(-(1 << 40)...(1 << 40)))) })
    return try StoredTable(schema: schema, columns: table.columns)
  }

  @Test("duplicates are removed, the first stays", arguments: [false, true]) func deduplicate(_ isWide: Bool) throws {
    let source = isWide ? try Self.wide(Self.repeated()) : try Self.repeated()
    let claim = DataClaim.deduplicate(DeduplicateClaim(table: "t", output: "u"))
    #expect(DeduplicateClaim.rows(source) == [0, 1, 3, 5, 6])
    try Self.check(["t": source, "u": source.selecting(rows: [0, 1, 3, 5, 6])], claim)
    Self.reject(["t": source, "u": source.selecting(rows: [0, 1, 3, 5])], claim)
    Self.reject(["t": source, "u": source.selecting(rows: [0, 1, 2, 3, 5, 6])], claim)
    Self.reject(["t": source, "u": source.selecting(rows: [1, 2, 3, 5, 6])], claim)
  }

  @Test("a duplicate kept, with everything recorded for it, is rejected", arguments: [false, true]) func keptDuplicate(_ isWide: Bool) throws {
    let source = isWide ? try Self.wide(Self.repeated()) : try Self.repeated()
    let rows = [0, 1, 2, 3, 5, 6]
    let output = source.selecting(rows: rows)
    let instance = try DataHarness(tables: ["t": source, "u": output]).instance(
      [.deduplicate(DeduplicateClaim(table: "t", output: "u"))],
      records: { honest in
        var out = honest
        out[0]["origin"] = rows.map { Int64($0) }
        out[0]["selected"]?[2] = 1
        // The honest columns of the output with the repeated row: equal neighbours in the order.
        let sorted = honest[0].filter { $0.key.hasPrefix("word.") }.mapValues { $0 }
        for (key, values) in sorted { out[0][key] = [values[2]] + values }
        return out
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Joins

  @Test("a join pairs rows by key") func join() throws {
    let left = try Self.table([("key", [4, 2, 9, 2]), ("x", [1, 2, 3, 4])])
    let right = try Self.table([("key", [2, 9, 4, 5]), ("y", [20, 90, 40, 50]), ("z", [-2, -9, -4, -5])])
    let claim = DataClaim.join(JoinClaim(left: "l", right: "r", output: "o", key: "key"))
    let joined = try JoinClaim.joined(left, right, key: "key")
    #expect(joined.columns == [[4, 2, 9, 2], [1, 2, 3, 4], [40, 20, 90, 20], [-4, -2, -9, -2]])
    try Self.check(["l": left, "r": right, "o": joined], claim)
    var swapped = joined.columns
    swapped[2] = [20, 40, 90, 20]
    Self.reject(["l": left, "r": right, "o": try StoredTable(schema: joined.schema, columns: swapped)], claim)
    var other = joined.columns
    other[1] = [2, 1, 3, 4]
    Self.reject(["l": left, "r": right, "o": try StoredTable(schema: joined.schema, columns: other)], claim)
    // Two right rows with one key would leave a choice.
    let doubled = try Self.table([("key", [2, 9, 4, 4]), ("y", [20, 90, 40, 50]), ("z", [-2, -9, -4, -5])])
    Self.reject(["l": left, "r": doubled, "o": joined], claim)
    let instance = try DataHarness(tables: ["l": left, "r": right, "o": joined]).instance(
      [claim],
      records: { honest in
        var out = honest
        out[0]["sorted"] = [2, 4, 4, 9]
        return out
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Disjointness and groups

  @Test("tables without a common key", arguments: [false, true]) func disjoint(_ isWide: Bool) throws {
    func make(_ columns: [(String, [Int64])]) throws -> StoredTable { isWide ? try Self.wide(Self.table(columns)) : try Self.table(columns) }
    let one = try make([("k", [1, 1, 2]), ("v", [5, 6, 5])])
    let two = try make([("k", [3, 4, 3]), ("v", [5, 6, 5])])
    try Self.check(["a": one, "b": two], .disjoint(DisjointClaim(tables: ["a", "b"], columns: ["k"], distinctCount: 4)))
    try Self.check(["a": one, "b": two], .disjoint(DisjointClaim(tables: ["a", "b"], columns: [], distinctCount: 5)))
    Self.reject(["a": one, "b": two], .disjoint(DisjointClaim(tables: ["a", "b"], columns: ["v"], distinctCount: 2)))
    Self.reject(["a": one, "b": two], .disjoint(DisjointClaim(tables: ["a", "b"], columns: ["k"], distinctCount: 3)))
  }

  /// Columns of equal ranges in another order, or under other categories, would make other words of equal keys.
  @Test("keys of columns in another order, or of another meaning, are refused") func otherKeys() throws {
    let one = try Self.table([("k", [1, 2]), ("v", [5, 6])])
    let swapped = try Self.table([("v", [5, 6]), ("k", [1, 2])])
    func classes(_ names: [String]) throws -> StoredTable {
      try StoredTable(schema: try TableSchema(columns: [TableColumn(name: "k", type: .category(names))]), columns: [[0, 0]])
    }
    let pairs: [(StoredTable, StoredTable, [String], Int)] = [
      (one, swapped, ["k", "v"], 4), (one, swapped, [], 4), (try classes(["a", "b"]), try classes(["b", "a"]), ["k"], 2),
    ]
    for (first, second, columns, count) in pairs {
      let claim = DataClaim.disjoint(DisjointClaim(tables: ["a", "b"], columns: columns, distinctCount: count))
      #expect(throws: ClaimError.self) { try DataHarness(tables: ["a": first, "b": second]).instance([claim], forged: [[:]]) }
    }
  }

  @Test("a key listed for both tables is rejected") func listedTwice() throws {
    let (one, two) = (try Self.table([("k", [1, 2])]), try Self.table([("k", [2, 3])]))
    // The honest prover refuses such tables, so its record is made from others and replaced.
    let descriptions = DataHarness(tables: ["a": one, "b": two])
    let claim = DisjointClaim(tables: ["a", "b"], columns: ["k"], distinctCount: 4)
    #expect(throws: ProgramError.self) { try descriptions.instance([.disjoint(claim)]) }
    let instance = try descriptions.instance(
      [.disjoint(claim)], forged: [["part": [0, 0, 1, 1], "word.0": [1_001, 1_002, 1_002, 1_003], "first.0": [1, 1, 1, 0]]])
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("keys that no row has are not counted", arguments: [4, 5, 6]) func unusedKeys(_ count: Int) throws {
    let harness = DataHarness(tables: ["a": try Self.table([("k", [1, 1, 2])]), "b": try Self.table([("k", [3, 4, 3])])])
    let claim = DataClaim.disjoint(DisjointClaim(tables: ["a", "b"], columns: ["k"], distinctCount: count))
    let words = [1_001, 1_002, 1_003, 1_004, 1_010, 1_011].prefix(count).map { Int64($0) }
    let owners = [0, 0, 1, 1, 0, 1].prefix(count).map { Int64($0) }
    let instance = try harness.instance([claim], forged: [["part": owners, "word.0": words]])
    if count == 4 { return try DataHarness.check(instance) }
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("a split by group keeps customers together") func groups() throws {
    let whole = try Self.table([("customer", [7, 3, 7, 5, 3, 9, 9, 1]), ("x", [1, 2, 3, 4, 5, 6, 7, 8])])
    let rule = SplitRule.groups(SplitTests.nonce, column: "customer", numerator: 2, denominator: 5, groups: 5)
    let identity = try DataHarness(tables: ["all": whole]).commit().descriptions["all"]?.identity
    guard let identity else { return }
    let parts = SplitClaim.rows(rule, identity: identity, sizes: [0, 0], table: whole)
    let claim = DataClaim.split(SplitClaim(table: "all", parts: ["p", "q"], rule: rule))
    try Self.check(["all": whole, "p": whole.selecting(rows: parts[0]), "q": whole.selecting(rows: parts[1])], claim)
    let customers = { (rows: [Int]) in Set(rows.map { whole.columns[0][$0] }) }
    #expect(customers(parts[0]).isDisjoint(with: customers(parts[1])))
    // Another deal of the same sizes.
    let moved = [Array((parts[0].dropFirst() + [parts[1][0]]).sorted()), Array((parts[1].dropFirst() + [parts[0][0]]).sorted())]
    Self.reject(["all": whole, "p": whole.selecting(rows: moved[0]), "q": whole.selecting(rows: moved[1])], claim)
  }

  // MARK: Anonymity

  @Test("k-anonymity holds up to the smallest class and not beyond") func anonymity() throws {
    let source = try Self.table([("zip", [1, 1, 2, 2, 2, 1, 3, 3]), ("age", [4, 4, 4, 4, 4, 4, 5, 5]), ("x", [1, 2, 3, 4, 5, 6, 7, 8])])
    func claim(_ k: Int, _ classes: Int) -> DataClaim {
      .anonymity(AnonymityClaim(table: "t", quasiIdentifiers: ["zip", "age"], minimum: k, classCount: classes))
    }
    try Self.check(["t": source], claim(2, 3))
    Self.reject(["t": source], claim(3, 3))
    Self.reject(["t": source], claim(2, 2))
    let instance = try DataHarness(tables: ["t": source]).instance(
      [claim(2, 4)],
      forged: [["class.0": [1, 2, 3, 3], "class.1": [4, 4, 5, 5], "first.0": [1, 1, 0, 0], "first.1": [0, 0, 1, 0]]])
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("a combination of fewer rows than k is rejected by the verifier") func smallClass() throws {
    let source = try Self.table([("zip", [1, 1, 1, 1, 2, 2, 2, 2, 3]), ("x", [1, 2, 3, 4, 5, 6, 7, 8, 9])])
    for k in [1, 2] {
      let claim = DataClaim.anonymity(AnonymityClaim(table: "t", quasiIdentifiers: ["zip"], minimum: k, classCount: 3))
      let instance = try DataHarness(tables: ["t": source]).instance([claim], forged: [["class.0": [1, 2, 3]]])
      if k == 1 { try DataHarness.check(instance) } else { #expect(throws: VerificationError.self) { try DataHarness.check(instance) } }
    }
  }

  @Test("a combination listed twice, its rows divided between the entries, is not counted twice", arguments: [[1, 2], [1, 2, 2], [1, 1, 2, 2]])
  func splitClass(_ list: [Int64]) throws {
    let source = try Self.table([("zip", [1, 1, 1, 1, 2, 2, 2, 2]), ("x", [1, 2, 3, 4, 5, 6, 7, 8])])
    let claim = DataClaim.anonymity(AnonymityClaim(table: "t", quasiIdentifiers: ["zip"], minimum: 2, classCount: list.count))
    let name = "0.classes"
    let instance = try DataHarness(tables: ["t": source]).instance(
      [claim], forged: [["class.0": list]],
      tamper: { _, data in
        for (entry, value) in list.enumerated() { data.tensor("m.\(name)")[entry] = Goldilocks(UInt64(4 / list.count { $0 == value })) }
      }, keeping: [name])
    if list.count == 2 { return try DataHarness.check(instance) }
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }
}
