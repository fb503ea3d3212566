import Claims
import Programs
import ProofSystem
import Testing

@Suite("Splits") struct SplitTests {
  static let rowCount = 21
  static let nonce = Nonce(bytes: [1, 2, 3], source: .auditor)

  static func whole() throws -> StoredTable {
    let schema = try TableSchema(columns: [
      TableColumn(name: "date", type: .integer(IntegerRange(0...100))),
      TableColumn(name: "class", type: .category(["good", "bad", "unknown"])),
      TableColumn(name: "amount", type: .integer(IntegerRange(-5...5_000)), missing: .presence),
    ])
    return try StoredTable(
      schema: schema,
      columns: [
        (0..<rowCount).map { Int64($0 * 7 % 50) }, (0..<rowCount).map { Int64($0 % 5 % 3) },
        (0..<rowCount).map { $0 == 4 ? -5 : Int64($0 * 31) }, (0..<rowCount).map { $0 == 4 ? 0 : 1 },
      ])
  }

  /// The table, and its parts as the rule deals them; `deal` may deal otherwise.
  static func harness(_ rule: SplitRule, sizes: [Int], deal: ([[Int]]) -> [[Int]] = { $0 }) throws -> (DataHarness, SplitClaim) {
    let table = try whole()
    let identity = try DataHarness(tables: ["all": table]).commit().descriptions["all"]?.identity
    guard let identity else { throw ClaimError.unknownArtefact("all") }
    let names = sizes.indices.map { "part\($0)" }
    let rows = SplitClaim.rows(rule, identity: identity, sizes: sizes, table: table)
    var tables = ["all": table]
    for (name, own) in zip(names, deal(rows)) { tables[name] = table.selecting(rows: own) }
    return (DataHarness(tables: tables), SplitClaim(table: "all", parts: names, rule: rule))
  }

  static let rules: [(SplitRule, [Int])] = [
    (.random(nonce), [15, 6]), (.random(nonce), [7, 7, 7]), (.cutoff(column: "date", from: 20), [10, 11]),
    (.stratified(nonce, column: "class", numerator: 1, denominator: 3, counts: [[6, 3], [5, 3], [3, 1]]), [14, 7]),
  ]

  @Test("every rule is complete", arguments: rules.indices) func complete(_ index: Int) throws {
    let (rule, sizes) = Self.rules[index]
    let (harness, claim) = try Self.harness(rule, sizes: sizes)
    try DataHarness.check(harness.instance([.split(claim)]))
  }

  @Test("a row in both parts, in none, swapped or altered is rejected", arguments: rules.indices) func dishonest(_ index: Int) throws {
    let (rule, sizes) = Self.rules[index]
    let cheats: [([[Int]]) -> [[Int]]] = [
      // A row of part 0 stands in part 1 instead of its own first row: once in both, once in none.
      { parts in [parts[0], [parts[0][0]] + parts[1].dropFirst()] + parts.dropFirst(2) },
      // Two rows change places.
      { parts in [[parts[1][0]] + parts[0].dropFirst(), [parts[0][0]] + parts[1].dropFirst()] + parts.dropFirst(2) },
      // A row twice in its own part, another lost.
      { parts in [[parts[0][1]] + parts[0].dropFirst()] + parts.dropFirst() },
    ]
    for cheat in cheats {
      let (harness, claim) = try Self.harness(rule, sizes: sizes, deal: cheat)
      #expect(throws: (any Error).self) { try DataHarness.check(harness.instance([.split(claim)])) }
    }
  }

  static let groups = SplitRule.groups(nonce, column: "date", numerator: 1, denominator: 3, groups: 21)

  /// What the prover records follows the false parts: only constraints can tell.
  @Test("a deal with a record that fits it is rejected by the verifier", arguments: 2..<5, 0..<4) func bentRecord(_ rule: Int, _ cheat: Int) throws {
    let (rule, sizes) = rule < 4 ? Self.rules[rule] : (Self.groups, [14, 7])
    let table = try Self.whole()
    var dealt: [[Int]] = []
    let (harness, claim) = try Self.harness(
      rule, sizes: sizes,
      deal: { parts in
        dealt =
          switch cheat {
          // Nothing, two rows change sides, a row in both parts, a row twice in one.
          case 0: parts
          case 1: [([parts[1][0]] + parts[0].dropFirst()).sorted(), ([parts[0][0]] + parts[1].dropFirst()).sorted()]
          case 2: [parts[0], ([parts[0][0]] + parts[1].dropFirst()).sorted()]
          default: [[parts[0][1]] + parts[0].dropFirst(), parts[1]]
          }
        return dealt
      })
    let instance = try harness.instance(
      [.split(claim)],
      records: { honest in
        var out = honest
        for part in 0..<2 { out[0]["origin.\(part)"] = dealt[part].map { Int64($0) } }
        out[0]["second"] = (0..<table.rowCount).map { dealt[1].contains($0) ? 1 : 0 }
        return out
      })
    if cheat == 0 { return try DataHarness.check(instance) }
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("statements that contradict themselves are refused") func refusals() throws {
    let (harness, claim) = try Self.harness(.random(Self.nonce), sizes: [15, 6])
    #expect(throws: ClaimError.self) { try harness.instance([.split(SplitClaim(table: "all", parts: ["part0", "part0"], rule: claim.rule))]) }
    #expect(throws: ClaimError.self) { try harness.instance([.split(SplitClaim(table: "all", parts: ["part0"], rule: claim.rule))]) }
    let strata = SplitRule.stratified(Self.nonce, column: "class", numerator: 1, denominator: 3, counts: [[7, 2], [5, 3], [2, 2]])
    #expect(throws: ClaimError.self) { try harness.instance([.split(SplitClaim(table: "all", parts: claim.parts, rule: strata))]) }
    #expect(throws: ClaimError.self) {
      try harness.instance([.split(SplitClaim(table: "all", parts: claim.parts, rule: .cutoff(column: "date", from: 101)))])
    }
  }
}
