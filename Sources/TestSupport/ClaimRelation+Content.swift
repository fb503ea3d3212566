import Claims
import Hashing
import Programs
import ProofSystem

extension ClaimRelation {
  /// Everything that a verifier evaluates of the compiled constraints, in one injective encoding: matrices, columns, linear and product
  /// constraints, tables with their rows, lookups. A proof is only as good as these, so golden digests of them notice a compiler that gives
  /// other constraints for the same claims.
  ///
  /// Left out: how the prover fills columns, and what is derived from the rest.
  public var content: CanonicalValue {
    .dictionary([
      "matrices": .list(
        matrices.map { .list([.text($0.name), .text($0.shape), $0.layout.description, .text($0.tree), .list(Self.rows($0.placement))]) }),
      "auxiliary": auxiliary.description,
      "columns": .list(columns.map { .list([.text($0.name), Self.number($0.bits)]) }),
      "linear": .list(
        linear.map { constraint in
          .list([
            .text(constraint.name), Self.extent(constraint.rows), Self.expression(constraint.expression),
            .list(constraint.publicValues.map { [.list($0.map(Self.number))] } ?? []),
          ])
        }),
      "products": .list(
        products.map { product in
          .list([
            .text(product.name), Self.extent(product.rows), Self.extent(product.inner), Self.extent(product.columns),
            .list(product.left.map(Self.expression)), Self.view(product.right), .list(product.products.map(Self.view)),
          ])
        }),
      "tree": tree.description, "extents": .list(extents.map(Self.extent)),
      "degrees": .list([lookupDegree, pointVariables].map { Self.number($0) }),
    ])
  }

  public var contentDigest: Digest { content.digest(tag: "zkmlops/tests/relation") }

  private static func number(_ value: Int) -> CanonicalValue { number(Int64(value)) }
  private static func number(_ value: Int64) -> CanonicalValue { .integer(UInt64(bitPattern: value)) }
  private static func extent(_ extent: Extent) -> CanonicalValue { .list([number(extent.bits), number(extent.count)]) }
  private static func rows(_ placement: TreePlacement?) -> [CanonicalValue] {
    placement.map { [number($0.firstRow), number($0.treeRowCount)] } ?? []
  }
  private static func view(_ view: View) -> CanonicalValue {
    .list(
      [.text(view.matrix)]
        + view.slots.map { slot in
          switch slot {
          case .bit(let bit): number(bit)
          case .variable(let index): number(2 + index)
          }
        })
  }
  private static func expression(_ expression: ColumnExpression) -> CanonicalValue {
    .list([number(expression.constant)] + expression.terms.map { .list([number($0.coefficient), view($0.view)]) })
  }
}
