import Programs
import ProofSystem

/// Sizes of a training certificate, from public numbers alone.
///
/// A *place* is a position in the full binary tree: 1 is the root, 2p and 2p + 1 are the children of p; a leaf above the last level is its own
/// child on both sides, and its rows go first. Places are numbered from the last one down: p has the number 2^(depth + 1) − 1 − p, so that the
/// last level has the first half of the numbers, the children of an inner place number q of the other half are 2q + 1 and 2q, and place 0, a
/// copy of the root that nothing reads, is the last. A *candidate* is (inner place, feature, bin): threshold = base + bin. All grids are
/// padded to powers of two.
struct TreeTrainingPlan: Sendable {
  let depth: Int
  let classes: Int
  let features: Int
  let rows: Int
  /// Least value of a feature: bin 0.
  let base: Int64
  let featureBits: Int
  let binBits: Int
  let classBits: Int
  /// Bits of the number of rows.
  let countBits: Int
  /// 2^areaBits > L·R for all L + R = rows.
  let areaBits: Int
  /// What a leaf's threshold is less to be the last bin.
  let leafShift: Int64

  var bins: Int { 1 << binBits }
  /// Bits of (feature, bin).
  var candidateBits: Int { featureBits + binBits }
  /// Bits of (place, feature, bin).
  var gridBits: Int { depth + candidateBits }
  /// Bits of (last place, feature, bin, class).
  var histogramBits: Int { gridBits + classBits }

  init(_ architecture: TreeArchitecture, growth: TreeGrowth, rows: Int) throws(ProgramError) {
    try growth.check()
    func refuse(_ reason: String) -> ProgramError { .invalidModel(reason: reason) }
    guard case .classes(let classes) = architecture.task, architecture.comparison == .atMost else {
      throw refuse("a training certificate is of classes with one value each, and rows of at most the threshold go first")
    }
    guard architecture.depth == growth.depth else { throw refuse("the model's depth is \(architecture.depth), the training's \(growth.depth)") }
    guard architecture.features.allSatisfy({ architecture.schema.column($0)?.missing == .refuse }) else {
      throw refuse("features of a training certificate have no missing cells")
    }
    guard (1...TreeGrowth.maximumRows).contains(rows), architecture.valueRange.contains(IntegerRange(0...1)) else {
      throw refuse("\(rows) training rows; 1 to \(TreeGrowth.maximumRows) are possible, and leaf values 0 and 1")
    }
    depth = growth.depth
    self.classes = classes
    features = architecture.features.count
    self.rows = rows
    base = architecture.featureRange.lower
    featureBits = log2Ceiling(features)
    binBits = max(1, architecture.featureRange.bitCount)
    classBits = log2Ceiling(classes)
    countBits = 64 - UInt64(rows).leadingZeroBitCount
    areaBits = max(1, 64 - UInt64(rows * rows / 4).leadingZeroBitCount)
    guard binBits <= 12, depth + featureBits + binBits + classBits <= 22 else {
      throw refuse("\(features) features of \(binBits) bits, \(classes) classes and depth \(depth) make a histogram of more than 2^22 counts")
    }
    leafShift = architecture.leafThreshold - base - Int64((1 << binBits) - 1)
  }
}
