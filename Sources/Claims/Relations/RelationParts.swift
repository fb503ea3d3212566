import Programs
import ProofSystem

/// Σ coefficient·view(i) + constant = publicValues[i] (0 when nil) for every i of `rows`, as field elements.
public struct LinearConstraint: Sendable {
  public let name: String
  public let rows: Extent
  public let expression: ColumnExpression
  public let publicValues: [Int64]?
}

/// Σ_{i in rows} expression(i) = total, total an expression over single entries (and its constant).
public struct SumConstraint: Sendable {
  public let name: String
  public let rows: Extent
  public let expression: ColumnExpression
  public let total: ColumnExpression
}

/// next(i) = column(i + 1) for i < 2^bits − 1, and next(2^bits − 1) = 0: the column shifted by one row, padding included.
public struct ShiftConstraint: Sendable {
  public let name: String
  public let column: View
  public let next: View
  public var bits: Int { column.variableCount }
}

/// product(i) = left(i)·right(i) for every i < 2^bits, padding included. Both factors are linear in committed cells.
public struct HadamardConstraint: Sendable {
  public let name: String
  public let left: ColumnExpression
  public let right: ColumnExpression
  public let product: View
  public var bits: Int { product.variableCount }
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

  package init(name: String, rows: Extent, inner: Extent, columns: Extent, left: [ColumnExpression], right: View, products: [View]) {
    self.name = name
    self.rows = rows
    self.inner = inner
    self.columns = columns
    self.left = left
    self.right = right
    self.products = products
  }
}

/// `components` is a row of table number `table` for every selected i.
public struct LookupConstraint: Sendable {
  public let name: String
  public let table: Int
  public let components: [ColumnExpression]
  public let selected: [Extent]
}

/// Rows of a table, as integers.
public enum TableContents: Sendable {
  case integers(bits: Int)
  /// Public rows, by column; all columns of one length.
  case columns([[Int64]])
  /// The first `count` rows of committed columns.
  case committed([ColumnExpression], Extent)
  /// Pieces of `count` rows each: row i of piece f is (f·2^bits + i, pieces[f](i)…). The first component, a public number, is the row's key.
  case numbered([[ColumnExpression]], Extent)

  /// Public rows. Precondition: of one width.
  static func rows(_ rows: [[Int64]]) -> Self {
    precondition(rows.allSatisfy { $0.count == rows.first?.count }, "rows of two widths")
    return .columns((0..<(rows.first?.count ?? 0)).map { k in rows.map { $0[k] } })
  }
}

/// Where the multiplicities of a table come from.
public enum TableMultiplicity: Sendable {
  /// A column of its own, counted by the prover.
  case counted(column: String)
  /// A column that other constraints determine.
  case view(View)
  /// Every row exactly once: the lookups are a permutation of the rows.
  case once
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
  /// The values recorded under this key by execution number `execution` of a preparation.
  case recorded(execution: Int, key: String)
  /// The column shifted by one row.
  case next(ColumnExpression)
  /// left·right in every row, padding included.
  case product(ColumnExpression, ColumnExpression)
  /// How often each row of the table occurs.
  case multiplicity(table: Int)
}

extension WitnessRecipe {
  /// Columns that the recipe reads, provisional names included.
  public var operands: [View] {
    switch self {
    case .node, .computed, .values, .recorded, .multiplicity: []
    case .limb(let expression, _, _), .next(let expression): expression.terms.map(\.view)
    case .product(let left, let right): (left.terms + right.terms).map(\.view)
    }
  }
}

/// One auxiliary tensor: 2^bits entries, filled from its recipe, zero beyond.
public struct AuxiliaryColumn: Sendable {
  public let name: String
  public let bits: Int
  public let recipe: WitnessRecipe
}
