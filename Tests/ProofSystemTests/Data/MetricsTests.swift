import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Metrics and fairness") struct MetricsTests {
  let vectors: MetricVectors
  let harness: DataHarness
  let source: DataTables

  init() throws {
    vectors = try MetricVectors.read()
    harness = DataHarness(tables: try vectors.tables())
    source = MetricVectors.source(harness.tables)
  }

  // MARK: Counts

  static let bands = GroupColumn(column: MetricVectors.test("age"), edges: [20, 40, 60])
  static let categories = GroupColumn(column: MetricVectors.test("group"))

  func confusion(
    _ group: GroupColumn? = nil, shown groups: [Int] = [0], minimum: Int = 1, change: ([Int64]) -> [Int64] = { $0 }
  ) throws -> ConfusionClaim {
    func claim(_ counts: [Int64]) -> ConfusionClaim {
      ConfusionClaim(
        labels: MetricVectors.test("label"), predictions: MetricVectors.model("prediction"), group: group, shownGroups: groups,
        minimumGroup: minimum, shown: .counts(counts))
    }
    let all = try claim([]).counts(source)
    return claim(change(groups.flatMap { Array(all[4 * $0..<4 * $0 + 4]) }))
  }

  /// Rows of a group by label and prediction, counted anew.
  func naive(_ group: Int?, _ label: Int64, _ prediction: Int64) -> Int64 {
    Int64(
      vectors.label.indices.count {
        vectors.label[$0] == label && vectors.prediction[$0] == prediction && (group == nil || vectors.group[$0] == Int64(group ?? 0))
      })
  }

  @Test("counts: in all, by category, by bands with missing cells") func counts() throws {
    let whole = try confusion()
    #expect(whole.shown == .counts([naive(nil, 0, 0), naive(nil, 0, 1), naive(nil, 1, 0), naive(nil, 1, 1)]))
    let claims = [
      whole, try confusion(Self.categories, shown: [0, 1, 2, 3, 4]), try confusion(Self.categories, shown: vectors.shown, minimum: 30),
      try confusion(Self.bands, shown: [0, 1, 2, 3], minimum: 11), try confusion(Self.bands, shown: [0, 1, 2, 3, 4]),
    ]
    for claim in claims.dropFirst() {
      let expected = claim.shownGroups.flatMap { g in
        [naive(g, 0, 0), naive(g, 0, 1), naive(g, 1, 0), naive(g, 1, 1)]
      }
      #expect(claim.shown == .counts(expected))
    }
    try DataHarness.check(harness.instance(claims.map { .confusion($0) }))
  }

  @Test("false counts, a group left out, counts of other rows are rejected") func falseCounts() throws {
    func moved(_ counts: [Int64]) -> [Int64] { [counts[0] - 1, counts[1] + 1] + counts.dropFirst(2) }
    let claims = [
      try confusion(change: moved), try confusion(Self.categories, shown: [0, 1, 2, 3, 4], change: moved),
      try confusion(Self.bands, shown: [0, 1, 2, 3, 4], change: moved),
      // Group 2 has 34 rows: it is not one of fewer than 30.
      try confusion(Self.categories, shown: [0, 1, 3], minimum: 30), try confusion(Self.bands, shown: [0, 1, 3, 4], minimum: 34),
      try confusion(Self.categories, shown: [0, 1, 2, 3], minimum: 10),
    ]
    for claim in claims {
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.confusion(claim)])) }
    }
    // The edge of the rule: 10 rows are fewer than 11.
    try DataHarness.check(harness.instance([.confusion(try confusion(Self.categories, shown: [0, 1, 2, 3], minimum: 11))]))
  }

  @Test("a band that a value does not lie in is rejected", arguments: ["group", "low", "high"]) func falseBand(_ column: String) throws {
    let claim = try confusion(Self.bands, shown: [0, 1, 2, 3, 4])
    let instance = try harness.instance([.confusion(claim)]) { records in
      records.map { record in
        var out = record
        for key in ["group", "low", "high"] where column == "group" || key == column {
          // The first row goes to the band of the first row of another group, as a whole or in part.
          guard let other = vectors.group.indices.first(where: { vectors.group[$0] != vectors.group[0] }) else { continue }
          out["group.\(key)"]?[0] = record["group.\(key)"]?[other] ?? 0
        }
        return out
      }
    }
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Bounds

  func bounded(_ bounds: [MetricBound]) throws -> ConfusionClaim {
    let all = try confusion(Self.categories, shown: [0, 1, 2, 3, 4])
    guard case .counts(let counts) = all.shown else { throw ClaimError.unknownArtefact("counts") }
    var marginals: [Int64] = []
    for g in vectors.shown {
      marginals.append(counts[4 * g] + counts[4 * g + 1])
      marginals.append(counts[4 * g + 2] + counts[4 * g + 3])
    }
    return ConfusionClaim(
      labels: all.labels, predictions: all.predictions, group: Self.categories, shownGroups: vectors.shown, minimumGroup: 30,
      shown: .bounds(marginals: marginals, bounds))
  }

  /// Thousandths that hold, the next that do not; from the vectors of scikit-learn and Fairlearn.
  static let bounds: [(MetricBound.Metric, holds: Int64, fails: Int64)] = [
    (.accuracy, 641, 642), (.precision(1), 646, 647), (.recall(1), 625, 626), (.f1(0), 647, 648),
    (.demographicParityDifference(1), 148, 147), (.demographicParityRatio(1), 736, 737), (.equalOpportunityDifference(1), 223, 222),
    (.equalisedOddsDifference(1), 223, 222),
  ]

  @Test("bounds on every metric hold together") func boundsHold() throws {
    let claim = try bounded(Self.bounds.map { MetricBound($0.0, $0.holds, of: 1000) })
    try DataHarness.check(harness.instance([.confusion(claim)]))
    #expect(claim.reveals.count == 2 + Self.bounds.count)
  }

  @Test("a bound that is a thousandth too good is rejected", arguments: bounds.indices) func boundFails(_ index: Int) throws {
    let claim = try bounded([MetricBound(Self.bounds[index].0, Self.bounds[index].fails, of: 1000)])
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.confusion(claim)])) }
  }

  @Test("statements that contradict themselves are refused") func refused() throws {
    let bounds: [MetricBound] = [
      MetricBound(.precision(2), 1, of: 2), MetricBound(.accuracy, 3, of: 2), MetricBound(.accuracy, 0, of: 0), MetricBound(.accuracy, -1, of: 2),
      MetricBound(.accuracy, 1, of: 1_000_001),
    ]
    for bound in bounds {
      let claim = try bounded([bound])
      #expect(throws: ClaimError.self) { try harness.instance([.confusion(claim)]) }
    }
    for groups in [[1, 0], [0, 0], [5], [-1]] {
      let claim = ConfusionClaim(
        labels: MetricVectors.test("label"), predictions: MetricVectors.model("prediction"), group: Self.categories, shownGroups: groups,
        shown: .counts([Int64](repeating: 0, count: 4 * groups.count)))
      #expect(throws: ClaimError.self) { try harness.instance([.confusion(claim)]) }
    }
    for edges: [Int64] in [[], [0], [40, 20], [91], [.min]] {
      let claim = ConfusionClaim(
        labels: MetricVectors.test("label"), predictions: MetricVectors.model("prediction"),
        group: GroupColumn(column: MetricVectors.test("age"), edges: edges), shown: .counts([0, 0, 0, 0]))
      #expect(throws: ClaimError.self) { try harness.instance([.confusion(claim)], forged: [[:]]) }
    }
  }
}
