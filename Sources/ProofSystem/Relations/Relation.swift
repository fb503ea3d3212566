import Fields
import Hashing

/// Σ over terms of ⟨tensor, v_matrix⟩ = value, the value in the claim algebra.
public struct LinearClaim<Value: ClaimValue>: Sendable {
  public typealias Term = (matrix: String, tensor: Tensor<Value.E>)
  public var terms: [Term]
  public var value: Value
  public init(_ terms: [Term], _ value: Value) {
    self.terms = terms
    self.value = value
  }
}

/// Where an artefact lies in a tree that it shares with others: identity = root + row range. Shared trees save paths.
public struct TreePlacement: Hashable, Sendable {
  /// Rows of the tree before the artefact's.
  public let firstRow: Int
  /// Rows of the whole tree.
  public let treeRowCount: Int

  /// Nil unless the rows lie inside a tree of bounded size.
  public init?(firstRow: Int, treeRowCount: Int) {
    guard firstRow >= 0, treeRowCount > firstRow, treeRowCount <= StatementLimits.maximumRows else { return nil }
    self.firstRow = firstRow
    self.treeRowCount = treeRowCount
  }
}

/// A matrix that a relation reads: an artefact, by its name in the statement.
public struct RelationMatrix: Sendable {
  public let name: String
  /// Name of its code shape.
  public let shape: String
  public let layout: MatrixLayout
  /// Name of its tree in the statement; artefacts of one tree have the same. The artefact's own name when it has a tree to itself.
  public let tree: String
  /// Its rows in a shared tree; nil when the tree holds nothing else.
  public let placement: TreePlacement?

  /// A placement that does not hold the layout's rows is refused by the statement.
  public init(name: String, shape: String, layout: MatrixLayout, tree: String? = nil, placement: TreePlacement? = nil) {
    self.name = name
    self.shape = shape
    self.layout = layout
    self.tree = placement == nil ? name : tree ?? name
    self.placement = placement
  }

  /// Rows of the tree.
  var treeRowCount: Int { placement?.treeRowCount ?? layout.rowCount }
}

/// What is proved: the whole formula as data, and the verifier's text that reduces it to linear claims on committed matrices.
///
/// The auxiliary matrix is named `aux`. `verify` is written once, generic over the claim algebra: it lays out the pads, replays the
/// prover's own messages, and verifies (design 2, section 0.5).
public protocol Relation<E>: Sendable {
  associatedtype E: ChallengeField
  /// Everything that defines the relation, tables and public values included; the relation digest is over it.
  var descriptor: CanonicalValue { get }
  /// Artefacts, in relation order.
  var matrices: [RelationMatrix] { get }
  /// The witness columns of the proof.
  var auxiliary: MatrixLayout { get }
  /// c·(N + M) of the fraction tree, or 0 without lookups.
  var lookupDegree: Int { get }
  /// Degree of the largest polynomial evaluated at one random point: variables of a multilinear one, count − 1 for powers.
  var pointVariables: Int { get }
  /// Largest degree, in committed cells, of a value that is not committed. More than 4 is refused (design 2, section 5.2).
  var uncommittedDegree: Int { get }
  /// What the zero bytes after the auxiliary roots are measured by, beside the committed cells: entries of a relation whose shape the prover
  /// may have chosen (design 2, section 5.2). 0 unless stated.
  var transcriptPaddingCells: Int { get }
  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E
}

extension Relation {
  public var transcriptPaddingCells: Int { 0 }
}
