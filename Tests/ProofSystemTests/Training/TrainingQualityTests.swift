import Hashing
import Programs
import Testing

/// The runs that can be proved are as good as scikit-learn's optima on the same rows (`reference/vectors/descent_quality.py` prints its numbers).
@Suite("Training, quality") struct TrainingQualityTests {
  static let (rows, training, columns) = (1_000, 600, 12)

  /// The rows of the script, and the number that targets are made from.
  static func data() -> (columns: [[Int64]], score: [Int64]) {
    var state: UInt64 = 88_172_645_463_325_252
    func draw(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % bound
    }
    let x = (0..<columns).map { _ in (0..<rows).map { _ in (0..<4).reduce(Int64(-1_998)) { sum, _ in sum + draw(1_000) } } }
    return (x, (0..<rows).map { 3 * x[0][$0] - 2 * x[1][$0] + x[2][$0] + draw(4_000) - 2_000 })
  }

  /// Scores of the test rows by the exported model, and the table.
  static func scores(_ target: TrainingTarget, _ type: ColumnType, _ y: [Int64], _ formats: TrainingFormats) throws -> (Execution, [Int64]) {
    let (x, _) = data()
    let names = (0..<columns).map { "x\($0)" }
    let number = ColumnType.decimal(scale: 3, range: IntegerRange(-8_000...8_000))
    let schema = try TableSchema(columns: names.map { TableColumn(name: $0, type: number) } + [TableColumn(name: "y", type: type)])
    let table = try StoredTable(schema: schema, columns: x + [y])
    let run = try TrainingRun(
      features: names.map { .number(column: $0, centre: 0, shift: 0) } + [.constant], target: target, formats: formats, batchSize: 32, epochs: 80,
      learningRate: PublicFraction(1, over: 20), schedule: .linear, momentum: PublicFraction(9, over: 10), penalty: PublicFraction(1, over: 600))
    let own = table.selecting(rows: Array(0..<training))
    let trainer = try Trainer(run, own, seed: SHA256.hash([1]))
    let state = try trainer.train(from: .zero(run), steps: 0..<trainer.stepCount)
    let task: LinearTask
    switch target {
    case .binary: task = .binary(positive: 1)
    case .classes(_, let count): task = .classes(count: count)
    case .number: task = .regression(target: type.range, unitShift: LinearArchitecture.unitShift(for: type.range))
    }
    let encoding = try FeatureEncoding(schema: schema, columns: names)
    let isNumber = if case .number = target { true } else { false }
    let model = try run.model(
      state,
      architecture: LinearArchitecture.choose(
        encoding: encoding, target: "y", task: task, magnitudeBits: isNumber ? 16 : 7, weightBits: 24))
    let test = table.selecting(rows: Array(training..<rows))
    return (try model.run(test), test.values("y") ?? [])
  }

  @Test("two classes: accuracy and area under the curve") func binary() throws {
    let y = Self.data().score.map { $0 > 500 ? Int64(1) : 0 }
    let (output, truth) = try Self.scores(.binary(column: "y", positive: 1), .category(["no", "yes"]), y, TrainingFormats(scoreFractionBits: 10))
    let right = zip(output.output("prediction") ?? [], truth).count { $0 == $1 }
    #expect(abs(right - 322) <= 2)
    let scores = output.output("score") ?? []
    let (positive, negative) = (zip(scores, truth).filter { $0.1 == 1 }.map(\.0), zip(scores, truth).filter { $0.1 == 0 }.map(\.0))
    var twice = 0
    for a in positive { for b in negative { twice += a > b ? 2 : a == b ? 1 : 0 } }
    let area = Double(twice) / Double(2 * positive.count * negative.count)
    #expect(abs(area - 0.920966) <= 0.005)
  }

  @Test("three classes: accuracy") func classes() throws {
    let y = Self.data().score.map { $0 > 1_500 ? Int64(2) : $0 < -1_500 ? 0 : 1 }
    let (output, truth) = try Self.scores(.classes(column: "y", count: 3), .category(["a", "b", "c"]), y, TrainingFormats(scoreFractionBits: 10))
    #expect(abs(zip(output.output("prediction") ?? [], truth).count { $0 == $1 } - 279) <= 2)
  }

  @Test("a number: mean squared error") func number() throws {
    // Halves as Python's floor division has them.
    let y = Self.data().score.map { $0 >= 0 ? $0 / 10 : -((9 - $0) / 10) }
    let formats = TrainingFormats(scoreFractionBits: 11, scoreBits: 24, updateBits: 20)
    let (output, truth) = try Self.scores(
      .number(column: "y", centre: 0, shift: 2), .integer(IntegerRange(-1_024...1_023)), y, formats)
    let squares = zip(output.output("prediction") ?? [], truth).reduce(Int64(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(Double(squares) / 400 / 15_364.163 - 1) <= 0.01)
  }
}
