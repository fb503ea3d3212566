/// Training rows in the form that gradient descent wants: standardised numbers and the positions of ones.

import Programs

/// Features of the training rows.
///
/// Numeric features become z = (g − μ)/σ in units of 2^−12, cut at ±64, where g is the feature in units of 2^−30 and μ, σ its integer
/// mean and standard deviation over the rows where the cell is present (z = 0 elsewhere). Classes, presence, the constant and columns that
/// are declared as 0 or 1 (prepared one-hot columns) are kept as positions of ones; columns that never have a one in the same row share a slot. Standardising only changes the coordinates of the descent: `weights(from:)` folds μ and σ back.
struct TrainingMatrix {
  /// Fraction bits of `dense`.
  static let fractionBits = 12
  /// Most numeric features.
  static let maximumDense = 8_192

  let rowCount: Int
  let denseCount: Int
  /// rowCount × denseCount, row-major; |z| ≤ 2^18.
  let dense: [Int32]
  /// Positions per row.
  let sparseWidth: Int
  /// Number of 0/1 features, the constant (the last) included.
  let sparseCount: Int
  /// rowCount × sparseWidth: indices of the ones, −1 for none.
  let sparse: [Int32]
  /// Per numeric feature in order.
  private let scales: [Scale]
  private let encoding: FeatureEncoding

  private struct Scale {
    let mean: Int64
    let deviation: Int64  // 0: the feature is constant and has no weight
    let presence: Int?  // index among the sparse features
  }

  /// Whether a numeric group is a column of 0 and 1 without missing cells.
  private static func isBit(_ group: FeatureGroup, _ schema: TableSchema) -> Bool {
    guard case .numeric(let column, let range) = group else { return false }
    return range == IntegerRange(0...1) && schema.column(column)?.missing == .refuse
  }

  /// Adds the ones of `rows` to the last slot when it is one for bits and no row has two, else to a slot of its own.
  private static func place(_ positions: [Int32], _ columns: inout [[Int32]], isShared: inout Bool) {
    if isShared, let last = columns.last, !zip(last, positions).contains(where: { $0 >= 0 && $1 >= 0 }) {
      let slot = columns.count - 1
      for (row, position) in positions.enumerated() where position >= 0 { columns[slot][row] = position }
      return
    }
    columns.append(positions)
    isShared = true
  }

  init(_ table: StoredTable, encoding: FeatureEncoding, rows: [Int], place: FilePlace) throws(ImportError) {
    var scales: [Scale] = []
    var denseColumns: [[Int32]] = []
    var sparseColumns: [[Int32]] = []
    var sparseCount = 0
    var isShared = false
    for group in encoding.groups {
      if case .numeric(let column, _) = group, Self.isBit(group, encoding.schema) {
        let values = table.values(column) ?? []
        Self.place(rows.map { values[$0] == 1 ? Int32(sparseCount) : -1 }, &sparseColumns, isShared: &isShared)
        sparseCount += 1
        continue
      }
      isShared = false
      switch group {
      case .numeric(let column, let range):
        guard denseColumns.count < Self.maximumDense else {
          throw ImportError(
            .invalidModel, at: place, found: "more than \(Self.maximumDense) numeric features", expected: "fewer",
            remedy: "List columns under exclude in the pipeline")
        }
        let values = table.values(column) ?? []
        let presence = table.values(column, .presence)
        let shift = Int64(30 - encoding.fractionBits)
        let fixed = rows.map { encoding.numericFeature(values[$0], range: range) << shift }
        let isPresent = presence.map { column in rows.map { column[$0] == 1 } }
        let (mean, deviation) = Statistics.moments(fixed, isPresent: isPresent)
        scales.append(Scale(mean: mean, deviation: deviation, presence: presence == nil ? nil : sparseCount))
        denseColumns.append(Statistics.standardised(fixed, isPresent: isPresent, mean: mean, deviation: deviation, bits: Self.fractionBits))
      case .presence(let column):
        let presence = table.values(column, .presence) ?? []
        sparseColumns.append(rows.map { presence[$0] == 1 ? Int32(sparseCount) : -1 })
        sparseCount += 1
      case .category(let column, _, let missing):
        let values = table.values(column) ?? []
        let presence = missing ? table.values(column, .presence) : nil
        sparseColumns.append(rows.map { Int32(sparseCount) + Int32(values[$0] + (presence?[$0] ?? 0)) })
        sparseCount += group.count
      case .constant:
        sparseColumns.append([Int32](repeating: Int32(sparseCount), count: rows.count))
        sparseCount += 1
      }
    }
    rowCount = rows.count
    denseCount = denseColumns.count
    sparseWidth = sparseColumns.count
    self.sparseCount = sparseCount
    dense = Self.rowMajor(denseColumns, rows: rows.count)
    sparse = Self.rowMajor(sparseColumns, rows: rows.count)
    self.scales = scales
    self.encoding = encoding
  }

  private static func rowMajor(_ columns: [[Int32]], rows: Int) -> [Int32] {
    var result = [Int32](repeating: 0, count: columns.count * rows)
    for (index, column) in columns.enumerated() {
      var position = index
      for value in column {
        result[position] = value
        position += columns.count
      }
    }
    return result
  }

  /// Number of coordinates of the descent: numeric features, then 0/1 features.
  var coordinateCount: Int { denseCount + sparseCount }

  /// Weights per feature of the encoding in units of 2^−48, from coordinates (`coordinateCount` × outputs, row-major) in units of 2^−32.
  ///
  /// **Formula**: v·z = v·2^30/σ · (g/2^30) − v·μ/σ; the second term goes to the feature's presence or to the constant.
  /// |v| < 2^42, so every product stays below 2^90.
  func weights(from coordinates: [Int64], outputs: Int) -> [Int128] {
    var sparseWeights = [Int128](repeating: 0, count: sparseCount * outputs)
    for index in sparseWeights.indices { sparseWeights[index] = Int128(coordinates[denseCount * outputs + index]) << 16 }
    var denseWeights = [Int128](repeating: 0, count: denseCount * outputs)
    for (j, scale) in scales.enumerated() where scale.deviation > 0 {
      let target = scale.presence ?? sparseCount - 1
      for k in 0..<outputs {
        let v = Int128(coordinates[j * outputs + k]) << 16
        denseWeights[j * outputs + k] = (v << 30) / Int128(scale.deviation)
        sparseWeights[target * outputs + k] -= v * Int128(scale.mean) / Int128(scale.deviation)
      }
    }
    var result: [Int128] = []
    var nextDense = 0
    var nextSparse = 0
    for group in encoding.groups {
      if Self.isBit(group, encoding.schema) {
        // A numeric feature of one bit is 2^(F − 1) where the cell is 1, half of what a class is.
        result += sparseWeights[(nextSparse * outputs)..<((nextSparse + 1) * outputs)].map { 2 * $0 }
        nextSparse += 1
      } else if case .numeric = group {
        result += denseWeights[(nextDense * outputs)..<((nextDense + 1) * outputs)]
        nextDense += 1
      } else {
        result += sparseWeights[(nextSparse * outputs)..<((nextSparse + group.count) * outputs)]
        nextSparse += group.count
      }
    }
    return result
  }
}

/// Integer statistics of a column.
enum Statistics {
  /// Integer mean (toward zero) and standard deviation of the values that are present; (0, 0) for none. Values below 2^32 in absolute value.
  static func moments(_ values: [Int64], isPresent: [Bool]?) -> (mean: Int64, deviation: Int64) {
    var sum: Int128 = 0
    var count: Int128 = 0
    for (index, value) in values.enumerated() where isPresent?[index] ?? true {
      sum += Int128(value)
      count += 1
    }
    guard count > 0 else { return (0, 0) }
    let mean = Int64(sum / count)
    var squares: Int128 = 0
    for (index, value) in values.enumerated() where isPresent?[index] ?? true {
      let difference = Int128(value - mean)
      squares += difference * difference
    }
    return (mean, Int64(squareRoot(UInt128(squares / count))))
  }

  /// (value − mean)·2^bits / deviation, cut at ±2^(bits+6); 0 where missing or for deviation 0.
  static func standardised(_ values: [Int64], isPresent: [Bool]?, mean: Int64, deviation: Int64, bits: Int) -> [Int32] {
    let limit = Int64(1) << Int64(bits + 6)
    return values.enumerated().map { index, value in
      guard deviation > 0, isPresent?[index] ?? true else { return 0 }
      return Int32(max(-limit, min(limit, ((value - mean) << Int64(bits)) / deviation)))
    }
  }

  /// ⌊√value⌋.
  static func squareRoot(_ value: UInt128) -> UInt128 {
    var result: UInt128 = 0
    for bit in stride(from: 63, through: 0, by: -1) {
      let candidate = result | UInt128(1) << UInt128(bit)
      if candidate * candidate <= value { result = candidate }
    }
    return result
  }
}
