import Claims
import Fields
import Hashing
import ProofSystem
import Soundness

/// Everything public about one proof of a bundle, as verifiers and readers of proofs need it.
public struct PublicProof: Sendable {
  /// Claims in the order of the proof, with their names in the bundle.
  public let claims: CompiledClaims
  /// Names of the claims, bound to the proof.
  public let names: [String]
  /// The soundness profile.
  public let profile: SoundnessProfile

  /// Compiles the claims over the artefacts, both in the proof's order.
  /// - Throws: `StatementError`.
  public init(names: [String], claims: [ClaimStatement], artefacts: [ArtefactDescription], profile: String) throws(StatementError) {
    guard let known = Self.profile(named: profile) else { throw .unknownProfile(profile) }
    self.profile = known
    self.names = names
    do throws(ClaimError) { self.claims = try CompiledClaims(claims: claims, artefacts: artefacts) } catch { throw .claim(error) }
  }

  /// The public profile of that name, or nil.
  public static func profile(named name: String) -> SoundnessProfile? {
    [SoundnessProfile.p128, .p100].first { $0.name == name }
  }

  /// What of a statement does not depend on its field's type.
  public struct Anatomy: Sendable {
    /// Name of base and challenge field.
    public let field: String
    /// Digest of the relation.
    public let relation: Digest
    /// Error terms of every round.
    public let account: SoundnessAccount
    /// Trees whose columns are opened, with their code shape, rows and opened positions.
    public let trees: [(name: String, shape: CodeShape, rowCount: Int, queries: Int)]
    /// Levels of the recursion.
    public let levels: [LigeritoLevel]
    /// Cells that the claims add beside the artefacts.
    public let auxiliaryCells: Int
  }

  /// The parts of the proof and their parameters.
  /// - Throws: `ClaimError` or `ProofSystem.VerificationError`.
  public func anatomy() throws -> Anatomy {
    profile == .p100 ? try anatomy(GoldilocksQuadratic.self) : try anatomy(GoldilocksCubic.self)
  }

  /// Verifies the proof's bytes.
  /// - Throws: `ClaimError` or `ProofSystem.VerificationError`.
  public func verify(_ proof: [UInt8]) throws -> ProofSummary {
    profile == .p100 ? try verify(proof, GoldilocksQuadratic.self) : try verify(proof, GoldilocksCubic.self)
  }

  private func statement<E: ChallengeField>(_ field: E.Type) throws -> Statement<E> {
    do {
      return try ProofPlan.statement(claims: claims, profile: profile, context: ProofPlan.context(claimNames: names), field: E.self).statement
    } catch { throw StatementError.claim(error) }
  }

  /// Sizes of the proof's parts, which add up to all of it.
  /// - Throws: what `verify` throws.
  func parts(_ proof: [UInt8]) throws -> [ProofInspection.Part] {
    profile == .p100 ? try parts(proof, GoldilocksQuadratic.self) : try parts(proof, GoldilocksCubic.self)
  }

  private func parts<E: ChallengeField>(_ proof: [UInt8], _ field: E.Type) throws -> [ProofInspection.Part] {
    let statement = try statement(field)
    let verified = try ProofVerifier.verify(statement, proof: proof)
    var parts: [ProofInspection.Part] = []
    for (index, positions) in verified.openedPositions.enumerated() {
      for tree in statement.trees(ofShape: index) {
        let name = treeName(tree.name)
        let columns = positions.count * (tree.rowCount * E.Base.byteCount + Artefact.saltByteCount)
        parts.append(.init(name: "\(name): \(positions.count) columns of \(tree.rowCount) rows, with salts", byteCount: columns))
        let siblings = Merkle.siblingCount(indices: positions, depth: statement.shapes[index].log2Length)
        parts.append(.init(name: "\(name): \(siblings) digests of authentication paths", byteCount: siblings * Digest.byteCount))
      }
    }
    let rest = proof.count - parts.reduce(0) { $0 + $1.byteCount }
    return parts + [.init(name: "roots, padded messages of the rounds, and the recursion over the folded rows", byteCount: rest)]
  }

  /// The artefacts of a shared tree for its name; the name itself for every other tree.
  private func treeName(_ name: String) -> String {
    let members = claims.artefacts.filter { $0.sharedTree?.name == name }.map(\.name)
    return members.isEmpty ? name : members.joined(separator: " + ")
  }

  private static func name<E: ChallengeField>(_ field: E.Type) -> String { "\(E.Base.name), extension of degree \(E.degree)" }

  private func verify<E: ChallengeField>(_ proof: [UInt8], _ field: E.Type) throws -> ProofSummary {
    let statement = try statement(field)
    _ = try ProofVerifier.verify(statement, proof: proof)
    let bits = try statement.accounting().minimum - SoundnessAccount.roundingMargin
    return ProofSummary(soundnessBits: Int(bits), field: Self.name(field), relationDigest: statement.relationDigest.hex)
  }

  private func anatomy<E: ChallengeField>(_ field: E.Type) throws -> Anatomy {
    let statement = try statement(field)
    let trees = statement.shapes.indices.flatMap { index in
      statement.trees(ofShape: index).map {
        (name: treeName($0.name), shape: statement.shapes[index], rowCount: $0.rowCount, queries: statement.queryCounts[index])
      }
    }
    return Anatomy(
      field: Self.name(field), relation: statement.relationDigest, account: try statement.accounting(), trees: trees, levels: statement.levels,
      auxiliaryCells: claims.builder.columns.reduce(0) { $0 + (1 << $1.bits) })
  }
}
