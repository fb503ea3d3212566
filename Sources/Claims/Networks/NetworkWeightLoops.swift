import Fields

/// The loops that write out weights in product form. A prover brings faster ones; the results are the same.
public struct NetworkWeightLoops<E: ChallengeField>: Sendable {
  /// a_i·b_j, row-major.
  public let outer: @Sendable (_ a: [E], _ b: [E]) -> [E]
  /// scale·eq(point, i) for i < count.
  public let equality: @Sendable (_ point: [E], _ count: Int, _ scale: E) -> [E]
  /// sum_i += values_i; both have one length.
  public let add: @Sendable (_ sum: inout [E], _ values: [E]) -> Void

  /// Loops from their parts.
  public init(
    outer: @escaping @Sendable ([E], [E]) -> [E], equality: @escaping @Sendable ([E], Int, E) -> [E],
    add: @escaping @Sendable (inout [E], [E]) -> Void
  ) {
    self.outer = outer
    self.equality = equality
    self.add = add
  }

  /// One thread, no more than the language.
  public static var plain: NetworkWeightLoops {
    NetworkWeightLoops(
      outer: { NetworkArithmetic.outer($0, $1) }, equality: { NetworkArithmetic.equality($0, count: $1, scale: $2) },
      add: { NetworkArithmetic.add(&$0, $1) })
  }
}
