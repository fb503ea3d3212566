import Claims
import Programs
import ProofSystem
import Prover
import Testing

/// Each false witness is refused by the check that it meets, and passes without that check.
@Suite("Optimum, dishonest provers") struct OptimumCheatTests {
  typealias Record = [String: [Int64]]

  static func reject(
    _ harness: OptimumHarness, _ claim: OptimumClaim, model: LinearModel? = nil, tables: [StoredTable]? = nil, _ record: Record,
    by names: Set<String>, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(throws: VerificationError.self, sourceLocation: sourceLocation) {
      try TrainingHarness.check(harness.instance(claim, model: model, tables: tables, record: record))
    }
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try TrainingHarness.check(harness.instance(claim, model: model, tables: tables, dropping: names, record: record))
    }
  }

  /// So wide that the gradient is never what refuses.
  static func wide(_ harness: OptimumHarness) throws -> OptimumClaim {
    let radius = PublicFraction(1_000_000_000_000)
    guard let curvature = try harness.curvature() else { return try harness.claim(toleranceBits: 56, radius: radius) }
    // Half of the curvature, so that other weights have as much, and the widest tolerance that is small beside it.
    let bits = (0...56).last { (try? OptimumAccount(harness.plan, toleranceBits: $0, curvature: curvature / 2)) != nil } ?? 0
    return OptimumClaim(
      tables: harness.names, model: "model", problem: harness.problem, toleranceBits: bits, radius: radius, curvature: curvature / 2)
  }

  /// The honest record with some values changed, and residuals and gradient as they follow.
  static func record(_ harness: OptimumHarness, _ change: (inout Record) -> Void) throws -> Record {
    var record = try wide(harness).record(harness.source())
    var residuals: [[Int64]] = []
    let before = record
    change(&record)
    for k in 0..<harness.problem.outputCount {
      let moved = zip(record["prediction.\(k)"] ?? record["score.\(k)"] ?? [], before["prediction.\(k)"] ?? before["score.\(k)"] ?? []).map {
        $0 - $1
      }
      residuals.append(zip(record["residual.\(k)"] ?? [], moved).map { $0 + $1 })
      record["residual.\(k)"] = residuals[k]
    }
    let gradients = try OptimumReference(harness.plan).gradients(harness.model.weights, residuals, harness.column)
    for k in harness.problem.freeOutputs { record["gradient.\(k)"] = gradients[k] }
    return record
  }

  /// The same architecture with one weight moved.
  static func moved(_ harness: OptimumHarness, _ index: Int, by change: Int64) throws -> LinearModel {
    var weights = harness.model.weights
    weights[index] += change
    return try LinearModel(architecture: harness.architecture, weights: weights)
  }

  @Test("a gradient above the tolerance in one coordinate", arguments: OptimumHarness.Kind.allCases)
  func gradient(_ kind: OptimumHarness.Kind) throws {
    let harness = try OptimumHarness(kind)
    let claim = try harness.claim()
    let k = harness.problem.freeOutputs[0]
    var record = try claim.record(harness.source())
    // One weight moved further and further until a coordinate leaves the tolerance.
    let other = try Self.moved(harness, k, by: 1 << 12)
    record.merge(try harness.witness(other.weights).columns) { $1 }
    if record["curvature"] != nil { record["curvature"] = [try harness.slopes(other.weights)] }
    let limit = Int64(1) << Int64(claim.toleranceBits)
    let above = harness.problem.freeOutputs.filter { k in record["gradient.\(k)"]?.contains { !(-limit..<limit).contains($0) } ?? false }
    #expect(!above.isEmpty)
    #expect(throws: ProgramError.self) { try claim.record(harness.source(other)) }
    try Self.reject(harness, claim, model: other, record, by: Set(above.map { "2.gradient.\($0)" }))
  }

  @Test("a curvature that is less than claimed, and a sum that is none") func curvature() throws {
    let harness = try OptimumHarness(.freeIntercept)
    let claim = try harness.claim()
    let own = try harness.slopes()
    let high = OptimumClaim(
      tables: claim.tables, model: "model", problem: claim.problem, toleranceBits: claim.toleranceBits, radius: claim.radius, curvature: own + 1)
    let record = try claim.record(harness.source())
    try Self.reject(harness, high, record, by: ["2.curvature"])
    var forged = record
    forged["curvature"] = [own + 1]
    try Self.reject(harness, high, forged, by: ["2.curvature"])
  }

  @Test("weights of another model", arguments: OptimumHarness.Kind.allCases) func model(_ kind: OptimumHarness.Kind) throws {
    let harness = try OptimumHarness(kind)
    let other = try Self.moved(harness, harness.problem.freeOutputs[0], by: 1 << 16)
    // Its own scores beside the honest gradient.
    var record = try Self.wide(harness).record(harness.source(other))
    let honest = try harness.witness()
    for k in harness.problem.freeOutputs { record["gradient.\(k)"] = honest.gradients[k] }
    try Self.reject(harness, try harness.claim(), model: other, record, by: ["2.gradient"])
    // The honest model's scores.
    record = try Self.wide(harness).record(harness.source())
    let residuals = (0..<harness.problem.outputCount).map { record["residual.\($0)"] ?? [] }
    let gradients = try OptimumReference(harness.plan).gradients(other.weights, residuals, harness.column)
    for k in harness.problem.freeOutputs { record["gradient.\(k)"] = gradients[k] }
    try Self.reject(harness, Self.wide(harness), model: other, record, by: ["2.scores"])
  }

  @Test("labels flipped, and a row left out", arguments: [OptimumHarness.Kind.binary, .classes, .number])
  func rows(_ kind: OptimumHarness.Kind) throws {
    let honest = try OptimumHarness(kind)
    let outputs = honest.problem.outputCount
    let names = Set((0..<outputs).map { "2.residual.\($0)" } + ["2.label.code"])
    // The optimum of other labels.
    let flipped = try OptimumHarness(kind) { table in
      var columns = table.columns
      (columns[4][3], columns[5][3], columns[6][3]) = (1 - columns[4][3], (columns[5][3] + 1) % 3, -columns[6][3])
      return try StoredTable(schema: table.schema, columns: columns)
    }
    let claim = try flipped.claim()
    try Self.reject(honest, claim, model: flipped.model, claim.record(flipped.source()), by: names)
    // The optimum of all rows but the last; its residual is 0.
    let fewer = try OptimumHarness(kind) { $0.selecting(rows: Array(0..<28)) }
    let bits = try fewer.toleranceBits()
    let short = try honest.claim(toleranceBits: bits, radius: honest.radius(bits))
    var record = try Self.wide(honest).record(honest.source(fewer.model))
    for k in 0..<outputs { record["residual.\(k)"]?[28] = 0 }
    record.merge(try fewer.witness().columns.filter { $0.key.hasPrefix("gradient") }) { $1 }
    try Self.reject(honest, short, model: fewer.model, record, by: names)
    // A residual where there is no row.
    record = try Self.wide(honest).record(honest.source())
    record["residual.0"]? += [5]
    try Self.reject(honest, Self.wide(honest), record, by: ["2.gradient"])
  }

  @Test("every part of a sigmoid") func sigmoid() throws {
    let harness = try OptimumHarness(.binary)
    let claim = try Self.wide(harness)
    let (sigma, tau) = (Int64(harness.plan.scoreShift), Int64(harness.plan.correctionShift))
    var record = try Self.record(harness) {
      $0["value.0"]?[2] += 1
      $0["prediction.0"]?[2] += 1
    }
    try Self.reject(harness, claim, record, by: ["2.sigmoid.0"])
    record = try Self.record(harness) { $0["prediction.0"]?[2] += 1 }
    try Self.reject(harness, claim, record, by: ["2.prediction.0.remainder"])
    // The next cell's tangent, from further away: low leaves its range.
    let rows = try harness.problem.tableRows()
    let honest = try claim.record(harness.source())
    let accumulators = honest["accumulator.0"] ?? []
    let row = accumulators.indices.first { accumulators[$0] - (honest["score.0"]?[$0] ?? 0) << sigma > 1 << (sigma - 3) } ?? 0
    record = try Self.record(harness) {
      let score = ($0["score.0"]?[row] ?? 0) + 1
      let cell = rows[Int(score) + rows.count / 2]
      let low = accumulators[row] - score << sigma
      $0["score.0"]?[row] = score
      $0["value.0"]?[row] = cell[1]
      $0["slope.0"]?[row] = cell[2]
      $0["prediction.0"]?[row] = cell[1] + (cell[2] * low + 1 << (tau - 1)) >> tau
    }
    try Self.reject(harness, claim, record, by: ["2.low.0"])
  }

  @Test("every part of a softmax; a fixed class that is not 0") func softmax() throws {
    let harness = try OptimumHarness(.classes)
    let claim = try Self.wide(harness)
    var record = try Self.record(harness) {
      $0["value.1"]?[2] += 1
      $0["exponential.1"]?[2] += 1
    }
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(claim, record: record)) }
    record = try Self.record(harness) { $0["prediction.1"]?[2] += 1 }
    try Self.reject(harness, claim, record, by: ["2.prediction.1.remainder"])
    record = try Self.record(harness) { $0["prediction.1"]?[2] -= 1 }
    try Self.reject(harness, claim, record, by: ["2.prediction.1.below"])
    record = try Self.record(harness) {
      let own = $0["label.0"]?[2] ?? 0
      $0["label.0"]?[2] = 1 - own
    }
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(claim, record: record)) }
    let fixed = try OptimumHarness(.fixedClass)
    let other = try Self.moved(fixed, 1, by: 8)
    record = try Self.wide(fixed).record(fixed.source(other))
    try Self.reject(fixed, Self.wide(fixed), model: other, record, by: ["2.fixed"])
  }

  @Test("exponentials relative to more than the largest score") func largest() throws {
    let harness = try OptimumHarness(.classes)
    let (claim, table) = (try Self.wide(harness), try harness.problem.tableRows())
    let (sigma, tau, pi) = (Int64(harness.plan.scoreShift), Int64(harness.plan.correctionShift), Int64(harness.problem.formats.probabilityBits))
    let record = try Self.record(harness) { record in
      let top = (record["largest"]?[2] ?? 0) + 1_000 << sigma
      record["largest"]?[2] = top
      var exponentials: [Int64] = []
      for k in 0..<3 {
        let difference = top - (record["accumulator.\(k)"]?[2] ?? 0)
        let step = difference >> sigma
        let value = table[Int(step)][1]
        let low = difference - step << sigma - 1 << (sigma - 1)
        exponentials.append(value + (-value * low + 1 << (tau - 1)) >> tau)
        record["step.\(k)"]?[2] = step
        record["value.\(k)"]?[2] = value
        record["exponential.\(k)"]?[2] = exponentials[k]
      }
      let sum = exponentials.reduce(0, +)
      for k in 0..<3 { record["prediction.\(k)"]?[2] = (exponentials[k] << (pi + 1) + sum) / (2 * sum) }
    }
    try Self.reject(harness, claim, record, by: ["2.sum"])
  }

  @Test("a rounded number") func number() throws {
    let harness = try OptimumHarness(.number)
    #expect(harness.plan.scoreShift > 0)
    let record = try Self.record(harness) { $0["score.0"]?[2] -= 1 }
    try Self.reject(harness, Self.wide(harness), record, by: ["2.score-remainder.0"])
  }
}
