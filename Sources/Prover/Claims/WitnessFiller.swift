import Claims
import Fields
import Kernels
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
    let meaningful = relation.tree.tables.indices.filter { isMeaningful(relation.tree.tables[$0]) }
    for table in meaningful { count(relation, table, data, witness) }
    for column in readers { set(column, source) }
    for table in relation.tree.tables.indices where !meaningful.contains(table) { count(relation, table, data, witness) }
    return data
  }

  /// Counts the multiplicities again after a test has changed witness cells.
  package static func recount(_ relation: ClaimRelation<E>, auxiliary: MatrixData<Base>, artefacts: [String: MatrixData<Base>]) {
    let witness = WitnessReader<E>(matrices: artefacts.merging(["aux": auxiliary]) { $1 })
    let tables = relation.tree.tables
    for table in tables.indices.filter({ isMeaningful(tables[$0]) }) + tables.indices.filter({ !isMeaningful(tables[$0]) }) {
      count(relation, table, auxiliary, witness)
    }
  }

  /// Tables whose multiplicities other constraints may read: all but ranges.
  private static func isMeaningful(_ table: LookupTable<Base>) -> Bool {
    if case .integers = table.rows { false } else { true }
  }

  /// Provisional matrix names of the multiplicities of such tables.
  private static func countedColumns(_ relation: ClaimRelation<E>) -> Set<String> {
    var out: Set<String> = []
    for column in relation.columns {
      if case .multiplicity(let table) = column.recipe, isMeaningful(relation.tree.tables[table]) { out.insert("aux?" + column.name) }
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

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
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

  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func set(_ column: AuxiliaryColumn, _ source: Source) {
    let data = source.data
    let target = data.tensor(column.name)
    func write(_ values: some Sequence<Int64>) {
      for (index, value) in values.enumerated() where index < target.count { target[index] = Base(signed: value) }
    }
    switch column.recipe {
    case .values(let values): write(values)
    case .recorded(let execution, let key):
      precondition(source.records[execution][key] != nil, "a preparation recorded no \(key)")
      write(source.records[execution][key] ?? [])
    case .node(let program, let node, let own):
      let columns = source.executions[program].program.nodes[node].shape.columns
      let values = source.executions[program].values[node]
      write(stride(from: own, to: values.count, by: columns).lazy.map { values[$0] })
    case .computed(let program, let compute): write(compute(source.executions[program].values))
    case .limb(let expression, let shift, let bits):
      let mask = (Int64(1) << Int64(bits)) - 1
      write(integers(expression, count: target.count, data, source.witness).lazy.map { ($0 >> Int64(shift)) & mask })
    case .next(let expression):
      let values = elements(expression, count: target.count, source)
      for (index, value) in values.dropFirst().enumerated() { target[index] = value }
      target[target.count - 1] = .zero
    case .product(let left, let right):
      for (index, (x, y)) in zip(elements(left, count: target.count, source), elements(right, count: target.count, source)).enumerated() {
        target[index] = x * y
      }
    case .multiplicity: break
    }
  }

  /// Values of an expression in the field, padding included.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func elements(_ expression: ColumnExpression, count: Int, _ source: Source) -> [Base] {
    var out = [Base](repeating: Base(signed: expression.constant), count: count)
    for term in expression.terms {
      let column = source.witness.read(real(term.view, source.data.layout))
      let coefficient = Base(signed: term.coefficient)
      for index in 0..<count { out[index] += coefficient * column[term.view.variableCount == 0 ? 0 : index] }
    }
    return out
  }

  /// Integer values of an expression; cells outside 64 bits wrap, which only a false witness can reach.
  @_specialize(where E == GoldilocksCubic)
  @_specialize(where E == GoldilocksQuadratic)
  private static func integers(
    _ expression: ColumnExpression, count: Int, _ data: MatrixData<Base>, _ witness: WitnessReader<E>
  ) -> [Int64] {
    var out = [Int64](repeating: expression.constant, count: count)
    for term in expression.terms {
      let column = witness.read(real(term.view, data.layout))
      for index in 0..<count { out[index] &+= term.coefficient &* (column[term.view.variableCount == 0 ? 0 : index].signedInteger ?? 0) }
    }
    return out
  }

  /// Recipes keep the provisional views of the builder; here they are looked up in the auxiliary layout.
  private static func real(_ view: View, _ layout: MatrixLayout) -> View {
    guard view.matrix.hasPrefix("aux?") else { return view }
    return view.placed(in: layout.view(String(view.matrix.dropFirst(4))))
  }
}
