import Claims
import Hashing
import ProofSystem
import Soundness

/// What a proof in a bundle is made of: its error terms and the sizes of its parts.
public struct ProofInspection: Sendable {
  /// One part of the proof's bytes.
  public struct Part: Equatable, Sendable {
    /// What it is.
    public let name: String
    /// Its bytes.
    public let byteCount: Int
  }

  /// SHA-256 of the proof.
  public let digest: String
  /// Claims that it carries.
  public let claims: [String]
  /// Artefacts that it opens.
  public let artefacts: [String]
  /// Whole size.
  public let byteCount: Int
  /// The parts; their sizes add up to `byteCount`. Empty when the proof does not verify.
  public let parts: [Part]
  /// Parameters, relation and error terms.
  public let anatomy: PublicProof.Anatomy
  /// The target of the profile in bits.
  public let targetBits: Int
  /// The least of the error terms, in bits.
  public var leastBits: Double { anatomy.account.minimum }
  /// Why the proof does not verify, or nil.
  public let rejection: String?

  /// Looks at the proof with this digest (or a beginning of it) in a bundle.
  /// - Throws: `StatementError` for a statement that cannot be read; nil is returned for no such proof.
  public static func make(_ bundle: EvidenceBundle, digest: String) throws -> ProofInspection? {
    guard let entry = bundle.manifest.proofs.first(where: { $0.digest.hasPrefix(digest) }), let bytes = bundle.proofs[entry.digest] else {
      return nil
    }
    let artefacts = try entry.artefacts.compactMap { name in try bundle.manifest.artefacts.first { $0.name == name }?.described() }
    let claims = try entry.claims.compactMap { name in
      try bundle.claims[name].map { try ClaimJSON.read(type: $0.type, JSONNode($0.statement)) }
    }
    let proof = try PublicProof(names: entry.claims, claims: claims, artefacts: artefacts, profile: bundle.manifest.profile)
    var parts: [Part] = []
    var rejection: String?
    do { parts = try proof.parts(bytes) } catch { rejection = "\(error)" }
    return ProofInspection(
      digest: entry.digest, claims: entry.claims, artefacts: entry.artefacts, byteCount: bytes.count, parts: parts,
      anatomy: try proof.anatomy(), targetBits: proof.profile.targetBits, rejection: rejection)
  }

  /// The inspection for a terminal.
  public var text: String {
    var lines = ["Proof \(digest)", "  claims     \(claims.joined(separator: ", "))", "  artefacts  \(artefacts.joined(separator: ", "))"]
    lines.append("  field      \(anatomy.field)")
    lines.append("  relation   \(anatomy.relation.hex)")
    if let rejection { lines.append("  REJECTED   \(TerminalText.escaped(rejection))") }
    lines += ["", "  Size \(ByteCount.text(byteCount))"]
    for part in parts { lines.append("    \(Self.padded(ByteCount.text(part.byteCount), 10)) \(part.name)") }
    lines += ["", "  Soundness: error of each round in bits, target \(targetBits); no conjecture, no grinding"]
    for term in anatomy.account.terms { lines.append("    \(Self.padded(Self.bits(term.bits), 10)) \(term.name)") }
    lines.append("    \(Self.padded(Self.bits(anatomy.account.minimum), 10)) the least of them")
    lines += ["", "  Sources"]
    var seen: Set<String> = []
    for term in anatomy.account.terms where seen.insert(term.source).inserted { lines.append("    \(term.name): \(term.source)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The inspection for programs.
  public var json: JSONValue {
    .object([
      "digest": .string(digest), "claims": .array(claims.map(JSONValue.string)), "artefacts": .array(artefacts.map(JSONValue.string)),
      "byteCount": .integer(byteCount), "parts": .array(parts.map { .object(["name": .string($0.name), "byteCount": .integer($0.byteCount)]) }),
      "field": .string(anatomy.field), "relation": .string(anatomy.relation.hex), "targetBits": .integer(targetBits),
      "rejection": rejection.map(JSONValue.string) ?? .null,
      "terms": .array(
        anatomy.account.terms.map { .object(["name": .string($0.name), "bits": .string(Self.bits($0.bits)), "source": .string($0.source)]) }),
    ])
  }

  /// Rounded down to two digits after the point.
  private static func bits(_ bits: Double) -> String {
    guard bits.isFinite, abs(bits) < 1e9 else { return "–" }
    let hundredths = Int((bits * 100).rounded(.down))
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
