/// What an import takes on.

/// Limits on sizes; a model beyond them is refused before memory is taken.
public struct ImportLimits: Hashable, Sendable {
  /// Most numbers of one tensor.
  public var count: Int
  /// Most multiplications and additions of one run.
  public var work: Int
  /// Most numbers of all tensors that the model computes, beside eight times those that the file itself holds: what a small file can ask for.
  public var total: Int

  /// Limits of 2^27 numbers of a tensor, 2^36 operations and 2^26 computed numbers by default.
  public init(count: Int = 1 << 27, work: Int = 1 << 36, total: Int = 1 << 26) {
    self.count = count
    self.work = work
    self.total = total
  }
}
