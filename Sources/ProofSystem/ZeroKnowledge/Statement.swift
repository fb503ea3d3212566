import Fields
import Hashing
import Soundness

/// Row stack of one shape: its matrices by decreasing row bits (ties: relation order, aux last), aligned (spec P2).
public struct RowStack: Sendable {
  public struct Member: Sendable {
    public let name: String
    public let layout: MatrixLayout
    /// First row in the stack.
    public let offset: Int
  }
  public let members: [Member]
  /// log2 of the stacked rows.
  public let bits: Int

  public init(_ matrices: [(name: String, layout: MatrixLayout)]) {
    let order = matrices.indices.sorted { (matrices[$1].layout.rowBits, $0) < (matrices[$0].layout.rowBits, $1) }
    var members: [Member] = []
    var offset = 0
    for index in order {
      members.append(Member(name: matrices[index].name, layout: matrices[index].layout, offset: offset))
      offset += 1 << matrices[index].layout.rowBits
    }
    self.members = members
    bits = log2Ceiling(offset)
  }

  public func member(_ name: String) -> Member? { members.first { $0.name == name } }

  /// A weight on one matrix as a weight on the stack.
  public func lift<E>(_ name: String, _ tensor: Tensor<E>) -> Tensor<E> {
    guard let member = member(name) else { preconditionFailure("no matrix \(name) in this stack") }
    return tensor.prepending(TensorFactor.fixing(member.offset >> member.layout.rowBits, bits: bits - member.layout.rowBits))
  }
}

/// A tree of the proof: its name, its shape and the base-field rows of its columns.
public struct CommittedTree: Sendable {
  public let name: String
  public let shape: String
  public let rowCount: Int
}

/// Caps that keep a hostile statement from costing unbounded time or memory; every real statement is far below.
public enum StatementLimits {
  /// log2 of the cells of one matrix.
  public static let maximumMatrixBits = 30
  /// Depth of the fraction tree.
  public static let maximumTreeDepth = 30
  public static let maximumShapes = 8
  /// log2 of the cells of all matrices of a proof together.
  public static let maximumCellBits = 31
  public static let maximumRows = 1 << 14
  public static let maximumUncommittedDegree = 4
  /// log2 of the entries of a relation's matrices, counted for every instance.
  public static let maximumEntryBits = 33
}

/// Everything public about one proof: parameters, relation, artefact references, and the layout they imply.
///
/// **Throws** `VerificationError` when the parts do not fit; a statement that exists is consistent.
public struct Statement<E: ChallengeField>: Sendable {
  public static var protocolName: String { "zkmlops/padzk/v1" }

  public let profile: SoundnessProfile
  public let shapes: [CodeShape]
  /// Index of the shape that carries the auxiliary matrix.
  public let primaryIndex: Int
  public let levels: [LigeritoLevel]
  public let relation: any Relation<E>
  /// By matrix name.
  public let artefacts: [String: ArtefactReference]
  /// Bound to the proof: claim names, an auditor's nonce.
  public let context: [UInt8]

  /// `identityEntries` of the base field: a statement over a run-time prime serves proofs modulo that prime only.
  let field: [String: CanonicalValue]
  public let stacks: [RowStack]
  /// t of each shape.
  public let queryCounts: [Int]
  public let layout: PadLayout
  /// Most claims batched by powers of one λ at level 0.
  public let claimCount: Int
  /// Q: rows of the virtual pad matrix.
  public let padRowCount: Int
  /// First entry of each shape's block in the level-1 vector.
  public let blockOffsets: [Int]
  public let levelOneVariables: Int
  /// Level-1 rows that exist, ascending.
  public let presentRows: [Int]

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  @_specialize(where E == BN254Scalar)
  @_specialize(where E == RuntimePrimeField)
  public init(
    profile: SoundnessProfile, shapes: [CodeShape], primary: String, levels: [LigeritoLevel], relation: any Relation<E>,
    artefacts: [String: ArtefactReference], context: [UInt8] = []
  ) throws(VerificationError) {
    guard !shapes.isEmpty, shapes.count <= StatementLimits.maximumShapes, Set(shapes.map(\.name)).count == shapes.count,
      let primaryIndex = shapes.firstIndex(where: { $0.name == primary }), profile.extensionDegree == E.degree
    else { throw .statementMismatch("shapes") }
    self.profile = profile
    self.shapes = shapes
    self.primaryIndex = primaryIndex
    self.levels = levels
    self.relation = relation
    self.artefacts = artefacts
    self.context = context
    field = E.Base.identityEntries
    guard shapes.allSatisfy({ $0.log2Length <= E.Base.twoAdicity }), levels.allSatisfy({ $0.log2Length <= E.Base.twoAdicity }) else {
      throw .statementMismatch("two-adicity")
    }
    try Self.checkSizes(relation, shapes, primary: shapes[primaryIndex])
    stacks = shapes.enumerated().map { index, shape in
      var own = relation.matrices.filter { $0.shape == shape.name }.map { (name: $0.name, layout: $0.layout) }
      if index == primaryIndex, relation.auxiliary.rowCount > 0 { own.append((name: "aux", layout: relation.auxiliary)) }
      return RowStack(own)
    }
    do {
      queryCounts = try shapes.map { shape throws(SoundnessError) in
        try QueryCount.queryCount(dimension: shape.dimension, codeLength: shape.length, profile: profile)
      }
    } catch { throw .statementMismatch("query count") }
    (layout, claimCount) = try Front.padLayout(relation: relation, shapes: shapes, stacks: stacks)
    padRowCount = max(1, (layout.total + (1 << shapes[primaryIndex].log2RowLength) - 1) >> shapes[primaryIndex].log2RowLength)
    (blockOffsets, levelOneVariables, presentRows) = try Self.blocks(shapes, levels)
  }

  private static func checkSizes(_ relation: any Relation<E>, _ shapes: [CodeShape], primary: CodeShape) throws(VerificationError) {
    guard relation.uncommittedDegree <= StatementLimits.maximumUncommittedDegree else { throw .statementMismatch("uncommitted degree") }
    guard (0...(1 << StatementLimits.maximumEntryBits)).contains(relation.transcriptPaddingCells) else { throw .tooLarge("entries") }
    guard Set(relation.matrices.map(\.name)).count == relation.matrices.count,
      !relation.matrices.contains(where: { $0.name == "aux" || $0.name.hasPrefix("mask.") })
    else {
      throw .statementMismatch("matrix names")
    }
    for tree in Set(relation.matrices.map(\.tree)) {
      // Artefacts of one tree agree on its shape and rows, and lie apart; a tree's name is no name of another artefact's own tree.
      let own = relation.matrices.filter { $0.tree == tree }
      guard Set(own.map(\.shape)).count == 1, Set(own.map(\.treeRowCount)).count == 1, own.count == 1 || own.allSatisfy({ $0.placement != nil }),
        own.allSatisfy({ $0.layout.rowCount <= $0.treeRowCount - ($0.placement?.firstRow ?? 0) }),
        tree != "aux", !tree.hasPrefix("mask.")
      else { throw .statementMismatch("shared tree") }
      let ranges = own.map { ($0.placement?.firstRow ?? 0, $0.layout.rowCount) }.sorted { $0.0 < $1.0 }
      for (above, below) in zip(ranges, ranges.dropFirst()) where above.0 + above.1 > below.0 { throw .statementMismatch("shared tree") }
    }
    for matrix in relation.matrices {
      guard let shape = shapes.first(where: { $0.name == matrix.shape }), matrix.layout.log2RowLength == shape.log2RowLength else {
        throw .statementMismatch("matrix shape")
      }
    }
    guard relation.auxiliary.log2RowLength == primary.log2RowLength else { throw .statementMismatch("auxiliary shape") }
    for layout in relation.matrices.map(\.layout) + [relation.auxiliary] {
      guard layout.variableCount <= StatementLimits.maximumMatrixBits, layout.rowCount <= StatementLimits.maximumRows else {
        throw .tooLarge("matrix")
      }
    }
    // Every tree counts once, with all its rows: they are what is opened.
    var cells = relation.auxiliary.rowCount << primary.log2RowLength
    var trees: Set<String> = []
    for matrix in relation.matrices where trees.insert(matrix.tree).inserted { cells += matrix.treeRowCount << matrix.layout.log2RowLength }
    guard cells <= 1 << StatementLimits.maximumCellBits else { throw .tooLarge("matrices") }
  }

  /// Level-1 vector: one block of 2^(m+1) entries per shape, by decreasing m; only rows below 2^m + p exist (spec G1, G2).
  private static func blocks(_ shapes: [CodeShape], _ levels: [LigeritoLevel]) throws(VerificationError) -> ([Int], Int, [Int]) {
    var offsets = [Int](repeating: 0, count: shapes.count)
    var offset = 0
    for index in shapes.indices.sorted(by: { (shapes[$1].log2RowLength, $0) < (shapes[$0].log2RowLength, $1) }) {
      offsets[index] = offset
      offset += 2 << shapes[index].log2RowLength
    }
    let variables = log2Ceiling(offset)
    guard let first = levels.first, first.rowBits >= 0, first.log2RowLength >= 0, first.rowBits + first.log2RowLength == variables else {
      throw .statementMismatch("level table")
    }
    for (above, below) in zip(levels, levels.dropFirst()) {
      guard below.rowBits >= 0, below.log2RowLength >= 0, below.rowBits + below.log2RowLength == above.log2RowLength else {
        throw .statementMismatch("level table")
      }
    }
    for level in levels {
      guard level.log2Length > level.log2RowLength, level.log2Length <= 32, level.queryCount > 0, level.queryCount <= 1 << 12 else {
        throw .statementMismatch("level table")
      }
    }
    let row = 1 << first.log2RowLength
    var present: [Int] = []
    for (shape, start) in zip(shapes, offsets) {
      // No free slot: 2^m + p must be a multiple of the level-1 row length.
      guard shape.dimension % row == 0, shape.log2RowLength >= first.log2RowLength else { throw .statementMismatch("level-1 rows") }
      present += (start / row)..<((start + shape.dimension) / row)
    }
    guard present.count <= StatementLimits.maximumRows else { throw .tooLarge("level-1 rows") }
    return (offsets, variables, present.sorted())
  }

  public var primary: CodeShape { shapes[primaryIndex] }

  /// Whether the modulus in force is the one that the statement was made for; always so for fields with a fixed modulus.
  public var isOfFieldInForce: Bool { field == E.Base.identityEntries }

  /// Name of the tree that carries a shape's masks (and, for the primary shape, the witness and the pads).
  public func auxiliaryName(_ shapeIndex: Int) -> String { shapeIndex == primaryIndex ? "aux" : "mask." + shapes[shapeIndex].name }

  /// Trees of one shape in proof order: the artefacts' in relation order, then the auxiliary tree.
  public func trees(ofShape index: Int) -> [CommittedTree] {
    artefactTrees.filter { $0.shape == shapes[index].name } + [auxiliaryTree(index)]
  }

  /// Distinct trees of the artefacts, in relation order of their first artefact.
  public var artefactTrees: [CommittedTree] {
    var out: [CommittedTree] = []
    for matrix in relation.matrices where !out.contains(where: { $0.name == matrix.tree }) {
      out.append(CommittedTree(name: matrix.tree, shape: matrix.shape, rowCount: matrix.treeRowCount))
    }
    return out
  }

  func auxiliaryTree(_ index: Int) -> CommittedTree {
    let rows = index == primaryIndex ? relation.auxiliary.rowCount + E.degree * (2 * padRowCount + 1) : E.degree
    return CommittedTree(name: auxiliaryName(index), shape: shapes[index].name, rowCount: rows)
  }

  func blockPrefix(_ index: Int) -> [TensorFactor<E>] {
    let m = shapes[index].log2RowLength
    return TensorFactor.fixing(blockOffsets[index] >> (m + 1), bits: levelOneVariables - m - 1)
  }
}
