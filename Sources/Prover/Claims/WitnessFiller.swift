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
  ///   - artefacts: data of every committed matrix, by name.
  /// - Returns: the auxiliary matrix; multiplicities count the rows that occur, so a false witness leaves the tree unbalanced.
  public static func fill(
    _ relation: ClaimRelation<E>, executions: [Execution], artefacts: [String: MatrixData<Base>]
  ) -> MatrixData<Base> {
    let data = MatrixData<Base>(layout: relation.auxiliary)
    let witness = WitnessReader<E>(matrices: artefacts.merging(["aux": data]) { $1 })
    // Outputs whose multiplicities are read as counts come before columns that read them: counts are filled first.
    var deferred: [AuxiliaryColumn] = []
    for column in relation.columns {
      switch column.recipe {
      case .multiplicity, .limb: deferred.append(column)
      default: set(column, data, executions, witness)
      }
    }
    // Limbs of expressions over plain columns, then counts that other lookups read, then limbs of those counts, then the rest.
    let counted = relation.tree.tables.indices.filter { relation.tree.tables[$0].width > 1 }
    func isScalar(_ column: AuxiliaryColumn) -> Bool { column.bits == 0 }
    for column in deferred where !isMultiplicity(column) && !(isScalar(column) && readsCounts(column, relation)) {
      set(column, data, executions, witness)
    }
    for table in counted { count(relation, table, data, witness) }
    for column in deferred where !isMultiplicity(column) && isScalar(column) && readsCounts(column, relation) {
      set(column, data, executions, witness)
    }
    for table in relation.tree.tables.indices where !counted.contains(table) { count(relation, table, data, witness) }
    return data
  }

  /// Counts the multiplicities again after a test has changed witness cells.
  package static func recount(_ relation: ClaimRelation<E>, auxiliary: MatrixData<Base>, artefacts: [String: MatrixData<Base>]) {
    let witness = WitnessReader<E>(matrices: artefacts.merging(["aux": auxiliary]) { $1 })
    for table in relation.tree.tables.indices.sorted(by: { relation.tree.tables[$0].width > relation.tree.tables[$1].width }) {
      count(relation, table, auxiliary, witness)
    }
  }

  private static func isMultiplicity(_ column: AuxiliaryColumn) -> Bool {
    if case .multiplicity = column.recipe { true } else { false }
  }

  private static func readsCounts(_ column: AuxiliaryColumn, _ relation: ClaimRelation<E>) -> Bool {
    guard case .limb(let expression, _, _) = column.recipe else { return false }
    return expression.terms.contains { $0.view.matrix.hasPrefix("aux?m.") }
  }

  private static func count(_ relation: ClaimRelation<E>, _ table: Int, _ data: MatrixData<Base>, _ witness: WitnessReader<E>) {
    let counts = FractionLeaves<E>.multiplicities(relation.tree, table: table, witness: witness)
    let view = relation.tree.tables[table].multiplicity
    let target = data.vector.pointer + view.offset
    for (index, count) in counts.enumerated() { target[index] = Base(count) }
  }

  private static func set(_ column: AuxiliaryColumn, _ data: MatrixData<Base>, _ executions: [Execution], _ witness: WitnessReader<E>) {
    let target = data.tensor(column.name)
    func write(_ values: some Sequence<Int64>) {
      for (index, value) in values.enumerated() where index < target.count { target[index] = Base(signed: value) }
    }
    switch column.recipe {
    case .values(let values): write(values)
    case .node(let program, let node, let own):
      let columns = executions[program].program.nodes[node].shape.columns
      let values = executions[program].values[node]
      write(stride(from: own, to: values.count, by: columns).lazy.map { values[$0] })
    case .computed(let program, let compute): write(compute(executions[program].values))
    case .limb(let expression, let shift, let bits):
      let mask = (Int64(1) << Int64(bits)) - 1
      write(integers(expression, count: target.count, data, witness).lazy.map { ($0 >> Int64(shift)) & mask })
    case .multiplicity: break
    }
  }

  /// Integer values of an expression; cells outside 64 bits wrap, which only a false witness can reach.
  private static func integers(
    _ expression: ColumnExpression, count: Int, _ data: MatrixData<Base>, _ witness: WitnessReader<E>
  ) -> [Int64] {
    var out = [Int64](repeating: expression.constant, count: count)
    for term in expression.terms {
      let column = witness.read(real(term.view, data.layout))
      for index in 0..<count { out[index] &+= term.coefficient &* (column[index].signedInteger ?? 0) }
    }
    return out
  }

  /// Recipes keep the provisional views of the builder; here they are looked up in the auxiliary layout.
  private static func real(_ view: View, _ layout: MatrixLayout) -> View {
    guard view.matrix.hasPrefix("aux?") else { return view }
    let own = layout.view(String(view.matrix.dropFirst(4)))
    return view.variableCount == own.variableCount ? own : own.entry(view.offset)
  }
}
