/// Full-batch accelerated gradient descent in integers: the same weights on every machine.

import Programs

/// What is minimised: the mean of the rows' losses plus R/(2n)·|coordinates|² without the constant's.
enum TrainingLoss {
  /// Two classes; targets 0 and 2^20, one output.
  case logistic([Int32])
  /// `classes` outputs; targets are class indices.
  case softmax([Int32], classes: Int)
  /// Squared error / 2; targets in units of 2^−20, |target| ≤ 2^26.
  case squared([Int32])

  var outputCount: Int {
    switch self {
    case .logistic, .squared: 1
    case .softmax(_, let classes): classes
    }
  }
}

/// The descent.
///
/// Units: features z 2^−12 (|z| ≤ 2^18), coordinates 2^−32 kept and 2^−20 in products (cut at ±2^30, i.e. ±1024), scores 2^−32,
/// probabilities and residuals 2^−20 (|r| ≤ 2^27). Bounds: a score sums at most 8,192 numeric and 2^15 other terms of at most
/// 2^48, below 2^63 with the cut of z·v; a block of 2^14 rows of the gradient stays below 2^14·2^27·2^18 = 2^59; blocks are added in 128 bits.
struct LinearTrainer {
  let matrix: TrainingMatrix
  let loss: TrainingLoss
  /// R · 10^6.
  let penaltyMicros: Int64

  /// Coordinates (coordinateCount × outputs) in units of 2^−32.
  func fit(epochs: Int) -> [Int64] {
    let outputs = loss.outputCount
    let count = matrix.coordinateCount * outputs
    guard matrix.rowCount > 0, outputs > 0 else { return [Int64](repeating: 0, count: count) }
    let penalty = (Int128(penaltyMicros) << 32) / 1_000_000 / Int128(matrix.rowCount)  // R/n, units of 2^−32
    var curvature = initialCurvature(penalty: penalty)
    var x = [Int64](repeating: 0, count: count)
    var previous = x
    var y = x
    var momentum = 0
    var firstGradient: Int64 = 0
    var engine = GradientEngine(matrix: matrix, loss: loss)
    for epoch in 0..<epochs {
      let gradient = penalised(engine.gradient(at: y), at: y, penalty: penalty, outputs: outputs)
      let largest = gradient.reduce(Int64(0)) { max($0, abs($1)) }
      if epoch == 0 { firstGradient = largest }
      if largest < 1 << 14 { break }  // 4e−6: nothing left to gain at the precision of the weights
      if largest > 4 * max(firstGradient, 1 << 20) {
        // The step was too long for this curvature: start again with half of it.
        curvature *= 2
        x = [Int64](repeating: 0, count: count)
        previous = x
        y = x
        momentum = 0
        continue
      }
      previous = x
      var progress: Int128 = 0
      for index in 0..<count {
        let next = Self.cut(Int128(y[index]) - (Int128(gradient[index]) << 16) / curvature)
        progress += Int128(gradient[index]) * Int128(next - previous[index])
        x[index] = next
      }
      // O'Donoghue and Candès 2012, gradient restart: drop the momentum when it points uphill.
      momentum = progress > 0 ? 0 : momentum + 1
      for index in 0..<count {
        y[index] = Self.cut(Int128(x[index]) + Int128(x[index] - previous[index]) * Int128(momentum) / Int128(momentum + 3))
      }
    }
    return x
  }

  /// ±2^42, i.e. ±1024.
  private static func cut(_ value: Int128) -> Int64 { Int64(max(-(Int128(1) << 42), min(Int128(1) << 42, value))) }

  private func penalised(_ gradient: [Int64], at y: [Int64], penalty: Int128, outputs: Int) -> [Int64] {
    var result = gradient
    for index in 0..<(result.count - outputs) { result[index] += Int64((Int128(y[index]) * penalty) >> 32) }
    return result
  }

  /// An upper estimate of the largest eigenvalue of the loss's Hessian plus the penalty, in units of 2^−16.
  private func initialCurvature(penalty: Int128) -> Int128 {
    let eigenvalue = PowerIteration(matrix: matrix).largestEigenvalue()  // units of 2^−16, from below
    let safe = eigenvalue + eigenvalue / 4
    let scaled: Int128
    switch loss {
    case .logistic: scaled = safe / 4
    case .softmax: scaled = safe / 2
    case .squared: scaled = safe
    }
    return max(1 << 8, scaled + (penalty >> 16))
  }
}

/// The largest eigenvalue of XᵀX / n by repeated multiplication.
struct PowerIteration {
  let matrix: TrainingMatrix

  /// In units of 2^−16. A lower estimate, close after 16 rounds.
  func largestEigenvalue() -> Int128 {
    let count = matrix.coordinateCount
    // A fixed start that no usual eigenvector is orthogonal to.
    var vector = (0..<count).map { Int64(4_096 + ($0 * 2_654_435_761) % 1_021) }
    var estimate: Int128 = 1 << 16
    for _ in 0..<16 {
      let image = product(vector)
      let before = Statistics.squareRoot(vector.reduce(UInt128(0)) { $0 + UInt128(Int128($1) * Int128($1)) })
      let after = Statistics.squareRoot(image.reduce(UInt128(0)) { $0 + UInt128($1 * $1) })
      guard before > 0, after > 0 else { break }
      estimate = Int128((after << 16) / before)
      // Back to about 2^16 at the largest entry.
      let largest = image.reduce(Int128(1)) { max($0, abs($1)) }
      vector = image.map { Int64(($0 << 16) / largest) }
    }
    return max(1, estimate)
  }

  /// XᵀX·vector / n, same units as the vector (below 2^17 per entry).
  private func product(_ vector: [Int64]) -> [Int128] {
    let dense = matrix.denseCount
    var result = [Int128](repeating: 0, count: vector.count)
    var block = [Int64](repeating: 0, count: vector.count)
    for row in 0..<matrix.rowCount {
      var sum: Int64 = 0  // below 8192·2^18·2^17 + 2^15·2^29, units of 2^−12
      for j in 0..<dense { sum &+= Int64(matrix.dense[row * dense + j]) &* vector[j] }
      for s in 0..<matrix.sparseWidth {
        let index = matrix.sparse[row * matrix.sparseWidth + s]
        if index >= 0 { sum &+= vector[dense + Int(index)] << 12 }
      }
      let value = sum >> 12
      for j in 0..<dense { block[j] &+= (Int64(matrix.dense[row * dense + j]) &* value) >> 12 }
      for s in 0..<matrix.sparseWidth {
        let index = matrix.sparse[row * matrix.sparseWidth + s]
        if index >= 0 { block[dense + Int(index)] &+= value }
      }
      if row % 256 == 255 || row == matrix.rowCount - 1 {
        for index in block.indices {
          result[index] += Int128(block[index])
          block[index] = 0
        }
      }
    }
    return result.map { $0 / Int128(matrix.rowCount) }
  }
}
