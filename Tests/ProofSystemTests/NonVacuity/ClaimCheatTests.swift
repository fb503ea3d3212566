import Claims
import Fields
import Kernels
import Programs
import ProofSystem
import Prover
import TestSupport
import Testing

/// Every constraint that a claim adds to those of its program is needed: well-formedness, bindings of outputs, disclosures, equal data.
@Suite("Non-vacuity of claim constraints") struct ClaimCheatTests {
  /// Names of claim constraints, without those of the programs' nodes (`OperatorCheatTests`) and without limbs.
  static func names(_ instance: ClaimHarness.Instance, prefix: Int) -> [String] {
    let nodes = Set(instance.compiled.programs.flatMap { $0.program.nodes.map(\.name) })
    return ConstraintSystem(instance.relation).names.filter { name in
      name.hasPrefix("\(prefix).") && !nodes.contains { name == "\(prefix).\($0)" || name.hasPrefix("\(prefix).\($0).") }
        && ConstraintSystem.limb(name) == nil
    }
  }

  /// Broken constraints of a statement, every row.
  static func broken(_ instance: ClaimHarness.Instance) -> Set<String> {
    let system = ConstraintSystem(instance.relation)
    let matrices = instance.matrices
    return Set(
      system.checks.filter { check in !system.holds(check) { matrices[$0.matrix]?.vector.pointer[$0.index] ?? .zero } }.map(\.name))
  }

  static func rejected(_ name: String, _ attempt: () throws -> Void) throws {
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim"), "\(name): a false statement is accepted") { try attempt() }
  }

  /// False cells of one artefact against each constraint of one claim, every limb in turn. Returns the names.
  static func falseCells(_ harness: ClaimHarness, _ claim: ClaimStatement, of artefact: String, rowCount: Int) throws -> [String] {
    let honest = try harness.instance([claim])
    try honest.check()
    let system = ConstraintSystem(honest.relation)
    let names = names(honest, prefix: 0)
    let layout = try #require(honest.relation.matrices.first { $0.name == artefact }?.layout)
    // The cells of a row of a table; of a model all weights.
    func unknowns(_ row: Int) -> [Cell] {
      layout.tensors.flatMap { tensor -> [Cell] in
        let offset = layout.offsets[tensor.name] ?? 0
        let own = tensor.log2Dimensions.count == 1 ? [row] : Array(0..<(1 << tensor.bits))
        return own.map { Cell(matrix: artefact, index: offset + $0) }
      }
    }
    let matrices = honest.matrices
    let read: (Cell) -> Goldilocks = { matrices[$0.matrix]?.vector.pointer[$0.index] ?? .zero }
    for name in names {
      let cells = Set(system.checks.filter { $0.name == name }.flatMap(ConstraintSystem.cells))
      let problem = FalseWitness.Problem(
        system: system, read: read, unknowns: { row in unknowns(row).filter { cells.contains($0) } }, isOutput: { _ in false },
        mustChangeOutput: false, rowCount: rowCount)
      let witness = try #require(FalseWitness.find(problem, family: [name]), "no false cells against \(name)")
      for member in system.members[name] ?? [name] {
        func attempt(_ dropped: Set<String>) throws {
          let instance = try harness.instance(
            [claim], changes: witness.changes, dropping: dropped,
            tamper: { data in
              for check in system.checks {
                guard case .range(let form, let bits) = check.condition else { continue }
                let value = form.value { witness.changes[$0] ?? read($0) }
                for limb in system.limbValues(check.name, value, bits: bits, broken: member) { data.tensor(limb.column)[check.row] = limb.value }
              }
            })
          try instance.check()
        }
        try rejected(member) { try attempt([]) }
        try attempt([member])
      }
    }
    return names
  }

  @Test("cells out of their range, missing cells with a value, other data") func cells() throws {
    let harness = try ClaimHarness()
    let tables = try Self.falseCells(harness, .wellFormed(artefact: "test"), of: "test", rowCount: 3)
    // x and y have ranges that are no powers of two, the classes too.
    for name in ["x.value.from-above", "y.presence.missing", "class.value.from-above"] { #expect(tables.contains { $0.hasSuffix(name) }, "\(name)") }
    #expect(try Self.falseCells(harness, .wellFormed(artefact: "model"), of: "model", rowCount: 4).count == 4)
    #expect(try Self.falseCells(harness, .sameDataAs(artefact: "testCopy", original: "test"), of: "testCopy", rowCount: 3).count == 4)
    #expect(try Self.falseCells(harness, .sameDataAs(artefact: "modelCopy", original: "model"), of: "modelCopy", rowCount: 4).count == 3)
    #expect(try Self.falseCells(harness, harness.committed, of: "predictions", rowCount: 3).count == 1)
  }

  /// A statement that is false by its public values breaks one constraint, which alone keeps it out.
  static func falseStatement(_ harness: ClaimHarness, _ claim: ClaimStatement) throws -> String {
    let draft = try harness.instance([claim])
    let broken = broken(draft)
    let name = try #require(broken.first, "nothing is broken")
    #expect(broken.count == 1, "\(broken.sorted())")
    try rejected(name) { try draft.check() }
    try harness.instance([claim], dropping: [name]).check()
    return name
  }

  @Test("published outputs, bounds, counts and thresholds that are false") func statements() throws {
    let harness = try ClaimHarness()
    let decisions = harness.predictions.columns[0]
    #expect(Set(decisions) == [0, 1, 2])
    var published = decisions
    published[1] += 1
    #expect(try Self.falseStatement(harness, harness.inference(.published(published))) == "0.output.prediction.0")
    #expect(try Self.falseStatement(harness, harness.inference(.bounded(IntegerRange(1...3)))) == "0.output.prediction.0.from-below")
    #expect(try Self.falseStatement(harness, harness.inference(.bounded(IntegerRange(-1...1)))) == "0.output.prediction.0.from-above")
    let correct = harness.counts[0] + harness.counts[4] + harness.counts[8]
    let least = ClaimStatement.accuracy(labels: ClaimHarness.labels, predictions: ClaimHarness.predicted, disclosure: .atLeast(correct: correct + 1))
    #expect(try Self.falseStatement(harness, least) == "0.slack")
    var found: Set<String> = []
    for position in harness.counts.indices {
      var counts = harness.counts
      counts[position] += 1
      found.insert(
        try Self.falseStatement(
          harness, .accuracy(labels: ClaimHarness.labels, predictions: ClaimHarness.predicted, disclosure: .revealed(counts))))
    }
    let revealed = ClaimStatement.accuracy(
      labels: ClaimHarness.labels, predictions: ClaimHarness.predicted, disclosure: .revealed(harness.counts))
    let honest = try harness.instance([revealed])
    try honest.check()
    #expect(found == Set(Self.names(honest, prefix: 0)))
  }

  /// The two tests above speak of claims alone; this is the list of all constraint names by kind of claim, so that a new kind of name is noticed.
  @Test("no claim has a constraint of another kind") func kinds() throws {
    let harness = try ClaimHarness()
    let claims = harness.all
    let honest = try harness.instance(claims)
    for (index, claim) in claims.enumerated() {
      for name in Self.names(honest, prefix: index) {
        let rest = name.dropFirst("\(index).".count)
        let isKnown =
          switch claim {
          case .wellFormed(let artefact): rest.hasPrefix("\(artefact).")
          case .inference: rest == "output.prediction" || rest == "output.prediction.0" || rest.hasPrefix("output.prediction.0.from-")
          case .accuracy(_, _, .revealed): rest.hasPrefix("count")
          case .accuracy(_, _, .atLeast): rest == "slack"
          case .data: false
          case .sameDataAs: rest.hasPrefix("c") || rest.hasPrefix("W")
          }
        #expect(isKnown, "\(name)")
      }
    }
  }
}
