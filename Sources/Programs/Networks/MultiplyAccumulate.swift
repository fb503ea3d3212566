/// Sums of products over integers (wrapping; the analysis bounds them) and, in the importer's float reference, over floats.

/// A number with the two operations that dense layers and convolutions need.
public protocol MultiplyAccumulate: Sendable {
  /// The empty sum.
  static var emptySum: Self { get }
  /// total + a·b.
  static func accumulate(_ total: Self, _ a: Self, _ b: Self) -> Self
}

extension Int64: MultiplyAccumulate {
  /// 0.
  @inlinable public static var emptySum: Int64 { 0 }
  /// total + a·b modulo 2^64.
  @inlinable public static func accumulate(_ total: Int64, _ a: Int64, _ b: Int64) -> Int64 { total &+ a &* b }
}
