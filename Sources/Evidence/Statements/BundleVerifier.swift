import Claims
import Fields
import Hashing
import ProofSystem
import Soundness

/// Verifies bundles of this program's claims: an auditor's whole side, from bytes to report.
public enum BundleVerifier {
  /// Verifies everything in a bundle with nothing but the bundle.
  /// - Parameter trust: keys whose holders the reader knows.
  /// - Throws: `VerificationError` for the first thing that does not hold.
  public static func verify(_ bundle: EvidenceBundle, trust: TrustedKeys = .none) throws(VerificationError) -> VerificationReport {
    let checker = StatementChecker(bundle)
    var report = try verifyBundle(bundle, with: checker, trust: trust)
    report.statements = checker.statements
    report.contents = checker.contents
    return report
  }
}

/// The claim types and the proof system, for one bundle.
final class StatementChecker: ClaimChecker {
  private let manifest: Manifest
  private var artefacts: [String: ArtefactDescription] = [:]
  /// Statements by claim name.
  private(set) var statements: [String: ClaimStatement] = [:]
  /// What the artefacts hold, by name.
  var contents: [String: ArtefactContents] { artefacts.mapValues(\.contents) }
  private var classCounts: [ClaimStatement.ColumnName: [Int64]]
  /// Columns that inference claims of this bundle bind to predictions: whose, and for the rows of which table.
  private var predictors: [ClaimStatement.ColumnName: [ClaimMeaning.Predictor]] = [:]
  /// Where fit claims of this bundle say that parameters were fitted.
  private let fits: [String: Set<String>]
  /// Which tables claims of this bundle prove to hold the same rows.
  private let links: RowLinks
  private var cost = 0
  private var networks = 0

  init(_ bundle: EvidenceBundle) {
    manifest = bundle.manifest
    classCounts = [:]
    for file in bundle.claims.values where file.type == "classCounts" {
      guard let statement = try? ClaimJSON.read(type: file.type, JSONNode(file.statement)),
        let (column, matrix) = ClaimJSON.countedColumn(statement), let size = ClaimJSON.squareRoot(matrix.count)
      else { continue }
      classCounts[column] = (0..<size).map { matrix[$0 * size + $0] }
    }
    predictors = ClaimMeaning.predictors(
      bundle.claims.values.filter { ["inference", NetworkInference.type].contains($0.type) }.compactMap {
        try? ClaimJSON.read(type: $0.type, JSONNode($0.statement))
      })
    fits = ClaimMeaning.fits(
      bundle.claims.values.filter { $0.type == FitClaim.type }.compactMap { try? ClaimJSON.read(type: $0.type, JSONNode($0.statement)) })
    let linking: Set<String> = [
      "sameDataAs", TransformClaim.type, SplitClaim.type, FitClaim.type, TrainingClaim.type, OptimumClaim.type, TreeTrainingClaim.type,
    ]
    links = RowLinks(
      bundle.claims.values.filter { linking.contains($0.type) }.compactMap { try? ClaimJSON.read(type: $0.type, JSONNode($0.statement)) })
  }

  func identity(of artefact: ManifestArtefact) throws -> String {
    guard artefacts.count < StatementCaps.artefacts else { throw StatementError.tooLarge("more than \(StatementCaps.artefacts) artefacts") }
    if artefact.kind == "network" {
      networks += 1
      guard networks <= StatementCaps.networks else { throw StatementError.tooLarge("more than \(StatementCaps.networks) imported networks") }
    }
    let description = try artefact.described()
    artefacts[artefact.name] = description
    return description.identity.hex
  }

  func describe(_ claim: NamedClaim, artefacts opened: [ManifestArtefact]) throws -> ClaimDescription {
    let statement = try ClaimJSON.read(type: claim.type, JSONNode(claim.statement, path: ""))
    let own = descriptions(opened)
    cost += StatementCost.of(statement, own)
    guard cost <= StatementCaps.bundleCost else { throw StatementError.tooLarge("the claims of this bundle together") }
    statements[claim.name] = statement
    let meaning = ClaimMeaning(
      artefacts: own, classCounts: classCounts, predictors: predictors, fits: fits, links: links, written: manifest.created)
    return try meaning.describe(statement)
  }

  private func descriptions(_ opened: [ManifestArtefact]) -> [String: ArtefactDescription] {
    Dictionary(opened.compactMap { entry in artefacts[entry.name].map { (entry.name, $0) } }) { first, _ in first }
  }

  func verify(_ claims: [NamedClaim], over opened: [ManifestArtefact], profile: String, proof: [UInt8]) throws -> ProofSummary {
    guard claims.count <= StatementCaps.claims else { throw StatementError.tooLarge("a proof of \(claims.count) claims") }
    let own = try PublicProof(
      names: claims.map(\.name), claims: claims.compactMap { statements[$0.name] }, artefacts: opened.compactMap { artefacts[$0.name] },
      profile: profile)
    return try own.verify(proof)
  }
}
