import Hashing
import Programs
import ProofSystem

/// The committed weights are near the optimum of a stated convex loss on committed rows, whoever found them: every coordinate of the gradient,
/// computed in integers, is within a tolerance, and the error terms that everyone can compute leave no more than a stated distance.
///
/// The table may lie in several artefacts side by side, with the same rows in the same order. Table and model must be well-formed.
public struct OptimumClaim: DataRelation {
  public static let type = "optimum"
  /// Most artefacts that a table may lie in.
  public static let maximumTables = 256

  public let tables: [String]
  public let model: String
  public let problem: OptimumProblem
  /// t: every coordinate in units of 1/(q·2^S) lies in −2^t ..< 2^t.
  public let toleranceBits: Int
  /// What ‖w − w*‖ is claimed not to exceed.
  public let radius: PublicFraction
  /// What Σ over the rows of the sigmoid's slopes B, in units of 2^−β, reaches at least: where the intercept of two classes has no penalty.
  public let curvature: Int64?

  public init(
    tables: [String], model: String, problem: OptimumProblem, toleranceBits: Int, radius: PublicFraction, curvature: Int64? = nil
  ) {
    self.tables = tables
    self.model = model
    self.problem = problem
    self.toleranceBits = toleranceBits
    self.radius = radius
    self.curvature = curvature
  }

  public var artefacts: [String] { tables + [model] }
  /// Tolerance and radius are chosen from the hidden gradient.
  public var reveals: [Disclosure] {
    [
      Disclosure(subject: "gradient at \(model)", kind: .bounded, values: [1 << Int64(max(0, min(60, toleranceBits)))]),
      Disclosure(subject: "distance of \(model) to the optimum", kind: .bounded, values: [radius.numerator, radius.denominator]),
    ] + (curvature.map { [Disclosure(subject: "curvature along the intercept of \(model)", kind: .bounded, values: [$0])] } ?? [])
  }

  // MARK: Semantics

  /// The numbers of the claim over the formats of its artefacts. **Throws** `ProgramError`.
  public func plan(_ architecture: LinearArchitecture, schemas: [TableSchema], rowCount: Int) throws(ProgramError) -> OptimumPlan {
    try OptimumPlan(problem, architecture: architecture, schemas: schemas, rowCount: rowCount)
  }

  /// The error account, once the distance that it leaves is no more than the radius. **Throws** `invalidParameter` where it is more.
  public func account(_ plan: OptimumPlan) throws(ProgramError) -> OptimumAccount {
    guard (0...60).contains(toleranceBits) else { throw refusal("a tolerance of 2^\(toleranceBits)") }
    let account = try OptimumAccount(plan, toleranceBits: toleranceBits, curvature: curvature)
    let parts = 1...Int64(1_000_000_000_000)
    guard parts.contains(radius.numerator), parts.contains(radius.denominator), let stated = UpperBound(UInt128(radius.numerator)) else {
      throw refusal("the radius is a positive fraction")
    }
    guard let distance = account.distance.times(UInt128(radius.denominator)), distance <= stated else {
      throw refusal("gradient and errors leave a distance of up to \(account.distance.text), more than the stated radius")
    }
    return account
  }

  func refusal(_ reason: String) -> ProgramError { .invalidParameter(node: Self.type, reason: reason) }

  public func record(_ tables: DataTables) throws(ProgramError) -> [String: [Int64]] {
    let model = try tables.linearModel(self.model)
    var own: [StoredTable] = []
    for name in self.tables { own.append(try tables.table(name)) }
    guard let rows = own.first?.rowCount, own.allSatisfy({ $0.rowCount == rows }) else { throw refusal("tables of different lengths") }
    let plan = try plan(model.architecture, schemas: own.map(\.schema), rowCount: rows)
    _ = try account(plan)
    let witness = try OptimumReference(plan).witness(weights: model.weights) { name, part throws(ProgramError) in
      for table in own { if let values = table.values(name, part) { return values } }
      throw .unknownColumn(name)
    }
    for (k, gradient) in witness.gradients.enumerated() {
      if let j = gradient.firstIndex(where: { !(-(1 << Int64(toleranceBits))..<(1 << Int64(toleranceBits))).contains($0) }) {
        throw refusal("the gradient of feature \(j), output \(k), is beyond the tolerance: the weights are further from the optimum than claimed")
      }
    }
    var out = witness.columns
    if let curvature {
      let sum = (out["slope.0"] ?? []).reduce(0, +)
      guard sum >= curvature else { throw refusal("the curvature along the intercept is \(sum), less than the \(curvature) that is claimed") }
      out["curvature"] = [sum]
    }
    for (place, feature) in problem.features.enumerated() {
      guard case .category(let column, _, let missing) = feature, let table = own.first(where: { $0.schema.column(column) != nil }) else { continue }
      let presence = missing ? table.values(column, .presence) : nil
      let codes = (table.values(column) ?? []).enumerated().map { $1 + (presence?[$0] ?? 0) }
      for k in 0..<feature.count { out["class.\(place).\(k)"] = codes.map { $0 == Int64(k) ? 1 : 0 } }
    }
    return out
  }
}

extension OptimumClaim {
  public var canonical: CanonicalValue {
    let f = problem.formats
    let formats = [f.featureFractionBits, f.scoreFractionBits, f.scoreBits, f.probabilityBits, f.slopeBits]
    return .list(
      [
        "optimum/v1", .list(tables.map { .text($0) }), .text(model),
        .dictionary([
          "features": .list(problem.features.map(\.canonical)), "target": problem.target.canonical,
          "formats": .list(formats.map { .integer(UInt64(clamping: $0)) }),
          "penalty": [signedNumber(problem.penalty.numerator), signedNumber(problem.penalty.denominator)],
          "intercept": .text(problem.intercept.rawValue), "fixed": .list(problem.fixedClass.map { [.integer(UInt64(clamping: $0))] } ?? []),
        ]),
        .integer(UInt64(clamping: toleranceBits)), [signedNumber(radius.numerator), signedNumber(radius.denominator)],
      ] + (curvature.map { [signedNumber($0)] } ?? []))
  }
}
