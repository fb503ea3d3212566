/// What a bundle or a proof in it holds, in words, whether it verifies or not.
public struct BundleInspection: Sendable {
  /// The bundle.
  public let bundle: EvidenceBundle
  /// Its proofs, or the one that was asked for.
  public let proofs: [ProofInspection]
  /// Whether one proof was asked for.
  public let isOfProof: Bool

  /// Looks at a bundle (folder or .tar), or at a proof file in a bundle's folder.
  /// - Throws: `BundleError` for what is no bundle, `StatementError` for statements that cannot be read.
  public init(path: String) throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if let file = parts.last, file.hasSuffix(".zkp"), parts.dropLast().last == "proofs" {
      let root = parts.dropLast(2).joined(separator: "/")
      bundle = try BundleReader.read(root.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : root)
      guard let proof = try ProofInspection.make(bundle, digest: String(file.dropLast(4))) else {
        throw BundleError.unexpectedFile(name: String(file))
      }
      (proofs, isOfProof) = ([proof], true)
    } else {
      let read = try BundleReader.read(path)
      bundle = read
      proofs = try read.manifest.proofs.compactMap { try ProofInspection.make(read, digest: $0.digest) }
      isOfProof = false
    }
  }

  /// The inspection for a terminal.
  public var text: String {
    let details = proofs.map(\.text).joined(separator: "\n")
    guard !isOfProof else { return details }
    let manifest = bundle.manifest
    var lines = [
      "Bundle \(manifest.bundleID)", "  written \(manifest.created) by zkmlops \(manifest.toolVersion), profile \(manifest.profile)", "", "Artefacts",
    ]
    for artefact in manifest.artefacts {
      lines.append(
        "  \(artefact.name)  \(artefact.kind), \(artefact.role), \(artefact.identity.prefix(16))…, rows of 2^\(artefact.code.m) + \(artefact.code.p) random values, tree: \(artefact.treeWords)"
      )
    }
    lines += ["", "Claims"]
    for claim in manifest.claims { lines.append("  \(claim.name)  \(claim.type), proof \(claim.proof.prefix(16))…") }
    if !manifest.edges.isEmpty {
      lines += ["", "Edges"]
      for edge in manifest.edges { lines.append("  \(edge.from) \(edge.kind.rawValue) \(edge.to)") }
    }
    lines += ["", "Nothing above is verified; `zkmlops verify` does that.", ""]
    return lines.map(TerminalText.escaped).joined(separator: "\n") + "\n" + details
  }

  /// The inspection for programs.
  public var json: JSONValue {
    let proofs = JSONValue.array(proofs.map(\.json))
    return isOfProof ? proofs : .object(["manifest": bundle.manifest.json, "proofs": proofs])
  }
}
