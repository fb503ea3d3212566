import Hashing

/// A data owner's statement with its signature: the file `signatures/DIGEST.json`, canonical JSON, and what travels with a handover.
///
/// ```json
/// {"formatVersion": 1, "statement": {…}, "signature": {…}}
/// ```
public struct SignedDatasetStatement: Hashable, Sendable {
  /// The version of this format.
  public static let formatVersion = 1

  /// What is stated.
  public let statement: DatasetStatement
  /// Who states it; the role is `owner`.
  public let signature: SignatureEntry

  /// A statement with its signature, unchecked.
  public init(statement: DatasetStatement, signature: SignatureEntry) {
    self.statement = statement
    self.signature = signature
  }

  /// Signs a statement.
  public init(_ statement: DatasetStatement, signer: some DocumentSigner) throws(SignatureError) {
    self.init(
      statement: statement,
      signature: SignatureEntry(role: .owner, key: signer.publicKey, signature: try signer.signature(of: statement.document)))
  }

  /// The bytes of the file.
  public var fileBytes: [UInt8] {
    JSONValue.object([
      "formatVersion": .integer(Self.formatVersion), "statement": statement.json, "signature": signature.json,
    ]).canonicalBytes
  }

  /// SHA-256 of the file, hexadecimal: its name in a bundle.
  public var digest: String { SHA256.hash(fileBytes).hex }

  /// Reads a file; `file` is its name in errors. The signature is not checked yet.
  /// - Throws: `BundleError`.
  public init(fileBytes: [UInt8], file: String) throws(BundleError) {
    let value: JSONValue
    do { value = try JSONParser.parse(fileBytes, limits: .init(byteCount: 1 << 20, valueCount: 1 << 13, depth: 8)) } catch {
      throw .json(file: file, error)
    }
    do throws(JSONShapeError) {
      let fields = try JSONNode(value).fields(["formatVersion", "statement", "signature"])
      _ = try fields.node("formatVersion").integer(in: Self.formatVersion...Self.formatVersion)
      let signature = try fields.node("signature")
      self.init(statement: try DatasetStatement.read(try fields.node("statement")), signature: try SignatureEntry.read(signature))
      guard self.signature.role == .owner else { throw signature.notAllowed("a dataset is signed by a data owner") }
    } catch { throw .shape(file: file, error) }
    guard fileBytes == self.fileBytes else { throw .notCanonical(file: file) }
  }

  /// Checks that the statement is about `artefact` and that both its signatures hold.
  /// - Throws: `VerificationError.datasetStatement` or `.signature`.
  public func check(_ artefact: ManifestArtefact) throws(VerificationError) {
    if let mismatch = statement.mismatch(artefact) { throw .datasetStatement(artefact: artefact.name, reason: mismatch) }
    do { try signature.key.check(signature.signature, of: statement.document) } catch {
      throw .signature(document: "the owner's statement on \(artefact.name)", fingerprint: signature.key.fingerprint, error)
    }
  }
}
