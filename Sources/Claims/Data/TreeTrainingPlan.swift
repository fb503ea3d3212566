import Programs
import ProofSystem

/// Sizes of a training certificate, from public numbers alone.
///
/// A *place* is a position in the full binary tree: 1 is the root, 2p and 2p + 1 are the children of p; a leaf above the last level is its own
/// child on both sides, and its rows go first. Places are numbered from the last one down: p has the number 2^(depth + 1) − 1 − p, so that the
/// last level has the first half of the numbers, the children of an inner place number q of the other half are 2q + 1 and 2q, and place 0, a
/// copy of the root that nothing reads, is the last. A *candidate* is (inner place, feature, bin): threshold = base + bin. All grids are
/// padded to powers of two.
///
/// A number that is predicted, less its least, is written in `digits` digits of base 16, and the histogram is of (digit, its value): the rows and
/// the sum of every cell are linear in it.
struct TreeTrainingPlan: Sendable {
  let depth: Int
  /// Number of classes; 0 where a number is predicted.
  let classes: Int
  /// Digits of the number; 0 for classes.
  let digits: Int
  /// Largest number less the least.
  let width: Int64
  /// Least value of the number.
  let lower: Int64
  /// Bits after the point of what a leaf says, and how many trees' are added.
  let shift: Int
  let trees: Int
  let features: Int
  let rows: Int
  /// Least value of a feature: bin 0.
  let base: Int64
  let featureBits: Int
  let binBits: Int
  let classBits: Int
  /// Bits of the number of rows.
  let countBits: Int
  /// Bits of what a candidate is worth, rounded down.
  let worthBits: Int
  /// 2^areaBits > L·R for all L + R = rows.
  let areaBits: Int
  /// What a leaf's threshold is less to be the last bin.
  let leafShift: Int64

  /// Base of the digits of a number, in bits.
  static let digitBits = 4

  var isNumber: Bool { classes == 0 }
  /// Sums over rows that are kept for every cell: one for each class, or rows and sum of numbers.
  var partCount: Int { isNumber ? 2 : classes }
  /// Bits of a bar's divisor: a candidate's, or a place's number of rows.
  var barBits: Int { isNumber ? max(areaBits, countBits + 1) : areaBits }
  var bins: Int { 1 << binBits }

  /// The position with the inner place number q; the last number stands for a copy of the root.
  func position(_ number: Int) -> Int { max(1, (1 << depth) - 1 - number) }

  /// Bits of (feature, bin).
  var candidateBits: Int { featureBits + binBits }
  /// Bits of (place, feature, bin).
  var gridBits: Int { depth + candidateBits }
  /// Bits of (last place, feature, bin, class).
  var histogramBits: Int { gridBits + classBits }

  init(_ architecture: TreeArchitecture, growth: TreeGrowth, rows: Int) throws(ProgramError) {
    try growth.check()
    func refuse(_ reason: String) -> ProgramError { .invalidModel(reason: reason) }
    guard architecture.comparison == .atMost else { throw refuse("in a training certificate rows of at most the threshold go first") }
    guard architecture.depth == growth.depth else { throw refuse("the model's depth is \(architecture.depth), the training's \(growth.depth)") }
    guard architecture.features.allSatisfy({ architecture.schema.column($0)?.missing == .refuse }) else {
      throw refuse("features of a training certificate have no missing cells")
    }
    guard (1...TreeGrowth.maximumRows).contains(rows) else {
      throw refuse("\(rows) training rows; a certificate takes 1 to \(TreeGrowth.maximumRows)")
    }
    depth = growth.depth
    self.rows = rows
    countBits = Self.bits(Int128(rows))
    areaBits = max(1, Self.bits(Int128(rows) * Int128(rows) / 4))
    trees = architecture.trees
    switch architecture.task {
    case .binary: throw refuse("a training certificate is of classes with one value each, or of a number")
    case .classes(let count):
      guard architecture.valueRange.contains(IntegerRange(0...1)) else { throw refuse("a leaf of a training certificate says 0 or 1 of a class") }
      (classes, digits, width, lower, shift) = (count, 0, 0, 0, 0)
      classBits = log2Ceiling(count)
      worthBits = countBits
    case .regression(let shift):
      guard let range = architecture.schema.column(architecture.target)?.type.range, range.bitCount <= TreeGrowth.maximumNumberBits else {
        throw refuse("the target's range takes more than \(TreeGrowth.maximumNumberBits) bits")
      }
      (classes, width, lower, self.shift) = (0, range.upper - range.lower, range.lower, shift)
      digits = max(1, (range.bitCount + Self.digitBits - 1) / Self.digitBits)
      classBits = Self.digitBits + log2Ceiling(digits)
      worthBits = max(1, Self.bits(Int128(rows) * Int128(width) * Int128(width)))
      try Self.checkNumbers(rows: rows, range: range, worthBits: worthBits, areaBits: areaBits, countBits: countBits, architecture)
    }
    features = architecture.features.count
    base = architecture.featureRange.lower
    featureBits = log2Ceiling(features)
    binBits = max(1, architecture.featureRange.bitCount)
    guard binBits <= 12, depth + featureBits + binBits + classBits <= 22 else {
      throw refuse("\(features) features of \(binBits) bits, \(classes) classes or \(digits) digits and depth \(depth): more than 2^22 counts")
    }
    leafShift = architecture.leafThreshold - base - Int64((1 << binBits) - 1)
  }

  /// Nothing that is compared or rounded may wrap around in the field.
  ///
  /// With n rows and numbers of at most Y: sums are at most n·Y; L·S_R² + R·S_L² ≤ L·R·n·Y² ≤ n³Y²/4, and S² ≤ n²Y², which equal
  /// quotient·divisor + rest < 2^(worthBits + areaBits), 2^(worthBits + countBits + 1). All stay below 2^62, and so do the terms of a mean.
  private static func checkNumbers(
    rows: Int, range: IntegerRange, worthBits: Int, areaBits: Int, countBits: Int, _ architecture: TreeArchitecture
  ) throws(ProgramError) {
    let (n, width) = (Int128(rows), Int128(range.upper) - Int128(range.lower))
    let limit = Int128(1) << 62
    let most = Int128(max(range.lower.magnitude, range.upper.magnitude)), said = Int128(architecture.valueRange.magnitude)
    let mean = n * most << Int128(architecture.task.shift + 1) + n * Int128(architecture.trees) * (1 + 2 * said)
    guard n * n * n * width * width / 4 < limit, n * n * width * width < limit, worthBits + max(areaBits, countBits + 1) <= 61, worthBits <= 58,
      mean < limit
    else {
      throw .relationTooLarge(
        node: "tree training", relation: "sums of squares", bound: n * n * n * width * width / 4,
        remedy: "Round the target, or train on fewer rows: rows³·width² stays below 2^64")
    }
  }

  private static func bits(_ value: Int128) -> Int { value <= 0 ? 0 : 128 - value.leadingZeroBitCount }
}
