/// Rows for calibration and comparison: one array per input.

import Importers

/// Arrays by input name; the first axis counts rows.
public struct ModelRows: Sendable {
  /// An array.
  public struct Array: Sendable {
    /// Dimensions.
    public let dimensions: [Int]
    /// Row-major numbers; NaN stands for a missing value, texts are given by their codes.
    public let numbers: [Double]

    /// An array, or nil when the number of entries is not the dimensions'.
    public init?(dimensions: [Int], numbers: [Double]) {
      guard dimensions.reduce(1, *) == numbers.count, !numbers.isEmpty else { return nil }
      self.dimensions = dimensions
      self.numbers = numbers
    }
  }

  /// The arrays.
  public let arrays: [String: Array]

  /// Rows from arrays by input name.
  public init(_ arrays: [String: Array]) { self.arrays = arrays }

  /// The arrays of a NumPy archive; `prefix` is taken off the names, and others are left out.
  public init(npz bytes: [UInt8], file: String, prefix: String = "") throws(ModelImportError) {
    let members: [String: NPYArray]
    do { members = try NPZArchive.read(bytes, file: file) } catch { throw .rows(reason: error.description) }
    var arrays: [String: Array] = [:]
    for (name, member) in members where name.hasPrefix(prefix) {
      let numbers = member.numbers ?? (member.texts ?? []).map(TextCode.code)
      arrays[String(name.dropFirst(prefix.count))] = Array(dimensions: member.shape, numbers: numbers)
    }
    self.arrays = arrays
  }
}
