import Claims
import Evidence
import Fields
import Hashing
import ProofSystem
import Testing

/// What a bundle that lies under its final name shows to everybody.
struct ReleasedProof {
  /// Distinct opened code positions of each artefact, by identity.
  let positions: [String: Set<Int>]

  /// Verifies the whole bundle in this process and reads what its one proof opened.
  init(bundle path: String) throws {
    let bundle = try BundleReader.read(path)
    _ = try BundleVerifier.verify(bundle)
    let manifest = bundle.manifest
    let entry = try #require(manifest.proofs.first)
    try #require(manifest.proofs.count == 1 && manifest.profile == "P128")
    let claims = try entry.claims.map { name in
      let file = try #require(bundle.claims[name])
      return try ClaimJSON.read(type: file.type, JSONNode(file.statement))
    }
    let artefacts = try entry.artefacts.map { name in try #require(manifest.artefacts.first { $0.name == name }).described() }
    let proof = try PublicProof(names: entry.claims, claims: claims, artefacts: artefacts, profile: manifest.profile)
    let statement = try ProofPlan.statement(
      claims: proof.claims, profile: proof.profile, context: ProofPlan.context(claimNames: proof.names), field: GoldilocksCubic.self
    ).statement
    let opened = try ProofVerifier.verify(statement, proof: try #require(bundle.proofs[entry.digest])).openedPositions
    var positions: [String: Set<Int>] = [:]
    for artefact in artefacts {
      let shape = try #require(statement.shapes.firstIndex { $0 == artefact.shape })
      positions[artefact.identity.hex] = Set(opened[shape])
    }
    self.positions = positions
  }
}
