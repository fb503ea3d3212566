internal import CFieldKernels
import Fields

/// The base-field kernels, common to the extensions of Goldilocks.
enum GoldilocksKernels {
  static func transformRows(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>
  ) {
    zk_transform(data, log2Count, width, stride, twiddles)
  }

  static func transformRows(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>,
    positions: UnsafePointer<UInt32>, count: Int
  ) {
    zk_transform_selected(data, log2Count, width, stride, twiddles, positions, count)
  }

  static func transformRowsTransposed(
    _ data: UnsafeMutablePointer<Goldilocks>, log2Count: Int, width: Int, stride: Int, twiddles: UnsafePointer<Goldilocks>
  ) {
    zk_transform_transposed(data, log2Count, width, stride, twiddles)
  }

  static func gatherCoset(
    rows: UnsafePointer<UnsafePointer<Goldilocks>>, tails: UnsafePointer<UnsafePointer<Goldilocks>>, width: Int, log2Count: Int, tailCount: Int,
    tailFactor: Goldilocks, scales: UnsafePointer<Goldilocks>, into out: UnsafeMutablePointer<Goldilocks>, stride: Int
  ) {
    zk_gather_coset(rows, tails, width, log2Count, tailCount, tailFactor.value, scales, out, stride)
  }

  static func fillPowers(_ out: UnsafeMutablePointer<Goldilocks>, count: Int, start: Goldilocks, ratio: Goldilocks) {
    zk_fill_powers(out, count, start.value, ratio.value)
  }

  /// A copy on little-endian machines; word by word on others.
  static func writeBytes(_ out: UnsafeMutablePointer<UInt8>, _ values: UnsafePointer<Goldilocks>, count: Int) {
    let target = UnsafeMutableRawPointer(out)
    #if _endian(little)
      target.copyMemory(from: values, byteCount: 8 * count)
    #else
      for i in 0..<count { target.storeBytes(of: values[i].value.littleEndian, toByteOffset: 8 * i, as: UInt64.self) }
    #endif
  }

  static func sparseRows(
    _ out: UnsafeMutablePointer<Goldilocks>, starts: UnsafePointer<UInt32>, columns: UnsafePointer<UInt32>,
    values: UnsafePointer<Goldilocks>, vector: UnsafePointer<Goldilocks>, range: Range<Int>
  ) {
    zk_sparse_rows(out, starts, columns, values, vector, range.lowerBound, range.upperBound)
  }

  static func combineColumns(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Goldilocks], constant: Goldilocks, count: Int
  ) {
    columns.withUnsafeBufferPointer { columns in
      coefficients.withUnsafeBufferPointer { coefficients in
        zk_combine_columns(out, columns.baseAddress, coefficients.baseAddress, columns.count, constant.value, count)
      }
    }
  }

  static func limb(
    _ out: UnsafeMutablePointer<Goldilocks>, columns: [UnsafePointer<Goldilocks>], coefficients: [Int64], constant: Int64, shift: Int, bits: Int,
    count: Int
  ) {
    columns.withUnsafeBufferPointer { columns in
      coefficients.withUnsafeBufferPointer { coefficients in
        zk_limb(out, columns.baseAddress, coefficients.baseAddress, columns.count, constant, shift, (1 << UInt64(bits)) - 1, count)
      }
    }
  }

  static func multiply(
    _ out: UnsafeMutablePointer<Goldilocks>, _ a: UnsafePointer<Goldilocks>, _ b: UnsafePointer<Goldilocks>, count: Int
  ) {
    zk_multiply(out, a, b, count)
  }

  static func constraintFirstRound(
    _ constant: UnsafeMutablePointer<Goldilocks>, _ leading: UnsafeMutablePointer<Goldilocks>, a: UnsafePointer<Goldilocks>,
    b: UnsafePointer<Goldilocks>, c: UnsafePointer<Goldilocks>, half: Int, range: Range<Int>
  ) {
    zk_constraint_first_round(constant, leading, a, b, c, half, range.lowerBound, range.upperBound)
  }
}
