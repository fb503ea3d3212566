import Programs

/// Columns of a transformation in JSON: `{"name": "amount", "source": "amount", "steps": [STEP, …]}`.
///
/// | step | form |
/// | --- | --- |
/// | impute | `{"impute": OPERAND}`, `{"imputeCategory": "other"}` |
/// | missing indicator | `{"missingIndicator": true}` |
/// | clip | `{"clip": {"lower": OPERAND, "upper": OPERAND}}`, either may be left out |
/// | divide | `{"divide": {"centre": OPERAND, "divisor": OPERAND, "scale": 4, "refuse": [lowest, highest]}}`, or `saturate` in place of `refuse` |
/// | logarithm | `{"logarithm": {"base": "natural", "scale": 4}}` |
/// | bucketise | `{"bucketise": [OPERAND, …]}` |
/// | ordinal | `{"ordinal": {"order": ["low", "high"], "unseen": UNSEEN}}` |
/// | one-hot | `{"oneHot": {"unseen": UNSEEN}}` |
///
/// OPERAND is a decimal text, its digits after the point the scale, or `{"parameter": "amount.mean"}`. UNSEEN is `"allKnown"`, `"zeros"`,
/// `"error"` or `{"other": "name"}`.
enum TransformJSON {
  private static let kinds = [
    "impute", "imputeCategory", "missingIndicator", "clip", "divide", "logarithm", "bucketise", "ordinal", "oneHot",
  ]

  static func value(_ column: ColumnTransform) -> JSONValue {
    .object(["name": .string(column.name), "source": .string(column.source), "steps": .array(column.steps.map(value))])
  }

  static func read(_ node: JSONNode) throws -> ColumnTransform {
    let fields = try node.fields(["name", "source", "steps"])
    let steps = try fields.node("steps").elements(atMost: TransformSpecification.maximumSteps).map { try readStep($0) }
    return ColumnTransform(name: try fields.node("name").string(), source: try fields.node("source").string(), steps: steps)
  }

  // MARK: Steps

  private static func value(_ step: TransformStep) -> JSONValue {
    switch step {
    case .impute(let operand): return .object(["impute": value(operand)])
    case .imputeCategory(let text): return .object(["imputeCategory": .string(text)])
    case .missingIndicator: return .object(["missingIndicator": true])
    case .clip(let lower, let upper):
      var bounds: [String: JSONValue] = [:]
      bounds["lower"] = lower.map(value)
      bounds["upper"] = upper.map(value)
      return .object(["clip": .object(bounds)])
    case .divide(let centre, let divisor, let scale, let limit):
      var members: [String: JSONValue] = ["centre": value(centre), "divisor": value(divisor), "scale": .integer(scale)]
      switch limit {
      case .refuse(let range): members["refuse"] = RangeJSON.value(range)
      case .saturate(let range): members["saturate"] = RangeJSON.value(range)
      }
      return .object(["divide": .object(members)])
    case .logarithm(let base, let scale): return .object(["logarithm": .object(["base": .string(base.rawValue), "scale": .integer(scale)])])
    case .bucketise(let edges): return .object(["bucketise": .array(edges.map(value))])
    case .ordinal(let order, let unseen):
      return .object(["ordinal": .object(["order": DataClaimJSON.texts(order), "unseen": value(unseen)])])
    case .oneHot(let unseen): return .object(["oneHot": .object(["unseen": value(unseen)])])
    }
  }

  private static func readStep(_ node: JSONNode) throws -> TransformStep {
    let fields = try node.fields([], optional: kinds)
    let own = kinds.filter { fields.optional($0) != nil }
    guard own.count == 1, let kind = own.first else { throw node.notAllowed("must have one of \(kinds.joined(separator: ", "))") }
    let body = try fields.node(kind)
    func scale(_ fields: JSONFields) throws -> Int { try fields.node("scale").integer(in: 0...TableSchema.maximumScale) }
    switch kind {
    case "impute": return .impute(try readOperand(body))
    case "imputeCategory": return .imputeCategory(try body.string())
    case "missingIndicator":
      guard try body.bool() else { throw body.notAllowed("must be true") }
      return .missingIndicator
    case "clip":
      let parts = try body.fields([], optional: ["lower", "upper"])
      return .clip(lower: try parts.optional("lower").map { try readOperand($0) }, upper: try parts.optional("upper").map { try readOperand($0) })
    case "divide":
      let parts = try body.fields(["centre", "divisor", "scale"], optional: ["refuse", "saturate"])
      let limit: QuotientLimit
      switch (parts.optional("refuse"), parts.optional("saturate")) {
      case (let range?, nil): limit = .refuse(try RangeJSON.read(range))
      case (nil, let range?): limit = .saturate(try RangeJSON.read(range))
      default: throw body.notAllowed("must have either refuse or saturate")
      }
      return .divide(
        centre: try readOperand(try parts.node("centre")), divisor: try readOperand(try parts.node("divisor")), scale: try scale(parts),
        limit: limit)
    case "logarithm":
      let parts = try body.fields(["base", "scale"])
      let base = try parts.node("base")
      guard let known = LogarithmBase(rawValue: try base.string()) else {
        throw base.notAllowed("must be one of \(LogarithmBase.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return .logarithm(known, scale: try scale(parts))
    case "bucketise": return .bucketise(try body.elements(atMost: 4_096).map { try readOperand($0) })
    case "ordinal":
      let parts = try body.fields(["order", "unseen"])
      let order = try DataClaimJSON.readTexts(try parts.node("order"), atMost: TransformSpecification.maximumCategories)
      return .ordinal(order, unseen: try readUnseen(try parts.node("unseen")))
    default: return .oneHot(unseen: try readUnseen(try body.fields(["unseen"]).node("unseen")))
    }
  }

  // MARK: Operands

  /// A number with a scale outside 0 … 18 has no form: no plan takes one.
  private static func value(_ operand: Operand) -> JSONValue {
    switch operand {
    case .number(let mantissa, let scale): .string(DecimalText.text(mantissa, digits: min(max(scale, 0), TableSchema.maximumScale)))
    case .parameter(let name): .object(["parameter": .string(name)])
    }
  }

  private static func readOperand(_ node: JSONNode) throws -> Operand {
    if case .object = node.value { return .parameter(try node.fields(["parameter"]).node("parameter").string()) }
    let text = try node.string()
    guard text.utf8.count <= 40, let number = try? DecimalText(text.utf8), number.scale <= TableSchema.maximumScale,
      DecimalText.text(number.mantissa, digits: number.scale).utf8.elementsEqual(text.utf8)
    else { throw node.notAllowed("must be a decimal text, as 12.50, or name a parameter") }
    return .number(number.mantissa, scale: number.scale)
  }

  private static func value(_ unseen: UnseenRule) -> JSONValue {
    switch unseen {
    case .allKnown: "allKnown"
    case .zeros: "zeros"
    case .error: "error"
    case .other(let name): .object(["other": .string(name)])
    }
  }

  private static func readUnseen(_ node: JSONNode) throws -> UnseenRule {
    if case .object = node.value { return .other(try node.fields(["other"]).node("other").string()) }
    switch try node.string() {
    case "allKnown": return .allKnown
    case "zeros": return .zeros
    case "error": return .error
    default: throw node.notAllowed("must be allKnown, zeros, error, or {\"other\": name}")
    }
  }
}
