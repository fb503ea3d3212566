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

/// A matrix that a relation reads: an artefact, by its name in the statement.
public struct RelationMatrix: Sendable {
  public let name: String
  /// Name of its code shape.
  public let shape: String
  public let layout: MatrixLayout
  public init(name: String, shape: String, layout: MatrixLayout) {
    self.name = name
    self.shape = shape
    self.layout = layout
  }
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
  /// Variables of the largest random evaluation point.
  var pointVariables: Int { get }
  /// Largest degree, in committed cells, of a value that is not committed. More than 4 is refused (design 2, section 5.2).
  var uncommittedDegree: Int { get }
  func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E
}
