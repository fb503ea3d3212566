import Claims
import Evidence
import Programs
import ProofSystem
import Testing

@Suite("Metric claims in JSON") struct MetricClaimJSONTests {
  static let labels = ClaimStatement.ColumnName(artefact: "test", column: "class")
  static let predictions = ClaimStatement.ColumnName(artefact: "predictions", column: "prediction")
  static let scores = ClaimStatement.ColumnName(artefact: "predictions", column: "score")
  static let age = GroupColumn(column: ClaimStatement.ColumnName(artefact: "test", column: "age"), edges: [26, 60])

  static let claims: [DataClaim] = [
    .confusion(ConfusionClaim(labels: labels, predictions: predictions, shown: .counts([5, 1, 2, 7]))),
    .confusion(
      ConfusionClaim(
        labels: labels, predictions: predictions, group: age, shownGroups: [0, 2], minimumGroup: 30, shown: .counts([5, 1, 2, 7, 0, 0, 1, 9]))),
    .confusion(
      ConfusionClaim(
        labels: labels, predictions: predictions, group: age, shownGroups: [1], minimumGroup: 5,
        shown: .bounds(
          marginals: [6, 9],
          [
            MetricBound(.accuracy, 7, of: 10), MetricBound(.precision(1), 1, of: 2), MetricBound(.recall(0), 1, of: 3), MetricBound(.f1(1), 1, of: 4),
            MetricBound(.demographicParityDifference(1), 1, of: 5), MetricBound(.demographicParityRatio(0), 4, of: 5),
            MetricBound(.equalOpportunityDifference(1), 1, of: 10), MetricBound(.equalisedOddsDifference(0), 1, of: 7),
          ]))),
    .ranking(
      RankingClaim(
        labels: labels, scores: scores, positive: 1, positives: 9, unit: 65_536,
        measures: [
          .rankSum(.revealed(7)), .distance(.within(IntegerRange(3...9))), .squaredError(.revealed(1 << 50)), .logLoss(.within(IntegerRange(0...5))),
          .calibration(edges: [0, 8, 16], counts: [1, 0, 3, 4, 4, 40]),
        ])),
    .ranking(RankingClaim(labels: labels, scores: scores, positive: 0, positives: 0, unit: nil, measures: [.rankSum(.revealed(-1))])),
    .errors(
      ErrorClaim(
        labels: labels, predictions: scores,
        measures: [.squared(.revealed(4)), .absolute(.within(IntegerRange(-1...8))), .labels(sum: -3, centre: 2, squares: 44)])),
    .ranking(
      RankingClaim(
        labels: labels, scores: scores, positive: 1, positives: 9, unit: nil, measures: [.rankSum(.revealed(7))],
        slice: RowSlice(group: age, index: 1, rows: 30))),
    .errors(
      ErrorClaim(
        labels: labels, predictions: scores, measures: [.squared(.revealed(4))],
        slice: RowSlice(group: GroupColumn(column: ClaimStatement.ColumnName(artefact: "raw", column: "sex")), index: 0, rows: 7))),
  ]

  @Test("what is written is read again", arguments: claims) func roundTrip(_ claim: DataClaim) throws {
    let statement = ClaimStatement.data(claim)
    let text = ClaimJSON.value(statement)
    #expect(try ClaimJSON.read(type: statement.type, JSONNode(text)) == statement)
    #expect(claim.definition.reveals.count >= 1)
  }

  @Test(
    "what a claim about a group costs is at least what compiling it builds, and its words and figures are of the group", arguments: [false, true])
  func group(_ isBanded: Bool) throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "class", type: .category(["bad", "good"])), TableColumn(name: "sex", type: .category(["f", "m"])),
      TableColumn(name: "age", type: .integer(IntegerRange(0...120)), missing: .presence),
      TableColumn(name: "score", type: .integer(IntegerRange(0...255))),
    ])
    let table = try DataClaimSamples.table("all", schema, rows: 1_000)
    func name(_ column: String) -> ClaimStatement.ColumnName { .init(artefact: "all", column: column) }
    let group = GroupColumn(column: name(isBanded ? "age" : "sex"), edges: isBanded ? [26, 60] : [])
    let slice = RowSlice(group: group, index: 1, rows: 300)
    let ranking = RankingClaim(
      labels: name("class"), scores: name("score"), positive: 1, positives: 100, unit: 256,
      measures: [
        .rankSum(.revealed(30_000)), .distance(.revealed(9_000)), .squaredError(.revealed(65_536 * 30)), .logLoss(.within(IntegerRange(0...1 << 45))),
        .calibration(edges: [0, 128, 256], counts: [100, 20, 5_000, 200, 80, 40_000]),
      ], slice: slice)
    let errors = ErrorClaim(
      labels: name("score"), predictions: name("score"),
      measures: [.squared(.revealed(900)), .absolute(.revealed(600)), .labels(sum: 3_000, centre: 10, squares: 30_000)], slice: slice)
    for claim in [DataClaim.ranking(ranking), .errors(errors)] {
      let compiled = try CompiledClaims(claims: [.data(claim)], artefacts: [table])
      #expect(StatementCost.of(.data(claim), ["all": table]) >= DataClaimCostTests.measure(compiled.builder))
      let said = try #require(try ClaimFiles.descriptions([("own", .data(claim))], artefacts: [table]).first)
      let words = isBanded ? "age = 26 to below 60" : "sex = m"
      #expect(said.shows.contains { $0.contains("one group alone, \(words): n = 300 of 1000") })
      #expect(said.discloses.contains { $0.field == "rows with \(words)" && $0.value == "300" })
      for case .metric(let figure) in said.figures { #expect(figure.rows == 300 && figure.subject?.hasPrefix(words) == true, "\(figure.key)") }
      #expect(said.figures.count >= 3)
    }
    // 30,000 of 2·100·200 pairs.
    guard case .metric(let area)? = try ClaimFiles.descriptions([("own", .data(.ranking(ranking)))], artefacts: [table]).first?.figures.first else {
      Issue.record("no figure")
      return
    }
    #expect(area.key == "auc" && area.lower == 0.75)
    let wide = RankingClaim(
      labels: name("class"), scores: name("score"), positive: 1, positives: 100, unit: 256, measures: ranking.measures,
      slice: RowSlice(group: group, index: 1, rows: 1_001))
    #expect(throws: StatementError.self) { try ClaimFiles.descriptions([("own", .data(.ranking(wide)))], artefacts: [table]) }
  }

  @Test("another document is refused") func hostile() throws {
    let name: JSONValue = .object(["artefact": "test", "column": "class"])
    func confusion(_ change: [String: JSONValue], without: Set<String> = []) -> JSONValue {
      let members: [String: JSONValue] = [
        "labels": name, "predictions": name, "shown": .array([.integer(0)]), "minimumGroup": .integer(1), "counts": .array([.integer(1)]),
      ]
      return .object(members.merging(change) { $1 }.filter { !without.contains($0.key) })
    }
    #expect(throws: Never.self) { try ClaimJSON.read(type: "confusion", JSONNode(confusion([:]))) }
    let wrong: [JSONValue] = [
      confusion([:], without: ["counts"]), confusion(["rows": .array([])]), confusion(["bounds": .array([]), "rows": .array([])]),
      confusion(["minimumGroup": .integer(0)]), confusion(["groups": .object(["of": name])]), confusion(["more": .integer(1)]),
      confusion(["counts": .array((0...4_096).map { .integer($0) })]), confusion(["labels": .string("class")]),
      confusion(
        [
          "rows": .array([]),
          "bounds": .array([.object(["metric": "accuracy", "class": .integer(0), "bound": .array([.integer(1), .integer(2)])])]),
        ],
        without: ["counts"]),
      confusion(
        ["rows": .array([]), "bounds": .array([.object(["metric": "recall", "bound": .array([.integer(1), .integer(2)])])])], without: ["counts"]),
      confusion(["rows": .array([]), "bounds": .array([.object(["metric": "accuracy", "bound": .array([.integer(1)])])])], without: ["counts"]),
    ]
    for value in wrong { #expect(throws: StatementError.self) { try ClaimJSON.read(type: "confusion", JSONNode(value)) } }
    func ranking(_ measure: JSONValue) -> JSONValue {
      .object(["labels": name, "scores": name, "positive": .integer(1), "positives": .integer(1), "measures": .array([measure])])
    }
    let measures: [JSONValue] = [
      .object(["measure": "rankSum"]), .object(["measure": "rankSum", "value": .integer(1), "within": .array([.integer(1), .integer(2)])]),
      .object(["measure": "other", "value": .integer(1)]), .object(["value": .integer(1)]), .string("rankSum"),
      .object(["measure": "calibration", "edges": .array([])]), .object(["measure": "logLoss", "within": .array([.integer(2), .integer(1)])]),
    ]
    let slice: [String: JSONValue] = ["of": name, "edges": .array([]), "group": .integer(1), "rows": .integer(5)]
    func sliced(_ change: [String: JSONValue], without: String = "") -> JSONValue {
      .object([
        "labels": name, "scores": name, "positive": .integer(1), "positives": .integer(1),
        "measures": .array([.object(["measure": "rankSum", "value": .integer(1)])]),
        "slice": .object(slice.merging(change) { $1 }.filter { $0.key != without }),
      ])
    }
    #expect(throws: Never.self) { try ClaimJSON.read(type: "ranking", JSONNode(sliced([:]))) }
    for wrong in [
      sliced(["rows": .integer(0)]), sliced(["group": .integer(-1)]), sliced(["more": .integer(1)]), sliced(["edges": .integer(1)]),
      sliced([:], without: "rows"), sliced([:], without: "group"), sliced([:], without: "of"), sliced([:], without: "edges"),
    ] {
      #expect(throws: StatementError.self) { try ClaimJSON.read(type: "ranking", JSONNode(wrong)) }
    }
    for measure in measures { #expect(throws: StatementError.self) { try ClaimJSON.read(type: "ranking", JSONNode(ranking(measure))) } }
  }
}
