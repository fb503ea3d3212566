/// A claim as an in-toto Statement v1: what a line of `claims.jsonl` says.
///
/// ```json
/// {"_type": "https://in-toto.io/Statement/v1",
///  "subject": [{"name": "test", "digest": {"zkmlopsCommitment": "…"}}],
///  "predicateType": "urn:zkmlops:claim:v1",
///  "predicate": {"claim": "accuracy", "claimType": "accuracy", "statement": {…}, "reveals": […],
///                "claimFile": {"digest": {"sha256": "…"}}, "proof": {"digest": {"sha256": "…"}, "profile": "P128"}}}
/// ```
/// All of it follows from the manifest and the claim's file, so a verifier derives it and compares. The subjects are the artefacts that the
/// claim speaks of; they have no `sha256` of a file, since what is committed is a table or a model, not a file.
public enum ClaimAttestation {
  /// The statement's type.
  public static let statementType = "https://in-toto.io/Statement/v1"
  /// The predicate's type; the number changes with the meaning of its fields.
  public static let predicateType = "urn:zkmlops:claim:v1"
  /// The media type of the signed payload, in-toto's own.
  public static let payloadType = "application/vnd.in-toto+json"
  /// The name of our commitment in a DigestSet.
  public static let digestName = "zkmlopsCommitment"

  /// The statement of a claim.
  ///
  /// - Parameters:
  ///   - claim: its entry in the manifest; `file`: its public file.
  ///   - subjects: the artefacts that it speaks of, in the order in which its meaning names them.
  ///   - profile: the manifest's soundness profile.
  public static func statement(
    _ claim: ManifestClaim, file: ClaimFile, subjects: [ManifestArtefact], profile: String
  ) -> JSONValue {
    func sha256(_ digest: String) -> JSONValue { .object(["sha256": .string(digest)]) }
    return .object([
      "_type": .string(statementType),
      "subject": .array(subjects.map { .object(["name": .string($0.name), "digest": .object([digestName: .string($0.identity)])]) }),
      "predicateType": .string(predicateType),
      "predicate": .object([
        "claim": .string(claim.name), "claimType": .string(claim.type), "statement": file.statement,
        "reveals": .array(file.discloses.map(\.json)), "claimFile": .object(["digest": sha256(claim.digest)]),
        "proof": .object(["digest": sha256(claim.proof), "profile": .string(profile)]),
      ]),
    ])
  }
}

/// One line of `claims.jsonl`: a DSSE envelope around a `ClaimAttestation`.
///
/// Two signatures by one key, Ed25519 first, with the key ids `FINGERPRINT/ed25519` and `FINGERPRINT/ml-dsa-65`; or none.
public struct ClaimEnvelope: Hashable, Sendable {
  /// Canonical JSON of the statement.
  public let payload: [UInt8]
  /// Fingerprint and signatures of the signer, or nil.
  public let signature: Signature?

  /// Who signed, and how.
  public struct Signature: Hashable, Sendable {
    /// The signer's key, which the manifest's signature holds.
    public let fingerprint: String
    /// Both signatures.
    public let pair: DualSignature
  }

  /// An envelope around a payload, signed when there is a signer.
  public init(payload: [UInt8], signer: (any DocumentSigner)?) throws(SignatureError) {
    self.payload = payload
    let document = Self.document(payload)
    if let signer {
      signature = Signature(fingerprint: signer.publicKey.fingerprint, pair: try signer.signature(of: document))
    } else {
      signature = nil
    }
  }

  private static func document(_ payload: [UInt8]) -> SignedDocument { SignedDocument(type: ClaimAttestation.payloadType, payload: payload) }

  /// What is signed.
  public var document: SignedDocument { Self.document(payload) }

  /// The envelope as JSON.
  public var json: JSONValue {
    var signatures: [JSONValue] = []
    if let signature {
      for (algorithm, bytes) in [(SignatureAlgorithm.ed25519, signature.pair.ed25519), (.mlDSA65, signature.pair.mlDSA65)] {
        signatures.append(
          .object(["keyid": .string("\(signature.fingerprint)/\(algorithm.rawValue)"), "sig": .string(Base64.encode(bytes))]))
      }
    }
    return .object([
      "payloadType": .string(ClaimAttestation.payloadType), "payload": .string(Base64.encode(payload)), "signatures": .array(signatures),
    ])
  }

  /// The lines of a file, each ended by a line feed.
  public static func fileBytes(_ envelopes: [ClaimEnvelope]) -> [UInt8] {
    envelopes.flatMap { $0.json.canonicalBytes + [0x0a] }
  }

  /// Reads `claims.jsonl`: as many lines as `count`, each canonical JSON.
  /// - Throws: `BundleError`.
  static func read(_ bytes: [UInt8], count: Int, limits: BundleLimits) throws(BundleError) -> [ClaimEnvelope] {
    let file = BundleName.attestationsFile
    guard bytes.count <= limits.attestationsByteCount else { throw .tooLarge(name: file, limit: limits.attestationsByteCount) }
    var rest = bytes[...]
    var envelopes: [ClaimEnvelope] = []
    while !rest.isEmpty {
      guard envelopes.count < count, let end = rest.firstIndex(of: 0x0a) else { throw .attestationCount(expected: count) }
      envelopes.append(try ClaimEnvelope(line: Array(rest[..<end]), number: envelopes.count + 1, limits: limits))
      rest = rest[(end + 1)...]
    }
    guard envelopes.count == count else { throw .attestationCount(expected: count) }
    return envelopes
  }

  private init(line: [UInt8], number: Int, limits: BundleLimits) throws(BundleError) {
    let file = "\(BundleName.attestationsFile) line \(number)"
    let value: JSONValue
    do { value = try JSONParser.parse(line, limits: .init(byteCount: limits.attestationsByteCount, valueCount: 64, depth: 4)) } catch {
      throw .json(file: file, error)
    }
    do throws(JSONShapeError) {
      let fields = try JSONNode(value).fields(["payloadType", "payload", "signatures"])
      _ = try fields.node("payloadType").string("must be \(ClaimAttestation.payloadType)") { $0.hasSameScalars(as: ClaimAttestation.payloadType) }
      let node = try fields.node("payload")
      guard let bytes = Base64.decode(try node.string()) else { throw node.notAllowed("must be Base64") }
      payload = bytes
      signature = try Self.readSignatures(try fields.node("signatures"))
    } catch { throw .shape(file: file, error) }
    guard json.canonicalBytes == line else { throw .notCanonical(file: file) }
  }

  private static func readSignatures(_ node: JSONNode) throws(JSONShapeError) -> Signature? {
    let entries = try node.elements(atMost: 2)
    guard let first = entries.first else { return nil }
    guard entries.count == 2 else { throw node.notAllowed("one of the two signatures is missing") }
    var bytes: [[UInt8]] = []
    let fingerprint = String(try first.fields(["keyid", "sig"]).node("keyid").string().prefix { $0 != "/" })
    for (algorithm, entry) in zip([SignatureAlgorithm.ed25519, .mlDSA65], entries) {
      let fields = try entry.fields(["keyid", "sig"])
      _ = try fields.node("keyid").string("must be the same fingerprint and /\(algorithm.rawValue)") {
        Hexadecimal.isDigest(fingerprint) && $0.hasSameScalars(as: "\(fingerprint)/\(algorithm.rawValue)")
      }
      bytes.append(try fields.node("sig").base64(byteCount: algorithm.signatureByteCount))
    }
    do { return Signature(fingerprint: fingerprint, pair: try DualSignature(ed25519: bytes[0], mlDSA65: bytes[1])) } catch {
      throw node.notAllowed("\(error)")
    }
  }
}
