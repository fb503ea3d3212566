import Claims
import Programs
import ProofSystem

/// What claims about imported networks cost a verifier, in units of `StatementCost`: upper bounds from sizes alone.
enum NetworkCost {
  private static let component = 64

  /// Range checks of every hidden tensor: a lookup for each limb of at least 8 bits, from below and from above. A lookup over a tensor costs what
  /// its dimensions have bits, not what it has entries: nothing of a verifier grows with the number of weights but the columns that a proof opens.
  static func wellFormed(_ architecture: NetworkArchitecture) -> Int {
    bounded(architecture.parameters) { (2 * Int128(max(1, ($0.range.bitCount + 7) / 8)) + 4) * max(Int128(component), 4 * pieces($0)) }
  }

  /// Blocks of powers of two that a tensor's dimensions are made of: what a sum over it has terms.
  private static func pieces(_ parameter: NetworkParameter) -> Int128 {
    parameter.dimensions.reduce(1) { min(1 << 40, $0 * Int128(max(1, $1.nonzeroBitCount))) }
  }

  /// A sum of at most 2^40.
  private static func bounded(_ parameters: [NetworkParameter], _ cost: (NetworkParameter) -> Int128) -> Int {
    Int(parameters.reduce(Int128(component)) { min(1 << 40, $0 + cost($1)) })
  }

  /// Weights of every entry of every node and of what it reads, row by row, without those that `readByProducts` names; about 16 lookups; published
  /// values; the terms of hidden tensors for each node that reads them.
  static func inference(_ claim: NetworkInference, _ artefacts: [String: ArtefactDescription]) -> Int {
    guard case .network(let architecture)? = artefacts[claim.model]?.contents else { return component }
    let known = known(claim, architecture)
    let (work, overflow) = entries(architecture, known).multipliedReportingOverflow(by: max(1, claim.rows))
    guard !overflow, work < 1 << 40 else { return 1 << 40 }
    var readers: [InputBinding: Int] = [:]
    for node in architecture.program.nodes {
      for operand in node.operands {
        if case .input(let input) = architecture.program.nodes[operand].operation { readers[input.binding, default: 0] += 1 }
      }
    }
    return work + component * (64 + 4 * architecture.program.nodes.count) + plumbing(architecture, rows: claim.rows, known) + tables(architecture)
      + bounded(architecture.parameters) { 16 * pieces($0) * Int128(1 + (readers[.tensor(artefact: $0.name)] ?? 0)) }
  }

  /// Nodes whose values may be public: constants, published inputs, and what is made of such nodes alone.
  private static func known(_ claim: NetworkInference, _ architecture: NetworkArchitecture) -> [Bool] {
    let published = Set(
      architecture.inputs.filter { input in
        guard case .published? = claim.inputs[input.name] else { return false }
        return true
      }.map(\.binding))
    var out: [Bool] = []
    for node in architecture.program.nodes {
      switch node.operation {
      case .constant: out.append(true)
      case .input(let input): out.append(published.contains(input.binding))
      default: out.append(node.operands.allSatisfy { out[$0] })
      }
    }
    return out
  }

  /// Public sums that do not follow from the entries of nodes: pairs of kernel and output positions, products with public matrices, and rows of
  /// function tables. 2^40 where that overflows.
  private static func plumbing(_ architecture: NetworkArchitecture, rows: Int, _ known: [Bool]) -> Int {
    var sum: Int128 = 0
    var tables: Set<TableLookup> = []
    let nodes = architecture.program.nodes
    for node in nodes {
      switch node.operation {
      case .convolution(let convolution):
        let g = convolution.geometry
        sum += Int128(g.kernel.reduce(1, *)) * Int128(g.output.reduce(1, *)) / 16
      case .matrixMultiply, .batchMatrixMultiply:
        let isPublic = node.operands.contains { known[$0] }
        var inner = node.operands.first.map { nodes[$0].shape.columns } ?? 1
        if case .batchMatrixMultiply(let product) = node.operation { inner = product.inner }
        if isPublic { sum += Int128(node.shape.count) * Int128(inner) * Int128(max(1, rows)) / 16 }
      // A positive part has no rows; four rows of other functions take about as long as a unit.
      case .table(let table) where !table.isPositivePart:
        if tables.insert(table).inserted { sum += (Int128(table.domain.upper) - Int128(table.domain.lower) + 1) / 4 }
      default: break
      }
      if sum > 1 << 40 { return 1 << 40 }
    }
    return Int(sum)
  }

  /// Hidden tensors that products and nothing else read, in the dimensions that the tensor is committed in: their weights stay in product form,
  /// and a verifier writes none of them out. Reshapes are the tensor itself.
  private static func readByProducts(_ architecture: NetworkArchitecture, _ known: [Bool]) -> Set<Int> {
    let nodes = architecture.program.nodes
    let declared = Dictionary(architecture.parameters.map { (InputBinding.tensor(artefact: $0.name), $0.dimensions) }) { first, _ in first }
    var tensors: [Int: (root: Int, dimensions: [Int])] = [:]
    for (number, node) in nodes.enumerated() {
      if case .input(let input) = node.operation, let own = declared[input.binding] { tensors[number] = (number, own.filter { $0 != 1 }) }
    }
    var out = Set(tensors.keys)
    for (number, node) in nodes.enumerated() {
      for (place, operand) in node.operands.enumerated() {
        guard let (root, dimensions) = tensors[operand] else { continue }
        if case .view(let view) = node.operation, view == .reshape(to: view.dimensions), view.dimensions.count == nodes[operand].shape.count {
          tensors[number] = (root, dimensions)
          continue
        }
        let others = node.operands.indices.filter { $0 != place }.map { node.operands[$0] }
        guard !others.contains(where: { known[$0] }), Self.dimensions(of: place, node, nodes)?.filter({ $0 != 1 }) == dimensions else {
          out.remove(root)
          continue
        }
      }
    }
    for output in architecture.outputs {
      if let own = architecture.program.output(output.name), let (root, _) = tensors[own] { out.remove(root) }
    }
    return out
  }

  /// The dimensions in which a product reads an operand; nil for what is no product, and for the input of a convolution.
  private static func dimensions(of place: Int, _ node: ProgramNode, _ nodes: [ProgramNode]) -> [Int]? {
    switch node.operation {
    case .convolution(let convolution):
      let g = convolution.geometry
      return place == 0 ? nil : [g.groups, g.outputChannels / g.groups, g.inputChannels / g.groups, g.kernel.reduce(1, *)]
    case .batchMatrixMultiply(let product):
      return place == 0
        ? [product.isLeftBatched ? product.batch : 1, product.rows, product.inner]
        : [product.isRightBatched ? product.batch : 1, product.inner, product.columns]
    case .matrixMultiply:
      guard let left = node.operands.first else { return nil }
      let inner = nodes[left].shape.columns
      return place == 0 ? [node.shape.rows, inner] : [inner, node.shape.columns]
    default: return nil
    }
  }

  /// Entries of one row, eight of which take as long as a unit (about 0.1 µs and 40 bytes each): of every node its own and those that it reads,
  /// several times where an operator becomes several nodes; of hidden tensors those of the padded column. Beside them two for a unit: of trees about
  /// 12 for each step of a path and each feature, of orders 12 for each operand's entry, of rows read by number and of tables that depend on the
  /// row 4.
  private static func entries(_ architecture: NetworkArchitecture, _ known: [Bool]) -> Int {
    let nodes = architecture.program.nodes
    let varies = dependence(architecture)
    let free = readByProducts(architecture, known)
    let padded = Dictionary(architecture.parameters.map { (InputBinding.tensor(artefact: $0.name), paddedCount($0)) }) { max($0, $1) }
    var (plain, sum): (Int128, Int128) = (0, 0)
    for (number, node) in nodes.enumerated() {
      let own = Int128(node.shape.count)
      // A node that reads one operand twice adds up twice.
      let read = node.operands.reduce(Int128(0)) { $0 + (free.contains($1) ? 0 : Int128(nodes[$1].shape.count)) }
      switch node.operation {
      case .input(let input): plain += free.contains(number) ? 0 : max(own, padded[input.binding] ?? 0)
      case .constant: plain += own
      // Nodes for the differences, their digits and the products that pick one.
      case .rowMaximum, .argmax: plain += own + 8 * read
      case .oneHot: plain += 8 * own + read
      case .compareGreaterOrEqual, .divide, .squareRoot, .select: plain += 4 * (own + read)
      case .rescale, .requantise, .table: plain += 3 * own + read
      case .treeEnsemble(let trees):
        plain += own + read
        sum += 12 * Int128(node.shape.rows) * Int128(trees.depth + 1) + 12 * Int128(node.operands.first.map { nodes[$0].shape.count } ?? 0)
      case .rowOrder:
        plain += own + read
        sum += 12 * Int128(node.operands.first.map { nodes[$0].shape.count } ?? 0)
      case .rowLookup:
        plain += own + read
        sum += 4 * own
        if let table = node.operands.last, varies[table] { sum += 4 * Int128(nodes[table].shape.count) }
      default: plain += own + read
      }
      if sum + plain > 1 << 40 { return 1 << 40 }
    }
    return Int(plain / 8 + sum / 2) + 1
  }

  /// Entries of a hidden tensor's column, every dimension padded to a power of two.
  private static func paddedCount(_ parameter: NetworkParameter) -> Int128 {
    parameter.dimensions.reduce(1) { min(1 << 40, $0 << Int128(min(40, log2Ceiling(max(1, $1))))) }
  }

  /// Whether a node depends on the rows.
  private static func dependence(_ architecture: NetworkArchitecture) -> [Bool] {
    let inputs = Set(architecture.inputs.map(\.binding))
    var out: [Bool] = []
    for node in architecture.program.nodes {
      if case .input(let input) = node.operation {
        out.append(inputs.contains(input.binding))
      } else {
        out.append(node.operands.contains { out[$0] })
      }
    }
    return out
  }

  /// Committed tables, which are made once: four nodes for each of their columns, and about ten lookups for each ensemble. The limbs' tables of
  /// all ensembles have about 2^17 rows at most, four of which take as long as a unit.
  private static func tables(_ architecture: NetworkArchitecture) -> Int {
    let nodes = architecture.program.nodes
    var sum = 0
    var hasTrees = false
    for node in nodes {
      switch node.operation {
      case .treeEnsemble:
        hasTrees = true
        sum += node.operands.dropFirst().reduce(10 * component) { $0 + 2 * nodes[$1].shape.count }
      case .rowLookup: sum += 2 * (node.operands.last.map { nodes[$0].shape.count } ?? 0)
      default: break
      }
      if sum > 1 << 40 { return 1 << 40 }
    }
    return sum + (hasTrees ? 1 << 15 : 0)
  }
}
