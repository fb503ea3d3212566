import Claims
import Fields
import Kernels
import Parallelism
import Programs
import ProofSystem
import Prover
import Soundness

/// Result proofs of logistic regressions on all cores: commitment, well-formedness of every cell, and the claim, each by itself.
extension BenchmarkSuite {
  /// An encoded credit table.
  static func optimum() throws -> [BenchmarkLine] { try OptimumBench(rows: 800, features: 60).lines("optimum-credit", limits: nil) }

  /// 262,144 × 1,024 cells of 16 bits, in memory. Run it under `ulimit -v 16777216`, so that the system refuses memory beyond 16 GiB.
  static func optimumLarge(log2Rows: Int = 18, features: Int = 1_024) throws -> [BenchmarkLine] {
    try OptimumBench(rows: 1 << log2Rows, features: features).lines(
      "optimum-2^\(log2Rows)x\(features)", limits: OptimumBench.Limits(prove: 20, total: 120, kibibytes: 1_000_000 / 1_024, gigabytes: 16))
  }
}

/// A generated table in blocks of columns that share a tree, and weights near the optimum of a logistic regression on it.
private struct OptimumBench {
  typealias E = GoldilocksCubic
  struct Limits {
    let prove: Double
    let total: Double
    let kibibytes: Double
    let gigabytes: Double
  }

  let rowCount: Int
  let featureCount: Int
  /// Columns of each block: with the range table at most 2^24 leaves.
  let blockWidth: Int
  let shape: CodeShape

  init(rows: Int, features: Int) throws {
    (rowCount, featureCount) = (rows, features)
    blockWidth = min(features, max(1, (1 << 24) / (1 << log2Ceiling(rows)) - 1))
    // Rate 1/2 for what does not fit into memory otherwise.
    let bits = log2Ceiling(features << log2Ceiling(rows))
    let m = bits > 24 ? 21 : max(11, bits - 6)
    guard
      let shape = CodeShape(
        name: CodeShapes.name(m, 1 << (m - 3), m + (bits > 24 ? 1 : 2)), log2RowLength: m, tailCount: 1 << (m - 3),
        log2Length: m + (bits > 24 ? 1 : 2))
    else { throw ClaimError.tooLarge("shape") }
    self.shape = shape
  }

  private var blocks: [Range<Int>] { stride(from: 0, to: featureCount, by: blockWidth).map { $0..<min(featureCount, $0 + blockWidth) } }

  /// A column where it lies.
  private struct Column: Sendable {
    let buffer: FieldBuffer<Goldilocks>
    let offset: Int

    init(_ data: MatrixData<Goldilocks>, _ tensor: String) {
      buffer = data.vector
      offset = data.layout.offsets[tensor] ?? 0
    }

    var pointer: UnsafeMutablePointer<Goldilocks> { buffer.pointer + offset }
  }

  /// 16 bits of a fixed mixing of column and row.
  @inline(__always) private static func cell(_ column: Int, _ row: Int) -> UInt64 {
    var x = UInt64(truncatingIfNeeded: column << 32 | row) &+ 0x9E37_79B9_7F4A_7C15
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return (x ^ (x >> 31)) >> 48
  }

  private func table(_ columns: Range<Int>, _ name: String) throws -> (contents: ArtefactContents, data: MatrixData<Goldilocks>) {
    let schema = try TableSchema(columns: columns.map { TableColumn(name: "x\($0)", type: .integer(IntegerRange(0...65_535))) })
    let contents = ArtefactContents.table(schema, rowCount: rowCount)
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: name, log2RowLength: shape.log2RowLength, tensors: contents.tensors))
    let (rows, first) = (rowCount, columns.lowerBound)
    let places = columns.map { Column(data, "c\($0 - first)") }
    parallelChunks(count: columns.count) { range in
      for j in range { for row in 0..<rows { places[j].pointer[row] = Goldilocks(Self.cell(first + j, row)) } }
    }
    return (contents, data)
  }

  private func labels() -> [Int64] {
    (0..<rowCount).map { row in
      let signal = (0..<8).reduce(Int64(0)) { $0 + ($1 % 2 == 0 ? 1 : -1) * (Int64(Self.cell($1 % featureCount, row)) - 32_768) }
      return signal + 2 * (Int64(Self.cell(featureCount + 1, row)) - 32_768) > 0 ? 1 : 0
    }
  }

  /// Weights of x = (cell − 2^15) / 2^14, the intercept last: descent steps of the length that uncorrelated columns ask for, over real numbers.
  private func solve(_ columns: [Column], _ labels: [Int64], penalty: Double) -> [Double] {
    var weights = [Double](repeating: 0, count: columns.count + 1)
    let (rows, count) = (rowCount, columns.count)
    for _ in 0..<(rowCount > 1 << 16 ? 30 : 400) {
      let own = weights
      let parts = parallelMap(count: rows, minimumChunk: 64) { range -> [(residual: Double, curvature: Double)] in
        var scores = [Double](repeating: own[count], count: range.count)
        for j in 0..<count {
          let source = columns[j].pointer + range.lowerBound
          let factor = own[j] / 16_384
          for i in scores.indices { scores[i] += factor * (Double(source[i].value) - 32_768) }
        }
        return scores.enumerated().map { i, z in
          let e = Self.exponential(-z.magnitude)
          let p = z >= 0 ? 1 / (1 + e) : e / (1 + e)
          return (p - Double(labels[range.lowerBound + i]), p * (1 - p))
        }
      }.flatMap { $0 }
      let curvature = parts.reduce(0.0) { $0 + $1.curvature }
      let residuals = parts.map(\.residual)
      let total = residuals.reduce(0, +)
      let gradient =
        parallelMap(count: count, minimumChunk: 1) { range in
          range.map { j -> Double in
            var sum = 0.0
            let source = columns[j].pointer
            for i in 0..<rows { sum += Double(source[i].value) * residuals[i] }
            return (sum - 32_768 * total) / 16_384 + penalty * own[j]
          }
        }.flatMap { $0 } + [total + penalty * own[count]]
      for j in 0...count { weights[j] -= 0.9 * gradient[j] / ((j < count ? 4.0 / 3 : 1) * curvature + penalty) }
      if gradient.allSatisfy({ $0.magnitude < 1e-6 }) { break }
    }
    return weights
  }

  /// e^x for x ≤ 0.
  private static func exponential(_ x: Double) -> Double {
    if x < -40 { return 0 }
    var (term, sum) = (1.0, 1.0)
    for k in 1..<12 {
      term *= x / 256 / Double(k)
      sum += term
    }
    for _ in 0..<8 { sum *= sum }
    return sum
  }

  func lines(_ name: String, limits: Limits?) throws -> [BenchmarkLine] {
    var parts: [(name: String, contents: ArtefactContents, data: MatrixData<Goldilocks>)] = []
    for (index, columns) in blocks.enumerated() {
      let (contents, data) = try table(columns, "t\(index)")
      parts.append(("t\(index)", contents, data))
    }
    let labels = labels()
    let target = TableColumn(name: "y", type: .category(["no", "yes"]))
    let own = ArtefactContents.table(try TableSchema(columns: [target]), rowCount: rowCount)
    let labelData = MatrixData<Goldilocks>(layout: MatrixLayout(name: "y", log2RowLength: shape.log2RowLength, tensors: own.tensors))
    labelData.set("c0", labels.map { Goldilocks(signed: $0) })
    let found = try Optimum(self, parts.map(\.data), labels, schemas: (parts.map(\.contents) + [own]).compactMap(Self.schema))
    let model = ArtefactContents.linearModel(found.model.architecture)
    let weights = MatrixData<Goldilocks>(layout: MatrixLayout(name: "m", log2RowLength: shape.log2RowLength, tensors: model.tensors))
    weights.set("W", found.model.weights.map { Goldilocks(signed: $0) })
    parts += [("y", own, labelData), ("m", model, weights)]
    // Commitment: one tree.
    var secrets: [String: ArtefactSecret<E>] = [:]
    let commit = BenchmarkSuite.seconds {
      let made = ArtefactSecret<E>.commitTogether(
        parts.map { (kind: $0.contents.kind, format: $0.contents.format, data: $0.data) }, shape: shape, seed: BenchmarkSuite.randomSeed())
      for (part, secret) in zip(parts, made) { secrets[part.name] = secret }
    }
    var descriptions: [ArtefactDescription] = []
    for part in parts {
      guard let secret = secrets[part.name] else { continue }
      descriptions.append(
        ArtefactDescription(
          name: part.name, contents: part.contents, shape: shape, identity: secret.publicPart.identity, root: secret.publicPart.root,
          placement: secret.placement))
    }
    // Every cell is in its range: one proof after the other.
    var formed = (prove: 0.0, verify: 0.0, bytes: 0)
    for description in descriptions {
      let one = try proof([.wellFormed(artefact: description.name)], [description], secrets, records: [])
      formed = (formed.prove + one.prove, formed.verify + one.verify, formed.bytes + one.bytes)
    }
    let radius = PublicFraction(Int64(clamping: (found.account.distance.units * 1_000_000) >> 64) + 1, over: 1_000_000)
    let claim = OptimumClaim(
      tables: parts.dropLast().map(\.name), model: "m", problem: found.plan.problem, toleranceBits: found.toleranceBits, radius: radius)
    let one = try proof([.data(.optimum(claim))], descriptions, secrets, records: [try found.witness().columns])
    let account = found.account
    let cells = featureCount << log2Ceiling(rowCount)
    return [
      BenchmarkLine("\(name) commit", commit, "s", note: "\(cells) cells in one tree, rate 1/\(1 << (shape.log2Length - shape.log2RowLength))"),
      BenchmarkLine(
        "\(name) well-formed", formed.prove, "s",
        note: "\(descriptions.count) proofs, \(formed.bytes / 1_024) KiB, verified in \(Int(formed.verify * 1e3)) ms"),
      BenchmarkLine(
        "\(name) prove", one.prove, "s", limit: limits?.prove,
        note: "witness included; gradient up to \(account.tolerance.text) in a coordinate, errors \(account.error.text), "
          + "distance \(account.distance.text), gap \(account.gap.text)"),
      BenchmarkLine("\(name) verify", one.verify * 1e3, "ms", note: "the statement compiled anew"),
      BenchmarkLine("\(name) proof", Double(one.bytes) / 1_024, "KiB", limit: limits?.kibibytes),
      BenchmarkLine("\(name) search", found.seconds, "s", note: "for the weights, over real numbers"),
      BenchmarkLine(
        "\(name) all", commit + formed.prove + one.prove, "s", limit: limits?.total, note: "commitment, well-formedness and result proof"),
      BenchmarkLine("\(name) processor", PeakMemory.processorSeconds(), "s", note: "all of the process, generated data and search included"),
      BenchmarkLine("\(name) peak memory", PeakMemory.gigabytes(), "GB", limit: limits?.gigabytes, note: "whole process"),
    ]
  }

  private static func schema(_ contents: ArtefactContents) -> TableSchema? {
    if case .table(let schema, _) = contents { schema } else { nil }
  }

  /// Makes and verifies one proof; the statement is compiled anew for the verifier.
  private func proof(
    _ claims: [ClaimStatement], _ descriptions: [ArtefactDescription], _ secrets: [String: ArtefactSecret<E>],
    records: @autoclosure () throws -> [[String: [Int64]]]
  ) throws -> (prove: Double, verify: Double, bytes: Int) {
    var proof: [UInt8] = []
    let prove = try BenchmarkSuite.seconds {
      let compiled = try CompiledClaims(claims: claims, artefacts: descriptions)
      let (statement, relation) = try ProofPlan.statement(claims: compiled, profile: .p128, context: [], field: E.self)
      try statement.checkSoundness()
      let auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: try records(), artefacts: secrets.mapValues(\.data))
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: BenchmarkSuite.randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try BenchmarkSuite.seconds {
      let again = try CompiledClaims(claims: claims, artefacts: descriptions)
      let (statement, _) = try ProofPlan.statement(claims: again, profile: .p128, context: [], field: E.self)
      _ = try ProofVerifier.verify(statement, proof: proof)
    }
    return (prove, verify, proof.count)
  }

  /// Weights near the optimum of a problem, and what they show.
  private struct Optimum {
    let plan: OptimumPlan
    let model: LinearModel
    let toleranceBits: Int
    let account: OptimumAccount
    /// Of the search.
    let seconds: Double
    private let places: [String: Column]
    private let labels: [Int64]

    init(_ bench: OptimumBench, _ blocks: [MatrixData<Goldilocks>], _ labels: [Int64], schemas: [TableSchema]) throws {
      let (rowCount, featureCount) = (bench.rowCount, bench.featureCount)
      let names = (0..<featureCount).map { "x\($0)" }
      let encoding = try FeatureEncoding(schema: try TableSchema(columns: schemas.flatMap(\.columns)), columns: names)
      let architecture = try LinearArchitecture.choose(
        encoding: encoding, target: "y", task: .binary(positive: 1), magnitudeBits: rowCount > 1 << 16 ? 5 : 7, weightBits: 32)
      // The sum of the losses plus |w|²/2; of a large table n·2^−13 times that.
      let penalty = PublicFraction(max(1, Int64(rowCount >> 13)))
      let isLarge = rowCount > 1 << 16
      let problem = try OptimumProblem(
        features: names.map { .number(column: $0, centre: 32_768, shift: 0) } + [.constant], target: .binary(column: "y", positive: 1),
        formats: OptimumFormats(
          featureFractionBits: 14, scoreFractionBits: isLarge ? 13 : 11, scoreBits: isLarge ? 18 : 16, probabilityBits: 28, slopeBits: 18),
        penalty: penalty)
      let plan = try OptimumPlan(problem, architecture: architecture, schemas: schemas, rowCount: rowCount)
      var columns: [Column] = []
      for (block, range) in zip(blocks, bench.blocks) { for j in range { columns.append(Column(block, "c\(j - range.lowerBound)")) } }
      var weights: [Int64] = []
      seconds = BenchmarkSuite.seconds {
        let real = bench.solve(columns, labels, penalty: Double(penalty.numerator) / Double(penalty.denominator))
        for (j, terms) in plan.coordinates.enumerated() {
          let rest = terms.dropFirst().reduce(real[j]) { $0 - OptimumBench.value($1) * Double(weights[$1.weight]) }
          weights.append(Int64((rest / OptimumBench.value(terms[0])).rounded()))
        }
      }
      self.plan = plan
      self.labels = labels
      places = Dictionary(uniqueKeysWithValues: zip(names, columns))
      model = try LinearModel(architecture: architecture, weights: weights)
      // The tolerance that these weights allow.
      let witness = try Self.witness(plan, weights, places, labels)
      let largest = witness.gradients.joined().reduce(UInt64(1)) { max($0, $1.magnitude) }
      toleranceBits = 64 - largest.leadingZeroBitCount
      account = try OptimumAccount(plan, toleranceBits: toleranceBits)
    }

    func witness() throws(ProgramError) -> OptimumWitness { try Self.witness(plan, model.weights, places, labels) }

    private static func witness(
      _ plan: OptimumPlan, _ weights: [Int64], _ places: [String: Column], _ labels: [Int64]
    ) throws(ProgramError) -> OptimumWitness {
      let count = plan.rowCount
      return try OptimumReference(plan).witness(weights: weights) { name, _ throws(ProgramError) in
        guard let place = places[name] else { return labels }
        return [Int64](unsafeUninitializedCapacity: count) { buffer, filled in
          for row in 0..<count { buffer[row] = Int64(truncatingIfNeeded: place.pointer[row].value) }
          filled = count
        }
      }
    }
  }

  private static func value(_ term: OptimumPlan.Coordinate) -> Double {
    Double(term.factor) * Double(sign: .plus, exponent: term.exponent, significand: 1)
  }
}
