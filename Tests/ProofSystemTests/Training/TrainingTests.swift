import Claims
import Programs
import ProofSystem
import Prover
import Testing

@Suite("Training, process proof") struct TrainingTests {
  @Test("a run is proved from zero to the model", arguments: TrainingHarness.Kind.allCases) func wholeRun(_ kind: TrainingHarness.Kind) throws {
    let harness = try TrainingHarness(kind)
    try TrainingHarness.check(harness.instance(harness.claim(), ["model": .model(harness.model())]))
  }

  @Test("schedules, full batches, no momentum, one step, penalised intercept", arguments: 0..<5) func variants(_ variant: Int) throws {
    let harness =
      switch variant {
      case 0: try TrainingHarness(.binary, schedule: .linear)
      case 1: try TrainingHarness(.binary, batchSize: 13, schedule: .halving(every: 1), epochs: 1)
      case 2: try TrainingHarness(.binary, batchSize: 1, schedule: .constant, momentum: PublicFraction(0))
      case 3: try TrainingHarness(.number, batchSize: 16, epochs: 2)
      default: try TrainingHarness(.classes, batchSize: 4, penalisesIntercept: true)
      }
    try TrainingHarness.check(harness.instance(harness.claim(), ["model": .model(harness.model())]))
  }

  @Test("training learns") func learns() throws {
    let harness = try TrainingHarness(.binary, batchSize: 8, epochs: 30, rows: 200)
    let output = try harness.model().run(harness.table)
    let right = zip(output.output("prediction") ?? [], harness.table.values("y") ?? []).count { $0 == $1 }
    #expect(right >= 160)
    let regression = try TrainingHarness(.number, batchSize: 8, epochs: 30, rows: 200)
    let predicted = try regression.model().run(regression.table).output("prediction") ?? []
    let truth = regression.table.values("amount") ?? []
    let mean = truth.reduce(0, +) / 200
    let (error, base) = (zip(predicted, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }, truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
    #expect(4 * error < base)
  }

  @Test("three segments hand over checkpoints; a swapped one is refused") func segments() throws {
    let harness = try TrainingHarness(.classes)
    let trainer = try harness.trainer()
    let cuts = [0, 3, 5, harness.stepCount]
    var states = [TrainingState.zero(harness.run)]
    for (first, last) in zip(cuts, cuts.dropFirst()) { states.append(try trainer.train(from: states[states.count - 1], steps: first..<last)) }
    let whole = try trainer.train(from: states[0], steps: 0..<harness.stepCount)
    #expect(states[3] == whole)
    let checkpoints = try states.map { TrainingHarness.Content.table(try TrainingClaim.checkpoint(harness.run, $0)) }
    let contents: [String: TrainingHarness.Content] = ["one": checkpoints[1], "two": checkpoints[2], "model": .model(try harness.model())]
    func claim(_ part: Int) -> TrainingClaim {
      TrainingClaim(
        table: "table", start: [nil, "one", "two"][part], end: [.checkpoint("one"), .checkpoint("two"), .model("model")][part], run: harness.run,
        nonce: harness.nonce, firstStep: cuts[part], stepCount: cuts[part + 1] - cuts[part])
    }
    for part in 0..<3 { try TrainingHarness.check(harness.instance(claim(part), contents)) }
    // One step alone: its end has the start as the weights before.
    let single = TrainingClaim(
      table: "table", start: "one", end: .checkpoint("next"), run: harness.run, nonce: harness.nonce, firstStep: 3, stepCount: 1)
    let next = try TrainingClaim.checkpoint(harness.run, try trainer.train(from: states[1], steps: 3..<4))
    try TrainingHarness.check(harness.instance(single, contents.merging(["next": .table(next)]) { $1 }))
    // The honest record of each claim, over a committed checkpoint that differs: as start, and as end.
    var other = states[1]
    other.weights[2] += 1
    let swapped = contents.merging(["one": .table(try TrainingClaim.checkpoint(harness.run, other))]) { $1 }
    let record = try trainer.witness(from: states[1], steps: 3..<5).columns
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(claim(0), swapped)) }
    let second = try harness.instance(claim(1), contents).compiled
    #expect(second.builder.descents.count == 1)
    var full = try harness.claimRecord(claim(1), contents)
    full.merge(record) { $1 }
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(claim(1), swapped, record: full)) }
    // A changed velocity alone.
    var faster = states[1]
    faster.previous[0] -= 1
    let moved = contents.merging(["one": .table(try TrainingClaim.checkpoint(harness.run, faster))]) { $1 }
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(claim(1), moved, record: full)) }
    // Without the constraint both pass: nothing else looks at the start.
    try TrainingHarness.check(harness.instance(claim(1), swapped, dropping: ["0.steps"], record: full))
  }

  @Test("claims that contradict themselves are refused") func refusals() throws {
    let harness = try TrainingHarness(.binary)
    let model = TrainingHarness.Content.model(try harness.model())
    let state = TrainingHarness.Content.table(try TrainingClaim.checkpoint(harness.run, .zero(harness.run)))
    let wrong = [
      TrainingClaim(table: "table", end: .model("model"), run: harness.run, nonce: harness.nonce, stepCount: 3),
      TrainingClaim(table: "table", end: .model("model"), run: harness.run, nonce: harness.nonce, firstStep: 1, stepCount: harness.stepCount - 1),
      TrainingClaim(
        table: "table", start: "start", end: .model("model"), run: harness.run, nonce: harness.nonce, stepCount: harness.stepCount),
      TrainingClaim(table: "table", end: .model("model"), run: harness.run, nonce: harness.nonce, stepCount: Int.max),
      TrainingClaim(table: "table", start: "start", end: .model("model"), run: harness.run, nonce: harness.nonce, firstStep: -1, stepCount: 1),
    ]
    for claim in wrong {
      #expect(throws: ClaimError.self) { try harness.instance(claim, ["model": model, "start": state], record: [:]) }
    }
    // Formats in which a score could wrap around.
    var formats = harness.run.formats
    formats.weightBits = 44
    formats.featureFractionBits = 24
    let wide = try TrainingRun(
      features: harness.run.features, target: harness.run.target, formats: formats, batchSize: 5, epochs: 3, learningRate: PublicFraction(1))
    #expect(throws: ClaimError.self) { try harness.instance(harness.claim(wide), ["model": model], record: [:]) }
    #expect(throws: ProgramError.self) {
      try TrainingRun(features: [], target: harness.run.target, formats: formats, batchSize: 5, epochs: 3, learningRate: PublicFraction(1))
    }
  }

  @Test("a run that diverges is refused with a reason") func divergence() throws {
    let harness = try TrainingHarness(.number, rate: PublicFraction(40), epochs: 20)
    #expect(throws: ProgramError.self) { try harness.model() }
  }
}

extension TrainingHarness {
  func claimRecord(_ claim: TrainingClaim, _ contents: [String: Content]) throws -> [String: [Int64]] {
    let tables = contents.merging(["table": .table(table)]) { $1 }.compactMapValues { if case .table(let table) = $0 { table } else { nil } }
    return try claim.record(DataTables(tables: tables, identities: ["table": try identity()]))
  }
}
