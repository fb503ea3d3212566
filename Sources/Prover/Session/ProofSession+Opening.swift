import Fields
import Hashing
import Kernels
import Parallelism
import ProofSystem

/// Steps 6–10: the pads' claim, the merge, the level-1 commitment, the opened columns, the recursion.
extension ProofSession {
  /// All checks as ⟨L, P⟩ = v; μ2, ε2, g_q = M'_q + ε2·P_q.
  package func openPads() {
    let checks: [(check: CheckName, form: Affine<E>)]
    do { checks = try replayedChecks() } catch { preconditionFailure("the front cannot be replayed: \(error)") }
    let zeta = tape.challenge("pads.zeta")
    let (weights, _) = statement.layout.combine(checks, zeta: zeta)
    padWeights = Merge.padWeightRows(weights, log2RowLength: statement.primary.log2RowLength, padRows: statement.padRowCount)
    tape.message("pads.mu", [zip(padWeights, padMasks).reduce(.zero) { $0 + apply($1.0, $1.1) }])
    let epsilon2 = tape.challenge("pads.epsilon")
    shieldedPads = zip(padMasks, padRows).map { E.parallelCombine($0, $1, coefficient: epsilon2) }
  }

  /// All checks of the verifier's reading, which goes on from the claims when `sendSplits` has come that far.
  private func replayedChecks() throws(VerificationError) -> [(check: CheckName, form: Affine<E>)] {
    guard let reached else {
      var channel = replay(tape.events)
      let all = try relation.verify(&channel)
      let claims = try Front<E>.split(&channel, all, shapes: statement.shapes, stacks: statement.stacks)
      try Front<E>.finish(&channel, claims, stacks: statement.stacks)
      return channel.checks
    }
    var channel = AffineChannel(
      tape: ReplayTape(events: Array(tape.events[reached.events...])), policy: Configuration.Policy.self, from: reached.progress)
    try Front<E>.finish(&channel, claims, stacks: statement.stacks)
    return channel.checks
  }

  private func apply(_ weights: [E], _ vector: FieldBuffer<E>) -> E {
    weights.withUnsafeBufferPointer { weights in
      weights.baseAddress.map { E.dot($0, UnsafePointer(vector.pointer), count: weights.count) } ?? .zero
    }
  }

  /// Cross values, ε3, G of the primary shape.
  package func merge() {
    let primary = statement.primaryIndex
    let rows = [shielded[primary]] + shieldedPads
    var cross: [E] = []
    for w in 0...statement.padRowCount {
      for (j, row) in rows.enumerated() where (w, j) != (0, 0) && (w, j) != (1, 1) {
        cross.append(
          w == 0
            ? E.parallelDot(boundWeights[primary].pointer, row.pointer, count: boundWeights[primary].count) : apply(padWeights[w - 1], row))
      }
    }
    tape.message("merge.cross", cross)
    let epsilon3 = tape.challenge("merge.epsilon")
    merged = shielded
    var total = rows[rows.count - 1]
    for row in rows.dropLast().reversed() { total = E.parallelCombine(row, total, coefficient: epsilon3) }
    merged[primary] = total
  }

  /// Level-1 vector: each shape's G in its block; root.
  package func commitLevelOne() -> (LevelOracle<E>, FieldBuffer<E>) {
    let vector = FieldBuffer<E>(repeating: .zero, count: 1 << statement.levelOneVariables)
    for (offset, row) in zip(statement.blockOffsets, merged) { (vector.pointer + offset).update(from: row.pointer, count: row.count) }
    let oracle = LevelOracle<E>(vector: vector, level: statement.levels[0], present: statement.presentRows)
    tape.messageDigest("ligerito.root", oracle.tree.root)
    return (oracle, vector)
  }

  /// Draws the positions of every shape and sends the columns with their salts and paths.
  package func openRows() -> [[Int]] {
    let positions = zip(statement.shapes, statement.queryCounts).map { shape, count in
      Array(Set(tape.indices("rows.query", count: count, log2Range: shape.log2Length))).sorted()
    }
    for (index, leaves) in positions.enumerated() {
      for tree in statement.trees(ofShape: index) {
        guard let matrix = matrices[tree.name] else { preconditionFailure("no matrix \(tree.name)") }
        var payload: [UInt8] = []
        for (position, column) in zip(leaves, matrix.columns(leaves)) {
          tape.hint(matrix.salt(position))
          tape.hint(column)
          payload += column
        }
        tape.absorbColumns("rows.columns", payload: payload, count: leaves.count * matrix.rowCount)
        for digest in matrix.tree.multiproof(leaves) { tape.hint(digest.bytes) }
      }
    }
    return positions
  }

  package func openLevels(oracle: LevelOracle<E>, vector: FieldBuffer<E>, positions: [[Int]]) {
    let statement = statement
    var own = takeTape()
    LigeritoProver<E>.open(&own, Configuration.self, oracle: oracle, vector: vector, levels: statement.levels) { lambda, dense in
      let queryTotal = positions.reduce(0) { $0 + $1.count }
      let powers = lambda.powers(statement.shapes.count + padWeights.count + queryTotal)
      var next = 0
      for (offset, weights) in zip(statement.blockOffsets, boundWeights) {
        E.accumulate(dense.pointer + offset, weights.pointer, coefficient: powers[next], count: weights.count)
        next += 1
      }
      for weights in padWeights {
        for (b, weight) in weights.enumerated() { dense.pointer[statement.blockOffsets[statement.primaryIndex] + b] += powers[next] * weight }
        next += 1
      }
      guard Configuration.Policy.enforces("level0.claims") else { return }
      for (index, leaves) in positions.enumerated() {
        encoders[index].accumulatePowers(
          dense.pointer + statement.blockOffsets[index], entries: 2 << statement.shapes[index].log2RowLength, positions: leaves,
          coefficients: Array(powers[next..<(next + leaves.count)]))
        next += leaves.count
      }
    }
    tape = own
  }
}
