import Fields
import Hashing

/// What everyone may know of a committed artefact. Its identity is Com = SHA256(preimage).
///
/// The preimage has no role, no shape name and no profile: one value in every proof. It binds the schema, the tensors' dimensions, the
/// exact code (m, p, n, coset), the salt length, the hash, the root, and the field with its modulus when it is not Goldilocks (spec A1).
public struct Artefact: Sendable {
  public static let saltByteCount = 32

  public let kind: String
  public let shape: CodeShape
  public let layout: MatrixLayout
  /// Schema: logical shapes, scales, declared ranges, categories.
  public let format: CanonicalValue
  public let root: Digest
  public let preimage: [UInt8]
  public let identity: Digest

  /// `placement`: its rows in a shared tree, bound as [first row, rows of the tree].
  public init<Base: PrimeField>(
    kind: String, shape: CodeShape, layout: MatrixLayout, format: CanonicalValue, root: Digest, field: Base.Type, placement: TreePlacement? = nil
  ) {
    self.kind = kind
    self.shape = shape
    self.layout = layout
    self.format = format
    self.root = root
    var entries = shape.description(of: Base.self, named: false)
    entries["kind"] = .text(kind)
    entries["format"] = format
    entries["tensors"] = layout.tensorDescription
    entries["rows"] = .integer(UInt64(layout.rowCount))
    entries["salt"] = .integer(UInt64(Self.saltByteCount))
    entries["hash"] = .text("sha256")
    entries["root"] = .bytes(root.bytes)
    if let placement {
      entries["tree"] = .list([.integer(UInt64(placement.firstRow)), .integer(UInt64(placement.treeRowCount))])
    }
    entries.merge(Base.identityEntries) { $1 }
    preimage = CanonicalValue.list([.text("zkmlops/artefact/v1"), .dictionary(entries)]).encoded
    identity = SHA256.hash(preimage)
  }
}

/// What a statement says of an artefact: everything but the root, and the identity that fixes the root.
public struct ArtefactReference: Sendable {
  public let kind: String
  public let format: CanonicalValue
  public let identity: Digest
  public init(kind: String, format: CanonicalValue, identity: Digest) {
    self.kind = kind
    self.format = format
    self.identity = identity
  }
}
