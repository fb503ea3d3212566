import Claims
import Evidence
import Programs
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
  ]

  @Test("what is written is read again", arguments: claims) func roundTrip(_ claim: DataClaim) throws {
    let statement = ClaimStatement.data(claim)
    let text = ClaimJSON.value(statement)
    #expect(try ClaimJSON.read(type: statement.type, JSONNode(text)) == statement)
    #expect(claim.definition.reveals.count >= 1)
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
    for measure in measures { #expect(throws: StatementError.self) { try ClaimJSON.read(type: "ranking", JSONNode(ranking(measure))) } }
  }
}
