/// What an import takes on.

/// Limits on sizes; a model beyond them is refused before memory is taken.
public struct ImportLimits: Hashable, Sendable {
  /// Most numbers of one tensor.
  public var count: Int
  /// Most multiplications and additions of one run.
  public var work: Int

  /// Limits of 2^27 numbers and 2^40 operations by default.
  public init(count: Int = 1 << 27, work: Int = 1 << 40) {
    self.count = count
    self.work = work
  }
}
