import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem
import Prover
import Soundness

/// One measured line of `zkmlops bench`.
public struct BenchmarkLine: Sendable {
  public let name: String
  public let value: Double
  public let unit: String
  /// What the line is held against: the least to reach, or a bound computed from constants of the same run.
  public let limit: Double?
  public let note: String
  /// value / limit.
  public var ratio: Double? { limit.map { value / $0 } }

  public init(_ name: String, _ value: Double, _ unit: String, limit: Double? = nil, note: String = "") {
    self.name = name
    self.value = value
    self.unit = unit
    self.limit = limit
    self.note = note
  }
}

/// The engine's benchmarks, with the machine's constants measured in the same run. Proofs: Goldilocks³, P128, zero-knowledge on,
/// except for `fields-2^15`.
public enum BenchmarkSuite {
  public typealias E = GoldilocksCubic

  /// Names that `run` accepts, in order.
  public static let names =
    [
      "constants", "commit-2^20", "open-2^20", "persistent-2^20", "logup-2^22", "zk-2^16", "zk-2^20", "zk-2^22", "open-2^24", "fields-2^15", "data",
      "phase-german", "phase-adult", "statistics-10^6x10", "metrics-10^6", "training", "training-steps", "optimum", "trees", "networks",
    ]
    + R1CSBenchmark.names

  /// Names that `run` accepts too, of runs that take minutes and much memory: only when asked for.
  public static let largeNames = ["optimum-2^16x256", "optimum-large"]

  /// Runs one benchmark. Nil for an unknown name.
  public static func run(_ name: String) throws -> [BenchmarkLine]? {
    switch name {
    case "constants": return constants()
    case "commit-2^20": return commit(bits: 20, log2RowLength: 15)
    case "open-2^20": return try open(bits: 20, log2RowLength: 15, persistent: false, byteLimit: 300 * 1024)
    case "persistent-2^20": return try open(bits: 20, log2RowLength: 15, persistent: true, byteLimit: 360 * 1024)
    case "logup-2^22": return try logUp(depth: 22)
    case "zk-2^16": return try zeroKnowledge(bits: 16, limit: nil)
    case "zk-2^20": return try zeroKnowledge(bits: 20, limit: nil)
    case "zk-2^22": return try zeroKnowledge(bits: 22, limit: 1.15)
    case "open-2^24": return try large(bits: 24, log2RowLength: 17)
    case "fields-2^15": return try fields(bits: 15)
    case "data": return try data()
    case "metrics-10^6": return try metrics()
    case "training": return try training()
    case "training-steps": return try trainingSteps()
    case "optimum": return try optimum()
    case "optimum-2^16x256": return try optimumLarge(log2Rows: 16, features: 256)
    case "optimum-large": return try optimumLarge()
    case "trees": return try trees()
    case "networks": return try networks()
    case "phase-german": return try phaseGerman()
    case "phase-adult": return try phaseAdult()
    case "statistics-10^6x10": return try statisticsMillion()
    default: return try R1CSBenchmark.run(name)
    }
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    let duration = start.duration(to: clock.now)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  /// The least of `count` runs: what the machine can do when nothing else runs.
  static func best(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<count { least = min(least, try seconds(body)) }
    return least
  }

  /// The least processor time of `count` runs, all threads together.
  static func bestProcessorTime(_ count: Int, _ body: () throws -> Void) rethrows -> (processor: Double, wall: Double) {
    var least = (processor: Double.infinity, wall: Double.infinity)
    for _ in 0..<count {
      let start = PeakMemory.processorSeconds()
      let wall = try seconds(body)
      least = (min(least.processor, PeakMemory.processorSeconds() - start), min(least.wall, wall))
    }
    return least
  }

  /// The same on one core: processor time of `count` runs with one thread, and wall time of as many with all.
  static func bestOnOneCore(_ count: Int, _ body: () throws -> Void) rethrows -> (processor: Double, wall: Double) {
    let wall = try best(count, body)
    let previous = Parallelism.threadLimit
    Parallelism.threadLimit = 1
    defer { Parallelism.threadLimit = previous }
    return (try bestProcessorTime(count, body).processor, wall)
  }

  static func randomSeed() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  static func shape(_ log2RowLength: Int) -> CodeShape {
    guard let shape = CodeShape(name: "S", log2RowLength: log2RowLength, tailCount: 1 << (log2RowLength - 3), log2Length: log2RowLength + 2) else {
      preconditionFailure("shape of m = \(log2RowLength)")
    }
    return shape
  }

  static func levels(_ log2RowLength: Int) throws -> [LigeritoLevel] {
    try Ligerito.schedule(
      variables: log2RowLength + 1, rowBits: log2RowLength - 3, finalBits: 6, profile: .p128, firstLogRate: 3, foldBits: 3)
  }

  static func fill(_ data: MatrixData<Goldilocks>, below bound: UInt64 = 1 << 16) {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in 0..<data.vector.count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      data.vector.pointer[index] = Goldilocks((state >> 33) & (bound - 1))
    }
  }

  // MARK: Constants

  /// ns per butterfly, per SHA-256 block, per base multiplication, one core.
  static func measured() -> (butterfly: Double, block: Double, multiply: Double) {
    let previous = Parallelism.threadLimit
    Parallelism.threadLimit = 1
    defer { Parallelism.threadLimit = previous }
    let (bits, width) = (13, 64)
    let data = FieldBuffer<Goldilocks>(repeating: Goldilocks(12345), count: width << bits)
    let twiddles = FieldBuffer<Goldilocks>(uninitialisedCount: 1 << (bits - 1))
    E.fillPowers(twiddles.pointer, count: 1 << (bits - 1), start: .one, ratio: Goldilocks.rootOfUnity(log2Order: bits) ?? .one)
    let ntt = best(9) { E.transformRows(data.pointer, log2Count: bits, width: width, stride: width, twiddles: twiddles.pointer) }
    let butterflies = Double(bits * width) * Double(1 << (bits - 1))
    let count = 1 << 14
    let out = FieldBuffer<UInt8>(uninitialisedCount: count * 32)
    let columns = FieldBuffer<UInt8>(repeating: 7, count: count * 512)
    let hash = best(9) {
      FastSHA256.leaves(out.pointer, salts: nil, columns: columns.pointer, byteCount: 512, strideBytes: 512, count: count)
    }
    let powers = FieldBuffer<Goldilocks>(uninitialisedCount: 1 << 16)
    let multiply = best(9) { E.fillPowers(powers.pointer, count: 1 << 16, start: .one, ratio: Goldilocks(7)) }
    // 1 + 512 bytes: nine blocks.
    return (ntt / butterflies * 1e9, hash / Double(count * 9) * 1e9, multiply / Double(1 << 16) * 1e9)
  }

  static func constants() -> [BenchmarkLine] {
    let c = measured()
    return [
      BenchmarkLine("butterfly, 2^13 × 64", c.butterfly, "ns", limit: 0.43, note: "one core"),
      BenchmarkLine("SHA-256 block, columns of 512 bytes", c.block, "ns", limit: 18, note: "one core"),
      BenchmarkLine("multiplication (powers)", c.multiply, "ns", limit: 0.28, note: "one core"),
    ]
  }

  // MARK: Commitment

  /// Commitment of 2^bits values, against the bound of design 5.3 from this run's constants.
  static func commit(bits: Int, log2RowLength: Int) -> [BenchmarkLine] {
    let shape = shape(log2RowLength)
    let layout = MatrixLayout(name: "a", log2RowLength: log2RowLength, tensors: [TensorLayout("v", [bits])])
    let data = MatrixData<Goldilocks>(layout: layout)
    fill(data)
    let seed = randomSeed()
    let (time, wall) = bestOnOneCore(5) { _ = ArtefactSecret<E>(kind: "tensor", format: .dictionary([:]), shape: shape, data: data, seed: seed) }
    let c = measured()
    let values = Double(1 << bits)
    // Rate 1/4: four transforms of 2^m points per row; leaves of 33 bytes and the column; nodes of two blocks; one block a salt.
    let rows = layout.rowCount
    let butterflies = 4 * Double(log2RowLength) / 2
    let blocks = Double((33 + 8 * rows + 9 + 63) / 64 + 1 + 2) * Double(shape.length) / values
    let bound = butterflies * c.butterfly + blocks * c.block
    let perValue = time * 1e9 / values
    return [
      BenchmarkLine(
        "commit-2^\(bits)", perValue, "ns a value and core", limit: 2 * bound,
        note: "one core, processor time; limit: twice the bound \(Int(bound)) ns of this run's constants; \(Int(wall * 1e3)) ms on all cores")
    ]
  }

  // MARK: Openings

  static func open(bits: Int, log2RowLength: Int, persistent: Bool, byteLimit: Int) throws -> [BenchmarkLine] {
    let name = persistent ? "persistent-2^\(bits)" : "open-2^\(bits)"
    let shape = shape(log2RowLength)
    let relation = OpeningRelation<E>(bits: bits, shape: shape, persistent: persistent)
    var secrets: [String: ArtefactSecret<E>] = [:]
    let auxiliary = MatrixData<Goldilocks>(layout: relation.auxiliary)
    if persistent {
      let data = MatrixData<Goldilocks>(layout: relation.matrices[0].layout)
      fill(data)
      secrets["a"] = ArtefactSecret(kind: "tensor", format: .dictionary([:]), shape: shape, data: data, seed: randomSeed())
    } else {
      fill(auxiliary)
    }
    let references = secrets.mapValues { ArtefactReference(kind: "tensor", format: .dictionary([:]), identity: $0.publicPart.identity) }
    let statement = try Statement<E>(
      profile: .p128, shapes: [shape], primary: "S", levels: levels(log2RowLength), relation: relation, artefacts: references)
    try statement.checkSoundness()
    var proof: [UInt8] = []
    let prove = try best(5) {
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: secrets, auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try best(9) { _ = try ProofVerifier.verify(statement, proof: proof) }
    return [
      BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB", limit: Double(byteLimit) / 1024),
      BenchmarkLine("\(name) prove", prove * 1e3, "ms", note: persistent ? "without the artefact's commitment" : "commitment included"),
      BenchmarkLine("\(name) verify", verify * 1e3, "ms", limit: 10, note: "one thread"),
    ]
  }

  /// Commit and open 2^bits fresh values; peak memory of the process.
  static func large(bits: Int, log2RowLength: Int) throws -> [BenchmarkLine] {
    let shape = shape(log2RowLength)
    let relation = OpeningRelation<E>(bits: bits, shape: shape, persistent: false)
    let auxiliary = MatrixData<Goldilocks>(layout: relation.auxiliary)
    fill(auxiliary)
    let statement = try Statement<E>(
      profile: .p128, shapes: [shape], primary: "S", levels: levels(log2RowLength), relation: relation, artefacts: [:])
    var proof: [UInt8] = []
    let time = try best(2) {
      let session = try ProofSession<Production<E>>(
        statement: statement, relation: relation, secrets: [:], auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
      proof = try session.prove(ledger: UncountedOpenings())
    }
    let verify = try best(3) { _ = try ProofVerifier.verify(statement, proof: proof) }
    return [
      BenchmarkLine("open-2^\(bits) commit + open", time, "s", limit: 1.5),
      BenchmarkLine("open-2^\(bits) proof", Double(proof.count) / 1024, "KiB"),
      BenchmarkLine("open-2^\(bits) verify", verify * 1e3, "ms", note: "one thread"),
      BenchmarkLine("open-2^\(bits) peak memory", PeakMemory.gigabytes(), "GB", limit: 2.5, note: "whole process"),
    ]
  }

  // MARK: Lookups

  /// The fraction tree alone: leaves, layers, sumchecks.
  static func logUp(depth: Int) throws -> [BenchmarkLine] {
    let shape = shape(17)
    let relation = LookupRelation<E>(bits: depth - 2, values: 3, lookups: 3, tableBits: 16, shape: shape)
    let auxiliary = MatrixData<Goldilocks>(layout: relation.auxiliary)
    fill(auxiliary)
    let witness = WitnessReader<E>(matrices: ["aux": auxiliary])
    let counts = FractionLeaves<E>.multiplicities(relation.tree, table: 0, witness: witness)
    auxiliary.set("m", counts.map { Goldilocks($0) })
    let (time, wall) = try bestOnOneCore(3) { try FractionTreeMeasurement<E>.run(tree: relation.tree, witness: witness) }
    let leaves = Double(1 << relation.tree.depth)
    return [
      BenchmarkLine(
        "logup-2^\(relation.tree.depth)", time / leaves * 1e9, "ns a leaf and core", limit: 80,
        note: "one core, processor time; \(Int(wall * 1e3)) ms on all cores")
    ]
  }

  /// Cost of zero-knowledge: 2^bits values of which half are looked up.
  static func zeroKnowledge(bits: Int, limit: Double?) throws -> [BenchmarkLine] {
    let m = bits >= 22 ? 16 : bits >= 20 ? 15 : 14
    let shape = shape(m)
    let relation = LookupRelation<E>(bits: bits - 2, values: 4, lookups: 2, tableBits: min(16, bits - 2), shape: shape)
    let auxiliary = MatrixData<Goldilocks>(layout: relation.auxiliary)
    fill(auxiliary, below: 1 << UInt64(min(16, bits - 2)))
    let witness = WitnessReader<E>(matrices: ["aux": auxiliary])
    auxiliary.set("m", FractionLeaves<E>.multiplicities(relation.tree, table: 0, witness: witness).map { Goldilocks($0) })
    let statement = try Statement<E>(
      profile: .p128, shapes: [shape], primary: "S", levels: levels(m), relation: relation, artefacts: [:])
    var on = Double.infinity
    var off = Double.infinity
    let plainLevels = try Ligerito.schedule(variables: m, rowBits: m - 3, finalBits: 6, profile: .p128, firstLogRate: 3, foldBits: 3)
    for _ in 0..<5 {
      on = min(
        on,
        try seconds {
          let session = try ProofSession<Production<E>>(
            statement: statement, relation: relation, secrets: [:], auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
          _ = try session.prove(ledger: UncountedOpenings())
        })
      off = min(
        off,
        try seconds {
          _ = try PlainSession<E>.run(
            relation: relation, shape: shape, levels: plainLevels, queryCount: 189, auxiliary: auxiliary)
        })
    }
    return [
      BenchmarkLine("zk-2^\(bits) on / off", on / off, "×", limit: limit, note: "\(Int(on * 1e3)) ms on, \(Int(off * 1e3)) ms off")
    ]
  }
}
