internal import CFieldKernels
import Fields

// The C kernels read and write elements as they lie: three words, coefficients of 1, X, X².

extension GoldilocksCubic {
  var words: zk_cubic { zk_cubic(c: (c0.value, c1.value, c2.value)) }

  /// `limbs` are canonical: the kernels return nothing else.
  fileprivate init(_ limbs: (UInt64, UInt64, UInt64)) { self.init(Goldilocks(limbs.0), Goldilocks(limbs.1), Goldilocks(limbs.2)) }
}

extension zk_round {
  var sums: (c0: GoldilocksCubic, c2: GoldilocksCubic) { (GoldilocksCubic(c0), GoldilocksCubic(c2)) }
}

/// C kernels throughout.
extension GoldilocksCubic: KernelField {
  public static func transformRows(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>
  ) {
    GoldilocksKernels.transformRows(data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles)
  }

  public static func transformRows(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>,
    positions: UnsafePointer<UInt32>, count: Int
  ) {
    GoldilocksKernels.transformRows(
      data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles, positions: positions, count: count)
  }

  public static func transformRowsTransposed(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>
  ) {
    GoldilocksKernels.transformRowsTransposed(data, log2Count: log2Count, width: width, stride: stride, twiddles: twiddles)
  }

  public static func gatherCoset(
    rows: UnsafePointer<UnsafePointer<Goldilocks>>, tails: UnsafePointer<UnsafePointer<Goldilocks>>, width: Int, log2Count: Int, tailCount: Int,
    tailFactor: Goldilocks, scales: UnsafePointer<Goldilocks>, into out: UnsafeMutablePointer<Goldilocks>, stride: Int
  ) {
    GoldilocksKernels.gatherCoset(
      rows: rows, tails: tails, width: width, log2Count: log2Count, tailCount: tailCount, tailFactor: tailFactor, scales: scales, into: out,
      stride: stride)
  }

  public static func fillPowers(_ out: UnsafeMutablePointer<Goldilocks>, count: Int, start: Goldilocks, ratio: Goldilocks) {
    GoldilocksKernels.fillPowers(out, count: count, start: start, ratio: ratio)
  }

  public static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Goldilocks>, count: Int) {
    GoldilocksKernels.writeBytes(out, values, count: count)
  }

  public static func sparseRows(
    _ out: UnsafeMutablePointer<Goldilocks>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>,
    values: UnsafePointer<Goldilocks>, vector: UnsafePointer<Goldilocks>, range: Range<Int>
  ) {
    GoldilocksKernels.sparseRows(out, starts: starts, columns: columns, values: values, vector: vector, range: range)
  }

  public static func scatterRows(
    _ out: UnsafeMutablePointer<Self>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>, values: UnsafePointer<Goldilocks>,
    weights: UnsafePointer<Self>, range: Range<Int>
  ) {
    zk_scatter_rows(out, starts, columns, values, weights, range.lowerBound, range.upperBound)
  }
}

// MARK: Linear combinations and tables

extension GoldilocksCubic {
  public static func accumulateRows(
    _ out: UnsafeMutablePointer<Self>, rows: UnsafePointer<UnsafePointer<Goldilocks>>, coefficients: UnsafePointer<Self>,
    rowCount: Int, count: Int
  ) {
    zk_accumulate_rows(out, rows, coefficients, rowCount, count)
  }

  public static func dot(_ weights: UnsafePointer<Self>, _ values: UnsafePointer<Goldilocks>, count: Int) -> Self {
    Self(zk_dot_base(weights, values, count).c)
  }

  public static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Self { Self(zk_dot(a, b, count).c) }

  public static func accumulate(
    _ out: UnsafeMutablePointer<Self>, _ values: UnsafePointer<Self>, coefficient: Self, count: Int
  ) {
    zk_scale_add(out, out, values, coefficient.words, count)
  }

  public static func combine(
    _ out: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>, _ q: UnsafePointer<Self>, count: Int, lambda: Self
  ) {
    zk_scale_add(out, p, q, lambda.words, count)
  }

  public static func fillEqTable(_ out: UnsafeMutablePointer<Self>, point: [Self], scale: Self) {
    point.withUnsafeBufferPointer { zk_fill_eq(out, $0.baseAddress, $0.count, scale.words) }
  }

  public static func fold(_ out: UnsafeMutablePointer<Self>, _ table: UnsafePointer<Self>, half: Int, by r: Self) {
    zk_fold(out, table, half, r.words)
  }
}

// MARK: Sumcheck rounds of products

extension GoldilocksCubic {
  public static func productRound(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, half: Int, range: Range<Int>
  ) -> (c0: Self, c2: Self) {
    zk_product_round(a, b, half, range.lowerBound, range.upperBound).sums
  }

  public static func productFoldRound(
    _ a: UnsafeMutablePointer<Self>, _ b: UnsafeMutablePointer<Self>, quarter: Int, range: Range<Int>, by r: Self
  ) -> (c0: Self, c2: Self) {
    zk_product_fold_round(a, b, quarter, range.lowerBound, range.upperBound, r.words).sums
  }
}
