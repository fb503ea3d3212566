import Programs
import ProofSystem

/// Σ coefficient·view(i) + constant = publicValues[i] (0 when nil) for every i of `rows`, as field elements.
public struct LinearConstraint: Sendable {
  public let name: String
  public let rows: Extent
  public let expression: ColumnExpression
  public let publicValues: [Int64]?
}

/// product_j(i) = Σ_k left_k(i)·right(k, j): a matrix product whose left factor is given by column expressions and whose right factor is
/// a committed tensor, row-major over [inner, columns].
public struct ProductConstraint: Sendable {
  public let name: String
  public let rows: Extent
  public let inner: Extent
  public let columns: Extent
  public let left: [ColumnExpression]
  public let right: View
  public let products: [View]
}

/// `components` is a row of table number `table` for every selected i.
public struct LookupConstraint: Sendable {
  public let name: String
  public let table: Int
  public let components: [ColumnExpression]
  public let selected: [Extent]
}

/// Public rows of a table, as integers.
public enum TableContents: Sendable {
  case integers(bits: Int)
  case rows([[Int64]])
}

/// How the prover computes one auxiliary column. The verifier never evaluates it.
public enum WitnessRecipe: Sendable {
  /// Column `column` of node `node` of the execution number `program`.
  case node(program: Int, node: Int, column: Int)
  /// ⌊expression / 2^shift⌋ mod 2^bits, from columns filled before.
  case limb(ColumnExpression, shift: Int, bits: Int)
  /// From the values of whole nodes of one execution.
  case computed(program: Int, @Sendable (_ nodeValues: [[Int64]]) -> [Int64])
  case values([Int64])
  /// How often each row of the table occurs.
  case multiplicity(table: Int)
}

/// One auxiliary tensor: 2^bits entries, filled from its recipe, zero beyond.
public struct AuxiliaryColumn: Sendable {
  public let name: String
  public let bits: Int
  public let recipe: WitnessRecipe
}
