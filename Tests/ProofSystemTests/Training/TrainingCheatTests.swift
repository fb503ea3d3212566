import Claims
import Fields
import Programs
import ProofSystem
import Prover
import Testing

/// Each false witness is the honest one of something else than what is stated: only the check that it meets can refuse it, and without that
/// check it passes.
@Suite("Training, dishonest provers") struct TrainingCheatTests {
  typealias Content = TrainingHarness.Content

  /// The witness must be refused, and pass when the named constraints are left out.
  static func reject(
    _ harness: TrainingHarness, _ claim: TrainingClaim, _ contents: [String: Content], _ record: [String: [Int64]], by names: Set<String>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(throws: VerificationError.self, sourceLocation: sourceLocation) {
      try TrainingHarness.check(harness.instance(claim, contents, record: record))
    }
    #expect(throws: Never.self, sourceLocation: sourceLocation) {
      try TrainingHarness.check(harness.instance(claim, contents, dropping: names, record: record))
    }
  }

  /// The record and the model of another run, table or order under the honest claim.
  static func reject(_ harness: TrainingHarness, made other: TrainingHarness, nonce: Nonce? = nil) throws {
    let trainer = try Trainer(other.run, other.table, seed: (nonce ?? harness.nonce).seed(purpose: "training", identity: harness.identity()))
    let (state, columns) = try trainer.witness(from: .zero(other.run), steps: 0..<other.stepCount)
    let honest = try harness.claimRecord(harness.claim(), [:])
    let model = try harness.run.model(state, architecture: harness.architecture())
    #expect(model != (try harness.model()))
    try reject(harness, harness.claim(), ["model": .model(model)], honest.merging(columns) { $1 }, by: ["0.steps"])
  }

  @Test("another order of rows", arguments: TrainingHarness.Kind.allCases) func order(_ kind: TrainingHarness.Kind) throws {
    let harness = try TrainingHarness(kind)
    try Self.reject(harness, made: harness, nonce: Nonce(bytes: [8], source: .auditor))
  }

  @Test("another learning rate, schedule, momentum or penalty", arguments: 0..<4) func rates(_ part: Int) throws {
    let harness = try TrainingHarness(.binary)
    let own = harness.run
    let other = try TrainingRun(
      features: own.features, target: own.target, formats: own.formats, batchSize: own.batchSize, epochs: own.epochs,
      learningRate: part == 0 ? PublicFraction(1, over: 4) : own.learningRate, schedule: part == 1 ? .constant : own.schedule,
      momentum: part == 2 ? PublicFraction(8, over: 10) : own.momentum, penalty: part == 3 ? PublicFraction(1, over: 2) : own.penalty,
      penalisesIntercept: own.penalisesIntercept)
    try Self.reject(harness, made: TrainingHarness(other, harness.table))
  }

  @Test("a penalised intercept, and one that is not") func intercept() throws {
    try Self.reject(TrainingHarness(.number), made: TrainingHarness(.number, penalisesIntercept: true))
    try Self.reject(TrainingHarness(.number, penalisesIntercept: true), made: TrainingHarness(.number))
  }

  @Test("gradients and labels of other rows") func rows() throws {
    let harness = try TrainingHarness(.binary)
    let order = (1..<harness.table.rowCount).map { $0 } + [0]
    try Self.reject(harness, made: TrainingHarness(harness.run, harness.table.selecting(rows: order)))
    var columns = harness.table.columns
    columns[4][3] = 1 - columns[4][3]
    try Self.reject(harness, made: TrainingHarness(harness.run, try StoredTable(schema: harness.table.schema, columns: columns)))
  }

  /// Rows of several traces, one after the other.
  static func joined(_ parts: [[String: [Int64]]]) -> [String: [Int64]] {
    parts.reduce([:]) { all, part in all.merging(part) { $0 + $1 } }
  }

  @Test("a step left out, one repeated") func steps() throws {
    let harness = try TrainingHarness(.binary)
    let trainer = try harness.trainer()
    let count = harness.stepCount
    let honest = try harness.claimRecord(harness.claim(), [:])
    for order in [[0..<3, 4..<count, (count - 1)..<count], [0..<3, 2..<(count - 1)], [1..<count, 0..<1]] {
      var state = TrainingState.zero(harness.run)
      var parts: [[String: [Int64]]] = []
      for steps in order {
        let (next, columns) = try trainer.witness(from: state, steps: steps)
        parts.append(columns)
        state = next
      }
      let model = try harness.run.model(state, architecture: harness.architecture())
      try Self.reject(harness, harness.claim(), ["model": .model(model)], honest.merging(Self.joined(parts)) { $1 }, by: ["0.steps"])
    }
  }

  @Test("other initial weights") func start() throws {
    let harness = try TrainingHarness(.binary)
    var state = TrainingState.zero(harness.run)
    state.weights[0] = 1 << 20
    let (last, columns) = try harness.trainer().witness(from: state, steps: 0..<harness.stepCount)
    let honest = try harness.claimRecord(harness.claim(), [:])
    let model = try harness.run.model(last, architecture: harness.architecture())
    try Self.reject(harness, harness.claim(), ["model": .model(model)], honest.merging(columns) { $1 }, by: ["0.steps"])
  }

  @Test("a wrong rounding of an update, of a score, of a model's weight") func rounding() throws {
    let harness = try TrainingHarness(.binary)
    let honest = try harness.claimRecord(harness.claim(), [:])
    let trainer = try harness.trainer()
    var state = try trainer.train(from: .zero(harness.run), steps: 0..<harness.stepCount)
    // The last update one lower, its remainder 2^R larger: the sums agree.
    let width = (honest["weight.0"]?.count ?? 0) / harness.stepCount
    var record = honest
    let cell = (harness.stepCount - 1) * width
    let coarse = Int64(1) << 20
    record["weight.0"]?[cell] -= coarse
    record["update-remainder.0"]?[cell] += coarse << Int64(harness.run.formats.updateBits)
    state.weights[0] -= coarse
    let model = try harness.run.model(state, architecture: harness.architecture())
    try Self.reject(harness, harness.claim(), ["model": .model(model)], record, by: ["0.update-remainder.0"])
    // A score one lower with its remainder 2^σ larger, at a place that has no row: its prediction counts nowhere.
    record = honest
    let places = (honest["score.0"]?.count ?? 0) / harness.stepCount
    let free = places - 1
    record["score.0"]?[free] -= 1
    record["score-remainder.0"]?[free] += 1 << Int64(harness.run.scoreShift)
    let table = try harness.run.sigmoid.function.value(at: -1)
    record["prediction.0"]?[free] = table
    try Self.reject(harness, harness.claim(), ["model": .model(try harness.model())], record, by: ["0.score-remainder.0"])
    // A prediction that is not the sigmoid's, there too.
    record = honest
    record["prediction.0"]?[free] += 1
    try Self.reject(harness, harness.claim(), ["model": .model(try harness.model())], record, by: ["0.prediction"])
    // A weight of the model one off.
    let right = try harness.model()
    var weights = right.weights
    weights[1] += 1
    let wrong = try LinearModel(architecture: right.architecture, weights: weights)
    try Self.reject(harness, harness.claim(), ["model": .model(wrong)], honest, by: ["0.model.1.0"])
  }

  @Test("every part of a softmax") func softmax() throws {
    let harness = try TrainingHarness(.classes)
    let honest = try harness.claimRecord(harness.claim(), [:])
    let model = ["model": Content.model(try harness.model())]
    let free = (honest["score.0"]?.count ?? 0) / harness.stepCount - 1
    var record = honest
    record["prediction.0"]?[free] += 1
    try Self.reject(harness, harness.claim(), model, record, by: ["0.prediction.0.remainder"])
    record = honest
    record["prediction.0"]?[free] -= 1
    try Self.reject(harness, harness.claim(), model, record, by: ["0.prediction.0.below"])
    record = honest
    record["exponential.1"]?[free] -= 1
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(harness.claim(), model, record: record)) }
    record = honest
    record["chosen.0"]?[free] = 0
    try Self.reject(harness, harness.claim(), model, record, by: ["0.chosen.one"])
    // Every message of the descent changed in turn is refused somewhere: bytes are tampered with in `ProofBytesTests`.
    record = honest
    record["label.0"]?[0] = 1 - (honest["label.0"]?[0] ?? 0)
    #expect(throws: VerificationError.self) { try TrainingHarness.check(harness.instance(harness.claim(), model, record: record)) }
  }
}
