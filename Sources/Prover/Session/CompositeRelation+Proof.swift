import Fields
import Hashing
import Kernels
import ProofSystem

/// The prover's side of `CompositeRelation`: its parts' provers in the same order, on one witness.
public struct ProvableComposite<E: KernelField>: ProvableRelation {
  /// What the verifier's statement is made of.
  public let relation: CompositeRelation<E>
  private let parts: [any ProvableRelation<E>]

  public init(_ parts: [any ProvableRelation<E>]) throws(VerificationError) {
    self.parts = parts
    relation = try CompositeRelation(parts)
  }

  public var descriptor: CanonicalValue { relation.descriptor }
  public var matrices: [RelationMatrix] { relation.matrices }
  public var auxiliary: MatrixLayout { relation.auxiliary }
  public var lookupDegree: Int { relation.lookupDegree }
  public var pointVariables: Int { relation.pointVariables }
  public var uncommittedDegree: Int { relation.uncommittedDegree }
  public var transcriptPaddingCells: Int { relation.transcriptPaddingCells }

  public func verify<Channel: ClaimChannel & ~Copyable>(_ channel: inout Channel) throws(VerificationError) -> [LinearClaim<Channel.Value>]
  where Channel.E == E { try relation.verify(&channel) }

  public func prove<Chain: TranscriptChain>(_ channel: inout ProverChannel<E, Chain>, _ witness: WitnessReader<E>) throws(ProverError) {
    for part in parts { try part.prove(&channel, witness) }
  }
}
