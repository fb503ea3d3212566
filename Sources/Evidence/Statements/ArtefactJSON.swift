import Claims
import Fields
import Hashing
import Programs
import ProofSystem

extension ManifestArtefact.TreeRows {
  /// Most rows of a tree.
  static var maximumRows: Int { StatementLimits.maximumRows }
}

extension ManifestArtefact {
  /// How a manifest describes a committed artefact.
  ///
  /// - Parameters:
  ///   - artefact: its name, contents, code shape and identity.
  ///   - root: the root of its commitment.
  ///   - role: what it is used for in the bundle, e.g. `testSet`.
  public init(_ artefact: ArtefactDescription, root: Digest, role: String) {
    let shape = artefact.shape
    self.init(
      name: artefact.name, kind: artefact.contents.kind, role: role, identity: artefact.identity.hex, root: root.hex,
      format: Self.format(artefact.contents),
      tensors: artefact.contents.tensors.map { Tensor(name: $0.name, logDimensions: $0.log2Dimensions) },
      code: CodeShape(m: shape.log2RowLength, p: shape.tailCount, logN: shape.log2Length),
      tree: artefact.sharedTree.map { TreeRows(firstRow: $0.placement.firstRow, rows: $0.placement.treeRowCount) })
  }

  private static func format(_ contents: ArtefactContents) -> JSONObject {
    switch contents {
    case .table(let schema, let rowCount): JSONObject([("rows", .integer(rowCount)), ("columns", SchemaJSON.value(schema))])
    case .linearModel(let architecture): JSONObject([("architecture", ArchitectureJSON.value(architecture))])
    case .treeEnsemble(let architecture): JSONObject([("architecture", TreeArchitectureJSON.value(architecture))])
    case .network(let architecture): JSONObject([("architecture", NetworkArchitectureJSON.value(architecture))])
    }
  }

  /// Rebuilds what the artefact holds and recomputes its identity from kind, format, tensors, code shape, root and rows in a shared tree.
  ///
  /// Sizes are checked before anything is built from them. The result's identity is the recomputed one; whether it is the stated one is
  /// checked by `verifyBundle`.
  /// - Throws: `StatementError`.
  public func described() throws(StatementError) -> ArtefactDescription {
    // The proof system names its own trees so.
    guard name != "aux", !name.hasPrefix("mask.") else { throw .commitment("the names aux and mask.… are the proof system's own") }
    let contents = try readContents()
    guard tensors.count == contents.tensors.count,
      zip(tensors, contents.tensors).allSatisfy({ $0.name == $1.name && $0.logDimensions == $1.log2Dimensions })
    else { throw .commitment("its tensors are not those that its format calls for") }
    guard let shape = CodeShapes.shape(log2RowLength: code.m, field: Goldilocks.self), shape.tailCount == code.p, shape.log2Length == code.logN
    else { throw .commitment("its code is not one of the table: rows of 2^11 to 2^22 values, 1/8 of that at random, rate 1/4") }
    guard let root = Digest(hex: root) else { throw .commitment("its root is not a digest") }
    let cells = contents.cellCount
    guard cells <= StatementCaps.cells, cells >> shape.log2RowLength < StatementLimits.maximumRows else {
      throw .tooLarge("an artefact of \(cells) cells in rows of \(1 << shape.log2RowLength)")
    }
    let layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    var placement: TreePlacement?
    if let tree {
      guard let rows = TreePlacement(firstRow: tree.firstRow, treeRowCount: tree.rows), tree.firstRow + layout.rowCount <= tree.rows else {
        throw .commitment("its rows leave the tree that it says to share")
      }
      placement = rows
    }
    let commitment = Artefact(
      kind: kind, shape: shape, layout: layout, format: contents.format, root: root, field: Goldilocks.self, placement: placement)
    return ArtefactDescription(
      name: name, contents: contents, shape: shape, identity: commitment.identity, root: root, placement: placement)
  }

  /// The identity that follows from `described`: 64 lower-case hexadecimal digits.
  /// - Throws: `StatementError` when the description is not one that an artefact can have.
  public func recomputedIdentity() throws(StatementError) -> String { try described().identity.hex }

  private func readContents() throws(StatementError) -> ArtefactContents {
    let node = JSONNode(.object(format), path: "/format")
    return try readingStatements {
      switch kind {
      case "table":
        let fields = try node.fields(["rows", "columns"])
        let rows = try fields.node("rows").integer(in: 1...StatementCaps.rows)
        return .table(try SchemaJSON.read(try fields.node("columns")), rowCount: rows)
      case "linear-model":
        return .linearModel(try ArchitectureJSON.read(try node.fields(["architecture"]).node("architecture")))
      case "tree-ensemble":
        return .treeEnsemble(try TreeArchitectureJSON.read(try node.fields(["architecture"]).node("architecture")))
      case "network":
        return .network(try NetworkArchitectureJSON.read(try node.fields(["architecture"]).node("architecture")))
      default: throw JSONShapeError(.notAllowed(rule: "must be table, linear-model, tree-ensemble or network"), at: "/kind")
      }
    }
  }
}
