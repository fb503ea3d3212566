import Fields

// The column kernels, the same for both extensions.

// MARK: Columns over the base field

extension GoldilocksCubic {
  public static func combineColumns(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Goldilocks], constant: Goldilocks, count: Int
  ) {
    GoldilocksKernels.combineColumns(out, columns: columns, coefficients: coefficients, constant: constant, count: count)
  }

  public static func limbColumn(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int,
    count: Int
  ) {
    GoldilocksKernels.limb(out, columns: columns, coefficients: coefficients, constant: constant, shift: shift, bits: bits, count: count)
  }

  public static func multiplyBase(
    _ out: UnsafeMutablePointer<Goldilocks>, _ a: UnsafePointer<Goldilocks>, _ b: UnsafePointer<Goldilocks>, count: Int
  ) {
    GoldilocksKernels.multiply(out, a, b, count: count)
  }

  public static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<Goldilocks>, _ leading: UnsafeMutablePointer<Goldilocks>, a: UnsafePointer<Goldilocks>,
    b: UnsafePointer<Goldilocks>, c: UnsafePointer<Goldilocks>, half: Int, range: Range<Int>
  ) {
    GoldilocksKernels.constraintFirstRound(constant, leading, a: a, b: b, c: c, half: half, range: range)
  }
}

extension GoldilocksQuadratic {
  public static func combineColumns(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Goldilocks], constant: Goldilocks, count: Int
  ) {
    GoldilocksKernels.combineColumns(out, columns: columns, coefficients: coefficients, constant: constant, count: count)
  }

  public static func limbColumn(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int,
    count: Int
  ) {
    GoldilocksKernels.limb(out, columns: columns, coefficients: coefficients, constant: constant, shift: shift, bits: bits, count: count)
  }

  public static func multiplyBase(
    _ out: UnsafeMutablePointer<Goldilocks>, _ a: UnsafePointer<Goldilocks>, _ b: UnsafePointer<Goldilocks>, count: Int
  ) {
    GoldilocksKernels.multiply(out, a, b, count: count)
  }

  public static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<Goldilocks>, _ leading: UnsafeMutablePointer<Goldilocks>, a: UnsafePointer<Goldilocks>,
    b: UnsafePointer<Goldilocks>, c: UnsafePointer<Goldilocks>, half: Int, range: Range<Int>
  ) {
    GoldilocksKernels.constraintFirstRound(constant, leading, a: a, b: b, c: c, half: half, range: range)
  }
}
