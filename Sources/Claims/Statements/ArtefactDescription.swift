import Fields
import Hashing
import Programs
import ProofSystem

/// What an artefact holds, and so how its tensors lie in the committed matrix.
public enum ArtefactContents: Hashable, Sendable {
  /// Stored columns c0, c1, … of a table, one tensor each.
  case table(TableSchema, rowCount: Int)
  /// The weights W [features, outputs] of a linear model.
  case linearModel(LinearArchitecture)
  /// The table of nodes of a tree ensemble, one tensor for each column.
  case treeEnsemble(TreeArchitecture)
  /// The hidden tensors of an imported network, one tensor each.
  case network(NetworkArchitecture)

  /// Kind in the commitment.
  public var kind: String {
    switch self {
    case .table: "table"
    case .linearModel: "linear-model"
    case .treeEnsemble: "tree-ensemble"
    case .network: "network"
    }
  }

  /// The public format that the identity binds: schema, logical row count, architecture.
  public var format: CanonicalValue {
    switch self {
    case .table(let schema, let rowCount): .dictionary(["rows": .integer(UInt64(rowCount)), "schema": schema.canonical])
    case .linearModel(let architecture): .dictionary(["architecture": architecture.canonical])
    case .treeEnsemble(let architecture): .dictionary(["architecture": architecture.canonical])
    case .network(let architecture): .dictionary(["architecture": architecture.canonical])
    }
  }

  /// Rebuilds the contents from a commitment's kind and format. **Throws** `inconsistent` or what the parts refuse.
  public init(kind: String, format: CanonicalValue) throws(ClaimError) {
    guard case .dictionary(let entries) = format else { throw .inconsistent("the format of an artefact is not a dictionary") }
    do throws(ProgramError) {
      switch kind {
      case "table":
        guard entries.count == 2, let schema = entries["schema"], case .integer(let rows)? = entries["rows"], rows >= 1, rows <= 1 << 28 else {
          throw .invalidModel(reason: "a table's format has the entries schema and rows")
        }
        self = .table(try TableSchema(canonical: schema), rowCount: Int(rows))
      case "linear-model":
        guard entries.count == 1, let architecture = entries["architecture"] else {
          throw .invalidModel(reason: "a model's format has the entry architecture")
        }
        self = .linearModel(try LinearArchitecture(canonical: architecture))
      case "tree-ensemble":
        guard entries.count == 1, let architecture = entries["architecture"] else {
          throw .invalidModel(reason: "a model's format has the entry architecture")
        }
        self = .treeEnsemble(try TreeArchitecture(canonical: architecture))
      case "network":
        guard entries.count == 1, let architecture = entries["architecture"] else {
          throw .invalidModel(reason: "a model's format has the entry architecture")
        }
        self = .network(try NetworkArchitecture(canonical: architecture))
      default: throw .invalidModel(reason: "unknown kind of artefact")
      }
    } catch { throw .program(error) }
  }

  /// Tensors of the committed matrix.
  public var tensors: [TensorLayout] {
    switch self {
    case .table(let schema, let rowCount):
      let bits = log2Ceiling(rowCount)
      return schema.storedColumns.indices.map { TensorLayout("c\($0)", [bits]) }
    case .linearModel(let architecture):
      return [TensorLayout("W", [log2Ceiling(architecture.weightShape.rows), log2Ceiling(architecture.weightShape.columns)])]
    case .treeEnsemble(let architecture):
      return architecture.nodeColumns.map { TensorLayout($0.name, [log2Ceiling(architecture.nodeCount)]) }
    case .network(let architecture):
      return architecture.parameters.enumerated().map { TensorLayout(NetworkParameter.tensorName($0), $1.dimensions.map { log2Ceiling($0) }) }
    }
  }

  /// Logical dimensions of one of the tensors, outermost first: entries beyond them are padding, which no claim reads.
  public func logicalShape(of tensor: TensorLayout) -> [Extent] {
    switch self {
    case .table(_, let rowCount): [Extent(count: rowCount)]
    case .linearModel(let architecture): [Extent(count: architecture.weightShape.rows), Extent(count: architecture.weightShape.columns)]
    case .treeEnsemble(let architecture): [Extent(count: architecture.nodeCount)]
    case .network(let architecture):
      architecture.parameters.enumerated().first { NetworkParameter.tensorName($0.offset) == tensor.name }?.element.dimensions
        .map { Extent(count: $0) } ?? []
    }
  }

  /// The model that it holds; nil for a table, and for a network, which no `inference` reads.
  public var model: ModelArchitecture? {
    switch self {
    case .table, .network: nil
    case .linearModel(let architecture): .linear(architecture)
    case .treeEnsemble(let architecture): .trees(architecture)
    }
  }

  /// log2 of the cells that the matrix needs.
  public var cellCount: Int { tensors.reduce(0) { $0 + (1 << $1.bits) } }
}

/// A committed artefact as a verifier knows it.
public struct ArtefactDescription: Sendable {
  /// Name inside the bundle.
  public let name: String
  public let contents: ArtefactContents
  public let shape: CodeShape
  public let layout: MatrixLayout
  public let identity: Digest
  /// Name of the tree that it shares with other artefacts, and its rows there; nil when the tree is its own.
  public let sharedTree: (name: String, placement: TreePlacement)?
  /// Index of each stored column; looked up once for every use of a column.
  private let storedColumns: [StoredName: Int]

  /// The column's name as bytes: keys that are texts would find canonically equivalent ones.
  private struct StoredName: Hashable {
    let column: [UInt8]
    let part: StoredPart
    init(_ column: String, _ part: StoredPart) {
      self.column = Array(column.utf8)
      self.part = part
    }
  }

  /// The shape's own name is ignored: shapes of a statement are named by their parameters.
  public init(
    name: String, contents: ArtefactContents, shape: CodeShape, identity: Digest, sharedTree: (name: String, placement: TreePlacement)? = nil
  ) {
    self.sharedTree = sharedTree
    self.name = name
    self.contents = contents
    self.shape = shape
    self.identity = identity
    layout = MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors)
    var indices: [StoredName: Int] = [:]
    if case .table(let schema, _) = contents {
      for (index, stored) in schema.storedColumns.enumerated() { indices[StoredName(stored.column, stored.part)] = index }
    }
    storedColumns = indices
  }

  /// As a manifest describes it: a tree that artefacts share is named by its root.
  /// - Parameter placement: its rows in a tree that it shares; nil when the tree is its own.
  public init(name: String, contents: ArtefactContents, shape: CodeShape, identity: Digest, root: Digest, placement: TreePlacement?) {
    self.init(
      name: name, contents: contents, shape: shape, identity: identity, sharedTree: placement.map { (Self.treeName(root: root), $0) })
  }

  /// Name of a shared tree in statements: `tree:` and the root in hexadecimal. No artefact of a bundle has a name with a colon.
  public static func treeName(root: Digest) -> String { "tree:" + root.hex }

  /// View of a stored column. **Throws** `unknownColumn`, or `unknownArtefact` when this is no table.
  public func column(_ column: String, _ part: StoredPart) throws(ClaimError) -> View {
    guard case .table = contents else { throw .unknownArtefact(name) }
    guard let index = storedColumns[StoredName(column, part)] else { throw .unknownColumn(artefact: name, column: column) }
    return layout.view("c\(index)")
  }

  func table() throws(ClaimError) -> (schema: TableSchema, rows: Extent) {
    guard case .table(let schema, let rowCount) = contents else { throw .unknownArtefact(name) }
    return (schema, Extent(count: rowCount))
  }

  /// A model's architecture. **Throws** `unknownArtefact` when this is no model.
  func model() throws(ClaimError) -> ModelArchitecture {
    switch contents {
    case .linearModel(let architecture): return .linear(architecture)
    case .treeEnsemble(let architecture): return .trees(architecture)
    case .table, .network: throw .unknownArtefact(name)
    }
  }

  /// A network's architecture. **Throws** `unknownArtefact` when this is none.
  func network() throws(ClaimError) -> NetworkArchitecture {
    guard case .network(let architecture) = contents else { throw .unknownArtefact(name) }
    return architecture
  }

  /// A linear model's architecture. **Throws** `unknownArtefact` when this is none.
  func linearModel() throws(ClaimError) -> LinearArchitecture {
    guard case .linearModel(let architecture) = contents else { throw .unknownArtefact(name) }
    return architecture
  }

  /// A tree ensemble's architecture. **Throws** `unknownArtefact` when this is none.
  func treeEnsemble() throws(ClaimError) -> TreeArchitecture {
    guard case .treeEnsemble(let architecture) = contents else { throw .unknownArtefact(name) }
    return architecture
  }

  /// A column of the table of nodes as an expression. **Throws** `unknownColumn`, or `unknownArtefact` when this is no ensemble.
  func nodeColumn(_ column: String) throws(ClaimError) -> View {
    guard try treeEnsemble().nodeColumns.contains(where: { $0.name == column }) else { throw .unknownColumn(artefact: name, column: column) }
    return layout.view(column)
  }
}

/// Hiding code shapes for artefacts: tail p = 2^m / 8, rate 1/4 (design 2, 2.2.0 and 2.5).
public enum CodeShapes {
  /// A shape's name inside statements, from its parameters.
  public static func name(_ log2RowLength: Int, _ tailCount: Int, _ log2Length: Int) -> String {
    "m\(log2RowLength)p\(tailCount)n\(log2Length)"
  }

  /// The shape with rows of 2^m. Nil for m outside 11…22 or beyond the field.
  public static func shape<Base: PrimeField>(log2RowLength m: Int, field: Base.Type) -> CodeShape? {
    guard (11...22).contains(m), m + 2 <= Base.twoAdicity else { return nil }
    return CodeShape(name: name(m, 1 << (m - 3), m + 2), log2RowLength: m, tailCount: 1 << (m - 3), log2Length: m + 2)
  }
}
