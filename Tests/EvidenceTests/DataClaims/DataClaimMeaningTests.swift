import Claims
import Evidence
import Programs
import Testing

@Suite("Claims about data in words") struct DataClaimMeaningTests {
  private func describe(_ claims: [DataClaim], complete: Bool = false) throws -> [ClaimDescription] {
    try ClaimFiles.descriptions(
      claims.enumerated().map { ("claim-\($0)", .data($1)) }, artefacts: try DataClaimSamples.artefacts(), complete: complete)
  }

  private func one(_ claim: DataClaim) throws -> ClaimDescription { try #require(try describe([claim]).first) }

  @Test("every claim uses its artefacts and says what is shown, what not, and what becomes known", arguments: DataClaimSamples.claims)
  func every(_ claim: DataClaim) throws {
    let description = try one(claim)
    #expect(description.uses == claim.definition.artefacts)
    #expect(!description.shows.isEmpty && !description.doesNotShow.isEmpty && !description.discloses.isEmpty && !description.duties.isEmpty)
    // Every number that depends on hidden data is among the disclosures, and no more are.
    let known = description.discloses.filter { $0.extent != .hidden }
    #expect(known.count == claim.definition.reveals.count)
    #expect(Set(known.map(\.field)).count == known.count)
  }

  @Test("edges follow from the claims") func edges() throws {
    let all = try describe(DataClaimSamples.claims)
    #expect(all[0].establishes == [.init(.derivedFrom, from: "train", to: "all"), .init(.derivedFrom, from: "test", to: "all")])
    #expect(all[8].establishes == [.init(.derivedFrom, from: "train", to: "all"), .init(.derivedFrom, from: "train", to: "test")])
    #expect(all[12].establishes == [.init(.fittedOn, from: "parameters", to: "train")])
    #expect(all[13].establishes == [.init(.derivedFrom, from: "prepared", to: "train"), .init(.derivedFrom, from: "prepared", to: "parameters")])
    for index in [5, 9, 10, 11] { #expect(all[index].establishes.isEmpty) }
    // The origin of parameters is told where a claim of the bundle shows it, and its lack where none does.
    #expect(all[13].shows.contains { $0.contains("were fitted on train") })
    #expect(try one(DataClaimSamples.claims[13]).doesNotShow.contains { $0.contains("no claim of this bundle says so") })
  }

  @Test("the source of a nonce is told with what it is worth") func nonces() throws {
    let dated = try one(DataClaimSamples.claims[0]).shows.joined()
    #expect(dated.contains("2026-01-21T12:00:00Z") && dated.contains("626561636f6e2072…") && dated.contains("if the commitment is older"))
    #expect(try one(DataClaimSamples.claims[1]).shows.joined().contains("without a nonce: committing again"))
    let auditor = try one(DataClaimSamples.claims[2])
    #expect(auditor.shows.joined().contains("the auditor's"))
    #expect(
      auditor.discloses[0] == Disclosure("counts of all.class by part", .exact, value: "bad: 6 in train, 2 in test; good: 9 in train, 3 in test"))
    #expect(try one(DataClaimSamples.claims[3]).shows.joined().contains("Rows with amount of 50.00 or more are in test"))
  }

  @Test("means, deviations and shares are computed from the proved integers") func statistics() throws {
    let description = try one(DataClaimSamples.claims[5])
    let text = description.shows.joined(separator: "\n")
    // 16 present cells with the sum 640: mean 40; Σ(x − 40)² = 1600: variance 100.
    for part in [
      "age: 20.00 % of 20 cells are missing.", "age: mean 40.0000 of 16 present cells.", "age: variance 100.0000, standard deviation 10.0000",
      "amount: least value 12.50.", "amount: greatest value 990.00.",
      "sex by class: f 50.00 % of all, of these bad 40.00 %, good 60.00 %; m 50.00 % of all, of these bad 40.00 %, good 60.00 %.",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(description.discloses.map(\.value).contains("0 from 0 to below 18, 14 from 18 to below 65, 2 from 65 to below 121, 4 missing"))
    #expect(description.discloses[3].extent == .bounded && description.discloses[3].value == "-11529215046068469.76 to 11529215046068469.76")
    #expect(text.contains("sex: f 40.00 % to 60.00 % of 20 rows."), "\(text)")
    #expect(description.discloses.contains { $0.field == "histogram of sex (all)" && $0.extent == .bounded && $0.value.hasPrefix("8 to 12 ") })
    #expect(
      description.discloses.contains { $0.extent == .bounded && $0.value.contains("2 to 20 bad and f") && $0.value.contains("0 to 9 good and m") })
    #expect(description.discloses[2].field == "sum of squares of age about 40 (all)")
  }

  @Test("a deviation that is no whole number is cut off, one from impossible numbers is not told") func deviations() throws {
    func shows(_ squares: Int64, _ centre: Int64 = 0, sum: Int64 = 10) throws -> String {
      try one(
        .statistics(
          StatisticsClaim(
            table: "test", statistics: [.sum(column: "id", .revealed(sum)), .sumOfSquares(column: "id", centre: centre, .revealed(squares))]))
      ).shows.joined(separator: "\n")
    }
    // Five cells 0, 1, 2, 3, 4: variance 2.
    #expect(try shows(30).contains("id: variance 2.0000, standard deviation 1.4142 "))
    #expect(try shows(10, 2).contains("id: variance 2.0000, standard deviation 1.4142 "))
    #expect(try !shows(19).contains("variance"))
    #expect(try !shows(.min).contains("variance") && !shows(.max, .min, sum: .min).contains("variance"))
    #expect(try shows(1, sum: -1).contains("id: mean -0.2000"))
  }

  @Test("correlations, and what bounds leave of means and deviations") func derived() throws {
    func shows(_ statistics: [Statistic]) throws -> String {
      try one(.statistics(StatisticsClaim(table: "test", statistics: statistics))).shows.joined(separator: "\n")
    }
    // id 0 … 4 and the amounts 0.04 … 0.00: Σ = 10 each, squares 30, products 10.
    let both: [Statistic] = ["id", "amount"].flatMap { name -> [Statistic] in
      [.sum(column: name, .revealed(10)), .sumOfSquares(column: name, centre: 0, .revealed(30))]
    }
    func product(_ shown: Shown) -> Statistic { .productSum(first: "id", centre: 0, second: "amount", otherCentre: 0, shown) }
    #expect(try shows(both + [product(.revealed(10))]).contains("id and amount: correlation -1.0000 (Pearson, over 5 rows"))
    #expect(try shows(both + [product(.revealed(25))]).contains("correlation 0.5000"))
    #expect(try shows(both + [product(.within(IntegerRange(15...20)))]).contains("correlation from -0.5000 to 0.0000"))
    #expect(try !shows([product(.revealed(10))]).contains("correlation"))
    // n·30 − 10² = 50 to n·35 − 8² of 25ths.
    let bounded: [Statistic] = [
      .sum(column: "id", .within(IntegerRange(8...10))), .sumOfSquares(column: "id", centre: 0, .within(IntegerRange(30...35))),
    ]
    let text = try shows(bounded)
    #expect(text.contains("id: mean from 1.6000 to 2.0000 of 5 present cells."))
    #expect(text.contains("id: variance from 2.0000 to 4.4400, standard deviation from 1.4142 to 2.1072 "), "\(text)")
  }

  @Test("parts of equal size are called folds") func folds() throws {
    func words(_ parts: [String]) throws -> String {
      let own = try DataClaimSamples.artefacts()
      let shares = try parts.enumerated().map { index, name in
        try DataClaimSamples.table(name, try DataClaimSamples.schema(), rows: index == 0 ? 6 : 7)
      }
      let claim = DataClaim.split(SplitClaim(table: "all", parts: parts, rule: .random(DataClaimSamples.nonce)))
      return try ClaimFiles.descriptions([("split", .data(claim))], artefacts: own + shares, complete: false)[0].shows.joined(separator: "\n")
    }
    #expect(try words(["f1", "f2", "f3"]).contains("The 3 parts are folds of equal size"))
  }

  @Test("long lists are shortened, but not for the store's ledger") func lists() throws {
    let claim = DataClaim.statistics(
      StatisticsClaim(
        table: "all", statistics: [.histogram(column: "id", edges: Array(0...100).map { $0 * 1_000 }, counts: Array(repeating: 0, count: 101))]))
    let short = try one(claim).discloses[0].value
    #expect(short.hasSuffix("… and 77 more, all in the statement"))
    #expect(try describe([claim], complete: true)[0].discloses[0].value.hasSuffix("0 from 99000 to below 100000, 0 missing"))
  }

  @Test(
    "statements that do not fit their artefacts are refused",
    arguments: [
      DataClaim.split(SplitClaim(table: "all", parts: ["train", "nowhere"], rule: .random(DataClaimSamples.nonce))),
      .split(SplitClaim(table: "all", parts: ["train"], rule: .cutoff(column: "amount", from: 1))),
      .split(SplitClaim(table: "all", parts: ["train", "test"], rule: .cutoff(column: "none", from: 1))),
      .split(
        SplitClaim(
          table: "all", parts: ["train", "test"],
          rule: .stratified(DataClaimSamples.nonce, column: "class", numerator: 1, denominator: 2, counts: [[1], [2]]))),
      .statistics(StatisticsClaim(table: "all", statistics: [.sum(column: "none", .revealed(1))])),
      .statistics(StatisticsClaim(table: "all", statistics: [.pairs(first: "sex", second: "class", counts: [1])])),
      .statistics(StatisticsClaim(table: "all", statistics: [.pairs(first: "sex", second: "age", counts: [])])),
      .statistics(StatisticsClaim(table: "all", statistics: [.histogram(column: "age", edges: [], counts: [])])),
      .statistics(StatisticsClaim(table: "all", statistics: [.histogramBounds(column: "age", edges: [0], within: [])])),
      .statistics(StatisticsClaim(table: "all", statistics: [.pairBounds(first: "sex", second: "class", within: [IntegerRange(0...1)])])),
      .filter(FilterClaim(table: "all", output: "train", conditions: [.present(column: "none")])),
      .join(JoinClaim(left: "all", right: "parameters", output: "train", key: "id")),
      .disjoint(DisjointClaim(tables: ["all", "parameters"], columns: ["id"], distinctCount: 1)),
      .anonymity(AnonymityClaim(table: "all", quasiIdentifiers: ["none"], minimum: 1, classCount: 1)),
      .fit(FitClaim(table: "all", parameters: "parameters", specification: DataClaimSamples.fit, presentCounts: ["none": 1])),
    ]) func misfits(_ claim: DataClaim) throws
  {
    #expect(throws: StatementError.self) { try describe([claim]) }
  }
}
