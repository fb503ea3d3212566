import Claims
import Fields
import Kernels
import Parallelism
import Programs
import ProofSystem

/// Fills the auxiliary matrix of a claim relation from the executions of its programs.
public enum WitnessFiller<E: KernelField> {
  public typealias Base = E.Base

  /// - Parameters:
  ///   - executions: one per program of the claims, in order, from the reference interpreter.
  ///   - records: one per preparation of the claims, in order: the values of its columns by key.
  ///   - artefacts: data of every committed matrix, by name.
  /// - Returns: the auxiliary matrix; multiplicities count the rows that occur, so a false witness leaves the tree unbalanced.
  public static func fill(
    _ relation: ClaimRelation<E>, executions: [Execution], records: [[String: [Int64]]] = [], artefacts: [String: MatrixData<Base>]
  ) -> MatrixData<Base> {
    let data = MatrixData<Base>(layout: relation.auxiliary)
    let witness = WitnessReader<E>(matrices: artefacts.merging(["aux": data]) { $1 })
    let source = Source(data: data, executions: executions, records: records, witness: witness)
    // What stands by itself; what follows from columns before it; counts of tables with meaning; what reads those counts; and at last
    // the counts of range tables, which nobody reads.
    let counts = countedColumns(relation)
    var readers: [AuxiliaryColumn] = []
    for column in relation.columns where isIndependent(column) { set(column, source) }
    for column in relation.columns where !isIndependent(column) && !isMultiplicity(column) {
      if column.recipe.operands.contains(where: { counts.contains($0.matrix) }) || readers.contains(where: { reads(column, $0) }) {
        readers.append(column)
      } else {
        set(column, source)
      }
    }
    let meaningful = meaningfulTables(relation)
    for table in meaningful { count(relation, table, data, witness) }
    for column in readers { set(column, source) }
    for table in relation.tree.tables.indices where !meaningful.contains(table) { count(relation, table, data, witness) }
    return data
  }

  /// Counts the multiplicities again after a test has changed witness cells.
  ///
  /// - Parameter kept: names of tables whose multiplicities stay as the test wrote them.
  package static func recount(
    _ relation: ClaimRelation<E>, auxiliary: MatrixData<Base>, artefacts: [String: MatrixData<Base>], keeping kept: Set<String> = []
  ) {
    let witness = WitnessReader<E>(matrices: artefacts.merging(["aux": auxiliary]) { $1 })
    let meaningful = meaningfulTables(relation)
    for table in meaningful + relation.tree.tables.indices.filter({ !meaningful.contains($0) })
    where !kept.contains(relation.tree.tables[table].name) {
      count(relation, table, auxiliary, witness)
    }
  }

  /// Tables whose multiplicities other columns may be made from: all but integers whose multiplicities no column reads, which are ranges.
  private static func meaningfulTables(_ relation: ClaimRelation<E>) -> [Int] {
    let read = Set(relation.columns.flatMap { $0.recipe.operands.map(\.matrix) })
    let counted = Dictionary(
      relation.columns.compactMap { column -> (Int, String)? in
        if case .multiplicity(let table) = column.recipe { (table, "aux?" + column.name) } else { nil }
      }
    ) { first, _ in first }
    return relation.tree.tables.indices.filter { index in
      if case .integers = relation.tree.tables[index].rows { counted[index].map(read.contains) ?? false } else { true }
    }
  }

  /// Provisional matrix names of the multiplicities of such tables.
  private static func countedColumns(_ relation: ClaimRelation<E>) -> Set<String> {
    var out: Set<String> = []
    let meaningful = meaningfulTables(relation)
    for column in relation.columns {
      if case .multiplicity(let table) = column.recipe, meaningful.contains(table) { out.insert("aux?" + column.name) }
    }
    return out
  }

  private static func reads(_ column: AuxiliaryColumn, _ other: AuxiliaryColumn) -> Bool {
    column.recipe.operands.contains { $0.matrix == "aux?" + other.name }
  }

  private static func isMultiplicity(_ column: AuxiliaryColumn) -> Bool {
    if case .multiplicity = column.recipe { true } else { false }
  }

  private static func isIndependent(_ column: AuxiliaryColumn) -> Bool {
    !isMultiplicity(column) && column.recipe.operands.isEmpty
  }

  private static func count(_ relation: ClaimRelation<E>, _ table: Int, _ data: MatrixData<Base>, _ witness: WitnessReader<E>) {
    // A table with multiplicities of its own column only: others are columns that constraints determine.
    guard relation.columns.contains(where: { if case .multiplicity(table) = $0.recipe { true } else { false } }),
      let view = relation.tree.tables[table].multiplicity
    else { return }
    let counts = FractionLeaves<E>.multiplicities(relation.tree, table: table, witness: witness)
    let target = data.vector.pointer + view.offset
    for (index, count) in counts.enumerated() { target[index] = Base(count) }
  }

  private struct Source {
    let data: MatrixData<Base>
    let executions: [Execution]
    let records: [[String: [Int64]]]
    let witness: WitnessReader<E>
  }

  private static func set(_ column: AuxiliaryColumn, _ source: Source) {
    let target = source.data.tensor(column.name)
    guard let base = target.baseAddress else { return }
    let (out, count) = (SendablePointer(base), target.count)
    /// Writes values[0], values[stride], ….
    func write(_ values: [Int64], from first: Int = 0, stride: Int = 1) {
      guard first < values.count else { return }
      let length = min(count, (values.count - first - 1) / stride + 1)
      parallelChunks(count: length, minimumChunk: 1 << 14) { range in
        values.withUnsafeBufferPointer { values in
          guard let values = values.baseAddress else { return }
          E.fillSigned(out.pointer + range.lowerBound, values + first + range.lowerBound * stride, stride: stride, count: range.count)
        }
      }
    }
    switch column.recipe {
    case .values(let values): write(values)
    case .recorded(let execution, let key):
      precondition(source.records[execution][key] != nil, "a preparation recorded no \(key)")
      write(source.records[execution][key] ?? [])
    case .node(let program, let node, let own):
      write(source.executions[program].values[node], from: own, stride: source.executions[program].program.nodes[node].shape.columns)
    case .computed(let program, let compute): write(compute(source.executions[program].values))
    case .limb(let expression, let shift, let bits): limb(real(expression, source), shift: shift, bits: bits, out, count: count, source.witness)
    case .next(let expression):
      let values = ColumnCombination<E>(real(expression, source), source.witness)
      parallelChunks(count: count - 1, minimumChunk: 1 << 14) { range in
        values.fill(out.pointer + range.lowerBound, from: range.lowerBound + 1, count: range.count)
      }
      target[count - 1] = .zero
    case .product(let left, let right):
      let factors = [left, right].map { ColumnCombination<E>(real($0, source), source.witness) }
      parallelChunks(count: count, minimumChunk: 1 << 14) { range in
        let scratch = FieldBuffer<Base>(uninitialisedCount: 2 * tile, secret: true)
        for first in stride(from: range.lowerBound, to: range.upperBound, by: tile) {
          let length = min(tile, range.upperBound - first)
          let values = factors.enumerated().map { $1.entries(from: first, count: length, scratch: scratch.pointer + $0 * tile) }
          E.multiplyBase(out.pointer + first, values[0], values[1], count: length)
        }
      }
    case .multiplicity: break
    }
  }

  /// Rows that are evaluated at a time.
  private static var tile: Int { 1024 }

  /// ⌊expression / 2^shift⌋ mod 2^bits of integer values; cells outside 64 bits wrap, which only a false witness can reach.
  private static func limb(
    _ expression: ColumnExpression, shift: Int, bits: Int, _ out: SendablePointer<Base>, count: Int, _ witness: WitnessReader<E>
  ) {
    var constant = expression.constant
    var columns: [WitnessColumn<Base>] = []
    var coefficients: [Int64] = []
    for term in expression.terms {
      let column = witness.read(term.view)
      if term.view.variableCount == 0 {
        constant &+= term.coefficient &* (column[0].signedInteger ?? 0)
      } else {
        columns.append(column)
        coefficients.append(term.coefficient)
      }
    }
    let (start, sources, factors) = (constant, columns, coefficients)
    parallelChunks(count: count, minimumChunk: 1 << 14) { range in
      E.limbColumn(
        out.pointer + range.lowerBound, columns: sources.map { $0.pointer + range.lowerBound }, coefficients: factors, constant: start, shift: shift,
        bits: bits, count: range.count)
    }
  }

  /// Recipes keep the provisional views of the builder; here they are looked up in the auxiliary layout.
  private static func real(_ expression: ColumnExpression, _ source: Source) -> ColumnExpression {
    var out = expression
    for (index, term) in expression.terms.enumerated() where term.view.matrix.hasPrefix("aux?") {
      out.terms[index].view = term.view.placed(in: source.data.layout.view(String(term.view.matrix.dropFirst(4))))
    }
    return out
  }
}
