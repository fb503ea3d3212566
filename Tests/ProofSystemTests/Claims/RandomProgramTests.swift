import Claims
import Fields
import Programs
import ProofSystem
import TestSupport
import Testing

/// Completeness over random programs and shapes, and the interpreter against a second evaluation.
@Suite("Random programs") struct RandomProgramTests {
  /// Names of the operators of a program.
  static func kinds(_ program: Program) -> Set<String> {
    Set(program.nodes.map { type(of: $0.operation.definition).name })
  }

  /// Seeds of one part of the test; parts run side by side.
  static let parts = 6
  /// Programs to prove in each part.
  static let wanted = 40

  /// What became of the programs of a part.
  struct Tally: CustomStringConvertible {
    var refusedByAnalysis = 0
    var tooWide = 0
    var proved = 0
    var kinds: Set<String> = []
    var rowCounts: Set<Int> = []
    var description: String { "\(proved) proved, \(refusedByAnalysis) refused by the analysis, \(tooWide) by the compiler" }
  }

  @Test("what the analysis accepts is interpreted, proved and verified; a false output is not", arguments: 0..<parts)
  func programs(_ part: Int) throws {
    var tally = Tally()
    for seed in 0..<2_000 where tally.proved < Self.wanted {
      try Self.run(seed: 10_000 * (part + 1) + seed, &tally)
    }
    #expect(tally.proved == Self.wanted, "\(tally)")
    #expect(tally.tooWide <= Self.wanted / 4, "\(tally)")
    #expect(tally.kinds.count >= 11, "\(tally.kinds.sorted())")
    #expect(tally.rowCounts.contains(1) && tally.rowCounts.contains { $0 & ($0 - 1) != 0 }, "\(tally.rowCounts.sorted())")
  }

  @Test("programs that the analysis accepts have every operator") func everyOperator() throws {
    var seen: Set<String> = []
    for part in 0..<Self.parts {
      for seed in 0..<100 {
        let program = try RandomProgram(seed: 10_000 * (part + 1) + seed).program
        if (try? program.analyse()) != nil { seen.formUnion(Self.kinds(program)) }
      }
    }
    #expect(seen.count == 13, "\(seen.sorted())")
  }

  static func run(seed: Int, _ tally: inout Tally) throws {
    let random = try RandomProgram(seed: seed)
    let inputs = random.harness.inputs()
    let execution: Execution
    do {
      execution = try Interpreter.run(random.program, inputs: inputs)
    } catch {
      switch error {
      case .relationTooLarge, .outOfRange, .roundingUndecided: tally.refusedByAnalysis += 1
      default: Issue.record("seed \(seed): \(error)")
      }
      return
    }
    let naive: [[Int128]]
    do { naive = try NaiveEvaluation.run(random.program, inputs: inputs) } catch {
      Issue.record("seed \(seed): \(error)")
      return
    }
    for (node, (own, other)) in zip(random.program.nodes, zip(execution.values, naive)) {
      #expect(own.map { Int128($0) } == other, "seed \(seed): \(node.name)")
    }
    do {
      try ProgramHarness.check(try random.harness.instance(random.program), Production<GoldilocksCubic>.self)
    } catch let error as ClaimError {
      switch error {
      case .tooWide, .coefficientOverflow: tally.tooWide += 1
      default: Issue.record("seed \(seed): \(error)")
      }
      return
    } catch {
      Issue.record("seed \(seed): \(error)")
      return
    }
    tally.proved += 1
    tally.kinds.formUnion(kinds(random.program))
    tally.rowCounts.insert(random.harness.columns.first?.values.count ?? 0)
    if tally.proved % 4 == 0 { try refuseFalseOutput(random, execution, seed: seed) }
  }

  /// One published entry off by one.
  static func refuseFalseOutput(_ random: RandomProgram, _ execution: Execution, seed: Int) throws {
    var generator = ToyRandom(seed)
    guard let output = random.program.outputs.randomElement(using: &generator) else { return }
    var values = execution.values[output.node]
    values[Int.random(in: values.indices, using: &generator)] += 1
    let instance = try random.harness.instance(random.program, published: [output.name: values])
    #expect(throws: VerificationError.checkFailed("ligerito.final_claim"), "seed \(seed): \(output.name)") {
      try ProgramHarness.check(instance, Production<GoldilocksCubic>.self)
    }
  }
}
