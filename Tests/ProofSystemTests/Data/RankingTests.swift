import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Scores and errors") struct RankingTests {
  let vectors: MetricVectors
  let harness: DataHarness
  let source: DataTables

  init() throws {
    vectors = try MetricVectors.read()
    harness = DataHarness(tables: try vectors.tables())
    source = MetricVectors.source(harness.tables)
  }

  func ranking(_ measures: [RankingClaim.Measure], positives: Int? = nil) -> RankingClaim {
    RankingClaim(
      labels: MetricVectors.test("label"), scores: MetricVectors.model("score"), positive: 1,
      positives: positives ?? vectors.label.count { $0 == 1 }, unit: vectors.unit, measures: measures)
  }

  /// Every measure with its true values, changed.
  func measures(_ change: ([Int64]) -> [Int64] = { $0 }) throws -> [RankingClaim.Measure] {
    func values(_ measure: RankingClaim.Measure) throws -> [Int64] { change(try ranking([]).values(measure, source)) }
    let none = Shown.revealed(0)
    return [
      .rankSum(.revealed(try values(.rankSum(none))[0])), .distance(.revealed(try values(.distance(none))[0])),
      .squaredError(.revealed(try values(.squaredError(none))[0])), .logLoss(.revealed(try values(.logLoss(none))[0])),
      .calibration(edges: vectors.edges, counts: try values(.calibration(edges: vectors.edges, counts: []))),
    ]
  }

  @Test("the integers are those of their definitions over pairs of rows") func semantics() throws {
    var (twice, rows) = (Int64(0), vectors.label.indices)
    for i in rows where vectors.label[i] == 1 {
      for j in rows where vectors.label[j] == 0 {
        twice += vectors.score[i] > vectors.score[j] ? 2 : vectors.score[i] == vectors.score[j] ? 1 : 0
      }
    }
    rows = vectors.label.indices
    #expect(try ranking([]).values(.rankSum(.revealed(0)), source) == [twice])
    let positives = Int64(vectors.label.count { $0 == 1 })
    let distance = (0...vectors.unit).map { score -> Int64 in
      let below = rows.filter { vectors.score[$0] <= score }
      let yes = Int64(below.count { vectors.label[$0] == 1 })
      return abs((Int64(rows.count) - positives) * yes - positives * (Int64(below.count) - yes))
    }
    #expect(try ranking([]).values(.distance(.revealed(0)), source) == [distance.max() ?? 0])
    let squares = rows.reduce(Int64(0)) { sum, row in
      let error = vectors.score[row] - vectors.unit * vectors.label[row]
      return sum + error * error
    }
    #expect(try ranking([]).values(.squaredError(.revealed(0)), source) == [squares])
  }

  @Test("all measures at once, revealed or bounded") func complete() throws {
    let exact = try measures()
    var bounded: [RankingClaim.Measure] = []
    for measure in exact {
      func near(_ shown: Shown) -> Shown {
        guard case .revealed(let value) = shown else { return shown }
        return .within(IntegerRange(value - 5...value + 3))
      }
      switch measure {
      case .rankSum(let shown): bounded.append(.rankSum(near(shown)))
      case .distance(let shown): bounded.append(.distance(near(shown)))
      case .squaredError(let shown): bounded.append(.squaredError(near(shown)))
      case .logLoss(let shown): bounded.append(.logLoss(near(shown)))
      case .calibration: break
      }
    }
    let claim = ranking(exact + bounded)
    #expect(claim.reveals.count == 10)
    try DataHarness.check(harness.instance([.ranking(claim)]))
  }

  @Test("one class of three against the others: the table of pairs has a label that is no class") func oneAgainstTheRest() throws {
    let values = try RankingClaim(
      labels: MetricVectors.test("class"), scores: MetricVectors.model("score"), positive: 2, positives: 0, unit: nil, measures: []
    ).values(.rankSum(.revealed(0)), source)
    let one = RankingClaim(
      labels: MetricVectors.test("class"), scores: MetricVectors.model("score"), positive: 2, positives: vectors.classes.count { $0 == 2 },
      unit: nil, measures: [.rankSum(.revealed(values[0]))])
    try DataHarness.check(harness.instance([.ranking(one)]))
  }

  @Test("a measure that is off by one is rejected", arguments: 0..<5, [-1, 1]) func offByOne(_ place: Int, _ step: Int64) throws {
    for position in place == 4 ? [0, 1, 2, 23] : [0] {
      let wrong = try measures { values in
        var out = values
        out[min(position, values.count - 1)] += step
        return out
      }[place]
      #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.ranking(ranking([wrong]))])) }
    }
  }

  @Test("a false number of positive rows is rejected") func falsePositives() throws {
    let claim = ranking([.rankSum(.within(IntegerRange(0...1 << 40)))], positives: 121)
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([.ranking(claim)])) }
  }

  @Test(
    "running sums, flags and weights that lie are rejected", arguments: ["negatives", "positives", "scores", "up", "down", "yes", "no", "places"])
  func lyingColumn(_ part: String) throws {
    let instance = try harness.instance(
      [.ranking(ranking(try measures()))],
      tamper: { relation, data in
        for column in relation.columns where column.name.split(separator: ".").last == Substring(part) { data.tensor(column.name)[1] += .one }
      })
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  @Test("a distance that is not the greatest is rejected") func lesserDistance() throws {
    // The flag stands at the first score, where the distance is smaller; value, product and statement follow it.
    let measure = RankingClaim.Measure.distance(.within(IntegerRange(0...1 << 20)))
    let instance = try harness.instance([.ranking(ranking([measure]))]) { records in
      records.map { record in
        var out = record
        let size = record["up"]?.count ?? 0
        out["up"] = [Int64](repeating: 0, count: size)
        out["down"] = [Int64](repeating: 0, count: size)
        // No row has a score above the unit: the difference at the last score is 0.
        out["up"]?[size - 1] = 1
        out["0.value"] = [0]
        return out
      }
    }
    #expect(throws: VerificationError.self) { try DataHarness.check(instance) }
  }

  // MARK: Errors of numbers

  func errors(_ change: (Int64) -> Int64 = { $0 }) throws -> [ErrorClaim.Measure] {
    let claim = ErrorClaim(labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: [])
    let labels = try claim.values(.labels(sum: 0, centre: 10, squares: 0), source)
    return [
      .squared(.revealed(change(try claim.values(.squared(.revealed(0)), source)[0]))),
      .absolute(.revealed(change(try claim.values(.absolute(.revealed(0)), source)[0]))),
      .labels(sum: change(labels[0]), centre: 10, squares: labels[1]), .labels(sum: labels[0], centre: 10, squares: change(labels[1])),
    ]
  }

  func claim(_ measures: [ErrorClaim.Measure]) -> DataClaim {
    .errors(ErrorClaim(labels: MetricVectors.test("truth"), predictions: MetricVectors.model("estimate"), measures: measures))
  }

  @Test("squared and absolute errors, and the labels' variation") func errorsHold() throws {
    let pairs = zip(vectors.estimate, vectors.truth).map { $0 - $1 }
    let exact = try errors()
    #expect(exact[0] == .squared(.revealed(pairs.reduce(0) { $0 + $1 * $1 })))
    #expect(exact[1] == .absolute(.revealed(pairs.reduce(0) { $0 + abs($1) })))
    try DataHarness.check(harness.instance([claim(exact + [.absolute(.within(IntegerRange(0...10_000)))])]))
  }

  @Test("an error that is off by one, or a sign that lies, is rejected", arguments: 0..<4) func falseErrors(_ place: Int) throws {
    let wrong = try errors { $0 - 1 }[place]
    #expect(throws: VerificationError.self) { try DataHarness.check(harness.instance([claim([wrong])])) }
    let lying = try harness.instance([claim([try errors()[1]])]) { records in
      records.map { $0.merging(["negative": ($0["negative"] ?? []).enumerated().map { $0 == place ? 1 - $1 : $1 }]) { $1 } }
    }
    #expect(throws: VerificationError.self) { try DataHarness.check(lying) }
  }
}
