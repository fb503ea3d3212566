/// The table of contents of a bundle: artefacts, edges between them, claims, and the proof that carries each claim.
///
/// Written as canonical JSON (RFC 8785). `bundleID` is the digest of everything else in it, so any change changes the identifier.
public struct Manifest: Equatable, Sendable {
  /// The version of this format.
  public static let formatVersion = 1

  /// Name of the soundness profile of the proofs, e.g.
  ///
  /// `P128`.
  public var profile: String
  /// Identifier of the bundle before this one, or nil for the first.
  public var previous: String?
  /// When it was written, by the writer's clock.
  public var created: Timestamp
  /// Version of the program that wrote it.
  public var toolVersion: String
  /// Committed artefacts; names distinct but for case, identities distinct.
  public var artefacts: [ManifestArtefact]
  /// How artefacts come from each other; each edge is established by a claim.
  public var edges: [ManifestEdge]
  /// Proofs, each for an ordered list of claims over an ordered list of artefacts.
  public var proofs: [ManifestProof]
  /// Claims, in the order in which they are reported.
  public var claims: [ManifestClaim]
  /// Statements of data owners on artefacts; each file is in the list once for an artefact.
  public var statements: [ManifestStatement]
  /// SHA-256 of `claims.jsonl`, or nil when there is none.
  public var attestations: String?
  /// Signatures over everything above; not part of the identifier.
  public var signatures: [SignatureEntry]

  /// A manifest of these parts; `validate` checks that they fit together.
  public init(
    profile: String, previous: String? = nil, created: Timestamp, toolVersion: String, artefacts: [ManifestArtefact] = [],
    edges: [ManifestEdge] = [], proofs: [ManifestProof] = [], claims: [ManifestClaim] = [], statements: [ManifestStatement] = [],
    attestations: String? = nil, signatures: [SignatureEntry] = []
  ) {
    self.profile = profile
    self.previous = previous
    self.created = created
    self.toolVersion = toolVersion
    self.artefacts = artefacts
    self.edges = edges
    self.proofs = proofs
    self.claims = claims
    self.statements = statements
    self.attestations = attestations
    self.signatures = signatures
  }
}

/// A committed artefact as the manifest describes it: everything its identity is the digest of, and its name and role here.
public struct ManifestArtefact: Equatable, Sendable {
  /// Name in this bundle (see `BundleName`).
  public var name: String
  /// Type, part of the identity, e.g.
  ///
  /// `table` or `model`.
  public var kind: String
  /// What it is used for here, e.g.
  ///
  /// `trainingSet`; not part of the identity.
  public var role: String
  /// Commitment identity: SHA-256, 64 lower-case hexadecimal digits.
  public var identity: String
  /// Merkle root of the commitment, likewise.
  public var root: String
  /// Public format: schema, logical shapes, scales, declared ranges.
  ///
  /// An object.
  public var format: JSONObject
  /// Tensors in the committed matrix, in order.
  public var tensors: [Tensor]
  /// The hiding code of its rows.
  public var code: CodeShape
  /// Its rows in a tree that it shares with other artefacts; nil when the tree of `root` is its own.
  public var tree: TreeRows?

  /// A tensor inside an artefact.
  public struct Tensor: Equatable, Sendable {
    /// Its name in the format.
    public var name: String
    /// log2 of the padded size of each dimension, outermost first; their sum is at most 48.
    public var logDimensions: [Int]

    /// A tensor of 2^(sum of `logDimensions`) values.
    public init(name: String, logDimensions: [Int]) {
      self.name = name
      self.logDimensions = logDimensions
    }
  }

  /// Where an artefact lies in a tree that it shares: part of its identity. Artefacts of one root share one tree, lie apart in it, and
  /// agree on its rows and its code.
  public struct TreeRows: Equatable, Sendable {
    /// Rows of the tree before the artefact's.
    public var firstRow: Int
    /// Rows of the whole tree, at most 2^14.
    public var rows: Int

    /// The rows from `firstRow` on in a tree of `rows`.
    public init(firstRow: Int, rows: Int) {
      self.firstRow = firstRow
      self.rows = rows
    }
  }

  /// Rows of 2^m data values and p random ones, encoded at 2^logN points; 2^m + p ≤ 2^logN.
  public struct CodeShape: Equatable, Sendable {
    /// log2 of the data values a row.
    public var m: Int
    /// Random values a row.
    public var p: Int
    /// log2 of the code length.
    public var logN: Int

    /// A code shape.
    public init(m: Int, p: Int, logN: Int) {
      self.m = m
      self.p = p
      self.logN = logN
    }
  }

  /// An artefact of these parts.
  public init(
    name: String, kind: String, role: String, identity: String, root: String, format: JSONObject, tensors: [Tensor], code: CodeShape,
    tree: TreeRows? = nil
  ) {
    self.name = name
    self.kind = kind
    self.role = role
    self.identity = identity
    self.root = root
    self.format = format
    self.tensors = tensors
    self.code = code
    self.tree = tree
  }
}

/// One step of lineage, from the later artefact to the earlier one.
public struct ManifestEdge: Hashable, Sendable {
  /// What `from` owes to `to`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `from` is computed from `to`.
    case derivedFrom
    /// The parameters `from` are fitted on the data `to`.
    case fittedOn
    /// The model `from` is trained on the data `to`.
    case trainedOn
    /// The metric inputs `from` are evaluated on the data `to`.
    case evaluatedOn
    /// The predictions `from` are made by the model `to`.
    case predictedBy
    /// `from` commits to the same values as `to`.
    case sameDataAs
  }

  /// What the edge says.
  public var kind: Kind
  /// Name of the later artefact.
  public var from: String
  /// Name of the earlier artefact.
  public var to: String

  /// An edge.
  public init(_ kind: Kind, from: String, to: String) {
    self.kind = kind
    self.from = from
    self.to = to
  }
}

/// A proof file and what it proves.
public struct ManifestProof: Equatable, Sendable {
  /// SHA-256 of the proof's bytes; the file is `proofs/DIGEST.zkp`.
  public var digest: String
  /// Names of the claims it carries, in the order it binds them.
  public var claims: [String]
  /// Names of the artefacts it opens, in the order it binds them.
  public var artefacts: [String]

  /// A proof for `claims` over `artefacts`.
  public init(digest: String, claims: [String], artefacts: [String]) {
    self.digest = digest
    self.claims = claims
    self.artefacts = artefacts
  }
}

/// A claim: the statement is in `claims/NAME.json`.
public struct ManifestClaim: Equatable, Sendable {
  /// Name in this bundle (see `BundleName`).
  public var name: String
  /// Claim type, e.g.
  ///
  /// `accuracy`.
  public var type: String
  /// SHA-256 of the claim's file.
  public var digest: String
  /// Digest of the proof that carries it.
  public var proof: String

  /// A claim carried by `proof`.
  public init(name: String, type: String, digest: String, proof: String) {
    self.name = name
    self.type = type
    self.digest = digest
    self.proof = proof
  }
}
