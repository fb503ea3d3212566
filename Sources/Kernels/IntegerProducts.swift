internal import CFieldKernels

/// Products of matrices of 64-bit integers modulo 2^64, single-threaded; callers split rows or columns.
public enum IntegerProducts {
  /// out[i·outStride + j] = Σ_k a[i·aStride + k]·b[k·bStride + j] modulo 2^64, i < rows, k < inner, j < columns.
  public static func multiply(
    _ out: UnsafeMutablePointer<Int64>, outStride: Int, _ a: UnsafePointer<Int64>, aStride: Int, _ b: UnsafePointer<Int64>, bStride: Int,
    rows: Int, inner: Int, columns: Int
  ) {
    zk_integer_products(out, outStride, a, aStride, b, bStride, rows, inner, columns)
  }
}
