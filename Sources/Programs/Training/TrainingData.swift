/// Training rows as integers, and the bounds that exclude any wrap-around.

/// Features and targets of a table for a run.
struct TrainingData {
  let rowCount: Int
  let featureCount: Int
  /// [rows, features] row-major.
  let features: [Int64]
  /// [rows, outputs] row-major.
  let targets: [Int64]

  /// **Throws** `unknownColumn`, or `invalidParameter` where a column is not what the run says.
  init(_ run: TrainingRun, _ table: StoredTable) throws(ProgramError) {
    _ = try run.bounds(table.schema)
    let (n, d, outputs) = (table.rowCount, run.featureCount, run.outputCount)
    var features = [Int64](repeating: 0, count: n * d)
    let one = Int64(1) << Int64(run.formats.featureFractionBits)
    var place = 0
    for feature in run.features {
      switch feature {
      case .number(let column, let centre, let shift):
        for (row, x) in (table.values(column) ?? []).enumerated() { features[row * d + place] = (x - centre) << Int64(shift) }
      case .presence(let column):
        for (row, x) in (table.values(column, .presence) ?? []).enumerated() { features[row * d + place] = x * one }
      case .category(let column, _, let missing):
        let presence = missing ? table.values(column, .presence) : nil
        for (row, x) in (table.values(column) ?? []).enumerated() { features[row * d + place + Int(x + (presence?[row] ?? 0))] = one }
      case .constant: for row in 0..<n { features[row * d + place] = one }
      }
      place += feature.count
    }
    var targets = [Int64](repeating: 0, count: n * outputs)
    let unit = Int64(1) << Int64(run.formats.probabilityBits)
    for (row, y) in (table.values(run.target.column) ?? []).enumerated() {
      switch run.target {
      case .binary(_, let positive): targets[row] = y == Int64(positive) ? unit : 0
      case .classes: targets[row * outputs + Int(y)] = unit
      case .number(_, let centre, let shift): targets[row] = (y - centre) << Int64(shift)
      }
    }
    (rowCount, featureCount, self.features, self.targets) = (n, d, features, targets)
  }
}

/// What the relations of a step can reach, from the ranges of the table's columns alone.
public struct TrainingBounds: Hashable, Sendable {
  /// Largest |X_j|.
  public let features: [Int64]
  /// Largest |p − y|.
  public let residual: Int64
}

extension TrainingRun {
  /// Bounds for a table with this schema.
  ///
  /// **Throws** `unknownColumn`; `invalidParameter` where a column is not what the run says; `relationTooLarge` where a score or an update
  /// could reach 2^61, and so wrap around in the field.
  public func bounds(_ schema: TableSchema) throws(ProgramError) -> TrainingBounds {
    func known(_ name: String) throws(ProgramError) -> TableColumn {
      guard let column = schema.column(name) else { throw .unknownColumn(name) }
      return column
    }
    let one = Int64(1) << Int64(formats.featureFractionBits)
    var sizes: [Int64] = []
    for feature in features {
      switch feature {
      case .number(let name, let centre, let shift):
        let column = try known(name)
        if case .category = column.type { throw Self.refusal("feature \(name) is a category") }
        let range = column.type.range
        let reach = max((Int128(range.lower) - Int128(centre)).magnitude, (Int128(range.upper) - Int128(centre)).magnitude) << UInt128(shift)
        guard reach < 1 << 58 else { throw Self.tooLarge("feature \(name)", Int128(clamping: reach)) }
        sizes.append(Int64(reach))
      case .presence(let name):
        guard try known(name).missing == .presence else { throw Self.refusal("\(name) has no missing cells") }
        sizes.append(one)
      case .category(let name, let classes, let missing):
        let column = try known(name)
        guard case .category(let names) = column.type, names.count == classes, missing == (column.missing == .presence) else {
          throw Self.refusal("feature \(name) is not a category of \(classes) classes")
        }
        sizes += [Int64](repeating: one, count: feature.count)
      case .constant: sizes.append(one)
      }
    }
    let residual = try residualBound(try known(target.column))
    // A score: Σ X·w + 2^(σ−1) = 2^σ·s + ρ. An update: 2^R·(w⁺ − w) + r = A·(w − w⁻) − a·Σ X·e − l·w + 2^(R−1).
    let weight = Int128(1) << Int128(formats.weightBits)
    let total = sizes.reduce(Int128(0)) { $0 + Int128($1) } * weight
    let score = total + Int128(1) << Int128(scoreShift + formats.scoreBits)
    guard score < 1 << 61 else { throw Self.tooLarge("score", score) }
    let update = try Self.updateBound(self, feature: sizes.max() ?? 0, residual: residual)
    guard update < 1 << 61 else { throw Self.tooLarge("update", update) }
    return TrainingBounds(features: sizes, residual: residual)
  }

  private func residualBound(_ column: TableColumn) throws(ProgramError) -> Int64 {
    guard column.missing == .refuse else { throw Self.refusal("the target \(column.name) may be missing") }
    switch (target, column.type) {
    case (.binary, .category(let names)): guard names.count == 2 else { throw Self.refusal("a logistic regression has two classes") }
    case (.classes(_, let count), .category(let names)):
      guard names.count == count else { throw Self.refusal("the target has \(names.count) classes") }
    case (.number(_, let centre, let shift), .integer(let range)), (.number(_, let centre, let shift), .decimal(_, let range)):
      let reach = max((Int128(range.lower) - Int128(centre)).magnitude, (Int128(range.upper) - Int128(centre)).magnitude) << UInt128(shift)
      let sum = Int128(clamping: reach) + Int128(1) << Int128(formats.scoreBits)
      guard sum < 1 << 50 else { throw Self.tooLarge("target", sum) }
      return Int64(sum)
    default: throw Self.refusal("the target \(column.name) has another type")
    }
    return 1 << Int64(formats.probabilityBits + 1)
  }

  /// Over all epochs: rates never grow, so the first epoch's coefficients are the largest, for the full and the smallest batch.
  private static func updateBound(_ run: TrainingRun, feature: Int64, residual: Int64) throws(ProgramError) -> Int128 {
    let weight = Int128(1) << Int128(run.formats.weightBits)
    let scale = Int128(1) << Int128(run.formats.updateBits)
    // a_t·B_t ≤ η·2^k + B_t/2, whatever the batch is.
    let shift = run.formats.updateBits + run.formats.weightFractionBits - run.formats.featureFractionBits - run.residualBits
    guard
      let whole = rounded(Int128(run.learningRate.numerator), over: Int128(run.learningRate.denominator), bits: shift),
      let decay = rounded(
        Int128(run.penalty.numerator), over: Int128(run.penalty.denominator), bits: run.formats.updateBits,
        times: (Int128(run.learningRate.numerator), Int128(run.learningRate.denominator)))
    else { throw refusal("the learning rate does not fit the formats") }
    let (product, overflow) = (Int128(feature) * Int128(residual)).multipliedReportingOverflow(by: Int128(whole) + Int128(run.batchSize))
    guard !overflow, product < 1 << 61 else { throw tooLarge("update", overflow ? Int128.max : product) }
    return 2 * scale * weight + Int128(run.momentumCoefficient) * weight + Int128(decay) * weight + product
  }

  private static func tooLarge(_ relation: String, _ bound: Int128) -> ProgramError {
    .relationTooLarge(node: "training", relation: relation, bound: bound, remedy: "Fewer fraction bits, a narrower column or a smaller rate")
  }
}
