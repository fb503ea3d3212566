import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import Prover
import Testing

/// Metrics of scores and numbers over the rows of one group.
@Suite("Scores and errors of one group") struct SliceTests {
  let vectors: MetricVectors
  let harness: DataHarness
  let source: DataTables

  init() throws {
    vectors = try MetricVectors.read()
    harness = DataHarness(tables: try vectors.tables())
    source = MetricVectors.source(harness.tables)
  }

  /// By category, by bands of a number, and the missing cells.
  enum Kind: CaseIterable { case category, band, missing }

  func slice(_ kind: Kind) throws -> RowSlice {
    let column = GroupColumn(
      column: MetricVectors.test(kind == .category ? "group" : "age"), edges: kind == .category ? [] : [20, 45])
    let groups = try column.groups(#require(harness.tables["test"]))
    let index = [Kind.category: 1, .band: 1, .missing: 3][kind] ?? 0
    return RowSlice(group: column, index: index, rows: groups.count { $0 == index })
  }

  func rows(_ slice: RowSlice) throws -> [Int] { try slice.inside(source).enumerated().filter { $1 == 1 }.map(\.offset) }

  func ranking(
    _ measures: [RankingClaim.Measure], _ slice: RowSlice, positive: Int = 1, positives: Int? = nil, unit: Int64? = nil
  ) throws -> RankingClaim {
    let own = try rows(slice)
    return RankingClaim(
      labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: positive,
      positives: positives ?? own.count { vectors.label[$0] == Int64(positive) }, unit: unit ?? vectors.unit, measures: measures, slice: slice)
  }

  /// Every measure with its true values, changed.
  func measures(_ slice: RowSlice, positive: Int = 1, _ change: ([Int64]) -> [Int64] = { $0 }) throws -> [RankingClaim.Measure] {
    let claim = try ranking([], slice, positive: positive)
    func values(_ measure: RankingClaim.Measure) throws -> [Int64] { change(try claim.values(measure, source)) }
    let none = Shown.revealed(0)
    return [
      .rankSum(.revealed(try values(.rankSum(none))[0])), .distance(.revealed(try values(.distance(none))[0])),
      .squaredError(.revealed(try values(.squaredError(none))[0])), .logLoss(.revealed(try values(.logLoss(none))[0])),
      .calibration(edges: vectors.edges, counts: try values(.calibration(edges: vectors.edges, counts: []))),
    ]
  }

  @Test("the integers are those of the group's rows alone", arguments: Kind.allCases) func semantics(_ kind: Kind) throws {
    let slice = try slice(kind)
    let own = try rows(slice)
    #expect(own.count == slice.rows && own.count > 2 && own.count < vectors.label.count)
    var twice = Int64(0)
    for i in own where vectors.label[i] == 1 {
      for j in own where vectors.label[j] == 0 { twice += vectors.score[i] > vectors.score[j] ? 2 : vectors.score[i] == vectors.score[j] ? 1 : 0 }
    }
    let claim = try ranking([], slice)
    #expect(try claim.values(.rankSum(.revealed(0)), source) == [twice])
    let squares = own.reduce(Int64(0)) { sum, row in
      let error = vectors.score[row] - vectors.unit * vectors.label[row]
      return sum + error * error
    }
    #expect(try claim.values(.squaredError(.revealed(0)), source) == [squares])
  }

  @Test("what follows from the integers is what scikit-learn and scipy compute on the group's rows") func vectorsAgree() throws {
    #expect(vectors.slices.count == 4)
    for expected in vectors.slices {
      let column = GroupColumn(column: MetricVectors.test("group"))
      let slice = RowSlice(group: column, index: expected.group, rows: vectors.group.count { $0 == Int64(expected.group) })
      let claim = try ranking([], slice)
      func value(_ measure: RankingClaim.Measure) throws -> Double { Double(try claim.values(measure, source)[0]) }
      let none = Shown.revealed(0)
      let (n, p, unit) = (Double(slice.rows), Double(claim.positives), Double(vectors.unit))
      func equal(_ own: Double, _ other: Double, _ name: String) { #expect(abs(own - other) < 1e-9, "\(name) of group \(expected.group)") }
      equal(try value(.rankSum(none)) / (2 * p * (n - p)), expected.auc, "auc")
      equal(try value(.distance(none)) / (p * (n - p)), expected.ks, "ks")
      equal(try value(.squaredError(none)) / unit / unit / n, expected.brier, "brier")
      equal(try value(.logLoss(none)) / 1e10 / n, expected.logLoss, "log-loss")
      let bins = try claim.values(.calibration(edges: vectors.edges, counts: []), source)
      let gaps = stride(from: 0, to: bins.count, by: 3).map { abs(Double(bins[$0 + 1]) - Double(bins[$0 + 2]) / unit) }
      equal(gaps.reduce(0, +) / n, expected.ece, "ece")
      let errors = ErrorClaim(labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: [], slice: slice)
      let squared = Double(try errors.values(.squared(none), source)[0])
      equal(squared / n, expected.mse, "mse")
      equal(Double(try errors.values(.absolute(none), source)[0]) / n, expected.mae, "mae")
      let labels = try errors.values(.labels(sum: 0, centre: 10, squares: 0), source).map { Double($0) }
      let shift = labels[0] - 10 * n
      equal(1 - squared / (labels[1] - shift * shift / n), expected.r2, "r2")
    }
  }

  @Test("all measures at once, of either class", arguments: Kind.allCases, [0, 1]) func complete(_ kind: Kind, _ positive: Int) throws {
    let slice = try slice(kind)
    let exact = try measures(slice, positive: positive)
    let claim = try ranking(exact + [.rankSum(.within(IntegerRange(0...1 << 40)))], slice, positive: positive)
    #expect(claim.reveals.count == exact.count + 3)
    try DataHarness.check(harness.instance([.ranking(claim)]))
  }

  @Test("a measure that is off by one, or another group's, is rejected", arguments: 0..<5) func offByOne(_ place: Int) throws {
    let slice = try slice(.category)
    for wrong in [
      try measures(slice) { values in [values[0] + 1] + values.dropFirst() }[place],
      try measures(RowSlice(group: slice.group, index: 0, rows: 1))[place],
    ] {
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.ranking(ranking([wrong], slice))])) }
    }
  }

  @Test("false numbers of rows, and of positive rows, are rejected", arguments: Kind.allCases) func falseCounts(_ kind: Kind) throws {
    let slice = try slice(kind)
    let wide = [RankingClaim.Measure.rankSum(.within(IntegerRange(0...1 << 40)))]
    let positives = try rows(slice).count { vectors.label[$0] == 1 }
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.ranking(ranking(wide, slice, positives: positives - 1))])) }
    for rows in [slice.rows - 1, slice.rows + 1] {
      let other = RowSlice(group: slice.group, index: slice.index, rows: rows)
      let claim = RankingClaim(
        labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: 1, positives: positives, unit: nil, measures: wide,
        slice: other)
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.ranking(claim)])) }
    }
  }

  @Test("a row left out of the group, one of another group taken in, and rows of another group in place of it", arguments: [true, false])
  func otherRows(_ isRanking: Bool) throws {
    let slice = try slice(.category)
    let inside = try slice.inside(source)
    let out = try #require(inside.firstIndex(of: 1))
    let away = try #require(inside.firstIndex(of: 0))
    let wide = IntegerRange(0...1 << 40)
    let claim: DataClaim =
      isRanking
      ? .ranking(try ranking([.rankSum(.within(wide))], slice))
      : .errors(
        ErrorClaim(
          labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: [.squared(.within(wide))], slice: slice))
    try DataHarness.check(harness.instance([claim]))
    let others = try slice.group.groups(#require(harness.tables["test"])).map { $0 == 0 ? Int64(1) : 0 }
    func flipped(_ rows: [Int]) -> [Int64] { inside.enumerated().map { rows.contains($0) ? 1 - $1 : $1 } }
    for bits in [flipped([out]), flipped([away]), flipped([out, away]), others] {
      let instance = try harness.instance([claim]) { records in records.map { $0.merging(["slice.inside": bits]) { $1 } } }
      #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
    }
  }

  @Test("masked columns, flags and the correction that lie are rejected", arguments: ["score", "label", "outside", "inside"])
  func lyingColumn(_ part: String) throws {
    let slice = try slice(.category)
    let row = try #require(try slice.inside(source).firstIndex(of: 0))
    let instance = try harness.instance(
      [.ranking(ranking(try measures(slice), slice))],
      tamper: { relation, data in
        for column in relation.columns where column.name.hasSuffix(".slice.\(part)") { data.tensor(column.name)[part == "outside" ? 1 : row] += .one }
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Errors of numbers

  @Test("errors of a group, and what is off by one", arguments: Kind.allCases) func errors(_ kind: Kind) throws {
    let slice = try slice(kind)
    let own = try rows(slice)
    func claim(_ measures: [ErrorClaim.Measure]) -> ErrorClaim {
      ErrorClaim(labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: measures, slice: slice)
    }
    let empty = claim([])
    let labels = try empty.values(.labels(sum: 0, centre: 10, squares: 0), source)
    let (squared, absolute) = (try empty.values(.squared(.revealed(0)), source)[0], try empty.values(.absolute(.revealed(0)), source)[0])
    let differences = own.map { vectors.estimate[$0] - vectors.truth[$0] }
    #expect(squared == differences.reduce(0) { $0 + $1 * $1 } && absolute == differences.reduce(0) { $0 + abs($1) })
    #expect(labels == [own.reduce(0) { $0 + vectors.truth[$1] }, own.reduce(0) { $0 + (vectors.truth[$1] - 10) * (vectors.truth[$1] - 10) }])
    let exact: [ErrorClaim.Measure] = [
      .squared(.revealed(squared)), .absolute(.revealed(absolute)), .labels(sum: labels[0], centre: 10, squares: labels[1]),
      .absolute(.within(IntegerRange(0...1 << 30))),
    ]
    try DataHarness.check(harness.instance([.errors(claim(exact))]))
    for wrong in [
      ErrorClaim.Measure.squared(.revealed(squared + 1)), .absolute(.revealed(absolute - 1)),
      .labels(sum: labels[0] + 1, centre: 10, squares: labels[1]), .labels(sum: labels[0], centre: 10, squares: labels[1] - 1),
    ] {
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.errors(claim([wrong]))])) }
    }
  }

  @Test("slices that cannot be are refused") func refusals() throws {
    let good = try slice(.category)
    let wide = [RankingClaim.Measure.rankSum(.within(IntegerRange(0...1 << 40)))]
    for wrong in [
      RowSlice(group: good.group, index: 5, rows: 10), RowSlice(group: good.group, index: -1, rows: 10),
      RowSlice(group: good.group, index: 1, rows: 0), RowSlice(group: good.group, index: 1, rows: vectors.label.count + 1),
      RowSlice(group: GroupColumn(column: MetricVectors.test("group"), edges: [1]), index: 1, rows: 10),
      RowSlice(group: GroupColumn(column: MetricVectors.test("age")), index: 1, rows: 10),
      RowSlice(group: GroupColumn(column: MetricVectors.test("nothing")), index: 1, rows: 10),
    ] {
      let claim = RankingClaim(
        labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: 1, positives: 0, unit: nil, measures: wide, slice: wrong)
      #expect(throws: ClaimError.self) { try harness.instance([.ranking(claim)], forged: [[:]]) }
      let errors = ErrorClaim(
        labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: [.squared(.revealed(1))], slice: wrong)
      #expect(throws: ClaimError.self) { try harness.instance([.errors(errors)], forged: [[:]]) }
    }
    // More positive rows than the group has.
    #expect(throws: ClaimError.self) { try harness.instance([.ranking(ranking(wide, good, positives: good.rows + 1))], forged: [[:]]) }
  }

  @Test("the encoding that the proof is bound to tells every part") func canonical() throws {
    let good = try slice(.category)
    var seen: Set<[UInt8]> = [try ranking([], good).canonical.encoded]
    for other in [
      RowSlice(group: good.group, index: 2, rows: good.rows), RowSlice(group: good.group, index: 1, rows: good.rows + 1),
      RowSlice(group: GroupColumn(column: MetricVectors.test("group"), edges: [1]), index: 1, rows: good.rows),
      RowSlice(group: GroupColumn(column: MetricVectors.model("group")), index: 1, rows: good.rows),
    ] {
      seen.insert(
        RankingClaim(
          labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: 1,
          positives: try ranking([], good).positives, unit: vectors.unit, measures: [], slice: other
        ).canonical.encoded)
    }
    seen.insert(
      RankingClaim(
        labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: 1, positives: try ranking([], good).positives,
        unit: vectors.unit, measures: []
      ).canonical.encoded)
    #expect(seen.count == 6)
  }
}
