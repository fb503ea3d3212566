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

  @Test("a table that means something else than the model", arguments: TrainingHarness.Kind.allCases) func meanings(_ kind: TrainingHarness.Kind)
    throws
  {
    let harness = try TrainingHarness(kind)
    let model = try harness.model()
    let own = harness.table.schema.columns
    func changed(_ name: String, _ type: ColumnType) -> [TableColumn] {
      own.map { $0.name == name ? TableColumn(name: name, type: type, missing: $0.missing) : $0 }
    }
    var others = [
      changed("x", .decimal(scale: 3, range: IntegerRange(-400...400))), changed("x", .decimal(scale: 2, range: IntegerRange(-400...401))),
      changed("colour", .category(["green", "red", "blue"])),
    ]
    switch kind {
    case .binary: others.append(changed("y", .category(["yes", "no"])))
    case .classes: others.append(changed("kind", .category(["a", "c", "b"])))
    case .number: others.append(changed("amount", .decimal(scale: 1, range: IntegerRange(-100...155))))
    }
    for columns in others {
      let table = try StoredTable(schema: TableSchema(columns: columns), columns: harness.table.columns)
      let other = TrainingHarness(harness.run, table)
      let stated = try other.model()
      #expect(stated.weights == (try other.model().weights))
      #expect(throws: ClaimError.self) { try harness.instance(harness.claim(), ["model": .model(stated)], record: [:]) }
      #expect(throws: ClaimError.self) { try other.instance(other.claim(), ["model": .model(model)], record: [:]) }
    }
  }

  @Test("runs with numbers as large as they can be are refused, not computed") func hostileRuns() throws {
    let schema = try TableSchema(columns: [
      TableColumn(name: "x", type: .integer(IntegerRange(-(1 << 33)...(1 << 33)))), TableColumn(name: "y", type: .category(["no", "yes"])),
      TableColumn(name: "z", type: .integer(IntegerRange(0...1 << 19))),
    ])
    let largest = PublicFraction(1_000_000_000_000)
    for (target, shift) in [(TrainingTarget.binary(column: "y", positive: 1), 24), (.number(column: "z", centre: 0, shift: 30), 24)] {
      for bits in [1, 40] {
        let run = try TrainingRun(
          features: [.number(column: "x", centre: 0, shift: shift), .constant], target: target,
          formats: TrainingFormats(
            featureFractionBits: 0, weightFractionBits: 40, weightBits: 2, scoreFractionBits: 0, scoreBits: 16, probabilityBits: 1, updateBits: bits),
          batchSize: 65_536, epochs: 100_000, learningRate: largest, momentum: PublicFraction(1), penalty: largest)
        #expect(throws: ProgramError.self) { try run.bounds(schema) }
      }
    }
    let formats = TrainingFormats()
    let x = TrainingFeature.number(column: "x", centre: 0, shift: 0)
    func run(
      _ feature: TrainingFeature, _ target: TrainingTarget = .binary(column: "y", positive: 1), _ formats: TrainingFormats = formats, batch: Int = 4,
      epochs: Int = 1, rate: PublicFraction = PublicFraction(1), schedule: TrainingSchedule = .constant
    ) throws {
      _ = try TrainingRun(
        features: [feature, .constant], target: target, formats: formats, batchSize: batch, epochs: epochs, learningRate: rate, schedule: schedule)
    }
    for size in [Int.max, Int.min] {
      let wide = Int64(size)
      let wrong: [() throws -> Void] = [
        { try run(.number(column: "x", centre: wide, shift: 0)) }, { try run(.number(column: "x", centre: 0, shift: size)) },
        { try run(.category(column: "y", classCount: size, missing: true)) }, { try run(x, .binary(column: "y", positive: size)) },
        { try run(x, .classes(column: "y", count: size)) }, { try run(x, .number(column: "z", centre: wide, shift: 0)) },
        { try run(x, .number(column: "z", centre: 0, shift: size)) }, { try run(x, batch: size) }, { try run(x, epochs: size) },
        { try run(x, rate: PublicFraction(wide, over: 1)) }, { try run(x, rate: PublicFraction(1, over: wide)) },
        { try run(x, schedule: .halving(every: size)) }, { try run(x, schedule: .inverse(decay: PublicFraction(wide))) },
        {
          try run(
            x, .binary(column: "y", positive: 1),
            TrainingFormats(
              featureFractionBits: size, weightFractionBits: size, weightBits: size, scoreFractionBits: size, scoreBits: size, probabilityBits: size,
              updateBits: size))
        },
      ]
      for statement in wrong { #expect(throws: ProgramError.self) { try statement() } }
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
