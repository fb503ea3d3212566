/// The split into training and test rows: by a public seed and the row's number alone.

import Hashing
import Programs

/// Which rows are trained on and which are tested, both in ascending order.
///
/// **Formula**: key(i) = first 8 bytes, big-endian, of SHA-256("zkmlops row split" ‖ seed as u64 little-endian ‖ i as u64 little-endian);
/// the ⌊n · fraction⌋ rows with the smallest keys (at least 1, ties by row number) are the test rows. A table of one row tests it and
/// trains on none; otherwise at least one row is left for training.
public struct RowSplit: Equatable, Sendable {
  /// Training rows.
  public let training: [Int]
  /// Test rows.
  public let test: [Int]

  /// Splits `rowCount` rows; `fraction` = numerator / denominator of them are tested.
  public init(rowCount: Int, seed: UInt64, fraction: (numerator: Int64, denominator: Int64)) {
    let wanted = Int128(max(0, rowCount)) * Int128(fraction.numerator) / Int128(max(1, fraction.denominator))
    let testCount = max(min(1, rowCount), min(Int(wanted), max(1, rowCount - 1), rowCount))
    let keys = (0..<max(0, rowCount)).map { (key: Self.key(row: $0, seed: seed), row: $0) }
    let ordered = keys.sorted { ($0.key, $0.row) < ($1.key, $1.row) }
    test = ordered.prefix(testCount).map(\.row).sorted()
    training = ordered.dropFirst(testCount).map(\.row).sorted()
  }

  /// A split that is known, rows ascending.
  public init(training: [Int], test: [Int]) {
    self.training = training
    self.test = test
  }

  /// Fewest rows of a part on which figures mean anything.
  public static let smallPart = 10

  /// A warning when a part is so small that what is measured on it says little; nil else.
  public static func warning(training: Int, test: Int) -> String? {
    let small = [("training", training), ("test", test)].filter { $0.1 < smallPart }
    guard !small.isEmpty else { return nil }
    let parts = small.map { "the \($0.0) part has \($0.1) row\($0.1 == 1 ? "" : "s") only" }.joined(separator: " and ")
    return "\(parts): figures of so few rows say little about others and much about them"
  }

  /// key(row).
  public static func key(row: Int, seed: UInt64) -> UInt64 {
    var hasher = SHA256()
    hasher.update(Array("zkmlops row split".utf8))
    hasher.update(littleEndian: seed)
    hasher.update(littleEndian: UInt64(max(0, row)))
    return hasher.finalize().bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A decimal text from 0 to 1 with at most 9 digits after the point, as an exact fraction; nil for anything else.
  public static func fraction(_ text: String) -> (numerator: Int64, denominator: Int64)? {
    guard let value = try? DecimalText(text.utf8), value.scale <= 9 else { return nil }
    let denominator = (0..<value.scale).reduce(Int64(1)) { product, _ in product * 10 }
    guard (0...denominator).contains(value.mantissa) else { return nil }
    return (value.mantissa, denominator)
  }
}
