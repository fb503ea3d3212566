import Hashing

/// One step's public numbers.
public struct TrainingStep: Hashable, Sendable {
  public let epoch: Int
  /// B_t: rows in the batch; the last of an epoch may have fewer.
  public let rowCount: Int
  /// a_t = ⌊η_e·2^(R + v − Φ − π) / B_t + 1/2⌋: the weight of Σ_b X_b·(p_b − y_b) in the update, over 2^R.
  public let gradientCoefficient: Int64
  /// l_t = ⌊η_e·λ·2^R + 1/2⌋: the weight of w_t in the update, over 2^R.
  public let penaltyCoefficient: Int64
}

extension TrainingRun {
  /// ⌈rows / batch⌉.
  public func stepsPerEpoch(rowCount: Int) -> Int { (rowCount + batchSize - 1) / batchSize }
  /// T.
  public func stepCount(rowCount: Int) -> Int { epochs * stepsPerEpoch(rowCount: rowCount) }

  /// A = ⌊μ·2^R + 1/2⌋.
  public var momentumCoefficient: Int64 {
    Self.rounded(Int128(momentum.numerator), over: Int128(momentum.denominator), bits: formats.updateBits) ?? 0
  }

  /// The public numbers of the steps, counted over the whole run. **Throws** `invalidParameter` where a coefficient leaves 62 bits.
  public func steps(_ range: Range<Int>, rowCount: Int) throws(ProgramError) -> [TrainingStep] {
    let perEpoch = stepsPerEpoch(rowCount: rowCount)
    guard rowCount >= 1, range.lowerBound >= 0, range.upperBound <= stepCount(rowCount: rowCount) else { throw Self.refusal("steps outside the run") }
    let shift = formats.updateBits + formats.weightFractionBits - formats.featureFractionBits - residualBits
    var out: [TrainingStep] = []
    var known: [TrainingStep?] = [nil, nil]
    for step in range {
      let epoch = step / perEpoch
      let place = step % perEpoch
      let isLast = place == perEpoch - 1 ? 1 : 0
      let count = min(batchSize, rowCount - place * batchSize)
      if let same = known[isLast], same.epoch == epoch {
        out.append(same)
        continue
      }
      let (numerator, denominator) = rate(epoch: epoch)
      guard let gradient = Self.rounded(numerator, over: denominator, bits: shift, by: Int128(count)),
        let decay = Self.rounded(
          Int128(penalty.numerator), over: Int128(penalty.denominator), bits: formats.updateBits, times: (numerator, denominator))
      else { throw Self.refusal("the learning rate of epoch \(epoch) does not fit the formats") }
      let own = TrainingStep(epoch: epoch, rowCount: count, gradientCoefficient: gradient, penaltyCoefficient: decay)
      known[isLast] = own
      out.append(own)
    }
    return out
  }

  /// η_e as a fraction, both parts below 2^60.
  private func rate(epoch: Int) -> (Int128, Int128) {
    let (numerator, denominator) = (Int128(learningRate.numerator), Int128(learningRate.denominator))
    switch schedule {
    case .constant: return (numerator, denominator)
    case .inverse(let decay):
      // 1 + d·e, d = a/b: b / (b + a·e). Both factors are cut to 10^12·10^12·10^5 < 2^97; `rounded` reports what is too large.
      let (a, b) = (Int128(decay.numerator), Int128(decay.denominator))
      return Self.reduced(numerator * b, denominator * (b + a * Int128(epoch)))
    case .halving(let every): return Self.reduced(numerator, denominator << Int128(min(60, epoch / every)))
    case .linear: return Self.reduced(numerator * Int128(epochs - epoch), denominator * Int128(epochs))
    }
  }

  private static func reduced(_ a: Int128, _ b: Int128) -> (Int128, Int128) {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return x == 0 ? (a, b) : (a / x, b / x)
  }

  /// ⌊a/b·2^bits·(c/d)/by + 1/2⌋ for positive numbers, or nil when a part leaves 126 bits or the result 61.
  static func rounded(_ a: Int128, over b: Int128, bits: Int, by: Int128 = 1, times: (Int128, Int128) = (1, 1)) -> Int64? {
    let (top, bottom) = reduced(a, b)
    let (c, d) = reduced(times.0, times.1)
    var (numerator, overflow) = top.multipliedReportingOverflow(by: c)
    if overflow { return nil }
    var denominator: Int128
    (denominator, overflow) = bottom.multipliedReportingOverflow(by: d)
    if overflow { return nil }
    (denominator, overflow) = denominator.multipliedReportingOverflow(by: by)
    if overflow || abs(bits) > 80 { return nil }
    if bits >= 0 {
      (numerator, overflow) = numerator.multipliedReportingOverflow(by: Int128(1) << Int128(bits))
    } else {
      (denominator, overflow) = denominator.multipliedReportingOverflow(by: Int128(1) << Int128(-bits))
    }
    if overflow || numerator.magnitude >= 1 << 125 || denominator.magnitude >= 1 << 125 { return nil }
    let value = (2 * numerator + denominator) / (2 * denominator)
    return value < 1 << 61 ? Int64(value) : nil
  }
}

/// The public order of the rows in every epoch.
public enum TrainingOrder {
  /// Rows 0 … count − 1 by increasing 64-bit word, ties by number: word i of an epoch is piece i mod 4 (little-endian) of
  /// SHA-256("zkmlops/training-order/v1" ‖ seed ‖ u64 epoch ‖ u64 ⌊i / 4⌋).
  public static func order(seed: Digest, epoch: Int, count: Int) -> [Int32] {
    let prefix = Array("zkmlops/training-order/v1".utf8) + seed.bytes + bytes(UInt64(epoch))
    var keys: [(word: UInt64, index: Int32)] = []
    keys.reserveCapacity(count + 3)
    for block in 0..<((count + 3) / 4) {
      let digest = SHA256.hash(prefix + bytes(UInt64(block))).bytes
      for piece in 0..<4 where 4 * block + piece < count {
        let word = digest[(8 * piece)..<(8 * piece + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        keys.append((word, Int32(4 * block + piece)))
      }
    }
    keys.sort { ($0.word, $0.index) < ($1.word, $1.index) }
    return keys.map(\.index)
  }

  /// The rows of each step, `1 << batchBits` places a step, −1 where there is none.
  public static func batches(_ run: TrainingRun, seed: Digest, rowCount: Int, steps: Range<Int>, batchBits: Int) -> [Int32] {
    let perEpoch = run.stepsPerEpoch(rowCount: rowCount)
    var out = [Int32](repeating: -1, count: steps.count << batchBits)
    var current = -1
    var order: [Int32] = []
    for (place, step) in steps.enumerated() {
      if step / perEpoch != current {
        current = step / perEpoch
        order = Self.order(seed: seed, epoch: current, count: rowCount)
      }
      let first = (step % perEpoch) * run.batchSize
      for (b, row) in order[first..<min(rowCount, first + run.batchSize)].enumerated() { out[place << batchBits + b] = row }
    }
    return out
  }

  private static func bytes(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}
