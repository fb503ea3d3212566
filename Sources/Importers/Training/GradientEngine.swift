/// One pass over the training rows: scores, residuals, gradient.

import Programs

/// Mean gradients of the losses at given coordinates.
struct GradientEngine {
  let matrix: TrainingMatrix
  let loss: TrainingLoss
  private let sigmoid = CurveTable.sigmoid
  private let exponential = CurveTable.exponential

  init(matrix: TrainingMatrix, loss: TrainingLoss) {
    self.matrix = matrix
    self.loss = loss
  }

  /// The mean gradient in units of 2^−32, at coordinates in units of 2^−32; layout coordinate × output.
  mutating func gradient(at coordinates: [Int64]) -> [Int64] {
    let outputs = loss.outputCount
    // 2^−20, cut to ±2^30: fits 32 bits.
    let limit = Int64(1) << 30
    let weights = coordinates.map { max(-limit, min(limit, $0 >> 12)) }
    var total = [Int128](repeating: 0, count: coordinates.count)
    var block = [Int64](repeating: 0, count: coordinates.count)
    var scores = [Int64](repeating: 0, count: outputs)
    let blockRows = 1 << 14
    var start = 0
    while start < matrix.rowCount {
      let end = min(matrix.rowCount, start + blockRows)
      weights.withUnsafeBufferPointer { weights in
        matrix.dense.withUnsafeBufferPointer { dense in
          matrix.sparse.withUnsafeBufferPointer { sparse in
            block.withUnsafeMutableBufferPointer { block in
              scores.withUnsafeMutableBufferPointer { scores in
                for row in start..<end {
                  accumulate(row, weights, dense, sparse, block, scores)
                }
              }
            }
          }
        }
      }
      for index in block.indices {
        total[index] += Int128(block[index])
        block[index] = 0
      }
      start = end
    }
    return total.map { Int64($0 / Int128(matrix.rowCount)) }
  }

  @inline(__always)
  private func accumulate(
    _ row: Int, _ weights: UnsafeBufferPointer<Int64>, _ dense: UnsafeBufferPointer<Int32>, _ sparse: UnsafeBufferPointer<Int32>,
    _ block: UnsafeMutableBufferPointer<Int64>, _ scores: UnsafeMutableBufferPointer<Int64>
  ) {
    let outputs = scores.count
    let denseCount = matrix.denseCount
    let denseStart = row * denseCount
    let sparseStart = row * matrix.sparseWidth
    let sparseOffset = denseCount * outputs
    for k in 0..<outputs { scores[k] = 0 }
    if outputs == 1 {
      var sum: Int64 = 0
      for j in 0..<denseCount { sum &+= Int64(dense[denseStart + j]) &* weights[j] }
      scores[0] = sum
    } else {
      for j in 0..<denseCount {
        let z = Int64(dense[denseStart + j])
        if z == 0 { continue }
        for k in 0..<outputs { scores[k] &+= z &* weights[j * outputs + k] }
      }
    }
    for s in 0..<matrix.sparseWidth {
      let index = Int(sparse[sparseStart + s])
      if index < 0 { continue }
      for k in 0..<outputs { scores[k] &+= weights[sparseOffset + index * outputs + k] << 12 }
    }
    residuals(row, scores)
    for j in 0..<denseCount {
      let z = Int64(dense[denseStart + j])
      if z == 0 { continue }
      for k in 0..<outputs { block[j * outputs + k] &+= z &* scores[k] }
    }
    for s in 0..<matrix.sparseWidth {
      let index = Int(sparse[sparseStart + s])
      if index < 0 { continue }
      for k in 0..<outputs { block[sparseOffset + index * outputs + k] &+= scores[k] << 12 }
    }
  }

  /// Replaces scores (2^−32) by residuals prediction − target (2^−20).
  @inline(__always)
  private func residuals(_ row: Int, _ scores: UnsafeMutableBufferPointer<Int64>) {
    switch loss {
    case .logistic(let targets): scores[0] = sigmoid.value(scores[0] >> 20) - Int64(targets[row])
    case .squared(let targets):
      let limit = Int64(1) << 26
      scores[0] = max(-limit, min(limit, scores[0] >> 12)) - Int64(targets[row])
    case .softmax(let targets, _):
      var largest = Int64.min
      for k in 0..<scores.count { largest = max(largest, scores[k]) }
      var sum: Int64 = 0
      for k in 0..<scores.count {
        scores[k] = exponential.value((largest - scores[k]) >> 20)
        sum &+= scores[k]
      }
      for k in 0..<scores.count { scores[k] = (scores[k] << 20) / sum }  // sum ≥ 2^20: the largest score gives e^0
      scores[Int(targets[row])] -= 1 << 20
    }
  }
}

/// A smooth function tabulated at steps of 1/256 with linear interpolation; arguments in units of 2^−12, values of 2^−20.
struct CurveTable: Sendable {
  private let lower: Int64
  private let values: [Int64]

  /// The function at an argument, which is cut to the tabulated interval.
  @inline(__always)
  func value(_ argument: Int64) -> Int64 {
    let offset = max(0, min((Int64(values.count - 1) << 4) - 1, argument - lower))
    let index = Int(offset >> 4)
    let fraction = offset & 15
    return values[index] + ((values[index + 1] - values[index]) * fraction) >> 4
  }

  /// 1/(1 + e^(−x)) on [−16, 16].
  static let sigmoid = CurveTable(lower: -16 << 12, count: 32 * 256 + 1) { n in
    let e = e(UInt64(abs(n - 16 * 256)))
    let one = UInt128(1) << 62
    let positive = Int64((one << 20) / (one + UInt128(e)))
    return n >= 16 * 256 ? positive : (1 << 20) - positive
  }

  /// e^(−x) on [0, 16].
  static let exponential = CurveTable(lower: 0, count: 16 * 256 + 1) { Int64(e(UInt64($0)) >> 42) }

  private init(lower: Int64, count: Int, _ value: (Int) -> Int64) {
    self.lower = lower
    values = (0..<count).map(value)
  }

  /// e^(−n/256) in units of 2^−62.
  private static func e(_ n: UInt64) -> UInt64 { FixedPointExponential(inputFractionBits: 8)?.value(n) ?? 0 }
}
