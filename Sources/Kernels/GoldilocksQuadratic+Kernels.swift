import Fields

/// C kernels for the base field, the twins for the extension.
extension GoldilocksQuadratic: KernelField {
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
}
