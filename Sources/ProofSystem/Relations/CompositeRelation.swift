import Fields
import Hashing

/// Several relations in one proof: over one auxiliary matrix that holds the tensors of all, and over the artefacts of all. Their reductions
/// run one after the other; what they leave is batched with one λ like the claims of one relation.
///
/// The round-by-round error is the largest of the parts': no round belongs to two of them.
public struct CompositeRelation<E: ChallengeField>: Relation {
  public let parts: [any Relation<E>]
  public let matrices: [RelationMatrix]
  public let auxiliary: MatrixLayout

  /// **Throws** `statementMismatch` unless there are parts, all are made for the same auxiliary matrix, and artefacts of one name are one.
  public init(_ parts: [any Relation<E>]) throws(VerificationError) {
    guard let first = parts.first, parts.allSatisfy({ $0.auxiliary.description.encoded == first.auxiliary.description.encoded }) else {
      throw .statementMismatch("auxiliary matrix of a composite relation")
    }
    var matrices: [RelationMatrix] = []
    for matrix in parts.flatMap(\.matrices) {
      guard let known = matrices.first(where: { $0.name == matrix.name }) else {
        matrices.append(matrix)
        continue
      }
      guard known.shape == matrix.shape, known.tree == matrix.tree, known.placement == matrix.placement,
        known.layout.description.encoded == matrix.layout.description.encoded
      else { throw .statementMismatch("artefacts of a composite relation") }
    }
    self.parts = parts
    self.matrices = matrices
    auxiliary = first.auxiliary
  }

  public var descriptor: CanonicalValue { .list([.text("zkmlops/composite/v1")] + parts.map(\.descriptor)) }
  public var lookupDegree: Int { parts.map(\.lookupDegree).max() ?? 0 }
  public var pointVariables: Int { parts.map(\.pointVariables).max() ?? 0 }
  public var uncommittedDegree: Int { parts.map(\.uncommittedDegree).max() ?? 0 }
  /// The sum; too much of it is refused by the statement.
  public var transcriptPaddingCells: Int {
    parts.reduce(0) {
      let (sum, overflow) = $0.addingReportingOverflow($1.transcriptPaddingCells)
      return overflow ? Int.max : sum
    }
  }

  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E {
    var claims: [LinearClaim<Channel.Value>] = []
    for part in parts { claims += try part.verify(&channel) }
    return claims
  }
}
