import Claims
import Fields
import Hashing
import Kernels
import Programs
import ProofSystem
import Prover
import Soundness

/// What the measurements of one network are held against; nil where nothing is asked.
public struct NetworkLimits: Sendable {
  /// Seconds.
  public var prove: Double?
  /// Milliseconds.
  public var verify: Double?
  /// Bytes of the proof, in KiB.
  public var kibibytes: Double?
  /// Peak memory of the process, in units of 10^9 bytes.
  public var gigabytes: Double?

  /// Limits; none by default.
  public init(prove: Double? = nil, verify: Double? = nil, kibibytes: Double? = nil, gigabytes: Double? = nil) {
    self.prove = prove
    self.verify = verify
    self.kibibytes = kibibytes
    self.gigabytes = gigabytes
  }
}

extension BenchmarkSuite {
  /// Bounds the address space of this process: what asks for more fails.
  /// - Returns: whether the system took the limit.
  public static func limitMemory(gigabytes: Double) -> Bool { PeakMemory.limit(gigabytes: gigabytes) }

  /// Inference of one network on the given rows, inputs hidden and outputs published: commitment, proof, verification, size, peak memory,
  /// and the stages of the fastest proof.
  ///
  /// - Parameter runs: proofs that are made; the fastest counts.
  /// - Throws: what the claim or the prover refuses.
  public static func network(
    _ name: String, _ model: NetworkModel, rows: Int, inputs: [String: [Int64]], limits: NetworkLimits, runs: Int
  ) throws -> [BenchmarkLine] {
    let contents = ArtefactContents.network(model.architecture)
    // Short rows make the prover's masks and the cells' commitment small, long ones the columns that a proof opens.
    let bits = log2Ceiling(contents.cellCount)
    let rowBits = max(14, min(bits - 5, bits <= 26 ? 19 : 20))
    guard let shape = CodeShapes.shape(log2RowLength: rowBits, field: Goldilocks.self) else { return [] }
    let data = MatrixData<Goldilocks>(layout: MatrixLayout(name: "net", log2RowLength: shape.log2RowLength, tensors: contents.tensors))
    data.fill(model)
    var secret: ArtefactSecret<E>?
    let commit = seconds {
      secret = ArtefactSecret<E>(contents: contents, shape: shape, data: data, seed: randomSeed())
    }
    guard let secret else { return [] }
    let description = ArtefactDescription(name: "net", contents: contents, shape: shape, identity: secret.publicPart.identity)
    var outputs: [String: [Int64]] = [:]
    let run = try seconds { outputs = try model.run(rows: rows, inputs: inputs) }
    let claim = NetworkInference(
      model: "net", rows: rows, inputs: inputs.mapValues { _ in .hidden }, outputs: outputs.mapValues { .published($0) })
    var compiled: CompiledClaims?
    var parts: (statement: Statement<E>, relation: ClaimRelation<E>)?
    let plan = try best(min(3, runs)) {
      let own = try CompiledClaims(claims: [.data(.network(claim))], artefacts: [description])
      parts = try ProofPlan.statement(claims: own, profile: .p128, context: [], field: E.self)
      compiled = own
    }
    guard let compiled, let (statement, relation) = parts else { return [] }
    let source = DataTables(tables: [:], identities: [:], networks: ["net": model], hiddenInputs: [claim: inputs], products: .parallel)
    var proof: [UInt8] = []
    var fastest: (total: Double, processor: Double, stages: [(String, Double)]) = (.infinity, .infinity, [])
    for _ in 0..<max(1, runs) {
      var stages: [(String, Double)] = []
      let start = PeakMemory.processorSeconds()
      let total = try seconds {
        var records: [[String: [Int64]]] = []
        stages.append(("integers of the cells", try seconds { records = try compiled.records(source) }))
        var auxiliary: MatrixData<Goldilocks>?
        stages.append(
          ("columns and counts", seconds { auxiliary = WitnessFiller<E>.fill(relation, executions: [], records: records, artefacts: ["net": data]) }))
        guard let auxiliary else { return }
        let session = try TimedSession<Production<E>>(
          statement: statement, relation: relation, secrets: ["net": secret], auxiliary: auxiliary, randomness: Randomness(seed: randomSeed()))
        let all = try seconds { proof = try session.prove(ledger: UncountedOpenings()) }
        stages += [
          ("commit cells", session.commitment), ("sumchecks and lookups", session.rounds), ("openings", all - session.commitment - session.rounds),
        ]
      }
      fastest.processor = min(fastest.processor, PeakMemory.processorSeconds() - start)
      if total < fastest.total { fastest = (total, fastest.processor, stages) }
    }
    let verify = try bestProcessorTime(rows == 1 ? 9 : 3) { _ = try ProofVerifier.verify(statement, proof: proof) }
    let cells = relation.columns.reduce(0) { $0 + 1 << $1.bits }
    let hidden = model.values.reduce(0) { $0 + $1.count }
    return [
      BenchmarkLine(
        "\(name) prove", fastest.total, "s", limit: limits.prove,
        note: "cells included; processor time \(rounded(fastest.processor)) s; \(cells) cells, tree of depth \(relation.tree.depth)")
    ]
      + fastest.stages.map { BenchmarkLine("\(name) - \($0.0)", $0.1, "s") } + [
        BenchmarkLine("\(name) statement", plan * 1e3, "ms", note: "relation and pad layout, on both sides, once"),
        BenchmarkLine(
          "\(name) verify", verify.wall * 1e3, "ms", limit: limits.verify, note: "processor time \(rounded(verify.processor * 1e3)) ms, one thread"),
        BenchmarkLine("\(name) proof", Double(proof.count) / 1024, "KiB", limit: limits.kibibytes),
        BenchmarkLine(
          "\(name) commit", commit, "s", note: "before; \(hidden) hidden numbers in \(contents.cellCount) cells, rows of 2^\(shape.log2RowLength)"),
        BenchmarkLine("\(name) run", run, "s", note: "the reference interpreter, no proof"),
        BenchmarkLine("\(name) peak memory", PeakMemory.gigabytes(), "GB", limit: limits.gigabytes, note: "whole process"),
      ]
  }
}

/// Three decimals.
private func rounded(_ value: Double) -> Double { (value * 1e3).rounded() / 1e3 }

/// A session that notes how long its first steps take.
private final class TimedSession<Configuration: EngineConfiguration>: ProofSession<Configuration> where Configuration.E: KernelField {
  private(set) var commitment = 0.0
  private(set) var rounds = 0.0

  override func commitAuxiliary() { commitment = BenchmarkSuite.seconds { super.commitAuxiliary() } }
  override func runProtocol() throws { rounds = try BenchmarkSuite.seconds { try super.runProtocol() } }
}
