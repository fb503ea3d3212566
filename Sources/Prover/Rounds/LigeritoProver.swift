import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// Prover's memory of one committed level: rows over E, one unsalted leaf per position.
package final class LevelOracle<E: KernelField> {
  package let codeword: FieldBuffer<E.Base>
  package let width: Int
  package let stride: Int
  package let tree: DigestTree
  package let encoder: ReedSolomonEncoder<E>

  /// Encodes the rows `present` of `vector` (rows of 2^log2RowLength entries).
  package init(vector: FieldBuffer<E>, level: LigeritoLevel, present: [Int]) {
    let length = 1 << level.log2RowLength
    encoder = ReedSolomonEncoder<E>(log2RowLength: level.log2RowLength, log2Length: level.log2Length)
    width = present.count * E.degree
    stride = HidingMatrix<E>.stride(forWidth: width)
    // Limbs as rows of their own: entry (u, limb) of a column is then the column's element u in canonical order.
    let planar = FieldBuffer<E.Base>(uninitialisedCount: width * length)
    let (source, target) = (SendableConstPointer(vector.pointer), SendablePointer(planar.pointer))
    parallelTasks(present.count) { k in
      E.splitLimbs(target.pointer + k * E.degree * length, rowStride: length, source.pointer + present[k] * length, count: length)
    }
    let rows = (0..<width).map { UnsafePointer(planar.pointer + $0 * length) }
    codeword = encoder.encode(rows: rows, tailCount: 0, stride: stride)
    withExtendedLifetime(planar) {}
    tree = HidingMatrix<E>.hash(codeword, width: width, stride: stride, depth: level.log2Length, saltSeed: nil)
  }

  func columnBytes(_ position: Int) -> [UInt8] {
    HidingMatrix<E>.columnBytes(codeword, position: position, width: width, stride: stride)
  }
}

/// Prover of the Ligerito recursion on a public-safe vector. `weights` is the batch-ready form of the level-1 claims.
package struct LigeritoProver<E: KernelField> {
  /// Adds Σ_j run_j·w_j to a dense weight, given λ; returns nothing else. Level 1 is described by the session, deeper levels here.
  package typealias WeightBuilder = (_ lambda: E, _ dense: FieldBuffer<E>) -> Void

  package static func open<Configuration: EngineConfiguration>(
    _ tape: inout ProverTape<E, Configuration.Chain>, _: Configuration.Type, oracle: LevelOracle<E>, vector: FieldBuffer<E>,
    levels: [LigeritoLevel], buildWeights: WeightBuilder
  ) where Configuration.E == E {
    var oracle = oracle
    var vector = vector
    var residual: FieldBuffer<E>?
    var queries: (positions: [Int], level: LigeritoLevel, encoder: ReedSolomonEncoder<E>)?
    for (depth, level) in levels.enumerated() {
      let isLast = depth == levels.count - 1
      let lambda = tape.challenge("ligerito.batch")
      let dense: FieldBuffer<E>
      if let residual {
        // The residual claim comes first, with coefficient 1; then the queries of the level above.
        dense = residual
        if let queries, Configuration.Policy.enforces("ligerito.query_claims") {
          let coefficients = Array(lambda.powers(queries.positions.count + 1).dropFirst())
          queries.encoder.accumulatePowers(
            dense.pointer, entries: 1 << queries.level.log2RowLength, positions: queries.positions, coefficients: coefficients)
        }
      } else {
        dense = FieldBuffer(repeating: .zero, count: vector.count)
        buildWeights(lambda, dense)
      }
      var instance = ProductInstance(dense, vector)
      for round in 0..<level.rowBits {
        let (c0, c2) = instance.round()
        tape.message("ligerito.round", [c0, c2])
        let r = tape.challenge("ligerito.round.r")
        instance.bind(r, more: round + 1 < level.rowBits)
      }
      let length = 1 << level.log2RowLength
      let bound = FieldBuffer<E>(uninitialisedCount: length)
      bound.pointer.update(from: vector.pointer, count: length)
      let boundWeights = FieldBuffer<E>(uninitialisedCount: length)
      boundWeights.pointer.update(from: dense.pointer, count: length)
      var next: LevelOracle<E>?
      if isLast {
        tape.message("ligerito.final", bound.array)
      } else {
        let below = levels[depth + 1]
        let oracle = LevelOracle<E>(vector: bound, level: below, present: Array(0..<(1 << below.rowBits)))
        tape.messageDigest("ligerito.root", oracle.tree.root)
        next = oracle
      }
      let leaves = Array(Set(tape.indices("ligerito.query", count: level.queryCount, log2Range: level.log2Length))).sorted()
      var payload: [UInt8] = []
      for position in leaves { payload += oracle.columnBytes(position) }
      tape.hint(payload)
      tape.absorbColumns("ligerito.columns", payload: payload, count: leaves.count * (oracle.width / E.degree))
      for digest in oracle.tree.multiproof(leaves) { tape.hint(digest.bytes) }
      queries = (leaves, level, oracle.encoder)
      residual = boundWeights
      vector = bound
      if let next { oracle = next }
    }
  }
}
