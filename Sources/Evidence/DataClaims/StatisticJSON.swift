import Claims
import Programs

/// Statistics in JSON: one object each; its kind is the key that holds the column or the two columns.
///
/// | kind | form, with `"value": n` or `"within": [lowest, highest]` |
/// | --- | --- |
/// | missing cells | `{"missing": "age"}` |
/// | Σ x | `{"sum": "age"}` |
/// | Σ (x − c)² | `{"sumOfSquares": "age", "centre": 40}` |
/// | Σ (x − c)(y − d) | `{"productSum": ["age", "income"], "centres": [40, 2000]}` |
/// | value of a rank | `{"order": "age", "rank": 0, "present": 800}` |
///
/// `{"histogram": "age", "edges": […], "counts": […]}` and `{"pairs": ["sex", "class"], "counts": […]}` have counts in their place, or
/// `"within": [[lowest, highest], …]`.
enum StatisticJSON {
  /// Members of each kind beside the kind itself.
  private static let members: [(kind: String, others: [String], isShown: Bool)] = [
    ("missing", [], true), ("sum", [], true), ("sumOfSquares", ["centre"], true), ("productSum", ["centres"], true),
    ("order", ["rank", "present"], true), ("histogram", ["edges"], false), ("pairs", [], false),
  ]

  static func value(_ statistic: Statistic) -> JSONValue {
    func shown(_ members: [String: JSONValue], _ shown: Shown) -> JSONValue {
      var out = members
      switch shown {
      case .revealed(let value): out["value"] = IntegerJSON.value(value)
      case .within(let range): out["within"] = RangeJSON.value(range)
      }
      return .object(out)
    }
    switch statistic {
    case .missing(let column, let own): return shown(["missing": .string(column)], own)
    case .sum(let column, let own): return shown(["sum": .string(column)], own)
    case .sumOfSquares(let column, let centre, let own):
      return shown(["sumOfSquares": .string(column), "centre": IntegerJSON.value(centre)], own)
    case .productSum(let first, let centre, let second, let other, let own):
      return shown(["productSum": DataClaimJSON.texts([first, second]), "centres": IntegerJSON.list([centre, other])], own)
    case .order(let column, let rank, let present, let own):
      return shown(["order": .string(column), "rank": .integer(rank), "present": .integer(present)], own)
    case .histogram(let column, let edges, let counts):
      return .object(["histogram": .string(column), "edges": IntegerJSON.list(edges), "counts": IntegerJSON.list(counts)])
    case .histogramBounds(let column, let edges, let within):
      return .object(["histogram": .string(column), "edges": IntegerJSON.list(edges), "within": .array(within.map { RangeJSON.value($0) })])
    case .pairBounds(let first, let second, let within):
      return .object(["pairs": DataClaimJSON.texts([first, second]), "within": .array(within.map { RangeJSON.value($0) })])
    case .pairs(let first, let second, let counts):
      return .object(["pairs": DataClaimJSON.texts([first, second]), "counts": IntegerJSON.list(counts)])
    }
  }

  static func read(_ node: JSONNode) throws -> Statistic {
    let object = try node.object()
    guard let own = members.first(where: { object[$0.kind] != nil }) else {
      throw node.notAllowed("must have one of \(members.map(\.kind).joined(separator: ", "))")
    }
    let fields = try node.fields([own.kind] + own.others, optional: own.isShown ? ["value", "within"] : ["counts", "within"])
    let subject = try fields.node(own.kind)
    func shown() throws -> Shown {
      switch (fields.optional("value"), fields.optional("within")) {
      case (let value?, nil): return .revealed(try IntegerJSON.read(value))
      case (nil, let range?): return .within(try RangeJSON.read(range))
      default: throw node.notAllowed("must have either value or within")
      }
    }
    func pair() throws -> (String, String) {
      let texts = try DataClaimJSON.readTexts(subject, atMost: 2)
      guard texts.count == 2 else { throw subject.notAllowed("must name two columns") }
      return (texts[0], texts[1])
    }
    func integers(_ name: String, atMost limit: Int) throws -> [Int64] {
      try fields.node(name).list(atMost: limit) { item throws(JSONShapeError) in try IntegerJSON.read(item) }
    }
    /// Intervals in place of counts; nil: counts.
    func ranges(atMost limit: Int) throws -> [IntegerRange]? {
      guard let within = fields.optional("within") else { return nil }
      guard fields.optional("counts") == nil else { throw node.notAllowed("must have either counts or within") }
      return try within.list(atMost: limit) { item throws(JSONShapeError) in try RangeJSON.read(item) }
    }
    switch own.kind {
    case "missing": return .missing(column: try subject.string(), try shown())
    case "sum": return .sum(column: try subject.string(), try shown())
    case "sumOfSquares":
      return .sumOfSquares(column: try subject.string(), centre: try IntegerJSON.read(try fields.node("centre")), try shown())
    case "productSum":
      let centres = try integers("centres", atMost: 2)
      guard centres.count == 2 else { throw try fields.node("centres").notAllowed("must be two centres") }
      let (first, second) = try pair()
      return .productSum(first: first, centre: centres[0], second: second, otherCentre: centres[1], try shown())
    case "order":
      return .order(
        column: try subject.string(), rank: try fields.node("rank").integer(in: 0...DataClaimJSON.rows),
        present: try fields.node("present").integer(in: 1...DataClaimJSON.rows), try shown())
    case "histogram":
      let (column, edges) = (try subject.string(), try integers("edges", atMost: 4_097))
      if let within = try ranges(atMost: 4_097) { return .histogramBounds(column: column, edges: edges, within: within) }
      return .histogram(column: column, edges: edges, counts: try integers("counts", atMost: 4_097))
    default:
      let (first, second) = try pair()
      if let within = try ranges(atMost: 1 << 16) { return .pairBounds(first: first, second: second, within: within) }
      return .pairs(first: first, second: second, counts: try integers("counts", atMost: 1 << 16))
    }
  }
}
