import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Statistics") struct StatisticsTests {
  static func harness() throws -> DataHarness { DataHarness(tables: ["t": try SplitTests.whole()]) }

  /// Every kind with the true values filled in.
  static func honest() throws -> [Statistic] {
    let table = try SplitTests.whole()
    func value(_ make: (Int64) -> Statistic) throws -> Statistic { make(try make(0).values(table).first ?? -1) }
    func counts(_ make: ([Int64]) -> Statistic) throws -> Statistic { make(try make([]).values(table)) }
    return [
      try value { .missing(column: "amount", .revealed($0)) },
      .missing(column: "amount", .within(IntegerRange(0...3))),
      try value { .sum(column: "amount", .revealed($0)) },
      .sum(column: "date", .within(IntegerRange(0...2_100))),
      try value { .sumOfSquares(column: "amount", centre: 300, .revealed($0)) },
      try value { .productSum(first: "amount", centre: 17, second: "date", otherCentre: 3, .revealed($0)) },
      try value { .order(column: "amount", rank: 0, present: 20, .revealed($0)) },
      try value { .order(column: "amount", rank: 10, present: 20, .revealed($0)) },
      .order(column: "amount", rank: 19, present: 20, .within(IntegerRange(600...640))),
      try value { .order(column: "date", rank: 20, present: 21, .revealed($0)) },
      try counts { .histogram(column: "amount", edges: [-5, 0, 100, 300, 5_001], counts: $0) },
      try counts { .histogram(column: "date", edges: [0, 10, 40, 101], counts: $0) },
      try counts { .pairs(first: "class", second: "class", counts: $0) },
      .histogramBounds(
        column: "amount", edges: [-5, 0, 100, 300, 5_001],
        within: try Statistic.histogram(column: "amount", edges: [-5, 0, 100, 300, 5_001], counts: []).values(table).map {
          IntegerRange(max(0, $0 - 2)...$0)
        }),
      .pairBounds(
        first: "class", second: "class",
        within: try Statistic.pairs(first: "class", second: "class", counts: []).values(table).map { IntegerRange($0...21) }),
    ]
  }

  @Test("all kinds at once, each revealed or bounded") func complete() throws {
    try DataHarness.check(try Self.harness().instance([.statistics(StatisticsClaim(table: "t", statistics: try Self.honest()))]))
  }

  @Test("a statistic that is off by one is rejected", arguments: 0..<15) func offByOne(_ place: Int) throws {
    let statistic = try Self.honest()[place]
    func moved(_ shown: Shown) -> Shown {
      switch shown {
      case .revealed(let value): .revealed(value + 1)
      case .within: .within(IntegerRange(4...5))
      }
    }
    func moved(_ counts: [Int64]) -> [Int64] {
      var out = counts
      guard let full = out.firstIndex(where: { $0 > 0 }) else { return out }
      out[full] -= 1
      out[full == 0 ? 1 : 0] += 1
      return out
    }
    let wrong: Statistic =
      switch statistic {
      case .missing(let column, let shown): .missing(column: column, moved(shown))
      case .sum(let column, let shown): .sum(column: column, moved(shown))
      case .sumOfSquares(let column, let centre, let shown): .sumOfSquares(column: column, centre: centre, moved(shown))
      case .productSum(let a, let c, let b, let d, let shown): .productSum(first: a, centre: c, second: b, otherCentre: d, moved(shown))
      case .order(let column, let rank, let present, let shown): .order(column: column, rank: rank, present: present, moved(shown))
      case .histogram(let column, let edges, let counts): .histogram(column: column, edges: edges, counts: moved(counts))
      case .pairs(let first, let second, let counts): .pairs(first: first, second: second, counts: moved(counts))
      // The last interval that a count fills to its end misses it by one.
      case .histogramBounds(let column, let edges, let within):
        .histogramBounds(column: column, edges: edges, within: within.map { $0.upper > 0 ? IntegerRange(0...$0.upper - 1) : $0 })
      case .pairBounds(let first, let second, let within):
        .pairBounds(first: first, second: second, within: within.map { $0.lower > 0 ? IntegerRange($0.lower + 1...22) : $0 })
      }
    #expect(throws: VerificationError.self) {
      try DataHarness.check(try Self.harness().instance([.statistics(StatisticsClaim(table: "t", statistics: [wrong]))]))
    }
  }

  @Test("counts that do not add up to the rows are rejected", arguments: [[-1, 0, 0], [1, 0, 0], [0, 0, 1]] as [[Int64]])
  func wrongTotal(_ change: [Int64]) throws {
    let table = try #require(try Self.harness().tables["t"])
    for blank in [
      Statistic.histogram(column: "date", edges: [0, 10, 40, 101], counts: []), .pairs(first: "class", second: "class", counts: []),
    ] {
      let counts = try blank.values(table)
      let claimed = counts.enumerated().map { $1 + (change.indices.contains($0) ? change[$0] : 0) }
      let wrong: Statistic =
        if case .histogram(let column, let edges, _) = blank {
          .histogram(column: column, edges: edges, counts: claimed)
        } else {
          .pairs(first: "class", second: "class", counts: claimed)
        }
      #expect(throws: VerificationError.self) {
        try DataHarness.check(try Self.harness().instance([.statistics(StatisticsClaim(table: "t", statistics: [wrong]))]))
      }
    }
  }

  @Test("witness columns that lie are rejected", arguments: ["square", "sorted", "bin", "low", "high", "next"])
  func lyingColumn(_ part: String) throws {
    let claim = DataClaim.statistics(StatisticsClaim(table: "t", statistics: try Self.honest()))
    let instance = try Self.harness().instance(
      [claim],
      tamper: { relation, data in
        for column in relation.columns where column.name.split(separator: ".").contains(Substring(part)) {
          data.tensor(column.name)[1] += .one
        }
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("what a claim reveals is every number of its statement") func reveals() throws {
    let claim = StatisticsClaim(table: "t", statistics: try Self.honest())
    #expect(claim.reveals.count == claim.statistics.count)
    #expect(claim.reveals.allSatisfy { !$0.values.isEmpty })
  }

  @Test("sums over ranges so wide that their bound leaves 128 bits are refused, not trapped on") func wide() throws {
    let range = IntegerRange(-(1 << 60)...(1 << 60) - 1)
    let table = try DataHarness.table([("x", [Int64](repeating: 0, count: 300)), ("y", [Int64](repeating: 1, count: 300))], range: range)
    for statistic in [
      Statistic.sumOfSquares(column: "x", centre: 0, .revealed(0)),
      .productSum(first: "x", centre: 0, second: "y", otherCentre: 0, .within(IntegerRange(0...1))),
    ] {
      let claim = DataClaim.statistics(StatisticsClaim(table: "t", statistics: [statistic]))
      #expect(throws: ClaimError.self) { try DataHarness(tables: ["t": table]).instance([claim], forged: [[:]]) }
    }
  }
}
