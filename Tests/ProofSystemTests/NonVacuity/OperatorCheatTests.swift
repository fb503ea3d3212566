import Claims
import Fields
import Programs
import ProofSystem
import TestSupport
import Testing

/// Every constraint, product and lookup that the compiler emits for an operator is needed: a false witness that breaks this one alone is
/// rejected, and accepted when this one is left out on both sides. Names come from the compiled relation, so that a new constraint without
/// a false witness fails here. Constraints that others back up are listed with the reason in `OperatorCheats.redundancies`.
@Suite("Non-vacuity of operator constraints") struct OperatorCheatTests {
  static let cases: [OperatorTests.Case] =
    OperatorTests.cases.filter { $0.testDescription != "requantise half even" } + [
      // (x + 2) / 4: quotients odd and even, with ties and without, below 0, and a remainder at its end.
      OperatorTests.Case(testDescription: "requantise half even") {
        let values: [Int64] = [2, 6, 3, 0, -3, 9]
        var builder = ProgramBuilder()
        let x = try OperatorTests.input(&builder, "a", -16, 15, rows: values.count)
        try builder.output("out", try builder.requantise("r", x, shift: 2, rounding: .halfEven))
        return (ProgramHarness(columns: [OperatorTests.column("a", values, -16, 15)]), builder.build())
      },
      OperatorTests.one("values of a constant") { builder, x, _ in
        try builder.affine("sum", [(1, x), (3, try builder.add("c", .constant(Constant(.values([3, 1, 4, 1, 5]), shape: x.shape))))])
      },
      OperatorTests.one("one-hot of four classes") { builder, x, _ in
        // −8 … 7 by floor(x / 4) + 2: rows of all classes.
        let quarter = try builder.requantise("quarter", x, shift: 2)
        return try builder.add("h", .oneHot(OneHot(classCount: 5)), [try builder.affine("shifted", [(1, quarter)], constant: 2)])
      },
    ]

  static func rejected(_ name: String, _ attempt: () throws -> Void) throws {
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim"), "\(name): a false witness is accepted") { try attempt() }
  }

  @Test("each constraint keeps a false witness out", arguments: cases) func everyConstraint(_ operatorCase: OperatorTests.Case) throws {
    let cheats = try OperatorCheats(operatorCase)
    for name in cheats.names {
      do {
        if OperatorCheats.isOutput(name) {
          try Self.rejected(name) { try cheats.attemptFalseOutput(name, isDropped: false) }
          try cheats.attemptFalseOutput(name, isDropped: true)
        } else if cheats.countNames.contains(name) {
          try Self.rejected(name) { try cheats.attemptShiftedCounts(name, isDropped: false) }
          try cheats.attemptShiftedCounts(name, isDropped: true)
        } else if ConstraintSystem.limb(name) == nil {
          try Self.check(name, cheats)
        }
      } catch { Issue.record("\(name): \(error)") }
    }
  }

  /// One constraint; of a range check every lookup in turn, limbs too.
  static func check(_ name: String, _ cheats: OperatorCheats) throws {
    let redundancy = cheats.redundancy(name)
    let alone = cheats.find([name])
    if let redundancy {
      #expect(alone == nil, "\(name) is not redundant: \(redundancy.reason)")
      guard !redundancy.with.isEmpty else { return }
      let family = Set(cheats.names.filter { other in ([redundancy.suffix] + redundancy.with).contains { other.hasSuffix($0) } })
      let witness = try #require(cheats.find(family), "no false witness against \(family.sorted())")
      try rejected(name) { try cheats.attempt(witness, member: name, dropping: []) }
      try cheats.attempt(witness, member: name, dropping: family)
      return
    }
    let witness = try #require(alone, "no false witness against \(name)")
    for member in cheats.system.members[name] ?? [name] {
      try rejected(member) { try cheats.attempt(witness, member: member, dropping: []) }
      try cheats.attempt(witness, member: member, dropping: [member])
    }
  }

  @Test("the cases have every operator") func everyOperator() throws {
    var seen: Set<String> = []
    for operatorCase in Self.cases { seen.formUnion(RandomProgramTests.kinds(try operatorCase.make().1)) }
    seen.insert(WeightedSum.name)  // no constraint: an expression of counts
    #expect(seen.count == 13, "\(seen.sorted())")
  }
}
