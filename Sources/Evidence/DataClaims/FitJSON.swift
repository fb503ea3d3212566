import Programs

/// Fitted parameters in JSON: one object each; its kind is the key that holds the column.
///
/// `{"mean": "amount", "scale": 4}`, likewise `standardDeviation` and `interquartileRange`; `{"minimum": "amount"}`, likewise `maximum`,
/// `range`, `mode` and `seen`; `{"quantile": "amount", "position": [1, 2], "scale": 4}`.
enum FitJSON {
  private static let kinds = [
    "mean", "standardDeviation", "minimum", "maximum", "range", "quantile", "interquartileRange", "mode", "seen",
  ]

  static func value(_ parameter: FittedParameter) -> JSONValue {
    let column = JSONValue.string(parameter.column)
    switch parameter.kind {
    case .mean(let scale): return .object(["mean": column, "scale": .integer(scale)])
    case .standardDeviation(let scale): return .object(["standardDeviation": column, "scale": .integer(scale)])
    case .interquartileRange(let scale): return .object(["interquartileRange": column, "scale": .integer(scale)])
    case .quantile(let numerator, let denominator, let scale):
      return .object(["quantile": column, "position": .array([.integer(numerator), .integer(denominator)]), "scale": .integer(scale)])
    case .minimum: return .object(["minimum": column])
    case .maximum: return .object(["maximum": column])
    case .range: return .object(["range": column])
    case .mode: return .object(["mode": column])
    case .seen: return .object(["seen": column])
    }
  }

  static func read(_ node: JSONNode) throws -> FittedParameter {
    let object = try node.object()
    guard let kind = kinds.first(where: { object[$0] != nil }) else {
      throw node.notAllowed("must have one of \(kinds.joined(separator: ", "))")
    }
    let others =
      switch kind {
      case "mean", "standardDeviation", "interquartileRange": ["scale"]
      case "quantile": ["position", "scale"]
      default: [String]()
      }
    let fields = try node.fields([kind] + others)
    let column = try fields.node(kind).string()
    func scale() throws -> Int { try fields.node("scale").integer(in: 0...TableSchema.maximumScale) }
    func parameter(_ kind: FittedParameter.Kind) -> FittedParameter { FittedParameter(column: column, kind: kind) }
    switch kind {
    case "mean": return parameter(.mean(scale: try scale()))
    case "standardDeviation": return parameter(.standardDeviation(scale: try scale()))
    case "interquartileRange": return parameter(.interquartileRange(scale: try scale()))
    case "quantile":
      let position = try fields.node("position").elements(atMost: 2)
      guard position.count == 2 else { throw try fields.node("position").notAllowed("must be [numerator, denominator]") }
      let denominator = try position[1].integer(in: 1...FitSpecification.maximumDenominator)
      return parameter(.quantile(numerator: try position[0].integer(in: 0...denominator), denominator: denominator, scale: try scale()))
    case "minimum": return parameter(.minimum)
    case "maximum": return parameter(.maximum)
    case "range": return parameter(.range)
    case "mode": return parameter(.mode)
    default: return parameter(.seen)
    }
  }
}
