import Claims
import Programs

/// Claims about metrics in JSON. NAME is `{"artefact": "test", "column": "class"}`; SHOWN is `"value": n` or `"within": [lowest, highest]`.
///
/// | type | statement |
/// | --- | --- |
/// | `confusion` | `{"labels": NAME, "predictions": NAME, "groups": {"of": NAME, "edges": [26]}, "shown": [0, 1], "minimumGroup": 30, "counts": […]}`; without `groups`: the whole table; in place of `counts`: `"rows": […], "bounds": [{"metric": "recall", "class": 1, "bound": [3, 5]}, …]` |
/// | `ranking` | `{"labels": NAME, "scores": NAME, "positive": 1, "positives": 70, "unit": 65536, "measures": [{"measure": "rankSum", SHOWN}, …]}`; measures: `rankSum`, `distance`, `squaredError`, `logLoss`, and `{"measure": "calibration", "edges": […], "counts": […]}`; `unit` is left out when scores are only an order; `"slice": {"of": NAME, "edges": [26], "group": 1, "rows": 310}` where it is about the rows of one group |
/// | `errors` | `{"labels": NAME, "predictions": NAME, "measures": [{"measure": "squared", SHOWN}, {"measure": "absolute", SHOWN}, {"measure": "labels", "sum": 1, "centre": 0, "squares": 1}]}`, and `slice` |
enum MetricJSON {
  static func value(_ claim: ConfusionClaim) -> JSONValue {
    var members: [String: JSONValue] = [
      "labels": ClaimJSON.name(claim.labels), "predictions": ClaimJSON.name(claim.predictions),
      "shown": .array(claim.shownGroups.map { .integer($0) }), "minimumGroup": .integer(claim.minimumGroup),
    ]
    if let group = claim.group {
      members["groups"] = .object(["of": ClaimJSON.name(group.column), "edges": IntegerJSON.list(group.edges)])
    }
    switch claim.shown {
    case .counts(let counts): members["counts"] = IntegerJSON.list(counts)
    case .bounds(let marginals, let bounds):
      members["rows"] = IntegerJSON.list(marginals)
      members["bounds"] = .array(
        bounds.map { bound in
          let (name, selected) = bound.metric.name
          var own: [String: JSONValue] = ["metric": .string(name), "bound": IntegerJSON.list([bound.numerator, bound.denominator])]
          if let selected { own["class"] = .integer(selected) }
          return .object(own)
        })
    }
    return .object(members)
  }

  static func value(_ claim: RankingClaim) -> JSONValue {
    let measures = claim.measures.map { measure -> JSONValue in
      switch measure {
      case .rankSum(let shown): value("rankSum", shown)
      case .distance(let shown): value("distance", shown)
      case .squaredError(let shown): value("squaredError", shown)
      case .logLoss(let shown): value("logLoss", shown)
      case .calibration(let edges, let counts):
        .object(["measure": .string("calibration"), "edges": IntegerJSON.list(edges), "counts": IntegerJSON.list(counts)])
      }
    }
    var members: [String: JSONValue] = [
      "labels": ClaimJSON.name(claim.labels), "scores": ClaimJSON.name(claim.scores), "positive": .integer(claim.positive),
      "positives": .integer(claim.positives), "measures": .array(measures),
    ]
    if let unit = claim.unit { members["unit"] = IntegerJSON.value(unit) }
    if let slice = claim.slice { members["slice"] = value(slice) }
    return .object(members)
  }

  static func value(_ claim: ErrorClaim) -> JSONValue {
    let measures = claim.measures.map { measure -> JSONValue in
      switch measure {
      case .squared(let shown): value("squared", shown)
      case .absolute(let shown): value("absolute", shown)
      case .labels(let sum, let centre, let squares):
        .object([
          "measure": .string("labels"), "sum": IntegerJSON.value(sum), "centre": IntegerJSON.value(centre),
          "squares": IntegerJSON.value(squares),
        ])
      }
    }
    var members: [String: JSONValue] = [
      "labels": ClaimJSON.name(claim.labels), "predictions": ClaimJSON.name(claim.predictions), "measures": .array(measures),
    ]
    if let slice = claim.slice { members["slice"] = value(slice) }
    return .object(members)
  }

  private static func value(_ slice: RowSlice) -> JSONValue {
    .object([
      "of": ClaimJSON.name(slice.group.column), "edges": IntegerJSON.list(slice.group.edges), "group": .integer(slice.index),
      "rows": .integer(slice.rows),
    ])
  }

  private static func value(_ measure: String, _ shown: Shown) -> JSONValue {
    switch shown {
    case .revealed(let value): .object(["measure": .string(measure), "value": IntegerJSON.value(value)])
    case .within(let range): .object(["measure": .string(measure), "within": RangeJSON.value(range)])
    }
  }

  // MARK: Reading

  /// Reads a statement; nil for a type that is none of these.
  static func read(type: String, _ node: JSONNode) throws -> DataClaim? {
    switch type {
    case ConfusionClaim.type: return .confusion(try readConfusion(node))
    case RankingClaim.type: return .ranking(try readRanking(node))
    case ErrorClaim.type:
      let fields = try node.fields(["labels", "predictions", "measures"], optional: ["slice"])
      let measures = try fields.node("measures").elements(atMost: 64).map { try readError($0) }
      return .errors(
        ErrorClaim(
          labels: try ClaimJSON.readName(try fields.node("labels")), predictions: try ClaimJSON.readName(try fields.node("predictions")),
          measures: measures, slice: try fields.optional("slice").map(readSlice)))
    default: return nil
    }
  }

  private static func readConfusion(_ node: JSONNode) throws -> ConfusionClaim {
    let fields = try node.fields(["labels", "predictions", "shown", "minimumGroup"], optional: ["groups", "counts", "rows", "bounds"])
    var group: GroupColumn?
    if let groups = fields.optional("groups") {
      let own = try groups.fields(["of", "edges"])
      group = GroupColumn(
        column: try ClaimJSON.readName(try own.node("of")), edges: try integers(try own.node("edges"), atMost: GroupColumn.maximumCount))
    }
    let shown: ConfusionClaim.Shown
    switch (fields.optional("counts"), fields.optional("rows"), fields.optional("bounds")) {
    case (let counts?, nil, nil): shown = .counts(try integers(counts, atMost: ConfusionClaim.maximumCells))
    case (nil, let rows?, let bounds?):
      shown = .bounds(
        marginals: try integers(rows, atMost: ConfusionClaim.maximumCells), try bounds.elements(atMost: 64).map { try readBound($0) })
    default: throw node.notAllowed("must have either counts, or rows and bounds")
    }
    let groups = try integers(try fields.node("shown"), atMost: GroupColumn.maximumCount)
    return ConfusionClaim(
      labels: try ClaimJSON.readName(try fields.node("labels")), predictions: try ClaimJSON.readName(try fields.node("predictions")),
      group: group, shownGroups: groups.map { Int($0) },
      minimumGroup: try fields.node("minimumGroup").integer(in: 1...DataClaimJSON.rows), shown: shown)
  }

  private static func readSlice(_ node: JSONNode) throws -> RowSlice {
    let fields = try node.fields(["of", "edges", "group", "rows"])
    let group = GroupColumn(
      column: try ClaimJSON.readName(try fields.node("of")), edges: try integers(try fields.node("edges"), atMost: GroupColumn.maximumCount))
    return RowSlice(
      group: group, index: try fields.node("group").integer(in: 0...GroupColumn.maximumCount),
      rows: try fields.node("rows").integer(in: 1...DataClaimJSON.rows))
  }

  private static func readBound(_ node: JSONNode) throws -> MetricBound {
    let fields = try node.fields(["metric", "bound"], optional: ["class"])
    let name = try fields.node("metric").string()
    let selected = try fields.optional("class")?.integer(in: 0...1_023)
    let known: [MetricBound.Metric] =
      selected.map {
        [
          .precision($0), .recall($0), .f1($0), .demographicParityDifference($0), .demographicParityRatio($0), .equalOpportunityDifference($0),
          .equalisedOddsDifference($0),
        ]
      } ?? [.accuracy]
    guard let metric = known.first(where: { $0.name.text == name }) else {
      throw try fields.node("metric").notAllowed("must be accuracy, or with a class \(known.map(\.name.text).joined(separator: ", "))")
    }
    let bound = try integers(try fields.node("bound"), atMost: 2)
    guard bound.count == 2 else { throw try fields.node("bound").notAllowed("must be numerator and denominator") }
    return MetricBound(metric, bound[0], of: bound[1])
  }

  private static func readRanking(_ node: JSONNode) throws -> RankingClaim {
    let fields = try node.fields(["labels", "scores", "positive", "positives", "measures"], optional: ["unit", "slice"])
    let measures = try fields.node("measures").elements(atMost: 64).map { measure -> RankingClaim.Measure in
      let name = try measureName(measure)
      switch name {
      case "rankSum": return .rankSum(try readShown(measure))
      case "distance": return .distance(try readShown(measure))
      case "squaredError": return .squaredError(try readShown(measure))
      case "logLoss": return .logLoss(try readShown(measure))
      case "calibration":
        let own = try measure.fields(["measure", "edges", "counts"])
        return .calibration(
          edges: try integers(try own.node("edges"), atMost: 1_025), counts: try integers(try own.node("counts"), atMost: 3_072))
      default: throw measure.notAllowed("has the unknown measure \(name)")
      }
    }
    return RankingClaim(
      labels: try ClaimJSON.readName(try fields.node("labels")), scores: try ClaimJSON.readName(try fields.node("scores")),
      positive: try fields.node("positive").integer(in: 0...1_023), positives: try fields.node("positives").integer(in: 0...DataClaimJSON.rows),
      unit: try fields.optional("unit").map { Int64(try $0.integer(in: 1...1 << 30)) }, measures: measures,
      slice: try fields.optional("slice").map(readSlice))
  }

  private static func readError(_ node: JSONNode) throws -> ErrorClaim.Measure {
    let name = try measureName(node)
    switch name {
    case "squared": return .squared(try readShown(node))
    case "absolute": return .absolute(try readShown(node))
    case "labels":
      let own = try node.fields(["measure", "sum", "centre", "squares"])
      return .labels(
        sum: try IntegerJSON.read(try own.node("sum")), centre: try IntegerJSON.read(try own.node("centre")),
        squares: try IntegerJSON.read(try own.node("squares")))
    default: throw node.notAllowed("has the unknown measure \(name)")
    }
  }

  private static func measureName(_ node: JSONNode) throws -> String {
    guard let member = try node.object().members.first(where: { $0.key == "measure" }) else { throw node.notAllowed("must have a measure") }
    return try JSONNode(member.value, path: JSONFields.child(node.path, member.key)).string()
  }

  private static func readShown(_ node: JSONNode) throws -> Shown {
    let fields = try node.fields(["measure"], optional: ["value", "within"])
    switch (fields.optional("value"), fields.optional("within")) {
    case (let value?, nil): return .revealed(try IntegerJSON.read(value))
    case (nil, let range?): return .within(try RangeJSON.read(range))
    default: throw node.notAllowed("must have either value or within")
    }
  }

  private static func integers(_ node: JSONNode, atMost limit: Int) throws -> [Int64] {
    try node.list(atMost: limit) { item throws(JSONShapeError) in try IntegerJSON.read(item) }
  }
}
