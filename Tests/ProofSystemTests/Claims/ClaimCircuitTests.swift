import Claims
import Fields
import Hashing
import Programs
import ProofSystem
import Prover
import R1CS
import TestSupport
import Testing

/// Compiled claims as circuits: the honest witness satisfies them, and whatever the relation rejects violates them.
@Suite("Circuits of claims") struct ClaimCircuitTests {
  typealias E = GoldilocksCubic

  /// A table of 11 rows, no rectangle, and two lookups into it.
  static let unevenTable = OperatorTests.Case(testDescription: "two lookups into a table of 11 rows") {
    let harness = ProgramHarness(columns: [
      OperatorTests.column("a", [-5, -4, 0, 4, 5], -5, 5), OperatorTests.column("b", [5, 1, -1, 3, -5], -5, 5),
    ])
    var builder = ProgramBuilder()
    let x = try OperatorTests.input(&builder, "a", -5, 5, rows: 5)
    let y = try OperatorTests.input(&builder, "b", -5, 5, rows: 5)
    let table = TableLookup(function: .clamp(IntegerRange(-2...3)), domain: IntegerRange(-5...5))
    let sum = try builder.affine("sum", [(1, try builder.add("s", .table(table), [x])), (7, try builder.add("t", .table(table), [y]))])
    try builder.output("out", sum)
    return (harness, builder.build())
  }
  static let cases = OperatorTests.cases + [unevenTable]

  static func circuit(_ instance: ProgramHarness.Instance) throws -> ClaimCircuit<E> {
    try ClaimCircuit(instance.claims, instance.relation, names: instance.claims.claims.indices.map { "claim\($0)" })
  }

  static func witness(_ circuit: ClaimCircuit<E>, _ instance: ProgramHarness.Instance) throws -> [Goldilocks] {
    try circuit.witness(artefacts: instance.secrets.mapValues(\.data), auxiliary: instance.auxiliary)
  }

  @Test("the honest witness satisfies the circuit, and every wire matters", arguments: cases) func honest(_ own: OperatorTests.Case) throws {
    let (harness, program) = try own.make()
    let instance = try harness.instance(program)
    let circuit = try Self.circuit(instance)
    var wires = try Self.witness(circuit, instance)
    let violation = try circuit.built.circuit.firstViolation(of: wires)
    #expect(violation == nil)
    let published = try #require(try Interpreter.run(program, inputs: harness.inputs()).output("out"))
    let publicValues = Set(wires.dropFirst().prefix(circuit.built.circuit.publicCount))
    #expect(publicValues.isSuperset(of: published.map { Goldilocks(signed: $0) }))
    for wire in wires.indices.dropFirst() {
      wires[wire] += .one
      #expect(try circuit.built.circuit.firstViolation(of: wires) != nil, "\(circuit.built.names[wire] ?? "wire \(wire)")")
      wires[wire] -= .one
    }
  }

  @Test("a false output violates the circuit, whose shape does not depend on values", arguments: cases)
  func falseOutput(_ own: OperatorTests.Case) throws {
    let (harness, program) = try own.make()
    let honest = try Self.circuit(harness.instance(program))
    let values = try #require(try Interpreter.run(program, inputs: harness.inputs()).output("out"))
    for position in values.indices {
      var changed = values
      changed[position] += 1
      let instance = try harness.instance(program, published: ["out": changed])
      let circuit = try Self.circuit(instance)
      #expect(try circuit.built.circuit.firstViolation(of: Self.witness(circuit, instance)) != nil)
      #expect(circuit.built.circuit.digest == honest.built.circuit.digest)
    }
  }

  @Test("a false cell violates the circuit, whichever column it is in", arguments: cases) func falseCell(_ own: OperatorTests.Case) throws {
    let (harness, program) = try own.make()
    let relation = try harness.instance(program).relation
    for column in relation.columns {
      if case .multiplicity = column.recipe { continue }
      for row in 0..<(column.bits == 0 ? 1 : 5) {
        for change in [Goldilocks.one, -.one, Goldilocks(1 << 40)] {
          let instance = try harness.instance(program) { _, data in data.tensor(column.name)[row] += change }
          let circuit = try Self.circuit(instance)
          #expect(try circuit.built.circuit.firstViolation(of: Self.witness(circuit, instance)) != nil, "\(column.name) row \(row)")
        }
      }
    }
  }

  @Test("random programs", arguments: 0..<4) func randomPrograms(_ part: Int) throws {
    var circuits = 0
    for seed in 0..<400 where circuits < 25 {
      let random = try RandomProgram(seed: 50_000 * (part + 1) + seed)
      guard let execution = try? Interpreter.run(random.program, inputs: random.harness.inputs()),
        let instance = try? random.harness.instance(random.program)
      else { continue }
      let circuit = try Self.circuit(instance)
      #expect(try circuit.built.circuit.firstViolation(of: Self.witness(circuit, instance)) == nil, "seed \(seed)")
      circuits += 1
      guard let output = random.program.outputs.first, let first = execution.values[output.node].first else { continue }
      let wrong = [first + 1] + execution.values[output.node].dropFirst()
      let other = try random.harness.instance(random.program, published: [output.name: wrong])
      let violated = try Self.circuit(other)
      #expect(try violated.built.circuit.firstViolation(of: Self.witness(violated, other)) != nil, "seed \(seed)")
    }
    #expect(circuits == 25)
  }

  @Test("a circuit beyond the limits is refused") func refusals() throws {
    let shape = try #require(CodeShapes.shape(log2RowLength: 14, field: Goldilocks.self))
    let schema = try TableSchema(columns: (0..<8).map { TableColumn(name: "c\($0)", type: .integer(IntegerRange(0...((1 << 40) - 1)))) })
    let table = ArtefactDescription(
      name: "t", contents: .table(schema, rowCount: 1 << 13), shape: shape, identity: SHA256.hash([3]))
    let claims = try CompiledClaims(claims: [.wellFormed(artefact: "t")], artefacts: [table])
    let relation = try claims.relation(log2RowLength: 14, field: E.self)
    do throws(ClaimCircuitError) {
      _ = try ClaimCircuit(claims, relation, names: ["w"])
      Issue.record("a circuit beyond the limit")
    } catch {
      guard case .tooLarge(let constraints, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(constraints >= (8 * 40) << 13)
    }
  }
}
