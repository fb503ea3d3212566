import Fields
import Hashing
import Kernels
import ProofSystem
import Prover
import Soundness

/// A field of the engine with a profile for proofs of a few kilobytes.
public protocol ToyField: KernelField {
  static var toyProfile: SoundnessProfile { get }
}
extension GoldilocksCubic: ToyField {
  public static var toyProfile: SoundnessProfile { TestProfile.toy }
}
extension GoldilocksQuadratic: ToyField {
  public static var toyProfile: SoundnessProfile { TestProfile.toyQuadratic }
}
extension MontgomeryField: ToyField where Modulus == BN254ScalarModulus {
  public static var toyProfile: SoundnessProfile { TestProfile.toyPrime }
}
/// Inside of a scope of `RuntimePrime.withModulus` only.
extension RuntimePrimeField: ToyField {
  public static var toyProfile: SoundnessProfile { TestProfile.toyPrime }
}

/// A statement with everything its prover needs. Tests change parts of it to make a dishonest prover.
public struct ToyInstance<E: ToyField>: Sendable {
  public var statement: Statement<E>
  /// The prover's side; a dishonest one differs from the statement's relation.
  public var relation: any ProvableRelation<E>
  public var secrets: [String: ArtefactSecret<E>]
  public var auxiliary: MatrixData<E.Base>

  public init(
    statement: Statement<E>, relation: any ProvableRelation<E>, secrets: [String: ArtefactSecret<E>], auxiliary: MatrixData<E.Base>
  ) {
    self.statement = statement
    self.relation = relation
    self.secrets = secrets
    self.auxiliary = auxiliary
  }

  /// A proof by the honest session class.
  public func prove(seed: Int = 1) throws -> [UInt8] { try prove(Production<E>.self, seed: seed) }

  /// The same under another configuration.
  public func prove<Configuration: EngineConfiguration>(_: Configuration.Type, seed: Int = 1) throws -> [UInt8] where Configuration.E == E {
    try ProofSession<Configuration>(self, seed: seed).prove()
  }

  /// Verifies with every check enforced.
  @discardableResult public func verify(_ proof: [UInt8]) throws(VerificationError) -> VerifiedProof {
    try ProofVerifier.verify(statement, proof: proof)
  }

  /// Verifies under another configuration.
  @discardableResult public func verify<Configuration: EngineConfiguration>(
    _ proof: [UInt8], _ configuration: Configuration.Type
  ) throws(VerificationError) -> VerifiedProof where Configuration.E == E {
    try ProofVerifier.verify(statement, proof: proof, configuration: configuration)
  }

  /// The same prover for a statement with other parts.
  public func with(
    shapes: [CodeShape]? = nil, levels: [LigeritoLevel]? = nil, relation: (any ProvableRelation<E>)? = nil,
    artefacts: [String: ArtefactReference]? = nil, context: [UInt8]? = nil
  ) throws -> Self {
    var copy = self
    copy.relation = relation ?? self.relation
    copy.statement = try Statement(
      profile: statement.profile, shapes: shapes ?? statement.shapes, primary: statement.primary.name, levels: levels ?? statement.levels,
      relation: relation ?? statement.relation, artefacts: artefacts ?? statement.artefacts, context: context ?? statement.context)
    return copy
  }
}

extension ProofSession {
  /// A proof of artefacts that only the test knows: nobody counts its openings.
  public func prove() throws -> [UInt8] { try prove(ledger: UncountedOpenings()) }
}

extension ProofSession where E: ToyField {
  /// A session of this class, honest or not, with randomness from `seed`.
  public convenience init(_ instance: ToyInstance<E>, seed: Int = 1) throws(ProverError) {
    try self.init(
      statement: instance.statement, relation: instance.relation, secrets: instance.secrets, auxiliary: instance.auxiliary,
      randomness: Randomness(seed: ToyRandom.seed(seed)))
  }
}

/// Deterministic randomness of tests.
public struct ToyRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// SplitMix64.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A 32-byte seed, little-endian, as the specification's `seeded`.
  public static func seed(_ n: Int) -> [UInt8] { (0..<32).map { $0 < 8 ? UInt8(truncatingIfNeeded: n >> (8 * $0)) : 0 } }

  /// `count` uniform elements.
  public static func elements<Base: PrimeField>(_ count: Int, seed: Int) -> [Base] {
    var randomness = Randomness(seed: Self.seed(seed))
    return randomness.base(count)
  }
}

/// Code shapes and artefacts of tests.
public enum ToyParts {
  /// Shape whose 2^m + p is a multiple of the level-1 row length 2^rowBits.
  public static func shape(
    _ name: String, m: Int, log2Length: Int, rowBits: Int, openings: Int = 1, profile: SoundnessProfile
  ) throws -> CodeShape {
    let (tail, _) = try QueryCount.tailForBudget(m: m, log2CodeLength: log2Length, openings: openings, log2RowLength: rowBits, profile: profile)
    guard let shape = CodeShape(name: name, log2RowLength: m, tailCount: tail, log2Length: log2Length) else {
      throw SoundnessError.noTail(openings: openings)
    }
    return shape
  }

  /// Level table for these shapes: rows of 2^rowBits, folds of 2.
  public static func levels(
    _ shapes: [CodeShape], rowBits: Int, finalBits: Int, profile: SoundnessProfile
  ) throws -> [LigeritoLevel] {
    let top = shapes.reduce(0) { $0 + 2 << $1.log2RowLength }
    return try Ligerito.schedule(
      variables: log2Ceiling(top), rowBits: rowBits, finalBits: finalBits, profile: profile, firstLogRate: 2, foldBits: 2)
  }

  /// A filled matrix; tensors may be shorter than their padded size.
  public static func matrix<Base: PrimeField>(_ layout: MatrixLayout, _ tensors: [String: [Base]]) -> MatrixData<Base> {
    let data = MatrixData<Base>(layout: layout)
    for (name, values) in tensors { data.set(name, values) }
    return data
  }

  /// What a statement says of these secrets.
  public static func references<E: KernelField>(_ secrets: [String: ArtefactSecret<E>]) -> [String: ArtefactReference] {
    secrets.mapValues { ArtefactReference(kind: $0.publicPart.kind, format: $0.publicPart.format, identity: $0.publicPart.identity) }
  }
}
