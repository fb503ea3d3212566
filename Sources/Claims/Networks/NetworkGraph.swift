import Programs
import ProofSystem

/// A program for a number of rows as a proof sees it: committed cells, and nodes that are linear or bilinear in them.
///
/// Every node is a flat tensor of copies · count entries, row-major with the copy first; `copies` is the number of rows B, or 1 for nodes that
/// depend on hidden tensors and constants alone.
public struct NetworkGraph: Sendable {
  /// coefficient · cell of a committed column of this network.
  public struct CellTerm: Hashable, Sendable {
    /// Number of the column in `NetworkConstraint.columns`.
    public let column: Int
    /// Place of the node's entry 0 in the column.
    public let offset: Int
    /// Factor.
    public let coefficient: Int64
  }

  /// A product of two nodes.
  public enum Product: Hashable, Sendable {
    /// y[b, i, j] = Σ_k x[b, i, k]·w[b, k, j]; an operand that is not batched is the same matrix for every b.
    case matrices(batch: Int, rows: Int, inner: Int, columns: Int, isLeftBatched: Bool, isRightBatched: Bool)
    /// The right operand, the kernel, is the same for every row.
    case convolution(ConvolutionGeometry)
  }

  /// What a node is.
  public indirect enum Kind: Sendable {
    /// Hidden tensor number p of the artefact.
    case parameter(Int)
    /// Public integers.
    case known([Int64])
    /// Columns of committed tables, one for each entry of a row.
    case columns([View])
    /// constant + Σ coefficient · cell.
    case cells([CellTerm], constant: Int64)
    /// Entry i of a row is entry positions[i] of the operand's, or the fill where that is −1. A node of one copy may gather from all copies of its operand.
    case gather(Int, positions: [Int32], fill: Int64)
    /// constant + Σ coefficient · operand; an operand with fewer entries is repeated.
    case affine([(coefficient: Int64, node: Int)], constant: Int64)
    /// [rows, columns of all] from operands of that many rows.
    case concatenate([Int], rows: Int)
    /// x·C with public C [inner, columns] and x [rows, inner].
    case publicProduct(Int, matrix: [Int64], inner: Int, columns: Int)
    /// left, right.
    case product(Int, Int, Product)

    /// Degree in committed cells, from those of its operands.
    func degree(_ operand: (Int) -> Int) -> Int {
      switch self {
      case .parameter, .columns, .cells: 1
      case .known: 0
      case .gather(let source, _, _), .publicProduct(let source, _, _, _): operand(source)
      case .affine(let terms, _): terms.reduce(0) { max($0, operand($1.node)) }
      case .concatenate(let operands, _): operands.reduce(0) { max($0, operand($1)) }
      case .product(let left, let right, _): min(1 << 20, operand(left) + operand(right))
      }
    }
  }

  /// One node.
  public struct Node: Sendable {
    /// For errors.
    public let name: String
    public let kind: Kind
    /// Entries of one copy.
    public let count: Int
    /// 1, or the rows of the claim.
    public let copies: Int

    /// copies · count.
    public var total: Int { copies * count }
  }

  public internal(set) var nodes: [Node] = []

  /// Degree of every node in committed cells.
  var degrees: [Int] {
    var out: [Int] = []
    for node in nodes { out.append(node.kind.degree { out[$0] }) }
    return out
  }

  /// Dimensions of a product's result, outermost first; their product is the node's total.
  ///
  /// Matrices: [copies, batch, rows, columns]. Convolutions: [copies · samples, groups, channels of a group, positions].
  public func dimensions(_ node: Int) -> [Int] {
    guard case .product(_, _, let product) = nodes[node].kind else { return [nodes[node].total] }
    switch product {
    case .matrices(let batch, let rows, _, let columns, _, _): return [nodes[node].copies, batch, rows, columns]
    case .convolution(let g):
      return [nodes[node].copies * g.batch, g.groups, g.outputChannels / g.groups, g.output.reduce(1, *)]
    }
  }

  /// Whether the operand keeps the node's entries in their order, so that a weight in product form stays one.
  func isPlain(_ operand: Int, of node: Int) -> Bool { nodes[operand].count == nodes[node].count && nodes[operand].copies == nodes[node].copies }
}

extension NetworkGraph.Product {
  /// Dimensions in which the product's claim on an operand without copies is in product form; none for a convolution's input.
  func dimensions(isLeft: Bool) -> [Int] {
    switch self {
    case .matrices(let batch, let rows, let inner, let columns, let isLeftBatched, let isRightBatched):
      return isLeft ? [isLeftBatched ? batch : 1, rows, inner] : [isRightBatched ? batch : 1, inner, columns]
    case .convolution(let g):
      return isLeft ? [] : [g.groups, g.outputChannels / g.groups, g.inputChannels / g.groups, g.kernel.reduce(1, *)]
    }
  }
}

/// Σ coefficient·node(i) + constant = 0 for all entries.
public struct NetworkEquation: Sendable {
  /// For tests that leave it out.
  public let name: String
  public let terms: [(coefficient: Int64, node: Int)]
  public let constant: Int64
  /// Dimensions of the random point: their product is the total of the nodes.
  public let dimensions: [Int]

  /// Variables of the point.
  var bits: Int { dimensions.reduce(0) { $0 + log2Ceiling($1) } }
}

/// One inference of an imported network inside a claim relation. Reduction: `ClaimRelation+Network.swift`.
public struct NetworkConstraint: Sendable {
  public let name: String
  public let graph: NetworkGraph
  /// In the order of their powers of the batching challenge.
  public let equations: [NetworkEquation]
  /// Committed columns of the auxiliary matrix that `cells` nodes read.
  public let columns: [View]
  /// Tensors of the artefact, by parameter.
  public let parameters: [View]
  /// Logical dimensions of each.
  public let parameterDimensions: [[Int]]

  /// Gathers that are transpositions of axes with more than one entry.
  public let permutations: [Int: AxisPermutation]
  /// Columns that lookups read and no node does.
  public let unread: Set<Int>

  /// Variables of the common random point.
  public var pointBits: Int { equations.map(\.bits).max() ?? 0 }
  /// Degree of the polynomials at the random point, powers of the batching challenge included.
  var pointVariables: Int { max(pointBits + equations.count, graph.nodes.map { log2Ceiling($0.total) + 8 }.max() ?? 0) }
  /// Largest degree of a node in committed cells.
  var degree: Int { graph.degrees.max() ?? 0 }

  func mapping(_ view: (View) -> View) -> NetworkConstraint {
    var graph = graph
    graph.nodes = graph.nodes.map { node in
      guard case .columns(let views) = node.kind else { return node }
      return NetworkGraph.Node(name: node.name, kind: .columns(views.map(view)), count: node.count, copies: node.copies)
    }
    return NetworkConstraint(
      name: name, graph: graph, equations: equations, columns: columns.map(view), parameters: parameters.map(view),
      parameterDimensions: parameterDimensions, permutations: permutations, unread: unread)
  }

  func dropping(_ names: Set<String>) -> NetworkConstraint {
    NetworkConstraint(
      name: name, graph: graph, equations: equations.filter { !names.contains($0.name) }, columns: columns, parameters: parameters,
      parameterDimensions: parameterDimensions, permutations: permutations, unread: unread)
  }
}
