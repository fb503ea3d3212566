import Claims
import Programs

/// A claim about an optimum in JSON.
///
/// `{"tables": ["train"], "model": "model", "problem": PROBLEM, "tolerance": 20, "radius": [1, 1000]}`; PROBLEM: `{"features": […], "target":
/// TARGET, "formats": {"feature": 12, "score": [11, 16], "probability": 28, "slope": 18}, "penalty": [1, 1], "intercept": "penalised"}`, with
/// `"fixed": 0` where the weights of a class are fixed. Features and TARGET as for a training (`TrainingJSON`); the intercept is `penalised` or
/// `eliminated`. Where it is eliminated from a problem of two classes, the claim also has `"curvature": 12345`.
enum OptimumJSON {
  static func value(_ claim: OptimumClaim) -> JSONValue {
    let (problem, f) = (claim.problem, claim.problem.formats)
    var members: [String: JSONValue] = [
      "features": .array(problem.features.map(TrainingJSON.value)), "target": TrainingJSON.value(problem.target),
      "penalty": TrainingJSON.value(problem.penalty), "intercept": .string(problem.intercept.rawValue),
      "formats": .object([
        "feature": .integer(f.featureFractionBits), "score": .array([.integer(f.scoreFractionBits), .integer(f.scoreBits)]),
        "probability": .integer(f.probabilityBits), "slope": .integer(f.slopeBits),
      ]),
    ]
    if let fixed = problem.fixedClass { members["fixed"] = .integer(fixed) }
    var own: [String: JSONValue] = [
      "tables": DataClaimJSON.texts(claim.tables), "model": .string(claim.model), "problem": .object(members),
      "tolerance": .integer(claim.toleranceBits),
      "radius": TrainingJSON.value(claim.radius),
    ]
    if let curvature = claim.curvature { own["curvature"] = IntegerJSON.value(curvature) }
    return .object(own)
  }

  static func read(_ node: JSONNode) throws -> OptimumClaim {
    let fields = try node.fields(["tables", "model", "problem", "tolerance", "radius"], optional: ["curvature"])
    let tables = try fields.node("tables").elements(atMost: OptimumClaim.maximumTables).map { try $0.name() }
    return OptimumClaim(
      tables: tables, model: try fields.node("model").name(), problem: try readProblem(try fields.node("problem")),
      toleranceBits: try fields.node("tolerance").integer(in: 0...60), radius: try TrainingJSON.readFraction(try fields.node("radius")),
      curvature: try fields.optional("curvature").map { try IntegerJSON.read($0) })
  }

  private static func readProblem(_ node: JSONNode) throws -> OptimumProblem {
    let fields = try node.fields(["features", "target", "formats", "penalty", "intercept"], optional: ["fixed"])
    let formats = try fields.node("formats").fields(["feature", "score", "probability", "slope"])
    func bits(_ key: String) throws -> Int { try formats.node(key).integer(in: 0...64) }
    let score = try formats.node("score").elements(atMost: 2)
    guard score.count == 2 else { throw try formats.node("score").notAllowed("must be [fraction bits, bits]") }
    let word = try fields.node("intercept").string()
    guard let intercept = OptimumIntercept(rawValue: word) else {
      throw try fields.node("intercept").notAllowed("must be one of \(OptimumIntercept.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return try OptimumProblem(
      features: try fields.node("features").elements(atMost: 4_096).map { try TrainingJSON.readFeature($0) },
      target: try TrainingJSON.readTarget(try fields.node("target")),
      formats: OptimumFormats(
        featureFractionBits: try bits("feature"), scoreFractionBits: try score[0].integer(in: 0...64), scoreBits: try score[1].integer(in: 0...64),
        probabilityBits: try bits("probability"), slopeBits: try bits("slope")),
      penalty: try TrainingJSON.readFraction(try fields.node("penalty")), intercept: intercept,
      fixedClass: try fields.optional("fixed")?.integer(in: 0...63))
  }
}
